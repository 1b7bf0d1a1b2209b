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
)

// tracing is a market that finds what a first submission has made.
type tracing struct {
	*lifecycletest.Market
	entities lifecycle.Entities
	err      error
	traced   []lifecycle.Change
}

func (m *tracing) Trace(_ context.Context, c lifecycle.Change) (lifecycle.Entities, error) {
	m.traced = append(m.traced, c)
	return m.entities, m.err
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
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	require.ErrorContains(t, err, "portal")
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
			p, err := manager.Advance(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrUnavailable)
			require.Equal(t, lifecycle.Sending, p.Record.Request.Phase)
			require.NotNil(t, p.Record.Request.SendingAt)
			assert.Equal(t, clock.Now(), *p.Record.Request.SendingAt)

			clock.Advance(c.waited)
			market.FailCalls(lifecycle.ErrNotFound) // by its name
			p, err = manager.Advance(ctx, id)
			require.NoError(t, err)
			if c.sends == 1 {
				assert.Len(t, market.traced, 1)
				assert.Equal(t, lifecycle.Succeeded, p.Record.Last.Result)
				assert.Equal(t, "prod-traced", p.Record.Entities.Product)
				assert.True(t, p.Record.RegionsLocked, "the marketplace has them")
			} else {
				assert.Empty(t, market.traced)
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
	require.ErrorContains(t, err, "portal")
	_, err = manager.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	market.FailCalls(lifecycle.ErrNotFound)
	p, err := manager.Advance(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Draft, p.Record.State)
	assert.Equal(t, "OUTCOME_UNKNOWN", p.Record.Last.Problems[0].Code)
	assert.True(t, p.Record.RegionsLocked, "the marketplace may have them")
}
