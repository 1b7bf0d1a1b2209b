package rule

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Text reports a text that is missing, has more than max characters, or starts
// with white space. Characters are Unicode code points, as the marketplace
// counts them. A text in which nothing is [Visible] is missing.
func (r *Report) Text(path, value string, max int) {
	if !Visible(value) {
		r.Broken(path, "is missing")
		return
	}
	r.OptionalText(path, value, max)
}

// OptionalText is like Text, for a text that may be empty.
func (r *Report) OptionalText(path, value string, max int) {
	if value != "" && !Visible(value) {
		r.BrokenRemedy(path, "remove it, or write something", "has nothing that can be seen")
		return
	}
	if n := utf8.RuneCountInString(value); n > max {
		r.BrokenRemedy(path, fmt.Sprintf("shorten it by %d", n-max), "has %d characters, %d are allowed", n, max)
	}
	if first, _ := utf8.DecodeRuneInString(value); value != "" && unicode.IsSpace(first) {
		r.BrokenRemedy(path, "remove the leading white space", "starts with white space")
	}
}

// Count reports a list of n entries if n is less than min or more than max. It
// reports whether the entries are to be looked at: a list that is too long must be
// made shorter first.
func (r *Report) Count(path string, n, min, max int) bool {
	switch {
	case n < min:
		r.Broken(path, "has %d entries, at least %d needed", n, min)
	case n > max:
		r.BrokenRemedy(path, fmt.Sprintf("remove %d", n-max), "has %d entries, %d are allowed", n, max)
	}
	return n <= max
}

// Unique reports every entry of the list at path that reads the same as an entry
// before it, by [Read].
func Unique[S ~string](r *Report, path string, values []S) {
	const few = 16 // that are compared with each other rather than put into a map
	var first map[string]int
	if len(values) > few {
		first = make(map[string]int, len(values))
	}
	for i, v := range values {
		read := Read(string(v))
		at, seen := first[read]
		if first == nil {
			at = slices.IndexFunc(values[:i], func(s S) bool { return Read(string(s)) == read })
			seen = at >= 0
		}
		if seen {
			entry := r.In(path, i)
			entry.BrokenRemedy("", "remove it", "repeats %s (%q)", document.Entry(path, at), Shorten(string(v)))
		} else if first != nil {
			first[read] = i
		}
	}
}

// Address returns an address as it may be printed or logged: shortened, and without
// user, query and fragment, which can hold secrets such as a signature. "…" stands for
// each that is left out.
func Address(value string) string { return Shorten(withoutSecrets(value)) }

// Addresses returns a text with every http and https address in it without user, query
// and fragment, as [Address] leaves them out: for what others say, which may repeat an
// address that it was given.
func Addresses(text string) string { return address.ReplaceAllStringFunc(text, withoutSecrets) }

// withoutSecrets leaves out the user first: a password may have what begins a query.
func withoutSecrets(address string) string {
	start := strings.Index(address, "//") + len("//")
	if start < len("//") || strings.ContainsAny(address[:start], "?#") {
		start = 0
	}
	rest, path, slash := strings.Cut(address[start:], "/")
	if user := strings.LastIndex(rest, "@"); user >= 0 && (start != 0 || strings.Contains(rest[:user], ":")) {
		rest = "…" + rest[user:]
	}
	if slash {
		rest += "/" + path
	}
	if cut := strings.IndexAny(rest, "?#"); cut >= 0 {
		rest = rest[:cut+1] + "…"
	}
	return address[:start] + rest
}

// address is an address in a text. It ends where no address can go on.
var address = regexp.MustCompile(`(?i)https?://[^\s"<>\x60]+`)

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
	if !PlainHTTPS(value) {
		r.https(path, value)
	}
}

func (r *Report) https(path, value string) {
	parsed, err := url.Parse(value)
	if err != nil || parsed.User != nil ||
		strings.ContainsFunc(value, unicode.IsSpace) || !marketplaceURL.MatchString(value) {
		r.BrokenRemedy(path, "give an address such as https://example.com/file", "%q is not an https address that the marketplace accepts", Address(value))
		return
	}
	r.Plain(path, value)
}

// Plain reports an address that is not what it looks like or gives something away:
// one with white space other than a space, invisible characters, quotes or angle brackets, a host
// that is not ASCII, a port that does not exist, or a user and password.
func (r *Report) Plain(path, value string) {
	parsed, err := url.Parse(value)
	if err != nil {
		r.Broken(path, "%q is not an address", Address(value))
		return
	}
	if i := strings.IndexFunc(value, func(c rune) bool {
		return c != ' ' && Blank(c) || invisible(c) || strings.ContainsRune("\"'`<>\\«»“”„‘’‚‹›", c)
	}); i >= 0 {
		c, _ := utf8.DecodeRuneInString(value[i:])
		r.BrokenRemedy(path, "remove it, or write it as %XX", "has the character %U, which an address does not have", c)
		return
	}
	if strings.IndexFunc(parsed.Host, func(c rune) bool { return c > unicode.MaxASCII }) >= 0 {
		r.BrokenRemedy(path, "write the host in its ASCII form", "has the host %q, which is not ASCII", Shorten(parsed.Host))
	}
	if port := parsed.Port(); port != "" {
		if n, _ := strconv.Atoi(port); n < 1 || n > 65_535 {
			r.BrokenRemedy(path, "leave out the port", "has the port %s, which does not exist", Shorten(port))
		}
	}
	if parsed.User != nil {
		r.BrokenRemedy(path, "leave them out: everyone can read the listing", "has a user or a password")
	}
}

// Shorten returns value, or its first 60 characters and "…" if it is longer. Use
// it to quote a value in a problem.
func Shorten(value string) string { return document.Cut(value, 60) }
