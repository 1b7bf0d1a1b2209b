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
	"github.com/shelflife-go/shelflife/pricing"
)

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
