package mend

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// valueFix corrects one thing in the text of a value of some classes. It returns what
// it cannot correct as it was.
type valueFix struct {
	kind string
	of   class
	fix  func(string) string
}

const names = account | arn | region | instance | kind | visibility | model | status | boolean | whole | price

// valueFixes are carried out in their order.
var valueFixes = []valueFix{
	{"text.escapes", text | sample | url, func(s string) string { return terminal.ReplaceAllString(s, "") }},
	{"text.line-ends", text | sample, lineEnds},
	{"text.control", text | sample | url | names, func(s string) string { return without(s, refusedControl) }},
	{"text.invisible", clear | exact | url | names, func(s string) string {
		return without(s, func(c rune) bool { return rule.HasInvisible(string(c)) })
	}},
	{"text.odd-spaces", exact | names | url, oddSpaces},
	{"text.full-width", account | arn | region | instance | price | whole, fullWidth},
	{"text.one-line", oneLine | url | names, func(s string) string {
		return lineBreaks.ReplaceAllString(strings.Trim(s, "\n\t"), " ")
	}},
	{"text.quotes", ascii, strings.NewReplacer("‘", "'", "’", "'", "‚", "'", "‛", "'", "“", `"`, "”", `"`, "„", `"`, "‟", `"`).Replace},
	{"text.dashes", ascii, strings.NewReplacer("‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-").Replace},
	{"text.ellipsis", ascii, strings.NewReplacer("…", "...").Replace},
	{"text.trademark", text, func(s string) string { return trademark.ReplaceAllString(s, "$1") }},
	{"text.leading-blanks", text | oneLine | url | names, func(s string) string { return strings.TrimLeftFunc(s, rule.Blank) }},
	{"text.end-blanks", text | oneLine | url | names, nil}, // needs the class
	{"text.trailing-blanks", text, blankEnds},
	{"url.brackets", url, func(s string) string {
		if in, found := strings.CutPrefix(s, "<"); found && strings.HasSuffix(in, ">") && address.MatchString(in) {
			return strings.TrimSuffix(in, ">")
		}
		return s
	}},
	{"url.scheme", url, func(s string) string {
		if at := strings.Index(s, "://"); at > 0 && (strings.EqualFold(s[:at], "https") || strings.EqualFold(s[:at], "http")) {
			return strings.ToLower(s[:at]) + s[at:]
		}
		return s
	}},
	{"url.spaces", url, func(s string) string {
		if !address.MatchString(s) {
			return s
		}
		return strings.ReplaceAll(s, " ", "%20")
	}},
	{"account.separators", account, func(s string) string {
		if bare := separators.ReplaceAllString(s, ""); version.AccountID(bare).Valid() {
			return bare
		}
		return s
	}},
	{"arn.case", arn, arnCase},
	{"region.spelling", region, regionSpelling},
	{"instance.case", instance, func(s string) string {
		if lower := strings.ToLower(s); instanceType.MatchString(lower) {
			return lower
		}
		return s
	}},
	{"kind.spelling", kind, spelt("model package", "algorithm")},
	{"visibility.spelling", visibility, spelt("public", "private")},
	{"model.spelling", model, spelt("free", "hourly", "per inference")},
	{"status.spelling", status, spelt("restricted")},
	{"price.currency", price, priceCurrency},
	{"price.sign", price, priceSign},
	{"price.separators", price, priceSeparators},
	{"price.exponent", price, priceExponent},
	{"price.point", price, pricePoint},
	{"price.zeros", price, priceZeros},
}

// mended returns the value as it should be written, and the kinds of what was
// corrected.
func mended(c class, value string) (string, []string) { return apply(valueFixes, c, false, value) }

func apply(fixes []valueFix, c class, md bool, value string) (string, []string) {
	var kinds []string
	for _, f := range fixes {
		if !c.is(f.of) || f.kind == "text.trailing-blanks" && c.is(sample|oneLine) {
			continue
		}
		var fixed string
		switch {
		case f.kind == "text.end-blanks":
			fixed = end(c, value)
		case f.kind == "text.trailing-blanks" && md:
			fixed = blankEndsOfMarkdown(value)
		default:
			fixed = f.fix(value)
		}
		// A value of which nothing is left says something else: that it is missing.
		if fixed != value && (strings.TrimSpace(fixed) != "" || !c.is(required)) {
			value, kinds = fixed, append(kinds, f.kind)
		}
	}
	return value, kinds
}

var (
	terminal     = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])`)
	lineBreaks   = regexp.MustCompile(`[ \t]*[\n\t]+[ \t]*`)
	trademark    = regexp.MustCompile(`[\s\p{Z}\x{FEFF}]+([™®])`)
	address      = regexp.MustCompile(`^(?i:https?)://[^\s<>]+(?: [^\s<>]+)*>?$`)
	separators   = regexp.MustCompile(`[\pP\pZ\s]`)
	instanceType = regexp.MustCompile(`^ml\.[a-z0-9-]+\.[a-z0-9-]+$`)
	arnStart     = regexp.MustCompile(`^(?i:arn:aws:(?:sagemaker:[a-z0-9-]+:[0-9]{12}:(?:model-package|algorithm)|iam::[0-9]{12}:role))/`)
	regionWords  = regexp.MustCompile(`^([a-z]{2})[-_ ]?([a-z]+)[-_ ]?([0-9])$`)
	notLetters   = regexp.MustCompile(`[-_\s]`)
)

func without(s string, refused func(rune) bool) string {
	return strings.Map(func(c rune) rune {
		if refused(c) {
			return -1
		}
		return c
	}, s)
}

func refusedControl(c rune) bool { return unicode.IsControl(c) && c != '\t' && c != '\n' }

// lineEnds are those of other systems, and those that a word processor writes.
func lineEnds(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
}

func oddSpaces(s string) string {
	return strings.Map(func(c rune) rune {
		if c != '\t' && c != '\n' && rule.Blank(c) {
			return ' '
		}
		return c
	}, s)
}

func fullWidth(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '！' && c <= '～' {
			return c - '！' + '!'
		}
		return c
	}, s)
}

// end leaves out blanks at the end; but of a text of many lines its last line end.
func end(c class, s string) string {
	bare := strings.TrimRightFunc(s, rule.Blank)
	if !c.is(ascii|oneLine|url|names) && strings.HasSuffix(s, "\n") {
		return bare + "\n"
	}
	return bare
}

// blankEnds leaves out blanks at the ends of lines.
func blankEnds(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines[:len(lines)-1] {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}

// blankEndsOfMarkdown leaves two blanks before a line: they break it.
func blankEndsOfMarkdown(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines[:len(lines)-1] {
		bare := strings.TrimRight(lines[i], " \t")
		if bare != "" && strings.HasSuffix(lines[i], "  ") && strings.TrimSpace(lines[i+1]) != "" {
			bare += "  "
		}
		lines[i] = bare
	}
	return strings.Join(lines, "\n")
}

func arnCase(s string) string {
	start := arnStart.FindString(s)
	return strings.ToLower(start) + s[len(start):]
}

func regionSpelling(s string) string {
	m := regionWords.FindStringSubmatch(strings.ToLower(s))
	if m == nil {
		return s
	}
	if found := version.Region(m[1] + "-" + m[2] + "-" + m[3]); found.Known() {
		return string(found)
	}
	return s
}

// spelt returns a fix that knows words whatever their case and their dashes.
func spelt(words ...string) func(string) string {
	return func(s string) string {
		if slices.Contains(words, s) {
			return s
		}
		for _, word := range words {
			if fold(word) == fold(s) {
				return word
			}
		}
		return s
	}
}

// fold leaves out what different spellings of one name differ in.
func fold(s string) string { return strings.ToLower(notLetters.ReplaceAllString(s, "")) }
