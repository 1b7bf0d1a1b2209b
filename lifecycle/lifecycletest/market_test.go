package lifecycletest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// A change of somebody else's while a change set is pending is not undone by its
// end.
func TestPutWhileAChangeSetIsPending(t *testing.T) {
	t.Parallel()
	ctx, clock := context.Background(), &Clock{}
	m := NewMarket(clock)
	known := lifecycle.Entities{Product: "prod-a", ProductRevision: 3, Offer: "offer-a", OfferRevision: 1}
	m.Put(known)
	id, err := m.Send(ctx, lifecycle.Change{Name: "one", Token: uuid.New(), Kind: lifecycle.EventUpdateAllowList, Entities: known})
	require.NoError(t, err)
	known.ProductRevision = 9
	m.Put(known)
	clock.Advance(time.Hour)
	status, err := m.Follow(ctx, id)
	require.NoError(t, err)
	assert.EqualValues(t, 10, status.Entities.ProductRevision)
}

func TestSentSharesNothing(t *testing.T) {
	t.Parallel()
	m := NewMarket(&Clock{})
	l := ModelPackage()
	_, err := m.Send(context.Background(), lifecycle.Change{Token: uuid.New(), After: lifecycle.Content{Listing: l, Rates: l.Offer.Rates}})
	require.NoError(t, err)
	clear(m.Sent()[0].After.Rates)
	assert.Equal(t, l.Offer.Rates, m.Sent()[0].After.Rates)
}

// A version keeps the delivery option that it has, whoever gave it the id.
func TestDeliveryOptionsStay(t *testing.T) {
	t.Parallel()
	b := NewBench(t)
	there := Snapshot(ModelPackage(), lifecycle.VisibilityPublic)
	b.Market.Put(there.Entities)
	id := uuid.New()
	_, err := b.Do(context.Background(), id, lifecycle.Adopt{Snapshot: there})
	require.NoError(t, err)
	l := there.Content.Listing
	l.Title = "Another title"
	_, err = b.Do(context.Background(), id, lifecycle.UpdateInformation{Information: l.Information, Promotion: l.Promotion, Support: *l.Support})
	require.NoError(t, err)
	r, err := b.Await(context.Background(), id)
	require.NoError(t, err)
	require.Equal(t, there.Entities.DeliveryOptions, r.Entities.DeliveryOptions)
}
