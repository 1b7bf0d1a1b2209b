package lifecycle_test

import (
	"context"
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
	t.Run("revisions not known", func(t *testing.T) {
		t.Parallel()
		b, id := sending(t)
		b.Market.FailCalls(lifecycle.ErrNotFound, lifecycle.ErrStaleEntity, lifecycle.ErrNotFound, lifecycle.ErrUnavailable)
		p, err := b.Advance(ctx, id)
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		require.NotNil(t, p.Record.Request)
	})
	t.Run("first look throttled", func(t *testing.T) {
		t.Parallel()
		b, id := sending(t)
		b.Clock.Advance(retention)
		b.Market.FailCalls(lifecycle.ErrThrottled)
		_, err := b.Advance(ctx, id)
		require.ErrorIs(t, err, lifecycle.ErrThrottled)
		require.NotContains(t, err.Error(), "portal", "that is no sign of being forgotten")
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
	b.Market.EndNext(lifecycle.Status{Phase: lifecycle.PhaseFailed, Fault: true, Problems: []lifecycle.Problem{{Code: "SERVER_FAULT"}}})
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
	const hours, weeks = 6 * time.Hour, 37 * 24 * time.Hour
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
		market, _, manager, id := submitted(t)
		_, err := manager.Advance(ctx, id)
		require.NoError(t, err)
		market.entities = entities
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
	market, _, manager, id := submitted(t)
	_, err := manager.Await(ctx, id)
	require.NoError(t, err)
	_, err = manager.Do(ctx, id, lifecycle.SignOff{})
	require.NoError(t, err)
	_, err = manager.Advance(ctx, id)
	require.NoError(t, err)
	market.FailCalls(lifecycle.ErrNotFound)
	_, err = manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrNotFound, "and this market cannot be read")
	require.ErrorContains(t, err, "portal")
	assert.Empty(t, market.traced)

	known, err := manager.Load(ctx, id)
	require.NoError(t, err)
	_, err = manager.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	market.FailCalls(lifecycle.ErrNotFound, lifecycle.ErrThrottled)
	_, err = manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrThrottled, "what is there now is looked at first")
	elsewhere := known.Entities
	elsewhere.ProductRevision += 3
	market.Put(elsewhere)
	market.FailCalls(lifecycle.ErrNotFound)
	p, err := manager.Advance(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, elsewhere.ProductRevision, p.Record.Entities.ProductRevision)
	assert.Equal(t, "OUTCOME_UNKNOWN", p.Record.Last.Problems[0].Code)
}

// There is nothing to read of what may not exist.
func TestForgottenFirstSubmissionsAreNotRead(t *testing.T) {
	t.Parallel()
	ctx, id := context.Background(), uuid.New()
	market, _, manager := reading(t)
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := manager.Do(ctx, id, c)
		require.NoError(t, err)
	}
	_, err := manager.Advance(ctx, id)
	require.NoError(t, err)
	market.err = lifecycle.ErrThrottled
	market.FailCalls(lifecycle.ErrNotFound)
	_, err = manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	require.NotErrorIs(t, err, lifecycle.ErrThrottled)
}

// What cannot be compared agrees with nothing.
func TestForgottenAndUnreadable(t *testing.T) {
	t.Parallel()
	ctx, id := context.Background(), uuid.New()
	market, _, manager := reading(t)
	market.holding = lifecycletest.Holding(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
	market.Put(market.holding.Entities)
	_, err := manager.Do(ctx, id, lifecycle.Adopt{Holding: market.holding})
	require.NoError(t, err)
	_, err = manager.Do(ctx, id, lifecycle.UpdateAllowList{Accounts: accounts(1)})
	require.NoError(t, err)
	_, err = manager.Advance(ctx, id)
	require.NoError(t, err)
	market.holding.Content.Rates = pricing.RateCard{{}: pricing.MustUSD("1")}
	market.FailCalls(lifecycle.ErrNotFound)
	p, err := manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
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

func (m *validating) Validates(c lifecycle.Change) bool { return c.Kind == lifecycle.EventAddVersion }

func (m *validating) Validate(_ context.Context, c lifecycle.Change) (string, error) {
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
	market := &validating{Market: lifecycletest.NewMarket(clock), latest: lifecycle.Status{Phase: lifecycle.PhasePending}}
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

	market.latest.Phase = lifecycle.PhaseFailed
	status, err := m.Validation(ctx, "validation")
	require.NoError(t, err)
	assert.Equal(t, lifecycle.PhaseFailed, status.Phase)
	require.NoError(t, validate(), "it has ended, and is asked anew")
	require.Len(t, market.asked, 2)
	assert.Equal(t, market.asked[0].Name, market.asked[1].Name)
	assert.NotEqual(t, market.asked[0].Token, market.asked[1].Token)

	for _, c := range []lifecycle.Command{lifecycle.UpdateAllowList{Accounts: accounts(1)}, lifecycle.Unpublish{Email: "a@example.com", Reason: "Gone."}} {
		_, err := m.Validate(ctx, id, c)
		require.ErrorIs(t, err, lifecycle.ErrUnsupported, c.Event())
	}
	_, err = m.Validate(ctx, uuid.New(), lifecycle.Create{Listing: l})
	require.ErrorIs(t, err, lifecycle.ErrUnsupported, "it sends nothing")
	_, err = m.Validate(ctx, id, lifecycle.RestrictVersion{Number: "9.9"})
	require.ErrorIs(t, err, lifecycle.RuleVersionKnown)

	market.err = lifecycle.ErrThrottled
	require.ErrorIs(t, validate(), lifecycle.ErrThrottled)
	market.err, market.followErr = nil, lifecycle.ErrUnavailable
	require.ErrorIs(t, validate(), lifecycle.ErrUnavailable)
	assert.Len(t, market.asked, 2)
	market.followErr, market.latest.Phase = lifecycle.ErrNotFound, lifecycle.PhasePending
	require.NoError(t, validate(), "the one before is forgotten")
	assert.Len(t, market.asked, 3)
	after, err := m.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, before, after, "nothing is written down")

	_, err = m.Do(ctx, id, add)
	require.NoError(t, err)
	_, err = m.Validate(ctx, id, lifecycle.Cancel{})
	require.ErrorIs(t, err, lifecycle.ErrUnsupported)
	_, err = lifecycletest.NewBench(t).Validate(ctx, id, add)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	b := lifecycletest.NewBench(t)
	_, err = b.Validate(ctx, b.Listing(t, l, lifecycle.Live, false), add)
	require.ErrorIs(t, err, lifecycle.ErrUnsupported)
	var refusal *lifecycle.Refusal
	require.NotErrorAs(t, err, &refusal)
}
