package lifecycle

import (
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// The rules of what is on the marketplace already.
var (
	RuleAdopt = rule.Rule{ID: "adopt.released", Severity: rule.Must,
		Statement: "a product is adopted once, with a released public offer, as Limited, Public or Restricted",
		Remedy:    "release product and offer first, and read them again",
		Sources:   rule.Sources{Catalog2026: "machine learning products: life cycle"}}
	RuleReconcile = rule.Rule{ID: "reconcile.own-product", Severity: rule.Must,
		Statement: "a snapshot of the listing's own product is taken into its record, with a released public offer, and never back to an earlier state",
		Remedy:    "read the product, and reconcile with what was read",
		Sources:   rule.Sources{Judgement: "this library needs it"}}
	RuleOtherTerms = rule.Rule{ID: "adopt.other-terms", Severity: rule.Should,
		Statement: "a public offer has no terms but those that a listing has a field for",
		Remedy:    "change it in AWS Partner Central, before the AWS Marketplace Management Portal, if it shall change; it stays as it is",
		Sources:   rule.Sources{Judgement: "what this library cannot express is kept, and said"}}
)

// What a snapshot has of the offer that a listing has no field for is kept, and named.
var otherTerms = rule.Check[move]{Rule: RuleOtherTerms, Find: func(m move, r *rule.Report) {
	var terms OtherTerms
	switch c := m.command.(type) {
	case Adopt:
		terms = c.Snapshot.Content.Other
	case Reconcile:
		terms = c.Snapshot.Content.Other
	}
	for _, key := range slices.Sorted(maps.Keys(terms.Rates)) {
		r.Broken(document.Member("offer.rates", key), "is %s, for a dimension that this release does not know", terms.Rates[key])
	}
	for _, key := range slices.Sorted(maps.Keys(terms.TrialLimits)) {
		if limit := terms.TrialLimits[key]; limit > 0 {
			r.Broken(document.Member("offer.trialLimits", key), "the free trial includes %d units", limit)
		}
	}
	for _, kind := range terms.Pricing {
		r.BrokenRemedy("offer.pricing", "change prices in AWS Partner Central, before the AWS Marketplace Management Portal",
			"has the term %q, which a change of the prices would drop: none is sent", rule.Shorten(kind))
	}
}}

var adoptable = rule.Check[move]{Rule: RuleAdopt, Find: func(m move, r *rule.Report) {
	c, _ := m.command.(Adopt) // no other command has its events
	h := c.Snapshot
	m.possible(r, h)
	if h.Entities.Product == "" {
		r.Broken("snapshot.entities.product", "there is no product")
	}
	switch h.Visibility {
	case VisibilityLimited, VisibilityPublic, VisibilityRestricted:
	default:
		r.Broken("snapshot.visibility", "the product is %q", rule.Shorten(string(h.Visibility)))
	}
	if h.Entities.Offer == "" || !h.Released || h.Content.Listing.Offer == nil {
		r.Broken("snapshot.released", "there is no released public offer")
	}
	if !slices.ContainsFunc(h.Content.Listing.Versions, offered) && h.Visibility != VisibilityRestricted {
		r.Broken("snapshot.content.listing.versions", "no version is offered")
	}
	for i, v := range h.Content.Listing.Versions {
		if h.Entities.DeliveryOptions[v.Number] == "" {
			at := r.In("snapshot.content.listing.versions", i)
			at.Broken("", "the delivery option of version %q is not known", rule.Shorten(v.Number))
		}
	}
	allowed := setOf(h.Content.AllowList)
	for i, buyer := range c.Buyers {
		at := r.In("buyers", i)
		if !buyer.Valid() {
			at.BrokenRemedy("", buyer.Remedy(), "%q is not a twelve-digit account id", rule.Shorten(string(buyer)))
		} else if h.Visibility == VisibilityPublic {
			at.BrokenRemedy("", "name no buyers", "everyone can buy the listing")
		} else if !allowed[buyer] {
			at.BrokenRemedy("", "name buyers of the allow-list only", "account %q is not on the allow-list", rule.Shorten(string(buyer)))
		}
	}
}}

// A snapshot is taken into the record of the product that it is of.
var reconcilable = rule.Check[move]{Rule: RuleReconcile, Find: func(m move, r *rule.Report) {
	c, _ := m.command.(Reconcile) // no other command has its events
	h := c.Snapshot
	m.possible(r, h)
	if h.Entities.Product == "" {
		r.Broken("snapshot.entities.product", "there is no product")
	}
	if own := m.record.Entities.Product; own != "" && own != h.Entities.Product {
		r.BrokenRemedy("snapshot.entities.product", "read the listing's own product", "%q is not the listing's product %q", rule.Shorten(h.Entities.Product), own)
	}
	switch h.Visibility {
	case VisibilityLimited, VisibilityPublic, VisibilityRestricted:
	default:
		r.Broken("snapshot.visibility", "the product is %q", rule.Shorten(string(h.Visibility)))
	}
	if isPrivate(m.record.Draft) && h.Visibility == VisibilityPublic {
		r.BrokenRemedy("snapshot.visibility", "adopt it as a listing of its own", "the product is public, the listing private")
	}
	if h.Entities.Offer == "" || !h.Released || h.Content.Listing.Offer == nil {
		r.Broken("snapshot.released", "there is no released public offer")
	}
	if h.Entities.ProductRevision < m.record.Entities.ProductRevision || h.Entities.OfferRevision < m.record.Entities.OfferRevision {
		r.BrokenRemedy("snapshot.entities", "read the product again", "the snapshot is older than the record")
	}
	if h.Visibility == VisibilityLimited && !isPrivate(m.record.Draft) && (m.record.State == Live || c.SignedOff) {
		r.BrokenRemedy("snapshot.visibility", "read the product again", "the product is Limited, the listing is Live: a product never goes back")
	}
	places, _ := byNumber(h.Content.Listing.Versions)
	for _, before := range m.published().Versions {
		var after version.Version
		if at, there := places[before.Number]; there {
			after = h.Content.Listing.Versions[at]
		}
		if after.Resource != before.Resource || before.Status == version.Restricted && after.Status == version.Offered {
			r.BrokenRemedy("snapshot.content.listing.versions", "read the product again", "version %q, which was published, is gone, another, or offered again", rule.Shorten(before.Number))
		}
	}
	for i, v := range h.Content.Listing.Versions {
		if h.Entities.DeliveryOptions[v.Number] == "" {
			at := r.In("snapshot.content.listing.versions", i)
			at.Broken("", "the delivery option of version %q is not known", rule.Shorten(v.Number))
		}
	}
}}

// possible reports what no marketplace can have: a snapshot may come from anywhere.
func (m move) possible(r *rule.Report, s Snapshot) {
	flaws := s.flaws()
	for _, each := range flaws.all {
		r.BrokenRemedy(document.Join("snapshot", each.path), "read the product again", "%s", each.problem)
	}
	if flaws.more > 0 {
		r.BrokenRemedy("snapshot", "read the product again", "has more faults than are listed here: %d", flaws.more)
	}
}
