package awsmarketplace_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/pricing"
)

// A trial that was limited elsewhere is limited after every change of the prices, also
// for the dimensions of a new version, and the marketplace takes what is sent.
func TestALimitedTrialOutlivesChangesOfPrices(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.carryOut(lifecycle.EventSubmit, nil)
	a.carryOut(lifecycle.EventSignOff, nil)
	const batch, realTime = "ml.m5.large.m.i.b", "ml.m5.large.m.i.r"
	a.carryOut(lifecycle.EventUpdatePricing, func(c *lifecycle.Content) { c.Other.TrialLimits = map[string]int64{batch: 100, realTime: 100} })
	limits := func() map[string]int64 {
		s, err := a.Read(t.Context(), a.entities.Product)
		require.NoError(t, err)
		return s.Content.Other.TrialLimits
	}
	require.Equal(t, map[string]int64{batch: 100, realTime: 100}, limits())

	yes := lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}
	manager, err := lifecycle.New("111122223333", memstore.New(), a.Marketplace,
		lifecycle.WithResources(a.resources), lifecycle.WithSellers(yes), lifecycle.WithClock(fixture.Clock{Simulator: a.sim}))
	require.NoError(t, err)
	id := uuid.New()
	s, err := manager.Read(t.Context(), a.entities.Product)
	require.NoError(t, err)
	d, err := manager.Do(t.Context(), id, lifecycle.Adopt{Snapshot: s})
	require.NoError(t, err)

	cheaper := d.Record.Draft.Offer.Clone()
	cheaper.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.35")
	for _, c := range []lifecycle.Command{
		lifecycle.UpdatePricing{Offer: cheaper},
		lifecycle.AddVersion{Version: modelPackage("2.0"), Rates: pricing.RateCard{
			pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
		}},
	} {
		_, err = manager.Do(t.Context(), id, c)
		require.NoError(t, err)
		_, err = manager.Await(t.Context(), id)
		require.NoError(t, err)
		drift, err := manager.Drift(t.Context(), id)
		require.NoError(t, err)
		assert.Empty(t, drift.Differences, c.Event())
	}
	assert.Equal(t, map[string]int64{batch: 100, realTime: 100, "ml.g5.xlarge.m.i.b": 100, "ml.g5.xlarge.m.i.r": 100}, limits())

	s, err = a.Read(t.Context(), a.entities.Product)
	require.NoError(t, err)
	a.entities, a.published = s.Entities, &s.Content
	a.carryOut(lifecycle.EventUpdatePricing, func(c *lifecycle.Content) { c.Other.TrialLimits = nil })
	drift, err := manager.Drift(t.Context(), id)
	require.NoError(t, err)
	assert.Contains(t, drift.Differences, lifecycle.Difference{Path: `offer.trialLimits["` + batch + `"]`, Before: "100"}, "taken away elsewhere")
}
