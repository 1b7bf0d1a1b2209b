package listing

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// A textRule judges every text of a listing by itself.
type textRule struct {
	rule rule.Rule
	// problem says what is wrong with the text; empty if nothing is.
	problem func(text string) string
}

var textRules = []textRule{
	{RuleNoControlCharacters, func(text string) string {
		if c, found := refusedControl(text); found {
			return fmt.Sprintf("has the control character %U", c)
		}
		return ""
	}},
	{RuleValidUTF8, func(text string) string {
		if !utf8.ValidString(text) {
			return "is not valid UTF-8"
		}
		return ""
	}},
	{RuleNoPlaceholders, func(text string) string {
		if found := placeholderIn(text); found != "" {
			return fmt.Sprintf("has %q", rule.Shorten(found))
		}
		return ""
	}},
	{RuleTrademarkSpace, func(text string) string {
		if spaceBefore(text, "™") || spaceBefore(text, "®") {
			return "has a space before ™ or ®"
		}
		return ""
	}},
}

// partly is a listing of which some versions are known to be in order; none if known
// is nil.
type partly struct {
	Listing
	known []bool
}

// eachTextOnce has all text rules look at each text at once.
var eachTextOnce = []rule.Check[partly]{{Find: func(l partly, r *rule.Report) { eachText(l, *r, judgeText) }}}

func judgeText(r rule.Report, path, text string) {
	if ordinary(text) {
		return
	}
	for i := range textRules {
		if problem := textRules[i].problem(text); problem != "" {
			at := r.For(&textRules[i].rule)
			at.Broken(path, "%s", problem)
		}
	}
}

// eachText calls judge for every text of the listing, its versions and its offer, with
// a report for its place and the path from there; but not for its Regions, of which
// none has an unknown text, nor for versions that are known to be in order. Of a list
// that has more than 100 texts, which no rule allows, it leaves out the rest.
func eachText(l partly, r rule.Report, judge func(r rule.Report, path, text string)) {
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
		if l.known == nil || !l.known[i] {
			version.Texts(l.Versions[i], r.In("versions", i), judge)
		}
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

// ordinary reports a text of printable ASCII, tabs and line feeds, without a
// placeholder: no text rule has anything against it, and most texts are such.
func ordinary(text string) bool {
	for i := range len(text) {
		switch classes[text[i]] {
		case rare:
			return false
		case opening:
			if placeholderAt(text, i) != 0 {
				return false
			}
		}
	}
	return true
}

// The classes of bytes. The zero value is that of most.
const (
	_ byte = iota
	rare
	opening // the first of a placeholder
)

var classes = func() (all [256]byte) {
	for c := range all {
		if c < ' ' && c != '\t' && c != '\n' || c > '~' {
			all[c] = rare
		}
	}
	for _, c := range []byte(placeholderStarts) {
		all[c] = opening
	}
	return all
}()

// refusedControl returns the first control character of the text that is neither a
// tab nor a line feed.
func refusedControl(text string) (rune, bool) {
	for _, c := range text {
		if unicode.IsControl(c) && c != '\t' && c != '\n' {
			return c, true
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
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		if unicode.IsSpace(before) || before == '\uFEFF' {
			return true
		}
		text = text[i+len(mark):]
	}
}
