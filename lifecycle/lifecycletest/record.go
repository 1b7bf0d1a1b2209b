package lifecycletest

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// Bench is a manager with everything that it needs, in memory and on a clock
// that moves by hand.
type Bench struct {
	*lifecycle.Manager
	// Clock is the manager's and the market's.
	Clock *Clock
	// Market takes the requests.
	Market *Market
	// Store keeps the records.
	Store lifecycle.Store
}

// NewBench returns a bench for [Seller], whose profile is complete and whose
// resources are all certified and support [Instance], and whose files are all
// sound.
func NewBench(t testing.TB, options ...lifecycle.Option) *Bench {
	t.Helper()
	clock := &Clock{}
	b := &Bench{Clock: clock, Market: NewMarket(clock), Store: memstore.New()}
	all := append([]lifecycle.Option{
		lifecycle.WithClock(clock),
		lifecycle.WithResources(Resources{}),
		lifecycle.WithAssets(Assets{}),
		lifecycle.WithSellers(*Facts(listing.Listing{}).Seller),
	}, options...)
	manager, err := lifecycle.New(Seller, b.Store, b.Market, all...)
	if err != nil {
		t.Fatalf("lifecycletest: %v", err)
	}
	b.Manager = manager
	return b
}

// Listing creates the listing on the bench and takes it to the state by
// ordinary commands, so that its history is a believable one. It returns the
// listing's id. With underWay, a request that is possible in the state is
// left under way, recorded and not yet sent; Draft and Unpublished have none.
func (b *Bench) Listing(t testing.TB, l listing.Listing, state lifecycle.State, underWay bool) uuid.UUID {
	t.Helper()
	id := uuid.New()
	do := func(c lifecycle.Command) {
		t.Helper()
		if _, err := b.Do(context.Background(), id, c, lifecycle.By("lifecycletest")); err != nil {
			t.Fatalf("lifecycletest: %v", err)
		}
	}
	finish := func(c lifecycle.Command) {
		t.Helper()
		do(c)
		if _, err := b.Await(context.Background(), id); err != nil {
			t.Fatalf("lifecycletest: %v", err)
		}
	}
	removal := lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced by a newer model."}
	do(lifecycle.Create{Listing: l})
	switch state {
	case lifecycle.Submitted:
		do(lifecycle.Submit{})
	case lifecycle.TestProduct, lifecycle.Live, lifecycle.Unpublished:
		finish(lifecycle.Submit{})
	}
	switch state {
	case lifecycle.Live, lifecycle.Unpublished:
		finish(lifecycle.SignOff{})
	}
	switch {
	case state == lifecycle.Unpublished:
		finish(removal)
	case state == lifecycle.Live && underWay:
		do(removal)
	case state == lifecycle.TestProduct && underWay:
		do(lifecycle.SignOff{})
	}
	return id
}

// Resources is a [lifecycle.Resources] that has every resource, certified and
// supporting [Instance].
type Resources struct{}

// Describe returns [Resource] for whatever kind the ARN names.
func (Resources) Describe(_ context.Context, arn version.ARN) (lifecycle.Resource, error) {
	p, err := arn.Parts()
	return Resource(p.Kind), err
}
