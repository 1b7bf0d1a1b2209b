package lifecycle

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/shelflife-go/shelflife/listing"
)

// Holding is what the marketplace has of a listing, whoever put it there. The
// zero value is nothing.
type Holding struct {
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
	// Regions are those in which the listing is available.
	Regions []listing.Region `json:"regions,omitempty"`
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

// Reader is what a [Marketplace] can be beside: one that gives back all that it
// has of a listing. [Manager.Drift] and [Manager.Read] need it.
type Reader interface {
	// Read returns what the marketplace has of the product and of its public
	// offer. Its errors are those of Identify.
	Read(ctx context.Context, product string) (Holding, error)
}

// Tracer is what a [Marketplace] can be beside: one that finds what a first
// submission has made, when its change set is known no more.
type Tracer interface {
	// Trace returns the product and the offer that the change has made, by a
	// mark that Send left on them. It returns an error that matches ErrNotFound
	// when it finds none, which does not prove that there is none.
	Trace(ctx context.Context, c Change) (Entities, error)
}

// clone returns a copy that shares nothing with h.
func (h Holding) clone() Holding {
	h.Entities.DeliveryOptions = maps.Clone(h.Entities.DeliveryOptions)
	h.Content = h.Content.clone()
	h.Regions = slices.Clone(h.Regions)
	h.Documents = maps.Clone(h.Documents)
	for name, document := range h.Documents {
		h.Documents[name] = slices.Clone(document)
	}
	return h
}
