package lifecycle

import (
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Delta is what a command changes of a listing: of its document, and of what the
// marketplace is told beside it. What is absent stays as it is; the zero value
// changes nothing. Its size is that of the change, however large the listing.
type Delta struct {
	// Kind to Support are the fields of the document with these names.
	Kind        *version.Kind        `json:"kind,omitempty"`
	Visibility  *listing.Visibility  `json:"visibility,omitempty"`
	Buyers      *[]listing.AccountID `json:"buyers,omitempty"`
	Regions     *listing.Regions     `json:"regions,omitempty"`
	Information *listing.Information `json:"information,omitempty"`
	Promotion   *listing.Promotion   `json:"promotion,omitempty"`
	Support     *listing.Support     `json:"support,omitempty"`
	// Offer is the offer without its rates.
	Offer *pricing.Offer `json:"offer,omitempty"`
	// Rates are those of the offer that are new or changed, RatesGone those
	// that are no longer stated.
	Rates     pricing.RateCard    `json:"rates,omitempty"`
	RatesGone []pricing.Dimension `json:"ratesGone,omitempty"`
	// Cleared names what the document no longer has: "support" or "offer".
	Cleared []string `json:"cleared,omitempty"`
	// Versions are added, or replace those with their numbers.
	Versions []version.Version `json:"versions,omitempty"`
	// Restricted are the numbers of versions that only become restricted.
	Restricted []string `json:"restricted,omitempty"`
	// Removed are the numbers of versions that the document no longer has.
	Removed []string `json:"removed,omitempty"`
	// Order is the order of the version numbers, where it is another than that
	// of the versions before, followed by those that are new.
	Order []string `json:"order,omitempty"`
	// AllowList is the whole allow-list.
	AllowList *[]listing.AccountID `json:"allowList,omitempty"`
	// InstanceTypes holds what the resources of Versions support, as far as that
	// is known.
	InstanceTypes map[version.ARN]InstanceTypes `json:"instanceTypes,omitempty"`
}

const (
	clearedSupport = "support"
	clearedOffer   = "offer"
)

// deltaOf returns the delta that leads from one document to another.
func deltaOf(before, after listing.Listing) Delta {
	var d Delta
	if before.Kind != after.Kind {
		d.Kind = &after.Kind
	}
	if before.Visibility != after.Visibility {
		d.Visibility = &after.Visibility
	}
	if !slices.Equal(before.Buyers, after.Buyers) {
		d.Buyers = accounts(after.Buyers)
	}
	if before.Regions.All() != after.Regions.All() || !slices.Equal(before.Regions.Only, after.Regions.Only) {
		d.Regions = &listing.Regions{Only: slices.Clone(after.Regions.Only)}
	}
	if !before.Information.Equal(after.Information) {
		information := after.Information.Clone()
		d.Information = &information
	}
	if !before.Promotion.Equal(after.Promotion) {
		promotion := after.Promotion.Clone()
		d.Promotion = &promotion
	}
	switch {
	case after.Support == nil && before.Support != nil:
		d.Cleared = append(d.Cleared, clearedSupport)
	case after.Support != nil && (before.Support == nil || *before.Support != *after.Support):
		support := *after.Support
		d.Support = &support
	}
	switch {
	case after.Offer == nil && before.Offer != nil:
		d.Cleared = append(d.Cleared, clearedOffer)
	case after.Offer != nil:
		d.offer(before.Offer, *after.Offer)
	}
	d.versions(before.Versions, after.Versions)
	return d
}

// accounts returns a copy that is never nil, so that it is not taken for absent.
func accounts(list []listing.AccountID) *[]listing.AccountID {
	out := append([]listing.AccountID{}, list...)
	return &out
}

func (d *Delta) offer(before *pricing.Offer, after pricing.Offer) {
	var rates pricing.RateCard
	if before != nil {
		rates = before.Rates
	}
	terms := after
	terms.Rates = nil
	if before == nil || !terms.Equal(withoutRates(*before)) {
		d.Offer = &terms
	}
	for dimension, price := range after.Rates {
		if old, stated := rates[dimension]; !stated || old != price {
			d.rate(dimension, price)
		}
	}
	gone := func(yield func(pricing.Dimension) bool) {
		for dimension := range rates {
			if _, stays := after.Rates[dimension]; !stays && !yield(dimension) {
				return
			}
		}
	}
	d.RatesGone = pricing.SortDimensions(gone)
}

func (d *Delta) rate(dimension pricing.Dimension, price pricing.USD) {
	if d.Rates == nil {
		d.Rates = pricing.RateCard{}
	}
	d.Rates[dimension] = price
}

func withoutRates(o pricing.Offer) pricing.Offer {
	o.Rates = nil
	return o
}

func (d *Delta) versions(before, after []version.Version) {
	old, oneEach := byNumber(before)
	latest, oneEachAfter := byNumber(after)
	if !oneEach || !oneEachAfter { // numbers name no single version: replace all
		d.Removed = numbers(before)
		for _, v := range after {
			d.Versions = append(d.Versions, v.Clone())
		}
		return
	}
	for _, v := range before {
		if _, stays := latest[v.Number]; !stays {
			d.Removed = append(d.Removed, v.Number)
		}
	}
	for _, v := range after {
		i, known := old[v.Number]
		switch {
		case known && before[i].Equal(v):
		case known && onlyRestricts(before[i], v):
			d.Restricted = append(d.Restricted, v.Number)
		default:
			d.Versions = append(d.Versions, v.Clone())
		}
	}
	if order := numbers(after); !slices.Equal(order, numbers(d.applyVersions(before))) {
		d.Order = order
	}
}

func onlyRestricts(before, after version.Version) bool {
	if before.Status != version.Offered || after.Status != version.Restricted {
		return false
	}
	before.Status = after.Status
	return before.Equal(after)
}

// byNumber maps numbers to places, and reports whether each number is there once.
func byNumber(versions []version.Version) (places map[string]int, oneEach bool) {
	places = make(map[string]int, len(versions))
	for i, v := range versions {
		places[v.Number] = i
	}
	return places, len(places) == len(versions)
}

func numbers(versions []version.Version) []string {
	all := make([]string, len(versions))
	for i, v := range versions {
		all[i] = v.Number
	}
	return all
}

// document returns the document with the delta applied. It shares with l, and
// with the delta, what it does not change.
func (d Delta) document(l listing.Listing) listing.Listing {
	set(&l.Kind, d.Kind)
	set(&l.Visibility, d.Visibility)
	set(&l.Buyers, d.Buyers)
	set(&l.Regions, d.Regions)
	set(&l.Information, d.Information)
	set(&l.Promotion, d.Promotion)
	if d.Support != nil {
		l.Support = d.Support
	}
	if slices.Contains(d.Cleared, clearedSupport) {
		l.Support = nil
	}
	l.Offer = d.applyOffer(l.Offer)
	l.Versions = d.applyVersions(l.Versions)
	return l
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

func (d Delta) applyOffer(before *pricing.Offer) *pricing.Offer {
	switch {
	case slices.Contains(d.Cleared, clearedOffer):
		return nil
	case d.Offer == nil && len(d.Rates) == 0 && len(d.RatesGone) == 0:
		return before
	}
	var offer pricing.Offer
	if before != nil {
		offer = *before
	}
	rates := offer.Rates
	if d.Offer != nil {
		offer = *d.Offer
	}
	if len(d.Rates) > 0 || len(d.RatesGone) > 0 {
		rates = maps.Clone(rates)
		if rates == nil {
			rates = pricing.RateCard{}
		}
		for _, dimension := range d.RatesGone {
			delete(rates, dimension)
		}
		maps.Copy(rates, d.Rates)
	}
	offer.Rates = rates
	return &offer
}

func (d Delta) applyVersions(before []version.Version) []version.Version {
	if len(d.Versions) == 0 && len(d.Restricted) == 0 && len(d.Removed) == 0 && len(d.Order) == 0 {
		return before
	}
	gone := map[string]bool{}
	for _, number := range d.Removed {
		gone[number] = true
	}
	after := slices.DeleteFunc(slices.Clone(before), func(v version.Version) bool { return gone[v.Number] })
	places, _ := byNumber(after)
	for _, v := range d.Versions {
		if i, known := places[v.Number]; known {
			after[i] = v
		} else {
			after = append(after, v)
		}
	}
	for _, number := range d.Restricted {
		if i, known := places[number]; known {
			after[i].Status = version.Restricted
		}
	}
	if len(d.Order) > 0 {
		rank := map[string]int{}
		for i, number := range d.Order {
			rank[number] = i
		}
		slices.SortStableFunc(after, func(a, b version.Version) int { return rank[a.Number] - rank[b.Number] })
	}
	return after
}
