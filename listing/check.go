package listing

import (
	"fmt"
	"net/url"
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

// Check returns everything that is wrong with the listing, its versions and its
// offer, as far as the document alone shows it. Paths are those of the listing.
// Equal listings give equal findings.
func Check(l Listing) rule.Findings {
	all := []rule.Findings{rule.Run(l, checks), rule.Run(l, textChecks)}
	for i := range l.Versions {
		all = append(all, checkVersion(l, i))
	}
	if l.Offer != nil {
		all = append(all, pricing.Check(*l.Offer).Under("offer"))
	}
	return rule.Join(all...)
}

// checkVersion returns what is wrong with version i. A resource of the other kind is
// reported once, by RuleKindMatches, and not by what its kind would need.
func checkVersion(l Listing, i int) rule.Findings {
	found := version.Check(l.Versions[i])
	if p, err := l.Versions[i].Resource.Parts(); err == nil && l.Kind.Valid() && p.Kind != l.Kind {
		found.Violations = slices.DeleteFunc(found.Violations, func(v rule.Violation) bool {
			return v.Rule == version.RuleTraining || v.Rule == version.RuleRecommendedTraining
		})
	}
	return found.Under(document.Entry("versions", i))
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
		r.Count("categories", len(l.Categories), 1, 3)
		r.Unique("categories", l.Categories)
		for i, c := range l.Categories {
			r.Text(document.Entry("categories", i), c, 255)
		}
	}},
	{Rule: RuleHighlights, Find: func(l Listing, r *rule.Report) {
		r.Count("highlights", len(l.Highlights), 1, 3)
		for i, h := range l.Highlights {
			r.Text(document.Entry("highlights", i), h, 500)
		}
	}},
	{Rule: RuleSKU, Find: func(l Listing, r *rule.Report) { r.OptionalText("sku", l.SKU, 100) }},
	{Rule: RuleLogo, Find: func(l Listing, r *rule.Report) { r.HTTPS("promotion.logo", l.Promotion.Logo, 2_048) }},
	{Rule: RuleKeywords, Find: checkKeywords},
	{Rule: RuleKeywordsNotRepeated, Find: func(l Listing, r *rule.Report) {
		for i, k := range l.Promotion.Keywords {
			same := func(s string) bool { return strings.EqualFold(rule.Read(s), rule.Read(k)) }
			if same(l.Title) || slices.ContainsFunc(l.Categories, same) {
				r.Broken(document.Entry("promotion.keywords", i), "%q is the title or a category", rule.Shorten(k))
			}
		}
	}},
	{Rule: RuleLinks, Find: func(l Listing, r *rule.Report) {
		r.Count("promotion.links", len(l.Promotion.Links), 0, 3)
		for i, link := range l.Promotion.Links {
			at := document.Entry("promotion.links", i)
			r.Text(document.Member(at, "text"), link.Text, 500)
			if !validLink(link.URL) {
				r.Broken(document.Member(at, "url"), "%q is not an http or https address that the marketplace accepts", rule.Address(link.URL))
			} else {
				r.Plain(document.Member(at, "url"), link.URL)
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
			r.Broken(versionPath(i, "number"), "%q is also the number of %s", rule.Shorten(l.Versions[i].Number), document.Entry("versions", first))
		})
	}},
	{Rule: RuleResourceUnique, Find: func(l Listing, r *rule.Report) {
		eachRepeated(l, func(v version.Version) string { return string(v.Resource) }, func(i, first int) {
			r.Broken(versionPath(i, "resource"), "is also the resource of %s", document.Entry("versions", first))
		})
	}},
	{Rule: RuleUsagePerVersion, Find: func(l Listing, r *rule.Report) {
		for i, v := range l.Versions {
			if i > 0 && !rule.Visible(v.Usage) {
				r.Broken(versionPath(i, "usage"), "is missing")
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

// textChecks judge every text of a listing by itself.
var textChecks = []rule.Check[Listing]{
	{Rule: RuleNoControlCharacters, Find: func(l Listing, r *rule.Report) {
		document.Texts(l, func(path, text string) {
			if i := strings.IndexFunc(text, refusedControl); i >= 0 {
				c, _ := utf8.DecodeRuneInString(text[i:])
				r.Broken(path, "has the control character %U", c)
			}
		})
	}},
	{Rule: RuleValidUTF8, Find: func(l Listing, r *rule.Report) {
		document.Texts(l, func(path, text string) {
			if !utf8.ValidString(text) {
				r.Broken(path, "is not valid UTF-8")
			}
		})
	}},
	{Rule: RuleNoPlaceholders, Find: func(l Listing, r *rule.Report) {
		document.Texts(l, func(path, text string) {
			if found := placeholder.FindString(text); found != "" {
				r.Broken(path, "has %q", rule.Shorten(found))
			}
		})
	}},
	{Rule: RuleTrademarkSpace, Find: func(l Listing, r *rule.Report) {
		document.Texts(l, func(path, text string) {
			if strings.ContainsAny(text, "™®") && trademarkSpace.MatchString(text) { // the first is cheap, and true of few texts
				r.Broken(path, "has a space before ™ or ®")
			}
		})
	}},
}

func versionPath(i int, field string) string {
	return document.Member(document.Entry("versions", i), field)
}

// trademarkSpace has the blanks that \s means to the marketplace, where Go means
// those of ASCII.
var trademarkSpace = regexp.MustCompile(`[\s\v\x{0085}\x{FEFF}\pZ][™®]`)

// placeholder is what the templates of marketplace listings and of common tools leave
// to be filled in. What commands in a usage text leave to buyers, such as
// <endpoint-name> and $ENDPOINT, is none.
var placeholder = regexp.MustCompile(`\{\{[^{}]*\}\}|\{%[^{}]*%\}|\b(TODO|TBD|FIXME|XXX+|CHANGE_?ME|REPLACE_?ME|PLACEHOLDER)\b|(?i:lorem ipsum)|(?i:for seller to update)|` +
	`(?i:[\[<{]\s*(your|insert|enter|add|title|name|link|description|replace)[ _-][^\[\]<>{}\n]{1,80}[\]>}])|\b(YOUR|INSERT|ENTER)_[A-Z0-9_]+\b|%%[A-Za-z_]+%%|__[A-Z][A-Z0-9_]*__`)

func refusedControl(c rune) bool { return unicode.IsControl(c) && c != '\t' && c != '\n' }

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
	r.Count("buyers", len(l.Buyers), 1, 100)
	texts := make([]string, len(l.Buyers))
	for i, b := range l.Buyers {
		texts[i] = string(b)
		if !b.Valid() {
			r.BrokenRemedy(document.Entry("buyers", i), b.Remedy(), "%q is not a twelve-digit account id", rule.Shorten(string(b)))
		}
	}
	r.Unique("buyers", texts)
}

func checkKeywords(l Listing, r *rule.Report) {
	const path = "promotion.keywords"
	keywords := l.Promotion.Keywords
	r.Count(path, len(keywords), 1, 15)
	total := 0
	for i, k := range keywords {
		r.Text(document.Entry(path, i), k, 50)
		total += utf8.RuneCountInString(k)
	}
	if total > 250 {
		r.BrokenRemedy(path, fmt.Sprintf("shorten them by %d", total-250), "have %d characters together, 250 are allowed", total)
	}
	r.Unique(path, keywords)
}

var linkURL = regexp.MustCompile(`^https?://(www\.)?[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-zA-Z0-9()]{2,63}\b([-a-zA-Z0-9()@:%_+.~#?&/=, ]*)$`)

func validLink(s string) bool {
	_, err := url.Parse(s)
	return err == nil && linkURL.MatchString(s)
}

func checkRegions(l Listing, r *rule.Report) {
	if l.Regions.All() {
		return
	}
	r.Count("regions", len(l.Regions.Only), 1, 100)
	texts := make([]string, len(l.Regions.Only))
	for i, region := range l.Regions.Only {
		texts[i] = string(region)
		if !region.Known() {
			r.Broken(document.Entry("regions", i), "%q is not a known Region", rule.Shorten(string(region)))
		}
	}
	r.Unique("regions", texts)
}

func checkKind(l Listing, r *rule.Report) {
	if !l.Kind.Valid() {
		r.Broken("kind", "%q is not a kind of resource", rule.Shorten(string(l.Kind)))
		return
	}
	for i, v := range l.Versions {
		if p, err := v.Resource.Parts(); err == nil && p.Kind != l.Kind {
			r.Broken(versionPath(i, "resource"), "is of kind %q in a listing of kind %q", p.Kind, l.Kind)
		}
	}
}

func checkTrainingRates(l Listing, r *rule.Report) {
	if l.Offer == nil || !l.Kind.Valid() {
		return
	}
	priced := false
	for _, d := range l.Offer.Rates.Dimensions() {
		if d.Mode != pricing.ModeTraining {
			continue
		}
		priced = true
		if l.Kind == version.ModelPackage {
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
	seen := map[string]int{}
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
