package listing

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// textChecks judge every text of a listing by itself.
var textChecks = []rule.Check[Listing]{
	{Rule: RuleNoControlCharacters, Find: everyText(func(r rule.Report, path, text string) {
		if c, found := refusedControl(text); found {
			r.Broken(path, "has the control character %U", c)
		}
	})},
	{Rule: RuleValidUTF8, Find: everyText(func(r rule.Report, path, text string) {
		if !utf8.ValidString(text) {
			r.Broken(path, "is not valid UTF-8")
		}
	})},
	{Rule: RuleNoPlaceholders, Find: everyText(func(r rule.Report, path, text string) {
		if found := placeholderIn(text); found != "" {
			r.Broken(path, "has %q", rule.Shorten(found))
		}
	})},
	{Rule: RuleTrademarkSpace, Find: everyText(func(r rule.Report, path, text string) {
		if spaceBefore(text, "™") || spaceBefore(text, "®") {
			r.Broken(path, "has a space before ™ or ®")
		}
	})},
}

// everyText returns a check of every text of a listing.
func everyText(judge func(r rule.Report, path, text string)) func(Listing, *rule.Report) {
	return func(l Listing, r *rule.Report) { eachText(l, *r, judge) }
}

// eachText calls judge for every text of the listing, its versions and its offer, with
// a report for its place and the path from there; but not for its Regions, of which
// none has an unknown text. Of a list that has more than 100
// texts, which no rule allows, it leaves out the rest.
func eachText(l Listing, r rule.Report, judge func(r rule.Report, path, text string)) {
	judge(r, "kind", string(l.Kind))
	judge(r, "visibility", string(l.Visibility))
	entries(r, "buyers", l.Buyers, judge)
	judge(r, "title", l.Title)
	judge(r, "shortDescription", l.ShortDescription)
	judge(r, "overview", l.Overview)
	entries(r, "highlights", l.Highlights, judge)
	entries(r, "categories", l.Categories, judge)
	judge(r, "sku", l.SKU)
	judge(r, "promotion.logo", l.Promotion.Logo)
	entries(r, "promotion.keywords", l.Promotion.Keywords, judge)
	for i, link := range l.Promotion.Links[:min(len(l.Promotion.Links), mostTexts)] {
		at := r.In("promotion.links", i)
		judge(at, "text", link.Text)
		judge(at, "url", link.URL)
	}
	judge(r, "promotion.video", l.Promotion.Video)
	if l.Support != nil {
		judge(r, "support.details", l.Support.Details)
	}
	for i := range l.Versions {
		version.Texts(l.Versions[i], r.In("versions", i), judge)
	}
	if l.Offer != nil {
		pricing.Texts(*l.Offer, r.At("offer"), judge)
	}
}

const mostTexts = 100

func entries[S ~string](r rule.Report, list string, texts []S, judge func(rule.Report, string, string)) {
	for i, text := range texts[:min(len(texts), mostTexts)] {
		judge(r.In(list, i), "", string(text))
	}
}

// refusedControl returns the first control character of the text that is neither a
// tab nor a line feed. In UTF-8, those from U+0080 on are two bytes.
func refusedControl(text string) (rune, bool) {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' && c != '\t' && c != '\n', c == 0x7F:
			return rune(c), true
		case c == 0xC2 && i+1 < len(text) && text[i+1] < 0xA0 && text[i+1] >= 0x80:
			return rune(text[i+1]), true
		}
	}
	return 0, false
}

// spaceBefore reports whether there is a blank before the mark: what the marketplace
// takes for one, where Go's \s takes those of ASCII.
func spaceBefore(text, mark string) bool {
	for {
		i := strings.Index(text, mark)
		if i < 0 {
			return false
		}
		before, size := utf8.DecodeLastRuneInString(text[:i])
		if size > 0 && (unicode.IsSpace(before) || unicode.Is(unicode.Z, before) || before == '\uFEFF') {
			return true
		}
		text = text[i+len(mark):]
	}
}
