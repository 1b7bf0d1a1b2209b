package awsmarketplace_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
)

// TestManagerOverTheWire takes a listing through its whole life with all that
// can go wrong on the way to the marketplace.
func TestManagerOverTheWire(t *testing.T) {
	t.Parallel()
	a, id := newAccount(t), uuid.NewSHA1(uuid.Nil, []byte("listing"))
	yes := lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}
	manager, err := lifecycle.New("111122223333", memstore.New(), a.Marketplace,
		lifecycle.WithResources(a.resources), lifecycle.WithSellers(yes), lifecycle.WithClock(fixture.Clock{Simulator: a.sim}))
	require.NoError(t, err)

	do := func(c lifecycle.Command, faults ...simulator.Fault) lifecycle.Record {
		t.Helper()
		_, err := manager.Do(t.Context(), id, c)
		require.NoError(t, err)
		for _, fault := range faults {
			require.NoError(t, a.sim.Inject(fault))
		}
		r, err := manager.Await(t.Context(), id)
		require.NoError(t, err)
		return r
	}
	do(lifecycle.Create{Listing: content().Listing})
	r := do(lifecycle.Submit{Testers: []listing.AccountID{"444455556666"}},
		simulator.Fault{Kind: simulator.Throttle, Operation: "ListChangeSets"},
		simulator.Fault{Kind: simulator.LoseAnswer, Operation: "StartChangeSet"},
		simulator.Fault{Kind: simulator.Unavailable, Operation: "BatchDescribeEntities"},
		simulator.Fault{Kind: simulator.ServerFault, ChangeType: "ReleaseProduct"})
	assert.Equal(t, lifecycle.TestProduct, r.State)
	offer := r.Entities.Offer
	require.NotEmpty(t, offer)

	r = do(lifecycle.SignOff{})
	assert.Equal(t, lifecycle.Live, r.State)
	assert.Equal(t, offer, r.Entities.Offer, "a change of the product leaves the offer known")

	two := modelPackage("2.0")
	r = do(lifecycle.AddVersion{Version: two, Rates: pricing.RateCard{
		pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
	}})
	assert.Len(t, r.Entities.DeliveryOptions, 2)

	cheaper := r.Draft.Offer.Clone()
	cheaper.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.35")
	r = do(lifecycle.UpdatePricing{Offer: cheaper}, simulator.Fault{Kind: simulator.DropRequest, Operation: "StartChangeSet"})
	assert.Len(t, r.Entities.DeliveryOptions, 2, "a change of the offer leaves the product known")

	do(lifecycle.RestrictVersion{Number: "1.0"})
	r = do(lifecycle.Unpublish{Email: "owner@example.com", Reason: "Replaced."})
	assert.Equal(t, lifecycle.Unpublished, r.State)

	now, err := a.Identify(t.Context(), r.Entities)
	require.NoError(t, err)
	assert.Equal(t, now, r.Entities)
	succeeded := 0
	for _, set := range a.sim.Ledger().ChangeSets {
		if set.Status == "SUCCEEDED" {
			succeeded++
		}
	}
	assert.Equal(t, 6, succeeded, "every request once")
}
