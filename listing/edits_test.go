package listing_test

import (
	"fmt"
	"slices"

	"github.com/shelflife-go/shelflife/internal/rulestest"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

const instance = lifecycletest.Instance

var (
	text    = rulestest.Text
	address = rulestest.Address
)

// buyers returns n different accounts.
func buyers(n int) []listing.AccountID {
	all := make([]listing.AccountID, n)
	for i := range all {
		all[i] = listing.AccountID(fmt.Sprintf("%012d", i))
	}
	return all
}

func private(accounts ...listing.AccountID) func(*listing.Listing) {
	return func(l *listing.Listing) { l.Visibility, l.Buyers = listing.Private, accounts }
}

func title(s string) func(*listing.Listing) {
	return func(l *listing.Listing) { l.Title = s }
}

func categories(all ...string) func(*listing.Listing) {
	return func(l *listing.Listing) { l.Categories = all }
}

func keywords(all ...string) func(*listing.Listing) {
	return func(l *listing.Listing) { l.Promotion.Keywords = all }
}

// differentKeywords returns n keywords of the given length, each another.
func differentKeywords(n, length int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = string(rune('a'+i)) + text(length-1)
	}
	return all
}

func links(n int, label, url string) func(*listing.Listing) {
	return func(l *listing.Listing) {
		l.Promotion.Links = slices.Repeat([]listing.Link{{Text: label, URL: url}}, n)
	}
}

func support(offered bool, details string) func(*listing.Listing) {
	return func(l *listing.Listing) { l.Support = &listing.Support{Offered: offered, Details: details} }
}

func regions(only ...listing.Region) func(*listing.Listing) {
	return func(l *listing.Listing) { l.Regions.Only = append([]listing.Region{}, only...) }
}

func overview(s string) func(*listing.Listing) {
	return func(l *listing.Listing) { l.Overview = s }
}

// second adds a version and edits it.
func second(edit func(*version.Version)) func(*listing.Listing) {
	return func(l *listing.Listing) {
		l.Versions = append(l.Versions, lifecycletest.Version("1.1", l.Kind))
		edit(&l.Versions[1])
	}
}

// first edits the only version.
func first(edit func(*version.Version)) func(*listing.Listing) {
	return func(l *listing.Listing) { edit(&l.Versions[0]) }
}

// algorithm turns the listing into the private one of an algorithm before the
// edits.
func algorithm(edits ...func(*listing.Listing)) func(*listing.Listing) {
	return func(l *listing.Listing) {
		*l = lifecycletest.Algorithm()
		for _, edit := range edits {
			edit(l)
		}
	}
}

func offer(edit func(*pricing.Offer)) func(*listing.Listing) {
	return func(l *listing.Listing) { edit(l.Offer) }
}

func free(o *pricing.Offer) { o.Model, o.Rates, o.TrialDays = pricing.Free, nil, 0 }

func nothing(*listing.Listing) {}

func link(address string) func(*listing.Listing) {
	return func(l *listing.Listing) {
		l.Promotion.Links = []listing.Link{{Text: "More", URL: address}}
	}
}

func logo(address string) func(*listing.Listing) {
	return func(l *listing.Listing) { l.Promotion.Logo = address }
}
