package lifecycle

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// SupportPeriod is how long buyers must be supported after a listing was
// unpublished or a version restricted: 90 days of 24 hours (seller guide,
// "Removing a product").
const SupportPeriod = 90 * 24 * time.Hour

// Record is everything that is known of one listing. It is what its journal
// adds up to: [Replay] makes the same record from the entries. The zero value is
// a listing that does not exist yet.
//
// Records are values: nothing in this package changes one that it was given. The
// record in a [Decision] shares memory with the one that was decided on; Draft and
// Published share none with each other.
type Record struct {
	// ID names the listing within its seller's listings.
	ID uuid.UUID `json:"id"`
	// Seller is the account that owns the listing.
	Seller listing.AccountID `json:"seller"`
	// Name is the name that the listing was created under; empty if it was given
	// none. [ID] makes the id from it.
	Name string `json:"name,omitempty"`
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
	// Last is how the latest request ended; nil before the first one did. Its
	// Entities are empty: those of the record hold them.
	Last *Outcome `json:"last,omitempty"`
	// RegionsLocked reports that a submission has reached the marketplace, so
	// that the Regions cannot change any more.
	RegionsLocked bool `json:"regionsLocked,omitempty"`
	// Restricted holds, for each restricted version number, since when.
	Restricted map[string]time.Time `json:"restricted,omitempty"`
	// InstanceTypes holds what the resource of each accepted version supported
	// when it was accepted, as far as that was known.
	InstanceTypes map[version.ARN]InstanceTypes `json:"instanceTypes,omitempty"`
	// Rise is the last rise of prices that is known; nil if none is.
	Rise *PriceRise `json:"rise,omitempty"`
	// KnownSince is since when the record knows what happened to the listing; nil if
	// always. Of an adopted listing it is the last change before.
	KnownSince *time.Time `json:"knownSince,omitempty"`
	// UnpublishedAt is when the marketplace took the listing off sale, in UTC.
	UnpublishedAt *time.Time `json:"unpublishedAt,omitempty"`
	// SupportEndedAt is when support was ended; nil while it is owed or given.
	SupportEndedAt *time.Time `json:"supportEndedAt,omitempty"`
	// Keys are the last 32 keys of [Once], oldest first.
	Keys []UsedKey `json:"keys,omitempty"`
	// CreatedBy is who created the listing; empty if nobody said.
	CreatedBy string `json:"createdBy,omitempty"`
	// CreatedAt and UpdatedAt are the instants of the first and the latest
	// entry, in UTC.
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
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

// UsedKey is a key of [Once] that a command was accepted under.
type UsedKey struct {
	// Key is the caller's.
	Key string `json:"key"`
	// Command identifies the command, so that the key is not taken for another.
	Command string `json:"command"`
	// Revision is the revision of the command's entry.
	Revision int64 `json:"revision"`
}

const (
	// keptKeys bounds how many keys of Once a record remembers.
	keptKeys = 32
	// maxKey bounds a key of Once in bytes, maxName the name of a listing in
	// characters.
	maxKey, maxName = 128, 128
)

// ID returns the id of the seller's listing with the name: a UUID of version 5,
// the same in every process. A name is of the caller's own, such as
// "churn-forecaster"; it has at most 128 characters. ID judges nothing: [Create]
// refuses a name that is too long, and the empty name is an id like any other.
func ID(seller listing.AccountID, name string) uuid.UUID {
	return uuid.NewSHA1(uuid.NewSHA1(uuid.NameSpaceOID, []byte("shelflife "+string(seller))), []byte(name))
}

// Key names a record in a [Store]. Listings of different sellers never mix:
// the seller is part of the name.
type Key struct {
	// Seller is the account that owns the listing.
	Seller listing.AccountID
	// Listing is the listing's id.
	Listing uuid.UUID
}

// String returns the key as errors show it.
func (k Key) String() string {
	return fmt.Sprintf("listing %s of %s", k.Listing, shown(string(k.Seller)))
}

// shown returns a short text as it can be printed.
func shown(text string) string { return document.Printable(rule.Shorten(text)) }

// Key returns the record's name in a store.
func (r Record) Key() Key { return Key{Seller: r.Seller, Listing: r.ID} }

// Target returns what the marketplace will have when the request under way
// succeeds, and whether there is a request.
func (r Record) Target() (Content, bool) {
	if r.Request == nil {
		return Content{}, false
	}
	return r.with(r.Request.Delta), true
}

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
	return r.Published == nil || !sameForBuyers(r.Draft, r.Published.Listing)
}

// with returns what the marketplace has once the delta has taken effect.
func (r Record) with(d Delta) Content {
	out := Content{Listing: d.document(r.Draft)}
	if r.Published != nil {
		out.AllowList = r.Published.AllowList
	}
	if d.AllowList != nil {
		out.AllowList = *d.AllowList
	}
	out.Rates = completeRates(out.Listing, r.Published, func(arn version.ARN) InstanceTypes {
		if types, learnt := d.InstanceTypes[arn]; learnt {
			return types
		}
		return r.InstanceTypes[arn]
	})
	if r.Published != nil {
		out.Other = r.Published.Other.with(out.Listing.Offer, r.Published.Rates, out.Rates)
	}
	return out
}

// publishedRates are the prices that the marketplace last accepted, as far as they are
// known.
func (r Record) publishedRates() pricing.RateCard {
	if r.Published == nil {
		return nil
	}
	return r.Published.Rates
}

// published returns the document that the marketplace last accepted, or an empty one.
func (r Record) published() listing.Listing {
	if r.Published == nil {
		return listing.Listing{}
	}
	return r.Published.Listing
}

// instant is t as records keep it: in UTC, without a monotonic reading.
func instant(t time.Time) time.Time { return t.UTC().Round(0) }
