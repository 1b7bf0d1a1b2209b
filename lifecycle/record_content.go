package lifecycle

import (
	"maps"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

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
	// Other is what the public offer has beside it, whoever put it there.
	Other OtherTerms `json:"other,omitzero"`
}

// Clone returns a copy that shares nothing with c.
func (c Content) Clone() Content {
	c.Listing = c.Listing.Clone()
	c.AllowList = slices.Clone(c.AllowList)
	c.Rates = maps.Clone(c.Rates)
	c.Other = c.Other.Clone()
	return c
}

// InstanceTypes are the instance types that a resource supports in each mode,
// such as "ml.m5.large". The zero value supports none.
type InstanceTypes struct {
	// Batch is for batch transform jobs, RealTime for endpoints, and Training for
	// training jobs.
	Batch    []string `json:"batch,omitempty"`
	RealTime []string `json:"realTime,omitempty"`
	Training []string `json:"training,omitempty"`
}

func (t InstanceTypes) equal(other InstanceTypes) bool {
	return slices.Equal(t.Batch, other.Batch) && slices.Equal(t.RealTime, other.RealTime) && slices.Equal(t.Training, other.Training)
}

// completeRates returns the rate card to send. A free offer prices every
// dimension that is known at zero, since the marketplace wants each priced; a
// rate once published stays.
func completeRates(l listing.Listing, published *Content, supported func(version.ARN) InstanceTypes) pricing.RateCard {
	offer := l.Offer
	if offer == nil {
		return nil
	}
	if offer.Model != pricing.Free {
		return offer.Rates
	}
	card := maps.Clone(offer.Rates)
	if card == nil {
		card = pricing.RateCard{}
	}
	zero := func(d pricing.Dimension) {
		if _, stated := card[d]; !stated {
			card[d] = pricing.USD{}
		}
	}
	if published != nil {
		for d := range published.Rates {
			zero(d)
		}
	}
	for _, v := range l.Versions {
		types := supported(v.Resource)
		for _, d := range offer.Model.Required(types.Batch, types.RealTime, types.Training) {
			zero(d)
		}
	}
	return card
}

// sameForBuyers reports whether the marketplace is told the same of both
// documents. The buyers of a private listing are an allow-list, the rates of a
// free offer are all zero, and what can be said in several ways is the same in
// each: neither makes a difference.
func sameForBuyers(a, b listing.Listing) bool {
	return a.Kind == b.Kind && a.Visibility.OrDefault() == b.Visibility.OrDefault() && a.Regions.Equal(b.Regions) &&
		a.Information.Equal(b.Information) && a.Promotion.Equal(b.Promotion) &&
		samePointee(a.Support, b.Support, func(x, y listing.Support) bool { return x == y }) &&
		samePointee(a.Offer, b.Offer, sameOffer) && sameVersions(a.Versions, b.Versions)
}

func sameOffer(a, b pricing.Offer) bool {
	if a.Model == pricing.Free && b.Model == pricing.Free {
		a.Rates, b.Rates = nil, nil
	}
	return a.Equal(b)
}

// sameVersions compares versions in whatever order.
func sameVersions(a, b []version.Version) bool {
	if len(a) != len(b) {
		return false
	}
	sameOrder := slices.EqualFunc(a, b, func(x, y version.Version) bool { return x.Number == y.Number })
	if !sameOrder {
		byNumber := func(x, y version.Version) int { return strings.Compare(x.Number, y.Number) }
		a, b = slices.SortedStableFunc(slices.Values(a), byNumber), slices.SortedStableFunc(slices.Values(b), byNumber)
	}
	return slices.EqualFunc(a, b, version.Version.Equal)
}

func samePointee[T any](a, b *T, same func(T, T) bool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a == b || same(*a, *b)
}

func sameAccounts(a, b []listing.AccountID) bool {
	if slices.Equal(a, b) {
		return true
	}
	x, y := slices.Clone(a), slices.Clone(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(slices.Compact(x), slices.Compact(y))
}

// without returns the accounts but for those of the others.
func without(accounts, others []listing.AccountID) []listing.AccountID {
	left := setOf(others)
	var rest []listing.AccountID
	for _, a := range accounts {
		if !left[a] {
			rest = append(rest, a)
		}
	}
	return rest
}

func setOf[T comparable](all []T) map[T]bool {
	set := make(map[T]bool, len(all))
	for _, each := range all {
		set[each] = true
	}
	return set
}

func indexOf(l listing.Listing, number string) int {
	return slices.IndexFunc(l.Versions, func(v version.Version) bool { return v.Number == number })
}

func isPrivate(l listing.Listing) bool { return l.Visibility.OrDefault() == listing.Private }
