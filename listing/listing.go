package listing

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// AccountID is an AWS account: twelve digits.
type AccountID = version.AccountID

// Region is the code of an AWS Region.
type Region = version.Region

// Listing is the document for sale. The zero value is an empty draft: public,
// available in all current and future Regions, and found incomplete by
// [Check].
type Listing struct {
	// Kind is what all its versions are.
	Kind version.Kind `json:"kind"`
	// Visibility says who may find it after sign-off. The zero value means
	// Public. It never changes once the listing was created.
	Visibility Visibility `json:"visibility,omitempty"`
	// Buyers are the accounts that may see and buy a Private listing.
	Buyers []AccountID `json:"buyers,omitempty"`
	// Regions says where it is available. It cannot change once submitted.
	Regions Regions `json:"regions"`
	Information
	// Promotion is what buyers see first.
	Promotion Promotion `json:"promotion"`
	// Support says whether support is offered; nil is not yet stated.
	Support *Support `json:"support,omitempty"`
	// Versions are the releases, oldest first.
	Versions []version.Version `json:"versions,omitempty"`
	// Offer is the public offer; nil is none yet.
	Offer *pricing.Offer `json:"offer,omitempty"`
}

// Visibility says who may find a listing after sign-off.
type Visibility string

const (
	// Public listings can be found and bought by everyone.
	Public Visibility = "public"
	// Private listings can be seen and bought by their named buyers only.
	Private Visibility = "private"
)

// OrDefault returns the visibility with the zero value resolved to Public, as
// the seller guide does (step 2).
func (v Visibility) OrDefault() Visibility {
	if v == "" {
		return Public
	}
	return v
}

// Information is the general product information (seller guide, step 2).
type Information struct {
	// Title: at most 72 characters.
	Title string `json:"title"`
	// ShortDescription: at most 1,000 characters.
	ShortDescription string `json:"shortDescription"`
	// Overview is the product overview: at most 5,000 characters.
	Overview string `json:"overview"`
	// Highlights: 1 to 3 of at most 500 characters.
	Highlights []string `json:"highlights,omitempty"`
	// Categories: 1 to 3 category names of the marketplace.
	Categories []string `json:"categories,omitempty"`
	// SKU is the seller's own number for it: optional, at most 100 characters.
	SKU string `json:"sku,omitempty"`
}

// Promotion is what buyers see first and find the listing by (seller guide,
// step 2, promotional resources).
type Promotion struct {
	// Logo is the https address of a PNG, JPG or GIF image.
	Logo string `json:"logo"`
	// Keywords are searched beside title and categories: 1 to 15 of at most 50
	// characters, 250 together.
	Keywords []string `json:"keywords,omitempty"`
	// Links lead to more material: at most 3.
	Links []Link `json:"links,omitempty"`
	// Video is the https address of a video; optional.
	Video string `json:"video,omitempty"`
}

// Link is an address with the text that is shown for it.
type Link struct {
	// Text: at most 500 characters.
	Text string `json:"text"`
	// URL is an http or https address.
	URL string `json:"url"`
}

// Support says whether and how buyers are supported (seller guide, step 2,
// support information).
type Support struct {
	// Offered reports that there is support.
	Offered bool `json:"offered"`
	// Details tell how to get it: at most 2,000 characters, needed when support
	// is offered.
	Details string `json:"details,omitempty"`
}

// Parse reads a listing from JSON. Unknown fields, fields given twice, values
// of a wrong type and data after the end are refused; the error joins one
// [document.Error] a fault, each with its path. Rules are not checked here.
func Parse(data []byte) (Listing, error) {
	var l Listing
	if err := document.Decode(data, &l); err != nil {
		return Listing{}, err
	}
	return l, nil
}

// Format writes the listing as indented JSON that [Parse] reads back. Equal
// listings give equal bytes. It fails for a rate card with a malformed
// dimension only; the error then matches [pricing.ErrDimension].
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

// Version returns the version with the number, and whether there is one.
func (l Listing) Version(number string) (version.Version, bool) {
	for _, v := range l.Versions {
		if v.Number == number {
			return v, true
		}
	}
	return version.Version{}, false
}

// Offered returns the versions that new buyers can choose among. The
// SageMaker console shows the last of them only.
func (l Listing) Offered() []version.Version {
	var offered []version.Version
	for _, v := range l.Versions {
		if v.Status == version.Offered {
			offered = append(offered, v)
		}
	}
	return offered
}

// Clone returns a copy that shares nothing with l.
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

// Clone returns a copy that shares nothing with i.
func (i Information) Clone() Information {
	i.Highlights = slices.Clone(i.Highlights)
	i.Categories = slices.Clone(i.Categories)
	return i
}

// Clone returns a copy that shares nothing with p.
func (p Promotion) Clone() Promotion {
	p.Keywords = slices.Clone(p.Keywords)
	p.Links = slices.Clone(p.Links)
	return p
}
