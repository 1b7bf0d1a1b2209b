package lifecycletest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Listings generates listings that break no rule: of both kinds and both
// visibilities, with every pricing model, and with texts up to their limits.
func Listings() *rapid.Generator[listing.Listing] {
	return rapid.Custom(func(t *rapid.T) listing.Listing {
		l := ModelPackage()
		if rapid.Bool().Draw(t, "algorithm") {
			l = Algorithm()
		}
		l.Visibility, l.Buyers = listing.Public, nil
		if rapid.Bool().Draw(t, "private") {
			l.Visibility = listing.Private
			for i := range rapid.IntRange(1, 100).Draw(t, "buyers") {
				l.Buyers = append(l.Buyers, listing.AccountID(fmt.Sprintf("%012d", i)))
			}
		}
		l.Title = text(t, "title", 72)
		l.ShortDescription = text(t, "short description", 1_000)
		l.Overview = text(t, "overview", 5_000)
		l.Highlights = texts(t, "highlight", 3, 500)
		l.Categories = texts(t, "category", 3, 40)
		l.SKU = text(t, "sku", 100)
		l.Promotion.Keywords = texts(t, "keyword", 5, 50)
		l.Support = &listing.Support{}
		if rapid.Bool().Draw(t, "supported") {
			l.Support = &listing.Support{Offered: true, Details: text(t, "support", 2_000)}
		}
		if rapid.Bool().Draw(t, "some Regions") {
			l.Regions.Only = []listing.Region{"us-east-1", "eu-west-1"}
		}
		price(t, &l)
		return l
	})
}

func price(t *rapid.T, l *listing.Listing) {
	o := l.Offer
	o.Model = rapid.SampledFrom([]pricing.Model{pricing.Free, pricing.Hourly, pricing.Inference}).Draw(t, "model")
	o.Rates, o.TrialDays = nil, 0
	if o.Model == pricing.Free {
		return
	}
	r := Resource(l.Kind)
	o.Rates = pricing.RateCard{}
	for _, d := range o.Model.Required(r.Batch, r.RealTime, r.Training) {
		cents := rapid.IntRange(0, 99_999).Draw(t, "cents")
		o.Rates[d] = pricing.MustUSD(fmt.Sprintf("%d.%02d", cents/100, cents%100))
	}
	if o.Model == pricing.Hourly {
		o.TrialDays = rapid.IntRange(5, 31).Draw(t, "trial")
	}
}

// text generates a text of at most max characters, long ones and short ones
// alike.
func text(t *rapid.T, label string, max int) string {
	n := rapid.IntRange(1, max).Draw(t, label+" length")
	return label[:1] + strings.Repeat(rapid.SampledFrom([]string{"a", "é", "語", "-"}).Draw(t, label), n-1)
}

// texts generates 1 to most different texts.
func texts(t *rapid.T, label string, most, max int) []string {
	all := make([]string, rapid.IntRange(1, most).Draw(t, label+" count"))
	for i := range all {
		all[i] = fmt.Sprintf("%d%s", i, text(t, label, max-1))
	}
	return all
}

// Faulty is a listing with one fault.
type Faulty struct {
	// Listing breaks Rule and no other.
	Listing listing.Listing
	// Rule is what it breaks.
	Rule rule.Rule
}

// AlmostValid generates listings that break exactly one rule, at its limit
// where it has one.
func AlmostValid() *rapid.Generator[Faulty] {
	return rapid.Custom(func(t *rapid.T) Faulty {
		l := Listings().Draw(t, "listing")
		f := rapid.SampledFrom(faults).Draw(t, "fault")
		f.spoil(&l)
		return Faulty{Listing: l, Rule: f.rule}
	})
}

var faults = []struct {
	rule  rule.Rule
	spoil func(*listing.Listing)
}{
	{listing.RuleTitle, func(l *listing.Listing) { l.Title = strings.Repeat("語", 73) }},
	{listing.RuleShortDescription, func(l *listing.Listing) { l.ShortDescription = strings.Repeat("é", 1_001) }},
	{listing.RuleOverview, func(l *listing.Listing) { l.Overview = "" }},
	{listing.RuleCategories, func(l *listing.Listing) { l.Categories = []string{"a", "b", "c", "d"} }},
	{listing.RuleHighlights, func(l *listing.Listing) { l.Highlights = nil }},
	{listing.RuleSKU, func(l *listing.Listing) { l.SKU = strings.Repeat("1", 101) }},
	{listing.RuleLogo, func(l *listing.Listing) { l.Promotion.Logo = "http://example.com/logo.png" }},
	{listing.RuleKeywords, func(l *listing.Listing) { l.Promotion.Keywords = []string{strings.Repeat("k", 51)} }},
	{listing.RuleLinks, func(l *listing.Listing) { l.Promotion.Links[0].URL = "example.com" }},
	{listing.RuleSupportStated, func(l *listing.Listing) { l.Support = nil }},
	{listing.RuleSupportDetails, func(l *listing.Listing) { l.Support = &listing.Support{Offered: true} }},
	{listing.RuleRegions, func(l *listing.Listing) { l.Regions.Only = []listing.Region{"moon-1"} }},
	{listing.RuleNoControlCharacters, func(l *listing.Listing) { l.Overview = "bell\a" }},
	{pricing.RuleNamed, func(l *listing.Listing) { l.Offer.Name = strings.Repeat("n", 151) }},
	{pricing.RuleRefundPolicy, func(l *listing.Listing) { l.Offer.RefundPolicy = "Don\u2019t ask." }},
	{pricing.RuleEULA, func(l *listing.Listing) { l.Offer.EULA = pricing.EULA{} }},
	{version.RuleNumber, func(l *listing.Listing) { l.Versions[0].Number = strings.Repeat("1", 65) }},
	{version.RuleReleaseNotes, func(l *listing.Listing) { l.Versions[0].ReleaseNotes = strings.Repeat("r", 30_001) }},
	{version.RuleNotebook, func(l *listing.Listing) { l.Versions[0].Notebook = "" }},
	{version.RuleUsage, func(l *listing.Listing) { l.Versions[0].Usage = strings.Repeat("u", 10_001) }},
	{version.RuleAccessRole, func(l *listing.Listing) {
		l.Versions[0].AccessRole = "arn:aws:iam::111122223333:role/service-role/x"
	}},
}
