package lifecycle

import (
	"fmt"
	"slices"

	"github.com/shelflife-go/shelflife/listing/rule"
)

var adoptable = rule.Check[move]{Rule: RuleAdopt, Find: func(m move, r *rule.Report) {
	c, _ := m.command.(Adopt) // no other command has its events
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
