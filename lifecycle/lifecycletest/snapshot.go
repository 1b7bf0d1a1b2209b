package lifecycletest

import (
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Snapshot returns what a marketplace has of the listing at the visibility: under
// ids of its own, with its offer released, its buyers on the allow-list, and last
// changed at [Start].
func Snapshot(l listing.Listing, visibility lifecycle.MarketVisibility) lifecycle.Snapshot {
	h := lifecycle.Snapshot{
		Entities: lifecycle.Entities{
			Product: "prod-abcdefghijklm", ProductRevision: 3, Offer: "offer-abcdefghijklm", OfferRevision: 2,
			DeliveryOptions: map[string]string{},
		},
		Visibility: visibility,
		Released:   l.Offer != nil,
		Content:    lifecycle.Content{Listing: l.Clone(), AllowList: slices.Clone(l.Buyers)},
		ModifiedAt: Start,
	}
	for _, v := range l.Versions {
		h.Entities.DeliveryOptions[v.Number] = "option-of-" + v.Number
	}
	if l.Offer != nil {
		h.Content.Rates = maps.Clone(l.Offer.Rates)
	}
	return h
}
