package rule_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/internal/rulestest"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// lines are the violations without rule id: what a reader is told.
func lines(found rule.Findings) []string {
	out := []string{}
	for _, v := range found.Violations {
		out = append(out, v.Path+": "+v.Problem+"; "+v.Remedy)
	}
	return out
}

func TestReporters(t *testing.T) {
	t.Parallel()
	const missing, blank = "f: is missing; close it", "f: starts with white space; remove the leading white space"
	const long = "f: has 6 characters, 5 are allowed; shorten it by 1"
	notHTTPS := func(value string) string {
		return `f: "` + value + `" is not an https address that the marketplace accepts; give an address such as https://example.com/file`
	}
	text := func(value string) func(*rule.Report) {
		return func(r *rule.Report) { r.Text("f", value, 5) }
	}
	optional := func(value string) func(*rule.Report) {
		return func(r *rule.Report) { r.OptionalText("f", value, 5) }
	}
	count := func(n int) func(*rule.Report) {
		return func(r *rule.Report) { r.Count("f", n, 1, 3) }
	}
	unique := func(values ...string) func(*rule.Report) {
		return func(r *rule.Report) { rule.Unique(r, "f", values) }
	}
	https := func(value string) func(*rule.Report) {
		return func(r *rule.Report) { r.HTTPS("f", value, 30) }
	}
	for name, tc := range map[string]struct {
		report func(*rule.Report)
		want   []string
	}{
		"text at its limit":                  {text("12345"), nil},
		"text at its limit, not ASCII":       {text("äöü™😀"), nil},
		"text over its limit":                {text("123456"), []string{long}},
		"text over its limit, not ASCII":     {text("äöü™😀é"), []string{long}},
		"text of combining marks":            {text("e\u0301e\u0301e\u0301"), []string{long}},
		"no text":                            {text(""), []string{missing}},
		"text of blanks":                     {text(" \t\n"), []string{missing}},
		"text after a blank":                 {text(" a"), []string{blank}},
		"text after a no-break space":        {text("\u00a0a"), []string{blank}},
		"text after a line feed, and long":   {text("\n12345"), []string{long, blank}},
		"text with a blank behind":           {text("a "), nil},
		"text that is not UTF-8":             {text("\xff"), nil},
		"optional text left out":             {optional(""), nil},
		"optional text at its limit":         {optional("12345"), nil},
		"optional text over its limit":       {optional("123456"), []string{long}},
		"optional text of blanks":            {optional(" "), []string{"f: has nothing that can be seen; remove it, or write something"}},
		"count below":                        {count(0), []string{"f: has 0 entries, at least 1 needed; close it"}},
		"count at the lower limit":           {count(1), nil},
		"count at the upper limit":           {count(3), nil},
		"count above":                        {count(5), []string{"f: has 5 entries, 3 are allowed; remove 2"}},
		"no values":                          {unique(), nil},
		"different values":                   {unique("a", "b", "A", ""), nil},
		"repeated values":                    {unique("a", "b", "a", "a"), []string{`f[2]: repeats f[0] ("a"); remove it`, `f[3]: repeats f[0] ("a"); remove it`}},
		"address":                            {https("https://example.com"), nil},
		"address with port, path and query":  {https("https://a.example.com:8/b?c#d"), nil},
		"address at its limit":               {https("https://example.com/" + strings.Repeat("a", 10)), nil},
		"address over its limit":             {https("https://example.com/" + strings.Repeat("a", 11)), []string{"f: has 31 characters, 30 are allowed; shorten it by 1"}},
		"no address":                         {https(""), []string{missing}},
		"address over http":                  {https("http://example.com"), []string{notHTTPS("http://example.com")}},
		"address in capitals":                {https("HTTPS://example.com"), []string{notHTTPS("HTTPS://example.com")}},
		"address without a dot":              {https("https://localhost/a"), []string{notHTTPS("https://localhost/a")}},
		"address without a host":             {https("https:///a.bc"), []string{notHTTPS("https:///a.bc")}},
		"address with a user":                {https("https://me@example.com"), []string{notHTTPS("https://…@example.com")}},
		"address with a blank":               {https("https://example.com/a b"), []string{notHTTPS("https://example.com/a b")}},
		"address with a broken escape":       {https("https://example.com/%zz"), []string{notHTTPS("https://example.com/%zz")}},
		"address after a blank":              {https(" https://example.com"), []string{notHTTPS(" https://example.com")}},
		"address with a short last label":    {https("https://example.c"), []string{notHTTPS("https://example.c")}},
		"address of a script":                {https("javascript:alert(1)"), []string{notHTTPS("javascript:alert(1)")}},
		"address with a host outside ASCII":  {https("https://exämple.com"), []string{notHTTPS("https://exämple.com")}},
		"optional address left out":          {func(r *rule.Report) { r.OptionalHTTPS("f", "", 30) }, nil},
		"optional address that is not https": {func(r *rule.Report) { r.OptionalHTTPS("f", "x", 30) }, []string{notHTTPS("x")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.ElementsMatch(t, tc.want, lines(run(blocking, tc.report)))
		})
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	sixty := strings.Repeat("é", 60)
	assert.Equal(t, sixty, rule.Shorten(sixty))
	assert.Equal(t, sixty+"…", rule.Shorten(sixty+"é"))
	assert.Empty(t, rule.Shorten(""))
	rapid.Check(t, func(t *rapid.T) {
		short := rule.Shorten(rapid.String().Draw(t, "value"))
		assert.LessOrEqual(t, utf8.RuneCountInString(short), 61)
		assert.True(t, utf8.ValidString(short))
	})
}

// The parts of an address are limited one by one, as the marketplace does it.
func TestAddressesAtTheirLimits(t *testing.T) {
	t.Parallel()
	addresses := rulestest.Hosts()
	for _, refused := range []string{
		"https://localhost/https://a.com", "https://example.com_", "http://example.com", "http://example.com/https://a.com",
	} {
		addresses[refused] = false
	}
	for address, valid := range addresses {
		found := run(blocking, func(r *rule.Report) { r.HTTPS("f", address, 1_000) })
		assert.Equal(t, valid, found.Err() == nil, address)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "no address": "no address",
		`LogoUrl "https://b.s3.amazonaws.com/logo.png?X-Amz-Signature=abc#part" is wrong`: `LogoUrl "https://b.s3.amazonaws.com/logo.png?…" is wrong`,
		"HTTPS://me:secret@example.com/a@b, http://example.com#secret":                    "HTTPS://…@example.com/a@b, http://example.com#…",
		"https://example.com/?a='&sig=secret":                                             "https://example.com/?…",
		"https://example.com?a=b@c":                                                       "https://…@c",
		`{"Url":"https://example.com/a?x=1\u0026sig=secret"}`:                             `{"Url":"https://example.com/a?…"}`,
		"https://": "https://", "see https://docs.example.com/page.html.": "see https://docs.example.com/page.html.",
		"https://a.example/?u=https://me:secret@b.example/": "https://a.example/?…",
		strings.Repeat("https://a?", 10_000):                "https://a?…",
	} {
		assert.Equal(t, want, rule.Addresses(text))
		assert.Equal(t, want, rule.Addresses(want), "again")
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://example.com/logo.png":                                 "https://example.com/logo.png",
		"https://b.s3.amazonaws.com/logo.png?X-Amz-Signature=abc#part": "https://b.s3.amazonaws.com/logo.png?…",
		"https://me:secret@example.com/a@b":                            "https://…@example.com/a@b",
		"https://me:se@cret@example.com":                               "https://…@example.com",
		"https://example.com/#secret":                                  "https://example.com/#…",
		"git@example.com:x/y.git":                                      "git@example.com:x/y.git",
		"me:secret@example.com":                                        "…@example.com",
		"https://me:se?cret@example.com/a":                             "https://…@example.com/a",
		"example.com?to=//secret":                                      "example.com?…",
		"":                                                             "",
		"//me:secret@example.com/x":                                    "//…@example.com/x",
		"?secret//b":                                                   "?…",
		"#secret//b":                                                   "#…",
		"https://@example.com/":                                        "https://…@example.com/",
		"https://?secret":                                              "https://?…",
	} {
		assert.Equal(t, want, rule.Address(address))
	}
	assert.Less(t, len(rule.Address("https://example.com/"+strings.Repeat("a", 10_000))), 1_000)
}

// A list is looked through by comparing, or by a map where it is long.
func TestUniqueInListsOfEachLength(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		values := make([]string, n)
		for i := range values {
			values[i] = strings.Repeat("a", i+1)
		}
		find := func() rule.Findings {
			return rule.Run(0, []rule.Check[int]{{Rule: rule.Rule{ID: "own", Severity: rule.Must}, Find: func(_ int, r *rule.Report) { rule.Unique(r, "list", values) }}})
		}
		assert.Empty(t, find().Violations, n)
		if n < 3 {
			continue
		}
		values[n-1] = values[1]
		assert.Len(t, find().Violations, 1, n)
	}
}

// What an address must not have is refused at any place.
func TestPlain(t *testing.T) {
	t.Parallel()
	broken := func(address string) bool {
		return rule.Run(address, []rule.Check[string]{{Rule: rule.Rule{ID: "own", Severity: rule.Must}, Find: func(address string, r *rule.Report) { r.Plain("f", address) }}}).Err() != nil
	}
	for _, c := range "\"'`<>\\«»“”„‘’‚‹›\u00a0\u2003\u200b\u202e" {
		for _, address := range []string{"https://a.de/" + string(c) + "b", "https://a.de/b" + string(c), string(c) + "a"} {
			assert.True(t, broken(address), "%q", address)
		}
	}
	for address, want := range map[string]bool{
		"https://a.de/a b": false, "https://éa.de/": true, "https://aé.de": true, "https://a.de/é": false,
		"https://a.de:0/": true, "https://a.de:1/": false, "https://a.de:65535/": false, "https://a.de:65536/": true,
		"https://a.de:99999999999999999999/": true, "https://u:p@a.de/": true, "https://a.de/%zz": true,
	} {
		assert.Equal(t, want, broken(address), address)
	}
}

// The pattern of the marketplace at its limits, for addresses that are not plain.
func TestHostsAtTheirLimits(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://a.de/?q": true, "https://a.d/?q": false, "https://a.dee/?q": true,
		"https://a." + strings.Repeat("d", 63) + "/?q": true, "https://a." + strings.Repeat("d", 64) + "/?q": false,
		"http://a.de/?q": false, "https://u@a.de/?q": false, "https://a.de/?a b": false,
	} {
		found := rule.Run(address, []rule.Check[string]{{Rule: rule.Rule{ID: "own", Severity: rule.Must}, Find: func(address string, r *rule.Report) { r.HTTPS("f", address, 300) }}})
		assert.Equal(t, want, found.Err() == nil, address)
	}
}
