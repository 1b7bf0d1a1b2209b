package listing

import (
	"slices"

	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Equal reports whether l and other are the same document: they have the same
// value in every field and the same entries, in the same order, in every list.
// A nil list or rate card equals an empty one. Values are compared as they are:
// an empty Visibility differs from [Public], although it means the same, and
// Regions in another order differ (see [Regions.Equal]). In Regions a nil list,
// which means all Regions, differs from an empty one.
//
// Equal does not allocate. It is fastest for values that share memory, such as a
// listing and a copy of it with one field changed.
func (l Listing) Equal(other Listing) bool {
	return l.Kind == other.Kind &&
		l.Visibility == other.Visibility &&
		slices.Equal(l.Buyers, other.Buyers) &&
		l.Regions.All() == other.Regions.All() &&
		slices.Equal(l.Regions.Only, other.Regions.Only) &&
		l.Information.Equal(other.Information) &&
		l.Promotion.Equal(other.Promotion) &&
		equalPointers(l.Support, other.Support, Support.equal) &&
		equalPointers(l.Offer, other.Offer, pricing.Offer.Equal) &&
		equalVersions(l.Versions, other.Versions)
}

// Equal reports whether i and other have the same value in every field and the
// same entries in every list, in the same order. A nil list equals an empty
// one.
func (i Information) Equal(other Information) bool {
	return i.Title == other.Title &&
		i.ShortDescription == other.ShortDescription &&
		i.Overview == other.Overview &&
		i.SKU == other.SKU &&
		slices.Equal(i.Highlights, other.Highlights) &&
		slices.Equal(i.Categories, other.Categories)
}

// Equal reports whether p and other have the same value in every field and the
// same entries in every list, in the same order. A nil list equals an empty
// one.
func (p Promotion) Equal(other Promotion) bool {
	return p.Logo == other.Logo &&
		p.Video == other.Video &&
		slices.Equal(p.Keywords, other.Keywords) &&
		slices.Equal(p.Links, other.Links)
}

func (s Support) equal(other Support) bool { return s == other }

func equalPointers[T any](a, b *T, equal func(a, b T) bool) bool {
	return a == b || a != nil && b != nil && equal(*a, *b)
}

func equalVersions(a, b []version.Version) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) == 0 || &a[0] == &b[0] {
		return true // the same array
	}
	return slices.EqualFunc(a, b, version.Version.Equal)
}
