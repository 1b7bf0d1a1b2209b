package lifecycle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// SupportPeriod is how long buyers must be supported after a listing was
// unpublished or a version restricted: 90 days of 24 hours (seller guide,
// "Removing a product").
const SupportPeriod = 90 * 24 * time.Hour

// Record is everything that is known of one listing. It is what its journal
// adds up to: [Replay] makes the same record from the entries. Records are
// values; nothing in this package changes one that it was given. The zero value
// is a listing that does not exist yet.
type Record struct {
	// ID names the listing within its seller's listings.
	ID uuid.UUID `json:"id"`
	// Seller is the account that owns the listing.
	Seller listing.AccountID `json:"seller"`
	// Revision counts the entries of the journal; each raises it by one.
	Revision int64 `json:"revision"`
	// State is where the listing stands.
	State State `json:"state"`
	// Draft is the document as last edited. In a Live listing it is what the
	// marketplace has.
	Draft listing.Listing `json:"draft"`
	// Published is what the marketplace last accepted; nil before the first
	// submission succeeded.
	Published *Content `json:"published,omitempty"`
	// Entities are the marketplace's names for the listing and its parts.
	Entities Entities `json:"entities"`
	// Request is what is under way; nil when nothing is.
	Request *Request `json:"request,omitempty"`
	// Last is how the latest request ended; nil before the first one did.
	Last *Outcome `json:"last,omitempty"`
	// RegionsLocked reports that a submission has reached the marketplace, so
	// that the Regions cannot change any more.
	RegionsLocked bool `json:"regionsLocked,omitempty"`
	// Restricted tells, for each restricted version number, since when.
	Restricted map[string]time.Time `json:"restricted,omitempty"`
	// RaisedAt is when a price was last raised; nil if never.
	RaisedAt *time.Time `json:"raisedAt,omitempty"`
	// UnpublishedAt is when the marketplace took the listing off sale, in UTC.
	UnpublishedAt *time.Time `json:"unpublishedAt,omitempty"`
	// SupportEndedAt is when support was ended; nil while it is owed or given.
	SupportEndedAt *time.Time `json:"supportEndedAt,omitempty"`
	// CreatedAt and UpdatedAt are the instants of the first and the latest
	// entry, in UTC.
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// Content is everything of a listing that the marketplace is told.
type Content struct {
	// Listing is the document.
	Listing listing.Listing `json:"listing"`
	// AllowList are the accounts that may preview the listing or, when it is
	// private and live, buy it.
	AllowList []listing.AccountID `json:"allowList,omitempty"`
	// Rates is the complete rate card: what the offer states and, for a free
	// offer, a zero for each dimension that the resources support.
	Rates pricing.RateCard `json:"rates,omitempty"`
}

// clone returns a copy that shares nothing with c.
func (c Content) clone() Content {
	c.Listing = c.Listing.Clone()
	c.AllowList = slices.Clone(c.AllowList)
	c.Rates = maps.Clone(c.Rates)
	return c
}

// Entities are the marketplace's own names for a listing. The zero value is a
// listing that the marketplace has not seen.
type Entities struct {
	// Product is the product id, such as "prod-ad8EXAMPLE651".
	Product string `json:"product,omitempty"`
	// ProductRevision is the newest known revision of the product.
	ProductRevision int64 `json:"productRevision,omitempty"`
	// Offer is the id of the public offer.
	Offer string `json:"offer,omitempty"`
	// OfferRevision is the newest known revision of the offer.
	OfferRevision int64 `json:"offerRevision,omitempty"`
	// DeliveryOptions maps version numbers to delivery option ids.
	DeliveryOptions map[string]string `json:"deliveryOptions,omitempty"`
}

// with returns the entities with what is newly known of product and offer.
func (e Entities) with(news Entities) Entities {
	if news.Product != "" {
		e.Product, e.ProductRevision, e.DeliveryOptions = news.Product, news.ProductRevision, news.DeliveryOptions
	}
	if news.Offer != "" {
		e.Offer, e.OfferRevision = news.Offer, news.OfferRevision
	}
	return e
}

// Key names a record in a [Store]. Listings of different sellers never mix:
// the seller is part of the name.
type Key struct {
	// Seller is the account that owns the listing.
	Seller listing.AccountID
	// Listing is the listing's id.
	Listing uuid.UUID
}

// String is the key as errors show it.
func (k Key) String() string { return fmt.Sprintf("listing %s of %s", k.Listing, k.Seller) }

// Key returns the record's name in a store.
func (r Record) Key() Key { return Key{Seller: r.Seller, Listing: r.ID} }

// SupportedUntil returns the first instant at which support of an unpublished
// listing may end, and whether it is unpublished at all.
func (r Record) SupportedUntil() (time.Time, bool) {
	if r.UnpublishedAt == nil {
		return time.Time{}, false
	}
	return r.UnpublishedAt.Add(SupportPeriod), true
}

// Edited reports whether the draft differs from what the marketplace was last
// told, the named buyers of a private listing aside: they take effect at
// sign-off.
func (r Record) Edited() bool {
	if r.Published == nil {
		return true
	}
	return !same(told(r.Draft), told(r.Published.Listing))
}

// told is what the marketplace is told of the document as it stands: without
// the buyers of a private listing, which are an allow-list, and the rates of a
// free offer, which are all zero; and with what can be said in several ways
// said in one.
func told(l listing.Listing) listing.Listing {
	l = l.Clone()
	l.Buyers = nil
	l.Visibility = l.Visibility.OrDefault()
	slices.Sort(l.Regions.Only)
	slices.SortStableFunc(l.Versions, func(a, b version.Version) int { return strings.Compare(a.Number, b.Number) })
	if l.Offer != nil && l.Offer.Model == pricing.Free {
		l.Offer.Rates = nil
	}
	return l
}

// EncodeRecord writes a record as JSON that [DecodeRecord] reads back. Equal
// records give equal bytes. A record of more than [document.MaxSize] bytes, which
// could not be read back, is refused with a [document.Error].
func EncodeRecord(r Record) ([]byte, error) { return readable(json.Marshal(r)) }

// DecodeRecord reads what EncodeRecord wrote. Whatever this release does not
// know, such as a field that a newer one has added, is refused with a
// [document.Error] that names it.
func DecodeRecord(data []byte) (Record, error) {
	var r Record
	if err := document.Decode(data, &r); err != nil {
		return Record{}, err
	}
	return r, nil
}

// same compares by encoding: absent and empty lists are the same document.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
