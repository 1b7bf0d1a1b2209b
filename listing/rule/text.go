package rule

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Text reports the usual faults of a required text: missing, longer than max
// characters, or starting with white space. Characters are Unicode code
// points, as the marketplace counts them.
func (r *Report) Text(path, value string, max int) {
	if strings.TrimSpace(value) == "" {
		r.Broken(path, "is missing")
		return
	}
	r.OptionalText(path, value, max)
}

// OptionalText is Text for a value that may be empty.
func (r *Report) OptionalText(path, value string, max int) {
	if n := utf8.RuneCountInString(value); n > max {
		r.BrokenRemedy(path, fmt.Sprintf("shorten it by %d", n-max), "has %d characters, %d are allowed", n, max)
	}
	if first, _ := utf8.DecodeRuneInString(value); value != "" && unicode.IsSpace(first) {
		r.BrokenRemedy(path, "remove the leading white space", "starts with white space")
	}
}

// Count reports a list that has fewer than min or more than max items.
func (r *Report) Count(path string, n, min, max int) {
	switch {
	case n < min:
		r.Broken(path, "has %d entries, at least %d needed", n, min)
	case n > max:
		r.BrokenRemedy(path, fmt.Sprintf("remove %d", n-max), "has %d entries, %d are allowed", n, max)
	}
}

// Unique reports every value that stands in the list twice, at its second
// place.
func (r *Report) Unique(path string, values []string) {
	first := make(map[string]int, len(values))
	for i, v := range values {
		if at, seen := first[v]; seen {
			r.BrokenRemedy(document.Entry(path, i), "remove it", "repeats %s (%q)", document.Entry(path, at), v)
			continue
		}
		first[v] = i
	}
}

// marketplaceURL is what the Catalog API takes for an https address. It has no
// end anchor there, so the rest of the value is left to net/url.
var marketplaceURL = regexp.MustCompile(`^https://(www\.)?[-a-zA-Z0-9@._]{1,256}\.[a-zA-Z0-9()]{2,63}\b`)

// HTTPS reports a required address that is not an absolute https URL of at
// most max characters with a dotted host name, as the marketplace demands.
func (r *Report) HTTPS(path, value string, max int) {
	if value == "" {
		r.Broken(path, "is missing")
		return
	}
	r.OptionalHTTPS(path, value, max)
}

// OptionalHTTPS is HTTPS for a value that may be empty.
func (r *Report) OptionalHTTPS(path, value string, max int) {
	if value == "" {
		return
	}
	if n := utf8.RuneCountInString(value); n > max {
		r.BrokenRemedy(path, fmt.Sprintf("shorten it by %d", n-max), "has %d characters, %d are allowed", n, max)
		return
	}
	parsed, err := url.Parse(value)
	if err != nil || parsed.Scheme != "https" || parsed.User != nil ||
		strings.ContainsFunc(value, unicode.IsSpace) || !marketplaceURL.MatchString(value) {
		r.BrokenRemedy(path, "give an address such as https://example.com/file", "%q is not an https address that the marketplace takes", Shorten(value))
	}
}

// Shorten cuts a value to what fits into an error message.
func Shorten(value string) string {
	const most = 60
	if utf8.RuneCountInString(value) <= most {
		return value
	}
	return string([]rune(value)[:most]) + "…"
}
