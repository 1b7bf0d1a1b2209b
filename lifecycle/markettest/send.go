package markettest

import (
	"sync"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

var sendCases = []testCase{
	{"Send/a first submission makes a product and an offer", func(b bench) {
		e := b.listed(lifecycletest.ModelPackage()).entities
		assert.NotEmpty(b, e.Product)
		assert.NotEmpty(b, e.Offer)
		assert.Positive(b, e.ProductRevision)
		assert.Positive(b, e.OfferRevision)
		require.Len(b, e.DeliveryOptions, 1)
		assert.NotEmpty(b, e.DeliveryOptions[first])
	}},
	{"Send/again is the same change set, under way and after its end", func(b bench) {
		c := submission(lifecycletest.ModelPackage())
		id := b.send(c)
		assert.Equal(b, id, b.send(c), "under way")
		b.Pass(b.Settle / 2)
		assert.Equal(b, id, b.send(c), "half-way")
		b.succeeded(id)
		assert.Equal(b, id, b.send(c), "after its end")
		b.took(nil, c.Name)
	}},
	{"Send/an update again is the same change set", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		before, c := b.Taken(), s.renamed()
		id := b.send(c)
		assert.Equal(b, id, b.send(c), "although it holds the product by now")
		b.succeeded(id)
		assert.Equal(b, id, b.send(c), "although the revision is no longer the newest")
		b.took(before, c.Name)
	}},
	{"Send/at once is one change set", func(b bench) {
		c := submission(lifecycletest.ModelPackage())
		ids, errs := make([]string, 8), make([]error, 8)
		var all sync.WaitGroup
		for i := range ids {
			all.Add(1)
			go func() {
				defer all.Done()
				ids[i], errs[i] = b.Market.Send(background, c)
			}()
		}
		all.Wait()
		for i := range ids {
			require.NoError(b, errs[i])
			assert.Equal(b, ids[0], ids[i])
		}
		b.took(nil, c.Name)
	}},
	{"Send/an answer that is lost", func(b bench) {
		c := submission(lifecycletest.ModelPackage())
		b.Break(AnswerLost)
		_, err := b.Market.Send(background, c)
		require.ErrorIs(b, err, lifecycle.ErrUnavailable)
		found, err := b.Market.Find(background, c.Name)
		require.NoError(b, err, "it was taken")
		assert.Equal(b, found, b.send(c))
		b.took(nil, c.Name)
	}},
	{"Send/a request that is lost", func(b bench) {
		c := submission(lifecycletest.ModelPackage())
		b.Break(RequestLost)
		_, err := b.Market.Send(background, c)
		require.ErrorIs(b, err, lifecycle.ErrUnavailable)
		_, err = b.Market.Find(background, c.Name)
		require.ErrorIs(b, err, lifecycle.ErrNotFound)
		b.took(nil)
		b.succeeded(b.send(c))
		b.took(nil, c.Name)
	}},
	{"Send/shares nothing with the caller", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		c := s.change(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = append(c.AllowList, tester2) })
		id := b.send(c)
		clear(c.Entities.DeliveryOptions)
		clear(c.After.Rates)
		c.After.Listing.Versions[0].Number = "9.9"
		touched := b.succeeded(id)
		require.Contains(b, touched.DeliveryOptions, first)
		clear(touched.DeliveryOptions)
		assert.Contains(b, b.identify(s.entities).DeliveryOptions, first)
		status, err := b.Market.Follow(background, id)
		require.NoError(b, err)
		assert.Contains(b, status.Entities.DeliveryOptions, first)
	}},
	{"Find/the newest of a name", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		older := s.renamed()
		b.carryOut(&s, older)
		newer := s.change(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = []listing.AccountID{tester2} })
		newer.Name = older.Name
		b.Pass(1e9) // so that one is newer, to the second
		id := b.send(newer)
		found, err := b.Market.Find(background, older.Name)
		require.NoError(b, err)
		assert.Equal(b, id, found)
		b.succeeded(id)
		found, err = b.Market.Find(background, older.Name)
		require.NoError(b, err, "whatever its status")
		assert.Equal(b, id, found)
	}},
	{"Find/by the whole name", func(b bench) {
		c := submission(lifecycletest.ModelPackage())
		b.send(c)
		for _, name := range []string{c.Name + "0", c.Name[:len(c.Name)-1], uuid.NewString()} {
			_, err := b.Market.Find(background, name)
			require.ErrorIs(b, err, lifecycle.ErrNotFound, "%q", name)
		}
	}},
}
