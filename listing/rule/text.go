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

// Text reports a text that is missing, has more than max characters, or starts
// with white space. Characters are Unicode code points, as the marketplace
// counts them. A text of white space only is missing.
func (r *Report) Text(path, value string, max int) {
	if strings.TrimSpace(value) == "" {
		r.Broken(path, "is missing")
		return
	}
	r.OptionalText(path, value, max)
}

// OptionalText is like Text, for a text that may be empty.
func (r *Report) OptionalText(path, value string, max int) {
	if n := utf8.RuneCountInString(value); n > max {
		r.BrokenRemedy(path, fmt.Sprintf("shorten it by %d", n-max), "has %d characters, %d are allowed", n, max)
	}
	if first, _ := utf8.DecodeRuneInString(value); value != "" && unicode.IsSpace(first) {
		r.BrokenRemedy(path, "remove the leading white space", "starts with white space")
	}
}

// Count reports a list of n entries if n is less than min or more than max.
func (r *Report) Count(path string, n, min, max int) {
	switch {
	case n < min:
		r.Broken(path, "has %d entries, at least %d needed", n, min)
	case n > max:
		r.BrokenRemedy(path, fmt.Sprintf("remove %d", n-max), "has %d entries, %d are allowed", n, max)
	}
}

// Unique reports every entry of the list at path that has the same value as an
// entry before it.
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

// marketplaceURL is the pattern of the Catalog API for an https address. It has
// no end anchor there either; net/url checks the rest of the value.
var marketplaceURL = regexp.MustCompile(`^https://(www\.)?[-a-zA-Z0-9@._]{1,256}\.[a-zA-Z0-9()]{2,63}\b`)

// HTTPS reports an address that is missing or has more than max characters, and
// one that is not an absolute https URL with a dot in its host name, as the
// marketplace requires.
func (r *Report) HTTPS(path, value string, max int) {
	if value == "" {
		r.Broken(path, "is missing")
		return
	}
	r.OptionalHTTPS(path, value, max)
}

// OptionalHTTPS is like HTTPS, for an address that may be empty.
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
		r.BrokenRemedy(path, "give an address such as https://example.com/file", "%q is not an https address that the marketplace accepts", Shorten(value))
	}
}

// Shorten returns value, or its first 60 characters and "…" if it is longer. Use
// it to quote a value in a problem.
func Shorten(value string) string {
	const most = 60
	if utf8.RuneCountInString(value) <= most {
		return value
	}
	return string([]rune(value)[:most]) + "…"
}
