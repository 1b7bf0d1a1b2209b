package markettest

import (
	"fmt"
	"sync"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// step is one change in the life of a listing.
type step struct {
	kind lifecycle.Event
	edit func(*lifecycle.Content)
}

// life returns every kind of change that can follow a first submission.
func life(l listing.Listing) []step {
	open := func(*lifecycle.Content) {}
	if l.Visibility == listing.Private {
		open = func(c *lifecycle.Content) { c.AllowList = l.Buyers }
	}
	return []step{
		{lifecycle.EventSubmit, func(c *lifecycle.Content) {
			c.Listing.Title, c.AllowList = "Second try", []listing.AccountID{lifecycletest.Seller, tester2}
		}},
		{lifecycle.EventSignOff, open},
		{lifecycle.EventUpdateInformation, func(c *lifecycle.Content) { c.Listing.Title, c.Listing.SKU = "Another title", "" }},
		{lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = append(c.AllowList, tester1) }},
		{lifecycle.EventAddVersion, func(c *lifecycle.Content) {
			c.Listing.Versions = append(c.Listing.Versions, lifecycletest.Version(second, l.Kind))
		}},
		{lifecycle.EventUpdateVersion, func(c *lifecycle.Content) { c.Listing.Versions[1].ReleaseNotes = "Notes that say more." }},
		{lifecycle.EventRestrictVersion, func(c *lifecycle.Content) { c.Listing.Versions[0].Status = version.Restricted }},
		{lifecycle.EventUpdatePricing, func(c *lifecycle.Content) {
			c.Listing.Offer.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD("0.10")
			c.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD("0.10")
		}},
		{lifecycle.EventUnpublish, nil},
	}
}

func (b bench) live(l listing.Listing, each func(s subject, kind lifecycle.Event)) {
	s := b.listed(l)
	each(s, lifecycle.EventSubmit)
	for _, step := range life(l) {
		before, taken := s.entities, b.Taken()
		c := s.change(step.kind, step.edit)
		touched := b.carryOut(&s, c)
		b.took(taken, c.Name)
		assert.True(b, touched.Product != "" || touched.Offer != "", "%s touches something", step.kind)
		if touched.Product != "" {
			assert.Equal(b, before.Product, touched.Product, step.kind)
			assert.Greater(b, touched.ProductRevision, before.ProductRevision, step.kind)
		}
		if touched.Offer != "" {
			assert.Equal(b, before.Offer, touched.Offer, step.kind)
			assert.Greater(b, touched.OfferRevision, before.OfferRevision, step.kind)
		}
		assert.Equal(b, s.entities, b.identify(s.entities), "after %s", step.kind)
		require.Len(b, s.entities.DeliveryOptions, len(s.content.Listing.Versions), "after %s", step.kind)
		for number, option := range before.DeliveryOptions {
			assert.Equal(b, option, s.entities.DeliveryOptions[number], "the delivery option of %s after %s", number, step.kind)
		}
		each(s, step.kind)
	}
}

func nothingMore(subject, lifecycle.Event) {}

var lifeCases = []testCase{
	{"every kind of change/public, a model package", func(b bench) { b.live(lifecycletest.ModelPackage(), nothingMore) }},
	{"every kind of change/private, an algorithm", func(b bench) { b.live(lifecycletest.Algorithm(), nothingMore) }},
}

var concurrencyCases = []testCase{
	{"every call/by many at once", func(b bench) {
		const callers = 8
		sent := make([]lifecycle.Change, callers)
		errs := make([]error, callers)
		var all sync.WaitGroup
		for i := range callers {
			sent[i] = submission(lifecycletest.ModelPackage())
			all.Add(1)
			go func() {
				defer all.Done()
				errs[i] = func() error {
					id, err := b.Market.Send(background, sent[i])
					if err != nil {
						return err
					}
					found, err := b.Market.Find(background, sent[i].Name)
					if err != nil || found != id {
						return fmt.Errorf("Find gave %q for %q: %w", found, id, err)
					}
					status, err := b.Market.Follow(background, id)
					if err != nil || status.Result != lifecycle.Pending {
						return fmt.Errorf("Follow gave %q: %w", status.Result, err)
					}
					if i%2 == 0 {
						return b.Market.Cancel(background, id)
					}
					return nil
				}()
			}()
		}
		all.Wait()
		b.Pass(b.Settle)
		for i, c := range sent {
			require.NoError(b, errs[i])
			id, err := b.Market.Find(background, c.Name)
			require.NoError(b, err)
			status, err := b.Market.Follow(background, id)
			require.NoError(b, err)
			want := lifecycle.Succeeded
			if i%2 == 0 {
				want = lifecycle.Cancelled
			}
			assert.Equal(b, want, status.Result)
		}
		assert.Len(b, b.Taken(), callers)
	}},
}
