package markettest

import (
	"errors"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// nobodys is an id that no marketplace has given to anything.
const nobodys = "nobodys0nobodys0nobodys00"

var refused = lifecycle.Problem{Code: "INVALID_INPUT", Message: "The text is not what it should be."}

var followCases = []testCase{
	{"Follow/pending, then succeeded", func(b bench) {
		sent := b.Now()
		id := b.send(submission(lifecycletest.ModelPackage()))
		status, err := b.Market.Follow(background, id)
		require.NoError(b, err)
		assert.Equal(b, lifecycle.Pending, status.Result)
		assert.Empty(b, status.Problems)
		assert.Zero(b, status.EndedAt)
		b.within(sent, status.StartedAt, sent, "the start")
		status = b.ended(id)
		assert.Equal(b, lifecycle.Succeeded, status.Result)
		assert.False(b, status.Fault)
		assert.Empty(b, status.Problems)
		b.within(sent, status.StartedAt, sent, "the start")
		b.within(sent, status.EndedAt, b.Now(), "the end")
		again, err := b.Market.Follow(background, id)
		require.NoError(b, err)
		assert.Equal(b, status, again)
	}},
	{"Follow/changed again before anybody looked", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		id := b.send(s.renamed())
		b.Pass(b.Settle)
		b.Interfere(s.entities.Product)
		b.Pass(time.Second)
		status, err := b.Market.Follow(background, id)
		require.NoError(b, err)
		assert.Equal(b, lifecycle.Succeeded, status.Result)
		newest := b.identify(s.entities)
		assert.True(b, status.ChangedSince || status.Entities.ProductRevision < newest.ProductRevision,
			"revision %d is somebody else's, and nothing says so", status.Entities.ProductRevision)
	}},
	{"Follow/failed for a reason", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		b.FailNext(false, refused)
		status := b.ended(b.send(s.renamed()))
		assert.Equal(b, lifecycle.Failed, status.Result)
		assert.False(b, status.Fault)
		require.Len(b, status.Problems, 1)
		assert.Equal(b, refused.Code, status.Problems[0].Code)
		assert.Equal(b, refused.Message, status.Problems[0].Message)
		b.untouched(s)
		b.succeeded(b.send(s.renamed()))
	}},
	{"Follow/failed by a fault of the service", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		b.FailNext(true, lifecycle.Problem{})
		status := b.ended(b.send(s.renamed()))
		assert.Equal(b, lifecycle.Failed, status.Result)
		assert.True(b, status.Fault, "it may be sent again")
		b.untouched(s)
		b.succeeded(b.send(s.renamed()))
	}},
	{"Follow/a first submission that failed made nothing", func(b bench) {
		c := submission(lifecycletest.ModelPackage())
		b.FailNext(false, refused)
		id := b.send(c)
		status := b.ended(id)
		assert.Equal(b, lifecycle.Failed, status.Result)
		assert.Zero(b, status.Entities)
		found, err := b.Market.Find(background, c.Name)
		require.NoError(b, err, "whatever its status")
		assert.Equal(b, id, found)
	}},
	{"Follow/an unknown change set", func(b bench) {
		_, err := b.Market.Follow(background, nobodys)
		require.ErrorIs(b, err, lifecycle.ErrNotFound)
	}},
	{"Follow/never tells otherwise later", func(b bench) {
		id := b.send(submission(lifecycletest.ModelPackage()))
		told := b.ended(id)
		b.Pass(365 * 24 * time.Hour)
		switch later, err := b.Market.Follow(background, id); {
		case errors.Is(err, lifecycle.ErrNotFound):
		default:
			require.NoError(b, err)
			assert.Equal(b, told, later)
		}
	}},
	{"Cancel/pending", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		id := b.send(s.renamed())
		require.NoError(b, b.Market.Cancel(background, id))
		status := b.ended(id)
		assert.Equal(b, lifecycle.Cancelled, status.Result)
		b.untouched(s)
		b.succeeded(b.send(s.renamed()))
	}},
	{"Cancel/too late", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		id := b.send(s.renamed())
		told := b.ended(id)
		require.ErrorIs(b, b.Market.Cancel(background, id), lifecycle.ErrTooLate)
		b.Pass(b.Settle)
		later, err := b.Market.Follow(background, id)
		require.NoError(b, err)
		assert.Equal(b, told, later)
	}},
	{"Cancel/an unknown change set", func(b bench) {
		require.ErrorIs(b, b.Market.Cancel(background, nobodys), lifecycle.ErrNotFound)
	}},
	{"Identify/what is there", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		known := lifecycle.Entities{Product: s.entities.Product, Offer: s.entities.Offer}
		assert.Equal(b, s.entities, b.identify(known))
		assert.Equal(b, lifecycle.Entities{Offer: known.Offer, OfferRevision: s.entities.OfferRevision}, b.identify(lifecycle.Entities{Offer: known.Offer}))
		product := b.identify(lifecycle.Entities{Product: known.Product})
		assert.Empty(b, product.Offer)
		assert.Equal(b, s.entities.ProductRevision, product.ProductRevision)
		assert.Zero(b, b.identify(lifecycle.Entities{}))
		b.Interfere(known.Product)
		newest := b.identify(s.entities)
		assert.Greater(b, newest.ProductRevision, s.entities.ProductRevision)
	}},
	{"Identify/what is not there", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		for _, known := range []lifecycle.Entities{
			{Product: "prod-nobodys000000"},
			{Offer: "offer-nobodys000000"},
			{Product: s.entities.Product, Offer: "offer-nobodys000000"},
			{Product: "prod-nobodys000000", Offer: s.entities.Offer},
		} {
			_, err := b.Market.Identify(background, known)
			require.ErrorIs(b, err, lifecycle.ErrNotFound, "%+v", known)
		}
	}},
}
