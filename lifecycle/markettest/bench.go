package markettest

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

const (
	first  = "1.0"
	second = "1.1"

	tester1 listing.AccountID = "777788889999"
	tester2 listing.AccountID = "777788880000"
)

var background = context.Background()

// bench is a harness with what the cases do over and over.
type bench struct {
	tester
	Harness
}

// subject is a listing that the marketplace has.
type subject struct {
	made     lifecycle.Change // the first submission
	entities lifecycle.Entities
	content  lifecycle.Content
}

// submission is the first one of the listing, named and marked as a manager
// would.
func submission(l listing.Listing) lifecycle.Change {
	content := lifecycle.Content{
		Listing: l, AllowList: []listing.AccountID{lifecycletest.Seller, tester1}, Rates: maps.Clone(l.Offer.Rates),
	}
	return named(lifecycle.Change{Kind: lifecycle.EventSubmit, After: content})
}

func named(c lifecycle.Change) lifecycle.Change {
	c.Token, c.Listing = uuid.New(), uuid.New()
	c.Name = fmt.Sprintf("shelflife %s r2 %s %x", c.Listing, c.Kind, c.Token[:4])
	return c
}

// change is one from what the subject is to what edit makes of it.
func (s subject) change(kind lifecycle.Event, edit func(*lifecycle.Content)) lifecycle.Change {
	before, after := s.content.Clone(), s.content.Clone()
	if edit != nil {
		edit(&after)
	}
	return named(lifecycle.Change{Kind: kind, Entities: ownEntities(s.entities), Before: &before, After: after})
}

func (s subject) renamed() lifecycle.Change {
	return s.change(lifecycle.EventUpdateInformation, func(c *lifecycle.Content) { c.Listing.Title = "Another title" })
}

func ownEntities(e lifecycle.Entities) lifecycle.Entities {
	e.DeliveryOptions = maps.Clone(e.DeliveryOptions)
	return e
}

// send sends the change, which must be taken.
func (b bench) send(c lifecycle.Change) string {
	b.Helper()
	id, err := b.Market.Send(background, c)
	require.NoError(b, err, "sending a change that nothing stands against")
	require.NotEmpty(b, id, "the id of a change set that was taken")
	return id
}

// ended waits for the end of the change set.
func (b bench) ended(id string) lifecycle.Status {
	b.Helper()
	b.Pass(b.Settle)
	status, err := b.Market.Follow(background, id)
	require.NoError(b, err, "following a change set of which the end has just come")
	require.NotEqual(b, lifecycle.Pending, status.Result, "the phase after the longest time a change set takes")
	return status
}

func (b bench) succeeded(id string) lifecycle.Entities {
	b.Helper()
	status := b.ended(id)
	require.Equal(b, lifecycle.Succeeded, status.Result, "problems: %v", status.Problems)
	return status.Entities
}

// listed is a listing that was just submitted.
func (b bench) listed(l listing.Listing) subject {
	b.Helper()
	c := submission(l)
	return subject{c, b.succeeded(b.send(c)), c.After.Clone()}
}

// carryOut sends a change of the subject and takes over what came of it.
func (b bench) carryOut(s *subject, c lifecycle.Change) lifecycle.Entities {
	b.Helper()
	touched := b.succeeded(b.send(c))
	if touched.Product == s.entities.Product {
		assert.Greater(b, touched.ProductRevision, s.entities.ProductRevision, "the revision of a product that was changed")
	}
	if touched.Offer == s.entities.Offer {
		assert.Greater(b, touched.OfferRevision, s.entities.OfferRevision, "the revision of an offer that was changed")
	}
	s.content = c.After.Clone()
	if touched.Product != "" {
		s.entities.Product, s.entities.ProductRevision, s.entities.DeliveryOptions = touched.Product, touched.ProductRevision, touched.DeliveryOptions
	}
	if touched.Offer != "" {
		s.entities.Offer, s.entities.OfferRevision = touched.Offer, touched.OfferRevision
	}
	return touched
}

func (b bench) identify(known lifecycle.Entities) lifecycle.Entities {
	b.Helper()
	newest, err := b.Market.Identify(background, known)
	require.NoError(b, err, "identifying what is there")
	return newest
}

// untouched requires that the marketplace has of the subject what it had, and
// that it is free for a change.
func (b bench) untouched(s subject) {
	b.Helper()
	assert.Equal(b, s.entities, b.identify(s.entities), "revisions and delivery options of what was not to change")
}

// took requires the change sets that were taken since before, by name.
func (b bench) took(before []string, names ...string) {
	b.Helper()
	assert.Equal(b, names, append([]string(nil), b.Taken()[len(before):]...), "change sets that were taken")
}

// within requires that the instant is between two others, to the second, and in
// UTC.
func (b bench) within(from, at, until time.Time, what string) {
	b.Helper()
	assert.Equal(b, time.UTC, at.Location(), what)
	assert.False(b, at.Before(from.Truncate(time.Second)) || at.After(until), "%s is %s, not between %s and %s", what, at, from, until)
}
