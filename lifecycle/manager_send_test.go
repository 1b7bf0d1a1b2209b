package lifecycle_test

import (
	"context"
	"errors"
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
	"github.com/shelflife-go/shelflife/pricing"
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

// What a market tells of a submission that is forgotten must be whole.
func TestHalfOfATraceIsNone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, entities := range []lifecycle.Entities{{}, {Product: "prod-a", ProductRevision: 1}, {Offer: "offer-a", OfferRevision: 1}} {
		market, clock, manager, id := submitted(t)
		_, err := manager.Advance(ctx, id)
		require.NoError(t, err)
		market.entities = entities
		clock.Advance(retention)
		market.FailCalls(lifecycle.ErrNotFound)
		p, err := manager.Advance(ctx, id)
		require.ErrorContains(t, err, "tracing")
		require.NotNil(t, p.Record.Request)
	}
}

// Only a first submission makes something that can be traced; only what is
// there already can be read.
func TestForgottenUpdatesAreNotTraced(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	market, clock, manager, id := submitted(t)
	_, err := manager.Await(ctx, id)
	require.NoError(t, err)
	_, err = manager.Do(ctx, id, lifecycle.SignOff{})
	require.NoError(t, err)
	_, err = manager.Advance(ctx, id)
	require.NoError(t, err)
	clock.Advance(retention)
	market.FailCalls(lifecycle.ErrNotFound)
	_, err = manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrForgotten, "and this market cannot be read")
	require.ErrorContains(t, err, "Partner Central")
	assert.Empty(t, market.traced)

	known, err := manager.Load(ctx, id)
	require.NoError(t, err)
	_, err = manager.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	elsewhere := known.Entities
	elsewhere.ProductRevision += 3
	market.Put(elsewhere)
	market.FailCalls(lifecycle.ErrNotFound)
	p, err := manager.Advance(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, known.Entities, p.Record.Entities, "what is there now may be somebody else's")
	assert.Equal(t, "OUTCOME_UNKNOWN", p.Record.Last.Problems[0].Code)
}

// There is nothing to read of what may not exist.
func TestForgottenFirstSubmissionsAreNotRead(t *testing.T) {
	t.Parallel()
	ctx, id := context.Background(), uuid.New()
	market, clock, manager := reading(t)
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := manager.Do(ctx, id, c)
		require.NoError(t, err)
	}
	_, err := manager.Advance(ctx, id)
	require.NoError(t, err)
	market.err = lifecycle.ErrThrottled
	clock.Advance(retention)
	market.FailCalls(lifecycle.ErrNotFound)
	_, err = manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrForgotten)
	require.NotErrorIs(t, err, lifecycle.ErrThrottled)
}

// What cannot be compared agrees with nothing.
func TestForgottenAndUnreadable(t *testing.T) {
	t.Parallel()
	ctx, id := context.Background(), uuid.New()
	market, clock, manager := reading(t)
	market.holding = lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
	market.Put(market.holding.Entities)
	_, err := manager.Do(ctx, id, lifecycle.Adopt{Snapshot: market.holding})
	require.NoError(t, err)
	_, err = manager.Do(ctx, id, lifecycle.UpdateAllowList{Accounts: accounts(1)})
	require.NoError(t, err)
	_, err = manager.Advance(ctx, id)
	require.NoError(t, err)
	market.holding.Content.Rates = pricing.RateCard{{}: pricing.MustUSD("1")}
	clock.Advance(retention)
	market.FailCalls(lifecycle.ErrNotFound)
	p, err := manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrForgotten)
	require.NotNil(t, p.Record.Request)
}

// validating is a market that validates versions to add.
type validating struct {
	*lifecycletest.Market
	asked     []lifecycle.Change
	latest    lifecycle.Status
	err       error // of Find
	followErr error
}

func (m *validating) Plan(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
	return lifecycle.PlannedChangeSet{Validates: c.Kind == lifecycle.EventAddVersion}, nil
}

func (m *validating) Validate(ctx context.Context, c lifecycle.Change) (string, error) {
	if c.Kind != lifecycle.EventAddVersion {
		return m.Market.Validate(ctx, c)
	}
	m.asked = append(m.asked, c)
	return "validation", nil
}

func (m *validating) Find(ctx context.Context, name string) (string, error) {
	if m.err != nil {
		return "", m.err
	}
	if n := len(m.asked); n > 0 && m.asked[n-1].Name == name {
		return "validation", nil
	}
	return m.Market.Find(ctx, name)
}

func (m *validating) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	if id == "validation" {
		return m.latest, m.followErr
	}
	return m.Market.Follow(ctx, id)
}

func TestValidate(t *testing.T) {
	t.Parallel()
	ctx, clock, id := context.Background(), &lifecycletest.Clock{}, uuid.New()
	market := &validating{Market: lifecycletest.NewMarket(clock), latest: lifecycle.Status{Result: lifecycle.Pending}}
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(t, err)
	l := lifecycletest.ModelPackage()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: l}, lifecycle.Submit{}, lifecycle.SignOff{}} {
		_, err := m.Do(ctx, id, c)
		require.NoError(t, err)
		_, err = m.Await(ctx, id)
		require.NoError(t, err)
	}
	before, err := m.Load(ctx, id)
	require.NoError(t, err)
	add := lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)}
	validate := func() error { _, err := m.Validate(ctx, id, add); return err }

	require.NoError(t, validate())
	require.NoError(t, validate(), "it is pending")
	require.Len(t, market.asked, 1)
	assert.Equal(t, id, market.asked[0].Listing)
	of, ours := lifecycle.ListingOf(market.asked[0].Name)
	assert.True(t, ours)
	assert.Equal(t, id, of)
	plan, err := m.Plan(ctx, id, add)
	require.NoError(t, err)
	assert.True(t, plan.Validates)
	assert.NotEqual(t, plan.ChangeSet, market.asked[0].Name, "what is sent later is not taken for the validation")

	market.latest.Result = lifecycle.Failed
	status, err := m.Validation(ctx, "validation")
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Failed, status.Result)
	require.NoError(t, validate(), "it has ended, and is asked anew")
	require.Len(t, market.asked, 2)
	assert.Equal(t, market.asked[0].Name, market.asked[1].Name)
	assert.NotEqual(t, market.asked[0].Token, market.asked[1].Token)

	for _, c := range []lifecycle.Command{lifecycle.UpdateAllowList{Accounts: accounts(1)}, lifecycle.Unpublish{Email: "a@example.com", Reason: "Gone."}} {
		_, err := m.Validate(ctx, id, c)
		require.ErrorIs(t, err, errors.ErrUnsupported, c.Event())
	}
	_, err = m.Validate(ctx, uuid.New(), lifecycle.Create{Listing: l})
	require.ErrorIs(t, err, errors.ErrUnsupported, "it sends nothing")
	_, err = m.Validate(ctx, id, lifecycle.RestrictVersion{Number: "9.9"})
	require.ErrorIs(t, err, lifecycle.RuleVersionKnown)

	market.err = lifecycle.ErrThrottled
	require.ErrorIs(t, validate(), lifecycle.ErrThrottled)
	market.err, market.followErr = nil, lifecycle.ErrUnavailable
	require.ErrorIs(t, validate(), lifecycle.ErrUnavailable)
	assert.Len(t, market.asked, 2)
	market.followErr, market.latest.Result = lifecycle.ErrNotFound, lifecycle.Pending
	require.NoError(t, validate(), "the one before is forgotten")
	assert.Len(t, market.asked, 3)
	after, err := m.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, before, after, "nothing is written down")

	_, err = m.Do(ctx, id, add)
	require.NoError(t, err)
	_, err = m.Validate(ctx, id, lifecycle.Cancel{})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = lifecycletest.NewBench(t).Validate(ctx, id, add)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	b := lifecycletest.NewBench(t)
	_, err = b.Validate(ctx, b.Listing(t, l, lifecycle.Live, false), add)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	var refusal *lifecycle.Refusal
	require.NotErrorAs(t, err, &refusal)
}

// tracing is a market that finds what a first submission has made.
type tracing struct {
	*lifecycletest.Market
	entities lifecycle.Entities // of what is traced once it may be forgotten
	token    uuid.UUID          // the change's own if it is not set
	before   bool               // they are there before anything is sent
	err      error
	traced   []lifecycle.Change
}

func (m *tracing) Trace(_ context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	if !m.before && len(m.Sent()) == 0 {
		return lifecycle.Traced{}, lifecycle.ErrNotFound
	}
	m.traced = append(m.traced, c)
	traced := lifecycle.Traced{Entities: m.entities, Token: m.token}
	if traced.Token == uuid.Nil {
		traced.Token = c.Token
	}
	return traced, m.err
}

const retention = 60 * 24 * time.Hour

// submitted is a first submission on its way, on a market that can trace it.
func submitted(t *testing.T) (*tracing, *lifecycletest.Clock, *lifecycle.Manager, uuid.UUID) {
	t.Helper()
	clock := &lifecycletest.Clock{}
	market := &tracing{Market: lifecycletest.NewMarket(clock), entities: lifecycle.Entities{
		Product: "prod-traced", ProductRevision: 2, Offer: "offer-traced", OfferRevision: 1, DeliveryOptions: map[string]string{"1.0": "option"},
	}}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(t, err)
	id := uuid.New()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := manager.Do(context.Background(), id, c)
		require.NoError(t, err)
	}
	return market, clock, manager, id
}

// A first submission whose change set is known no more is told by what it has
// made.
func TestForgottenFirstSubmissionIsTraced(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	market, clock, manager, id := submitted(t)
	p, err := manager.Advance(ctx, id)
	require.NoError(t, err)
	request := p.Record.Request
	clock.Advance(200 * 24 * time.Hour)

	market.err = lifecycle.ErrThrottled
	market.FailCalls(lifecycle.ErrNotFound)
	_, err = manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrThrottled, "nothing is concluded from nothing")

	market.err = lifecycle.ErrNotFound
	market.FailCalls(lifecycle.ErrNotFound)
	p, err = manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrForgotten)
	require.ErrorContains(t, err, "Partner Central")
	require.NotNil(t, p.Record.Request, "not found does not prove that there is nothing")

	market.err = nil
	market.FailCalls(lifecycle.ErrNotFound)
	p, err = manager.Advance(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, p.Record.State)
	assert.Equal(t, lifecycle.Succeeded, p.Record.Last.Result)
	assert.Equal(t, market.entities, p.Record.Entities)
	for _, c := range market.traced {
		assert.Equal(t, request.Token, c.Token)
		assert.Equal(t, request.Name, c.Name)
		assert.Equal(t, id, c.Listing)
	}
}

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

// Without a market that can trace, a person must look, and can go on.
func TestUntracedFirstSubmissionCanBeGivenUp(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	market, clock, manager, id := submitted(t)
	market.err = lifecycle.ErrNotFound
	market.LoseAnswers(1)
	_, err := manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	clock.Advance(retention)
	market.FailCalls(lifecycle.ErrNotFound)
	_, err = manager.Advance(ctx, id)
	require.ErrorContains(t, err, "Partner Central")
	_, err = manager.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	market.FailCalls(lifecycle.ErrNotFound)
	p, err := manager.Advance(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Draft, p.Record.State)
	assert.Equal(t, "OUTCOME_UNKNOWN", p.Record.Last.Problems[0].Code)
	assert.True(t, p.Record.RegionsLocked, "the marketplace may have them")
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

func TestAForgottenChangeSetDoesNotLockTheListing(t *testing.T) {
	ctx, store, clock := context.Background(), memstore.New(), &lifecycletest.Clock{}
	one, err := lifecycle.New(lifecycletest.Seller, store, lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	require.NoError(t, err)
	id := uuid.New()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := one.Do(ctx, id, c)
		require.NoError(t, err)
	}
	_, err = one.Advance(ctx, id)
	require.NoError(t, err)
	clock.Advance(100 * 24 * time.Hour) // change sets are kept for 60 days
	two, err := lifecycle.New(lifecycletest.Seller, store, lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	require.NoError(t, err)
	_, err = two.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrForgotten)
	_, err = two.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	p, err := two.Advance(ctx, id)
	require.NoError(t, err)
	require.Nil(t, p.Record.Request)
	assert.Equal(t, "OUTCOME_UNKNOWN", p.Record.Last.Problems[0].Code)
	assert.True(t, p.Record.RegionsLocked)
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
