package lifecycle_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
)

func answersToSending() map[string]error {
	return map[string]error{
		"refused": &lifecycle.Rejection{Problems: []lifecycle.Problem{{Code: "NO", Message: "no"}}},
		"stale":   lifecycle.ErrStaleEntity,
	}
}

// sending is a request on the bench that the market has taken, although its
// answer never came.
func sending(t *testing.T) (*lifecycletest.Bench, uuid.UUID) {
	t.Helper()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, true)
	b.Market.LoseAnswers(1)
	_, err := b.Advance(context.Background(), id)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	return b, id
}

// A refusal may be due to the very same request, sent a moment before.
func TestRefusalsAreBelievedOnlyWhenNothingIsFound(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, refusal := range answersToSending() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, id := sending(t)
			b.Market.FailCalls(lifecycle.ErrNotFound, refusal) // Find, Send; then Find is right
			p, err := b.Advance(ctx, id)
			require.NoError(t, err)
			require.NotNil(t, p.Record.Request)
			assert.Equal(t, lifecycle.Following, p.Record.Request.Phase)

			b, id = sending(t)
			b.Market.FailCalls(lifecycle.ErrNotFound, refusal, lifecycle.ErrThrottled)
			p, err = b.Advance(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrThrottled)
			require.NotErrorIs(t, err, lifecycle.ErrStaleEntity)
			require.NotNil(t, p.Record.Request)
			assert.Equal(t, lifecycle.Sending, p.Record.Request.Phase, "nothing is known, nothing is concluded")
		})
	}
	t.Run("first look throttled", func(t *testing.T) {
		t.Parallel()
		b, id := sending(t)
		b.Clock.Advance(retention)
		b.Market.FailCalls(lifecycle.ErrThrottled)
		_, err := b.Advance(ctx, id)
		require.ErrorIs(t, err, lifecycle.ErrThrottled)
		require.NotContains(t, err.Error(), "Partner Central", "that is no sign of being forgotten")
	})
}

func TestFollowingErrorsLeaveTheRequestAsItIs(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, true)
	before, err := b.Advance(ctx, id)
	require.NoError(t, err)
	b.Market.FailCalls(lifecycle.ErrThrottled)
	after, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	assert.Equal(t, before.Record, after.Record)
}

// Who wants to cancel does not want the same once more.
func TestFaultsOfTheServiceEndWhatIsBeingCancelled(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, true)
	sent := len(b.Market.Sent())
	b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Fault: true, Problems: []lifecycle.Problem{{Code: "SERVER_FAULT"}}})
	_, err := b.Advance(ctx, id)
	require.NoError(t, err)
	_, err = b.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	b.Clock.Advance(2 * time.Hour)
	p, err := b.Advance(ctx, id)
	require.NoError(t, err)
	assert.Nil(t, p.Record.Request)
	assert.Equal(t, lifecycle.Failed, p.Record.Last.Result)
	assert.Len(t, b.Market.Sent(), sent+1)
}

func TestReplacementGoesOut(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	successor, err := b.Load(ctx, b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false))
	require.NoError(t, err)
	_, err = b.Do(ctx, id, lifecycle.Unpublish{Email: "a@example.com", Reason: "Replaced.", Replacement: successor.ID})
	require.NoError(t, err)
	_, err = b.Await(ctx, id)
	require.NoError(t, err)
	sent := b.Market.Sent()
	assert.Equal(t, successor.Entities.Product, sent[len(sent)-1].Replacement)
	assert.Equal(t, id, sent[len(sent)-1].Listing)
}

// untimed is a market that says of no change set when it started or ended.
type untimed struct{ *lifecycletest.Market }

func (m untimed) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	status, err := m.Market.Follow(ctx, id)
	status.StartedAt, status.EndedAt = time.Time{}, time.Time{}
	return status, err
}

func TestTimesThatTheMarketplaceDoesNotTell(t *testing.T) {
	t.Parallel()
	ctx, clock, id := context.Background(), &lifecycletest.Clock{}, uuid.New()
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), untimed{lifecycletest.NewMarket(clock)},
		lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(t, err)
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := m.Do(ctx, id, c)
		require.NoError(t, err)
	}
	r, err := m.Await(ctx, id)
	require.NoError(t, err)
	assert.Nil(t, r.Last.StartedAt)
	assert.Nil(t, r.Last.EndedAt)
}

// People review sign-offs of public listings and removals; nothing else takes
// weeks.
func TestOverdue(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const hours, weeks = 24 * time.Hour, 37 * 24 * time.Hour
	for name, c := range map[string]struct {
		listing listing.Listing
		state   lifecycle.State
		command lifecycle.Command
		usual   time.Duration
	}{
		"submission":       {lifecycletest.ModelPackage(), lifecycle.Draft, lifecycle.Submit{}, hours},
		"public sign-off":  {lifecycletest.ModelPackage(), lifecycle.TestProduct, lifecycle.SignOff{}, weeks},
		"private sign-off": {lifecycletest.Algorithm(), lifecycle.TestProduct, lifecycle.SignOff{}, hours},
		"removal":          {lifecycletest.Algorithm(), lifecycle.Live, lifecycle.Unpublish{Email: "a@example.com", Reason: "Gone."}, weeks},
		"update":           {lifecycletest.ModelPackage(), lifecycle.Live, lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"777788889999"}}, hours},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := lifecycletest.NewBench(t)
			id := b.Listing(t, c.listing, c.state, false)
			r, err := b.Load(ctx, id)
			require.NoError(t, err)
			assert.Empty(t, r.Overdue(b.Clock.Now().Add(2*weeks)).Advice, "nothing is under way")
			d, err := b.Do(ctx, id, c.command)
			require.NoError(t, err)
			since := d.Record.Request.RecordedAt
			assert.Empty(t, d.Record.Overdue(since.Add(c.usual)).Advice)
			late := d.Record.Overdue(since.Add(c.usual + time.Nanosecond))
			require.Len(t, late.Advice, 1)
			require.NoError(t, late.Err(), "it is never a failure")
		})
	}
}

const retention = 60 * 24 * time.Hour

// A request that may have been sent long ago is not sent again: its change set
// may have ended, and have been forgotten, since.
func TestSendingLongAgoIsNotSendingAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		waited time.Duration
		sends  int
	}{
		"while it must still be known": {retention - time.Nanosecond, 2},
		"when it may be forgotten":     {retention, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			market, clock, manager, id := submitted(t)
			clock.Advance(retention) // nothing was sent yet
			market.LoseAnswers(1)
			market.before, market.err = true, lifecycle.ErrNotFound
			p, err := manager.Advance(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrUnavailable)
			require.Equal(t, lifecycle.Sending, p.Record.Request.Phase)
			require.NotNil(t, p.Record.Request.SendingAt)
			assert.Equal(t, clock.Now(), *p.Record.Request.SendingAt)

			clock.Advance(c.waited)
			if market.traced = nil; c.sends == 1 {
				market.err = nil
			}
			market.FailCalls(lifecycle.ErrNotFound) // by its name
			p, err = manager.Advance(ctx, id)
			require.NoError(t, err)
			if c.sends == 1 {
				assert.Len(t, market.traced, 1)
				assert.Equal(t, lifecycle.Succeeded, p.Record.Last.Result)
				assert.Equal(t, "prod-traced", p.Record.Entities.Product)
				assert.True(t, p.Record.RegionsLocked, "the marketplace has them")
			} else {
				assert.NotEqual(t, "prod-traced", p.Record.Entities.Product, "sent again, under the same token")
			}
		})
	}
}

func TestCancelOfWhatMayHaveBeenSentIsNotGuessed(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.LoseAnswers(1)
	_, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	_, err = b.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	b.Market.FailCalls(lifecycle.ErrDenied)
	p, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrDenied)
	require.NotNil(t, p.Record.Request, "its change set is running")
}

func TestCancelOfWhatIsHeldUpSendsNothing(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.FailCalls(nil, lifecycle.ErrBusy) // the calls of Find and Send
	_, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrBusy)
	_, err = b.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	b.Market.FailCalls(nil, lifecycle.ErrBusy)
	p, err := b.Advance(ctx, id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Cancelled, p.Record.Last.Result)
	require.Empty(t, b.Market.Sent())
}

// overtaken answers the first sending as if the change, sent by another
// process in the meantime, had raised the revision already.
type overtaken struct {
	*lifecycletest.Market
	clock *lifecycletest.Clock
	once  bool
}

func (o *overtaken) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	id, err := o.Market.Send(ctx, c)
	if !o.once {
		o.once = true
		o.clock.Advance(2 * time.Hour)
		return "", fmt.Errorf("revision: %w", lifecycle.ErrStaleEntity)
	}
	return id, err
}

func TestARefusalDueToTheRequestItselfIsSeenThrough(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
	m, err := lifecycle.New(lifecycletest.Seller, b.Store, &overtaken{Market: b.Market, clock: b.Clock}, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	r, err := m.Await(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Unpublished, r.State)
}

// A store that was restored from a backup makes the same revision twice.
func TestOtherContentIsAnotherRequest(t *testing.T) {
	ctx, clock, id := context.Background(), &lifecycletest.Clock{}, uuid.New()
	market := lifecycletest.NewMarket(clock)
	for _, title := range []string{"First", "Second", "Second"} {
		m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock))
		require.NoError(t, err)
		l := lifecycletest.ModelPackage()
		l.Title = title
		_, err = m.Do(ctx, id, lifecycle.Create{Listing: l})
		require.NoError(t, err)
		_, err = m.Do(ctx, id, lifecycle.Submit{})
		require.NoError(t, err)
		_, err = m.Await(ctx, id)
		require.NoError(t, err)
	}
	assert.Len(t, market.Sent(), 3, "what is done again after a backup was restored is not the request of then")
}
