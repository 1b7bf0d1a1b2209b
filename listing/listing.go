package listing

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// AccountID is the id of an AWS account: twelve digits.
type AccountID = version.AccountID

// Region is the code of an AWS Region, such as "us-east-2".
type Region = version.Region

// Listing is the document of a product for sale. The zero value is an empty
// draft: public, and available in all current and future Regions. [Check] finds
// it incomplete.
type Listing struct {
	// Kind is the kind of all versions.
	Kind version.Kind `json:"kind"`
	// Visibility says who can find the listing after sign-off. The zero value
	// means Public. It cannot change once the listing has been created.
	Visibility Visibility `json:"visibility,omitempty"`
	// Buyers are the accounts that can see and buy a Private listing: 1 to 100.
	// A Public listing has none.
	Buyers []AccountID `json:"buyers,omitempty"`
	// Regions says where the listing is available. It cannot change once the
	// listing has been submitted.
	Regions Regions `json:"regions"`
	// Information is the general product information. Its fields are fields of
	// the listing in JSON.
	Information
	// Promotion is the promotional information.
	Promotion Promotion `json:"promotion"`
	// Support says whether support is offered. It is required; nil means that
	// it is not filled in yet.
	Support *Support `json:"support,omitempty"`
	// Versions are the versions, oldest first: at least one.
	Versions []version.Version `json:"versions,omitempty"`
	// Offer is the public offer. It is required; nil means that it is not
	// filled in yet.
	Offer *pricing.Offer `json:"offer,omitempty"`
}

// Visibility says who can find a listing after sign-off.
type Visibility string

const (
	// Public means that everyone can find and buy the listing.
	Public Visibility = "public"
	// Private means that only the accounts in [Listing.Buyers] can see and buy
	// the listing.
	Private Visibility = "private"
)

// OrDefault returns [Public] for the zero value, and v otherwise.
func (v Visibility) OrDefault() Visibility {
	if v == "" {
		return Public
	}
	return v
}

// Information is the general product information (seller guide, step 2).
type Information struct {
	// Title is the product title: 1 to 72 characters.
	Title string `json:"title"`
	// ShortDescription is the short description: 1 to 1,000 characters.
	ShortDescription string `json:"shortDescription"`
	// Overview is the product overview: 1 to 5,000 characters.
	Overview string `json:"overview"`
	// Highlights are the product highlights: 1 to 3, of 1 to 500 characters
	// each.
	Highlights []string `json:"highlights,omitempty"`
	// Categories are names of marketplace categories: 1 to 3.
	Categories []string `json:"categories,omitempty"`
	// SKU is the seller's own product number: at most 100 characters. It is
	// optional.
	SKU string `json:"sku,omitempty"`
}

// Promotion is what attracts buyers to the listing (seller guide, step 2,
// promotional resources).
type Promotion struct {
	// Logo is the https address of a PNG, JPG or GIF image of at most
	// [MaxLogoSize] bytes.
	Logo string `json:"logo"`
	// Keywords are what buyers can search for, besides the title and the
	// categories: 1 to 15, of 1 to 50 characters each, 250 characters in all.
	Keywords []string `json:"keywords,omitempty"`
	// Links are addresses of more information: at most 3.
	Links []Link `json:"links,omitempty"`
	// Video is the https address of a video. It is optional.
	Video string `json:"video,omitempty"`
}

// Link is an address and the text that buyers see for it.
type Link struct {
	// Text is what buyers see: 1 to 500 characters.
	Text string `json:"text"`
	// URL is an http or https address.
	URL string `json:"url"`
}

// Support says whether and how buyers are supported (seller guide, step 2,
// support information).
type Support struct {
	// Offered says that the seller offers support.
	Offered bool `json:"offered"`
	// Details say how buyers get support: 1 to 2,000 characters if support is
	// offered, none otherwise.
	Details string `json:"details,omitempty"`
}

// Parse reads a listing from JSON, strictly: it refuses unknown fields, fields
// given twice, values of the wrong type, and data after the end. The error joins
// one [*document.Error] for each fault, with path, line and column. An error
// about a price also matches [pricing.RuleExact], one about a key of a rate card
// [pricing.ErrDimension]. Parse checks no other rules; [Check] does.
func Parse(data []byte) (Listing, error) {
	var l Listing
	if err := document.Decode(data, &l); err != nil {
		return Listing{}, err
	}
	return l, nil
}

// Format returns the listing as indented JSON, which [Parse] reads back. Equal
// listings give equal bytes. Format returns an error that matches
// [pricing.ErrDimension] if the rate card has a malformed dimension, and no
// other errors.
func Format(l Listing) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(l); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Version returns the version with the given number, and whether there is one.
func (l Listing) Version(number string) (version.Version, bool) {
	for _, v := range l.Versions {
		if v.Number == number {
			return v, true
		}
	}
	return version.Version{}, false
}

// Offered returns the versions that new buyers can choose. The SageMaker console
// shows only the last of them.
func (l Listing) Offered() []version.Version {
	var offered []version.Version
	for _, v := range l.Versions {
		if v.Status == version.Offered {
			offered = append(offered, v)
		}
	}
	return offered
}

// Clone returns a copy that shares no memory with l.
func (l Listing) Clone() Listing {
	l.Buyers = slices.Clone(l.Buyers)
	l.Regions.Only = slices.Clone(l.Regions.Only)
	l.Information = l.Information.Clone()
	l.Promotion = l.Promotion.Clone()
	if l.Support != nil {
		support := *l.Support
		l.Support = &support
	}
	l.Versions = slices.Clone(l.Versions)
	for i, v := range l.Versions {
		l.Versions[i] = v.Clone()
	}
	if l.Offer != nil {
		offer := l.Offer.Clone()
		l.Offer = &offer
	}
	return l
}

// Clone returns a copy that shares no memory with i.
func (i Information) Clone() Information {
	i.Highlights = slices.Clone(i.Highlights)
	i.Categories = slices.Clone(i.Categories)
	return i
}

// Clone returns a copy that shares no memory with p.
func (p Promotion) Clone() Promotion {
	p.Keywords = slices.Clone(p.Keywords)
	p.Links = slices.Clone(p.Links)
	return p
}
