package listing

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Check returns what is wrong with the listing, its versions and its offer, as far
// as the document alone shows it: at most [rule.MaxFindings] of each kind. Paths are
// those of the listing. Equal listings give equal findings.
func Check(l Listing) rule.Findings {
	return rule.Collected(rule.MaxFindings, func(c *rule.Collector) { Collect(c, l) })
}

// Collect is [Check] with a collector of the caller's.
func Collect(c *rule.Collector, l Listing) { collect(c, l, nil) }

// collect leaves out what is only about versions that are known to be in order, if it
// is told which.
func collect(c *rule.Collector, l Listing, known []bool) {
	rule.Collect(c, rule.Place{}, l, checks)
	rule.Collect(c, rule.Place{}, partly{l, known}, eachTextOnce)
	for i := range l.Versions {
		if known == nil || !known[i] {
			collectVersion(c, l, i)
		}
	}
	if l.Offer != nil {
		pricing.Collect(c, rule.MemberOf("offer"), *l.Offer)
	}
}

// collectVersion checks version i. A resource of the other kind is reported once, by
// RuleKindMatches, and not by what its kind would need.
func collectVersion(c *rule.Collector, l Listing, i int) {
	at := rule.EntryOf("versions", i)
	if p, err := l.Versions[i].Resource.Parts(); err == nil && l.Kind.Valid() && p.Kind != l.Kind {
		version.Collect(c, at, l.Versions[i], version.RuleTraining, version.RuleRecommendedTraining)
	} else {
		version.Collect(c, at, l.Versions[i])
	}
}

var checks = []rule.Check[Listing]{
	{Rule: RuleVisibility, Find: func(l Listing, r *rule.Report) {
		if v := l.Visibility.OrDefault(); v != Public && v != Private {
			r.Broken("visibility", "%q is not a visibility", rule.Shorten(string(v)))
		}
	}},
	{Rule: RulePrivateNamesBuyers, Find: checkBuyers},
	{Rule: RuleTitle, Find: func(l Listing, r *rule.Report) {
		r.Text("title", l.Title, 72)
		if strings.ContainsFunc(l.Title, unicode.IsControl) {
			r.Broken("title", "has control characters")
		}
	}},
	{Rule: RuleShortDescription, Find: func(l Listing, r *rule.Report) {
		r.Text("shortDescription", l.ShortDescription, 1_000)
	}},
	{Rule: RuleOverview, Find: func(l Listing, r *rule.Report) { r.Text("overview", l.Overview, 5_000) }},
	{Rule: RuleCategories, Find: func(l Listing, r *rule.Report) {
		if !r.Count("categories", len(l.Categories), 1, maxCategories) {
			return
		}
		rule.Unique(r, "categories", l.Categories)
		for i, c := range l.Categories {
			at := r.In("categories", i)
			at.Text("", c, 255)
		}
	}},
	{Rule: RuleHighlights, Find: func(l Listing, r *rule.Report) {
		if !r.Count("highlights", len(l.Highlights), 1, 3) {
			return
		}
		for i, h := range l.Highlights {
			at := r.In("highlights", i)
			at.Text("", h, 500)
		}
	}},
	{Rule: RuleSKU, Find: func(l Listing, r *rule.Report) { r.OptionalText("sku", l.SKU, 100) }},
	{Rule: RuleLogo, Find: func(l Listing, r *rule.Report) { r.HTTPS("promotion.logo", l.Promotion.Logo, 2_048) }},
	{Rule: RuleKeywords, Find: checkKeywords},
	{Rule: RuleKeywordsNotRepeated, Find: func(l Listing, r *rule.Report) {
		if len(l.Promotion.Keywords) > maxKeywords || len(l.Categories) > maxCategories {
			return // reported by RuleKeywords and RuleCategories
		}
		for i, k := range l.Promotion.Keywords {
			same := func(s string) bool { return strings.EqualFold(rule.Read(s), rule.Read(k)) }
			if same(l.Title) || slices.ContainsFunc(l.Categories, same) {
				at := r.In("promotion.keywords", i)
				at.Broken("", "%q is the title or a category", rule.Shorten(k))
			}
		}
	}},
	{Rule: RuleLinks, Find: func(l Listing, r *rule.Report) {
		if !r.Count("promotion.links", len(l.Promotion.Links), 0, 3) {
			return
		}
		for i, link := range l.Promotion.Links {
			at := r.In("promotion.links", i)
			at.Text("text", link.Text, 500)
			switch {
			case rule.PlainHTTPS(link.URL):
			case !linkURL.MatchString(link.URL):
				at.Broken("url", "%q is not an http or https address that the marketplace accepts", rule.Address(link.URL))
			default:
				at.Plain("url", link.URL)
			}
		}
	}},
	{Rule: RuleVideo, Find: func(l Listing, r *rule.Report) {
		r.OptionalHTTPS("promotion.video", l.Promotion.Video, 2_048)
	}},
	{Rule: RuleSupportStated, Find: func(l Listing, r *rule.Report) {
		if l.Support == nil {
			r.Broken("support", "is missing")
		}
	}},
	{Rule: RuleSupportDetails, Find: func(l Listing, r *rule.Report) {
		switch {
		case l.Support == nil:
		case l.Support.Offered:
			r.Text("support.details", l.Support.Details, 2_000)
		case l.Support.Details != "":
			r.BrokenRemedy("support.details", "leave them out, or offer support", "are given though no support is offered")
		}
	}},
	{Rule: RuleRegions, Find: checkRegions},
	{Rule: RuleAtLeastOneVersion, Find: func(l Listing, r *rule.Report) {
		if len(l.Versions) == 0 {
			r.Broken("versions", "has none")
		}
	}},
	{Rule: RuleKindMatches, Find: checkKind},
	{Rule: version.RuleNumber, Find: func(l Listing, r *rule.Report) {
		eachRepeated(l, func(v version.Version) string { return rule.Read(v.Number) }, func(i, first int) {
			at := r.In("versions", i)
			at.Broken("number", "%q is also the number of %s", rule.Shorten(l.Versions[i].Number), document.Entry("versions", first))
		})
	}},
	{Rule: RuleResourceUnique, Find: func(l Listing, r *rule.Report) {
		eachRepeated(l, func(v version.Version) string { return string(v.Resource) }, func(i, first int) {
			at := r.In("versions", i)
			at.Broken("resource", "is also the resource of %s", document.Entry("versions", first))
		})
	}},
	{Rule: RuleUsagePerVersion, Find: func(l Listing, r *rule.Report) {
		for i, v := range l.Versions {
			if i > 0 && !rule.Visible(v.Usage) {
				at := r.In("versions", i)
				at.Broken("usage", "is missing")
			}
		}
	}},
	{Rule: pricing.RulePresent, Find: func(l Listing, r *rule.Report) {
		if l.Offer == nil {
			r.Broken("offer", "is missing")
		}
	}},
	{Rule: RuleTrainingIsHourly, Find: checkTrainingRates},
}

func checkBuyers(l Listing, r *rule.Report) {
	switch l.Visibility.OrDefault() {
	case Private:
	case Public:
		if len(l.Buyers) > 0 {
			r.BrokenRemedy("buyers", "leave them out, or make the listing private", "are given for a public listing, which everyone may buy")
		}
		return
	default:
		return // reported by RuleVisibility
	}
	// AWS documents a limit of 100 in one place and of 5,000 in another. The
	// lower one satisfies both.
	if !r.Count("buyers", len(l.Buyers), 1, 100) {
		return
	}
	for i, b := range l.Buyers {
		if !b.Valid() {
			at := r.In("buyers", i)
			at.BrokenRemedy("", b.Remedy(), "%q is not a twelve-digit account id", rule.Shorten(string(b)))
		}
	}
	rule.Unique(r, "buyers", l.Buyers)
}

const maxKeywords, maxCategories = 15, 3

func checkKeywords(l Listing, r *rule.Report) {
	const path = "promotion.keywords"
	keywords := l.Promotion.Keywords
	if !r.Count(path, len(keywords), 1, maxKeywords) {
		return
	}
	total := 0
	for i, k := range keywords {
		at := r.In(path, i)
		at.Text("", k, 50)
		total += utf8.RuneCountInString(k)
	}
	if total > 250 {
		r.BrokenRemedy(path, fmt.Sprintf("shorten them by %d", total-250), "have %d characters together, 250 are allowed", total)
	}
	rule.Unique(r, path, keywords)
}

var linkURL = regexp.MustCompile(`^https?://(www\.)?[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-zA-Z0-9()]{2,63}\b([-a-zA-Z0-9()@:%_+.~#?&/=, ]*)$`)

func checkRegions(l Listing, r *rule.Report) {
	if l.Regions.All() {
		return
	}
	if !r.Count("regions", len(l.Regions.Only), 1, 100) {
		return
	}
	for i, region := range l.Regions.Only {
		if !region.Known() {
			at := r.In("regions", i)
			problem := fmt.Sprintf("%q is not a known Region", rule.Shorten(string(region)))
			if near := region.Nearest(); near != "" {
				problem += fmt.Sprintf(" (did you mean %q?)", near)
			}
			at.Broken("", "%s", problem)
		}
	}
	rule.Unique(r, "regions", l.Regions.Only)
}

func checkKind(l Listing, r *rule.Report) {
	if !l.Kind.Valid() {
		r.Broken("kind", "%q is not a kind of resource", rule.Shorten(string(l.Kind)))
		return
	}
	for i, v := range l.Versions {
		if p, err := v.Resource.Parts(); err == nil && p.Kind != l.Kind {
			at := r.In("versions", i)
			at.Broken("resource", "is of kind %q in a listing of kind %q", p.Kind, l.Kind)
		}
	}
}

func checkTrainingRates(l Listing, r *rule.Report) {
	if l.Offer == nil || !l.Kind.Valid() {
		return
	}
	priced := l.Offer.Rates.Has(pricing.ModeTraining)
	if l.Kind == version.ModelPackage && priced {
		for _, d := range l.Offer.Rates.Dimensions() {
			if d.Mode != pricing.ModeTraining {
				continue
			}
			r.Broken(document.Member("offer.rates", d.String()), "is a training price in a listing of a model package")
		}
	}
	paid := l.Offer.Model == pricing.Hourly || l.Offer.Model == pricing.Inference
	if l.Kind == version.Algorithm && paid && !priced {
		r.Broken("offer.rates", "have no hourly training price")
	}
}

// eachRepeated calls report for every version i that has the same key as an
// earlier version, first. Empty keys are skipped.
func eachRepeated(l Listing, key func(version.Version) string, report func(i, first int)) {
	seen := make(map[string]int, len(l.Versions))
	for i, v := range l.Versions {
		k := key(v)
		if k == "" {
			continue
		}
		if first, found := seen[k]; found {
			report(i, first)
			continue
		}
		seen[k] = i
	}
}
