package lifecycle

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/shelflife-go/shelflife/listing"
)

// Snapshot is what the marketplace has of a listing, whoever put it there. The
// zero value is nothing. [Adopt] makes a record of it, [Reconcile] takes it into
// one, and [Compare] compares the two.
type Snapshot struct {
	// Entities are the marketplace's names for the listing and its parts.
	Entities Entities `json:"entities"`
	// Visibility is the product's, in the words of the Catalog API.
	Visibility MarketVisibility `json:"visibility"`
	// Released reports that the public offer is released.
	Released bool `json:"released,omitempty"`
	// Content is what the marketplace has of what it is told. It never gives
	// back the access role of a version, does not tell a private listing from a
	// public one, and has the training notes of an algorithm inside the usage
	// text.
	Content Content `json:"content"`
	// CopiedEULA reports that the address of the EULA is that of a copy which the
	// marketplace keeps for itself: it does not tell which file it is a copy of.
	CopiedEULA bool `json:"copiedEula,omitempty"`
	// Regions are those in which the listing is available; empty if that is not
	// known.
	Regions []listing.Region `json:"regions,omitempty"`
	// FutureRegions reports that Regions to come are added by themselves: that the
	// listing is available in all of them.
	FutureRegions bool `json:"futureRegions,omitempty"`
	// ModifiedAt is when product or offer were last changed, in UTC.
	ModifiedAt time.Time `json:"modifiedAt"`
	// Documents are the documents of the "product" and the "offer" as the
	// marketplace gave them, so that nothing in them is lost.
	Documents map[string]json.RawMessage `json:"documents,omitempty"`
}

// MarketVisibility is the visibility of a product, in the words of the Catalog
// API.
type MarketVisibility string

const (
	// VisibilityDraft products are incomplete and seen by nobody.
	VisibilityDraft MarketVisibility = "Draft"
	// VisibilityLimited products are seen by the seller and the allow-list.
	VisibilityLimited MarketVisibility = "Limited"
	// VisibilityPublic products are for sale to everyone.
	VisibilityPublic MarketVisibility = "Public"
	// VisibilityRestricted products take no new buyers.
	VisibilityRestricted MarketVisibility = "Restricted"
)

// clone returns a copy that shares nothing with s.
func (s Snapshot) clone() Snapshot {
	s.Entities.DeliveryOptions = maps.Clone(s.Entities.DeliveryOptions)
	s.Content = s.Content.Clone()
	s.Regions = slices.Clone(s.Regions)
	s.Documents = maps.Clone(s.Documents)
	for name, document := range s.Documents {
		s.Documents[name] = slices.Clone(document)
	}
	return s
}

// with returns the entities with what is newly known of product and offer. A
// delivery option once known stays.
func (e Entities) with(news Entities) Entities {
	if news.Product != "" {
		e.Product, e.ProductRevision = news.Product, news.ProductRevision
	}
	if news.Offer != "" {
		e.Offer, e.OfferRevision = news.Offer, news.OfferRevision
	}
	if len(news.DeliveryOptions) > 0 {
		options := maps.Clone(e.DeliveryOptions)
		if options == nil {
			options = map[string]string{}
		}
		maps.Copy(options, news.DeliveryOptions)
		e.DeliveryOptions = options
	}
	return e
}

// news returns what latest says of product and offer beyond e. A revision of nothing
// says nothing.
func (e Entities) news(latest Entities) Entities {
	if latest.Product == "" || latest.Product == e.Product && latest.ProductRevision == e.ProductRevision {
		latest.Product, latest.ProductRevision = "", 0
	}
	if latest.Offer == "" || latest.Offer == e.Offer && latest.OfferRevision == e.OfferRevision {
		latest.Offer, latest.OfferRevision = "", 0
	}
	options := map[string]string{}
	for number, option := range latest.DeliveryOptions {
		if e.DeliveryOptions[number] != option {
			options[number] = option
		}
	}
	latest.DeliveryOptions = nil
	if len(options) > 0 {
		latest.DeliveryOptions = options
	}
	return latest
}
