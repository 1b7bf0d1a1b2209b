package lifecycle

import (
	"slices"

	"github.com/shelflife-go/shelflife/listing"
)

// Adopt starts the record of a listing that is on the marketplace already, for
// example one that was made in the portal. [Manager.Read] gives the holding.
// Nothing is sent.
//
// The state follows from the visibility: Limited is Test Product, Public is
// Live, Restricted is Unpublished. When a version was restricted, or the listing
// removed, the marketplace does not say; the instant of its last change is the
// latest possible, so that buyers are supported for no less than they are owed.
// The access roles of the versions stay empty, for they are never given back.
type Adopt struct {
	// Holding is what the marketplace has.
	Holding Holding
	// Buyers, when any are given, say that the listing is private and, if it is
	// Limited, Live: signed off, and for sale to them.
	Buyers []listing.AccountID
}

// Event returns EventAdoptTest, EventAdoptLive or EventAdoptUnpublished, as the
// holding has it.
func (c Adopt) Event() Event {
	switch {
	case c.Holding.Visibility == VisibilityRestricted:
		return EventAdoptUnpublished
	case c.Holding.Visibility == VisibilityPublic, len(c.Buyers) > 0:
		return EventAdoptLive
	}
	return EventAdoptTest
}

func (Adopt) content(Record) (Content, bool) { return Content{}, false }

// adopted is the content as a record has it.
func (c Adopt) adopted() Content {
	out := c.Holding.Content.clone()
	if len(c.Buyers) > 0 {
		out.Listing.Visibility, out.Listing.Buyers = listing.Private, slices.Clone(c.Buyers)
		out.AllowList = slices.Clone(c.Buyers)
	}
	return out
}

// adopt makes the record of what was adopted.
func adopt(r Record, e Entry) Record {
	published := e.Adopted.clone()
	at := e.Adopted.ModifiedAt
	if at.IsZero() || at.After(e.At) {
		at = e.At
	}
	r.ID, r.Seller, r.CreatedAt = *e.ID, e.Seller, e.At
	published.Content.Listing = e.Draft.Clone()
	if isPrivate(*e.Draft) {
		published.Content.AllowList = slices.Clone(e.Draft.Buyers)
	}
	r.Draft, r.Published = e.Draft.Clone(), &published.Content
	r.Entities, r.RegionsLocked = published.Entities, true
	r.Restricted = restricted(nil, published.Content, at)
	if e.State == Unpublished {
		r.UnpublishedAt = &at
	}
	return r
}
