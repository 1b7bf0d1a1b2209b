package lifecycle

import (
	"fmt"
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
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

var adoptable = rule.Check[move]{Rule: RuleAdopt, Find: func(m move, r *rule.Report) {
	c, ok := m.command.(Adopt)
	if !ok {
		return
	}
	h := c.Holding
	if h.Entities.Product == "" || h.Entities.ProductRevision < 1 {
		r.Broken("holding.entities.product", "there is no product")
	}
	switch h.Visibility {
	case VisibilityLimited, VisibilityPublic, VisibilityRestricted:
	default:
		r.Broken("holding.visibility", "the product is %q", rule.Shorten(string(h.Visibility)))
	}
	if h.Entities.Offer == "" || !h.Released || h.Content.Listing.Offer == nil {
		r.Broken("holding.released", "there is no released public offer")
	}
	if len(h.Content.Listing.Offered()) == 0 && h.Visibility != VisibilityRestricted {
		r.Broken("holding.content.listing.versions", "no version is offered")
	}
	for i, v := range h.Content.Listing.Versions {
		if h.Entities.DeliveryOptions[v.Number] == "" {
			r.Broken(fmt.Sprintf("holding.content.listing.versions[%d]", i), "the delivery option of version %q is not known", rule.Shorten(v.Number))
		}
	}
	for i, buyer := range c.Buyers {
		if h.Visibility == VisibilityPublic {
			r.BrokenRemedy(fmt.Sprintf("buyers[%d]", i), "name no buyers", "everyone can buy the listing")
		} else if !slices.Contains(h.Content.AllowList, buyer) {
			r.BrokenRemedy(fmt.Sprintf("buyers[%d]", i), "name buyers of the allow-list only", "account %q is not on the allow-list", rule.Shorten(string(buyer)))
		}
	}
}}

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
