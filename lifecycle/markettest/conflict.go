package markettest

import (
	"errors"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

var conflictCases = []testCase{
	{"Send/held by somebody else", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		since := b.Now()
		holder := b.Hold(s.entities.Product)
		before, c := b.Taken(), s.renamed()
		_, err := b.Market.Send(background, c)
		require.ErrorIs(b, err, lifecycle.ErrBusy)
		var busy *lifecycle.BusyError
		if errors.As(err, &busy) {
			assert.Equal(b, holder, busy.ChangeSet)
			assert.NotEmpty(b, busy.Name)
			assert.Contains(b, []string{s.entities.Product, s.entities.Offer}, busy.Entity)
			b.within(since, busy.Since, since, "since when")
		}
		_, err = b.Market.Find(background, c.Name)
		require.ErrorIs(b, err, lifecycle.ErrNotFound)
		b.took(before)
		b.ended(holder)
		c.Entities = b.identify(s.entities)
		b.succeeded(b.send(c))
	}},
	{"Send/one of ours holds as well", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		c := s.renamed()
		id := b.send(c)
		before := b.Taken()
		other := s.change(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = append(c.AllowList, tester2) })
		_, err := b.Market.Send(background, other)
		require.ErrorIs(b, err, lifecycle.ErrBusy)
		b.took(before)
		b.succeeded(id)
	}},
	{"Send/changed elsewhere", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		b.Interfere(s.entities.Product)
		before, c := b.Taken(), s.renamed()
		_, err := b.Market.Send(background, c)
		require.ErrorIs(b, err, lifecycle.ErrStaleEntity)
		_, err = b.Market.Find(background, c.Name)
		require.ErrorIs(b, err, lifecycle.ErrNotFound)
		b.took(before)
		c.Entities = b.identify(s.entities)
		b.succeeded(b.send(c))
	}},
	{"Send/refused at once", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		before, c := b.Taken(), s.renamed()
		c.Entities.Product = "prod-nobodys000000"
		_, err := b.Market.Send(background, c)
		var rejection *lifecycle.Rejection
		require.ErrorAs(b, err, &rejection, "waiting will not make the product exist")
		require.NotEmpty(b, rejection.Problems)
		assert.NotEmpty(b, rejection.Problems[0].Message)
		_, err = b.Market.Find(background, c.Name)
		require.ErrorIs(b, err, lifecycle.ErrNotFound)
		b.took(before)
	}},
}
