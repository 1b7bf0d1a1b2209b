package lifecycle

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// RuleBy is broken by a name of who asks that nobody can read.
var RuleBy = rule.Rule{ID: "command.by", Severity: rule.Must,
	Statement: "who asks is named on one line of at most 256 characters, without control characters and marks of direction",
	Remedy:    "give a short name, such as an e-mail address or the name of a role",
	Sources:   rule.Sources{Judgement: "the journal and every list show it"}}

const (
	// maxBy bounds the name of who asks in characters, maxEmail an e-mail address in
	// bytes (RFC 5321: 256 with the angle brackets), maxReason the reason of a removal
	// in characters.
	maxBy, maxEmail, maxReason = 256, 254, 2_000
)

var namedBy = rule.Check[move]{Rule: RuleBy, Find: func(m move, r *rule.Report) {
	if n := utf8.RuneCountInString(m.by); n > maxBy {
		r.Broken("by", "has %d characters, %d are allowed", n, maxBy)
	}
	readable(r, "by", m.by, "")
}}

// draftTexts keeps out of a draft what could not be written down as it is. All else
// of a draft is judged when it is submitted.
var draftTexts = rule.Check[move]{Rule: listing.RuleValidUTF8, Find: func(m move, r *rule.Report) {
	valid := func(path, text string) {
		if !utf8.ValidString(text) {
			r.Broken(path, "is not valid UTF-8")
		}
	}
	l := m.document()
	document.Texts(l, valid)
	for i, region := range l.Regions.Only {
		valid(document.Entry("regions", i), string(region))
	}
}}

// readable reports a text that is not UTF-8, or has control characters other than
// those that are allowed, separators of lines, or marks of direction.
func readable(r *rule.Report, path, text, allowed string) {
	if !utf8.ValidString(text) {
		r.BrokenRemedy(path, "convert it to UTF-8", "is not valid UTF-8")
		return
	}
	i := strings.IndexFunc(text, func(c rune) bool {
		return (unicode.IsControl(c) || unicode.In(c, unicode.Bidi_Control, unicode.Zl, unicode.Zp)) && !strings.ContainsRune(allowed, c)
	})
	if i >= 0 {
		c, _ := utf8.DecodeRuneInString(text[i:])
		r.BrokenRemedy(path, "remove it", "has the character %U, which cannot be seen", c)
	}
}
