// Package rulestest has what the tests of rules share: values at a limit, and
// checks of what was found.
package rulestest

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// Text returns n characters of two bytes each, so that a limit counted in bytes
// would show.
func Text(n int) string { return strings.Repeat("é", n) }

// Address returns an https address of n characters.
func Address(n int) string {
	const site = "https://example.com/"
	return site + strings.Repeat("a", n-len(site))
}

// Hosts returns addresses whose hosts are at the limits of the marketplace, each
// with whether the marketplace takes it.
func Hosts() map[string]bool {
	return map[string]bool{
		"https://.com":                   false,
		"https://a.com":                  true,
		"https://" + a(256) + ".com":     true,
		"https://" + a(257) + ".com":     false,
		"https://www." + a(256) + ".com": true,
		"https://example.c":              false,
		"https://example.de":             true,
		"https://example." + a(63):       true,
		"https://example." + a(64):       false,
	}
}

func a(n int) string { return strings.Repeat("a", n) }

// Cases counts the cases of a table by rule.
type Cases struct{ breaking, keeping map[string]int }

// Add counts a case that breaks the rule at the paths, or keeps it if there are
// none.
func (c *Cases) Add(r rule.Rule, paths []string) {
	if c.breaking == nil {
		c.breaking, c.keeping = map[string]int{}, map[string]int{}
	}
	if len(paths) > 0 {
		c.breaking[r.ID]++
	} else {
		c.keeping[r.ID]++
	}
}

// Cover fails the test for each of the rules that no case breaks or no case
// keeps, unless it is among those that have tests of their own.
func (c *Cases) Cover(t testing.TB, rules []rule.Rule, elsewhere ...rule.Rule) {
	t.Helper()
	skip := map[string]bool{}
	for _, r := range elsewhere {
		skip[r.ID] = true
	}
	for _, r := range rules {
		if !skip[r.ID] {
			assert.NotZero(t, c.breaking[r.ID], "no case breaks %s", r.ID)
			assert.NotZero(t, c.keeping[r.ID], "no case keeps %s", r.ID)
		}
	}
}

// Finds fails the test unless the rule is broken at the paths, and no other rule
// that blocks is. Without paths, nothing may block.
func Finds(t testing.TB, found rule.Findings, r rule.Rule, paths []string) {
	t.Helper()
	var advised, broken []string
	for _, v := range found.Advice {
		assert.Equal(t, rule.Should, v.Rule.Severity)
		if v.Rule == r {
			advised = append(advised, v.Path)
		}
	}
	for _, v := range found.Violations {
		assert.Equal(t, r, v.Rule, "%v", v)
		assert.NotEmpty(t, v.Problem)
		assert.NotEmpty(t, v.Remedy)
		oneTooMany(t, v)
		broken = append(broken, v.Path)
	}
	if r.Severity == rule.Should || paths == nil {
		require.NoError(t, found.Err())
		assert.Equal(t, paths, advised)
		return
	}
	require.ErrorIs(t, found.Err(), r)
	assert.Equal(t, paths, broken)
}

// Texts fails the test unless each rule of the table is among the rules, and stands there
// once: a text whose rule nobody checks would stay unnoticed.
func Texts(t testing.TB, texts rule.Table, rules []rule.Rule) {
	t.Helper()
	ids := map[string]bool{}
	for _, r := range texts {
		assert.Contains(t, rules, r)
		assert.False(t, ids[r.ID], "%s is there twice", r.ID)
		ids[r.ID] = true
	}
	assert.NotEmpty(t, ids)
}

var tooLong = regexp.MustCompile(`(\d+) characters.* (\d+) are allowed`)

// oneTooMany fails the test for a text that is too long, as tables have it by
// one, if the violation counts otherwise.
func oneTooMany(t testing.TB, v rule.Violation) {
	t.Helper()
	m := tooLong.FindStringSubmatch(v.Problem)
	if m == nil {
		return
	}
	has, err := strconv.Atoi(m[1])
	require.NoError(t, err)
	assert.Equal(t, strconv.Itoa(has-1), m[2], "%v", v)
	if strings.HasPrefix(v.Remedy, "shorten ") {
		assert.True(t, strings.HasSuffix(v.Remedy, " by 1"), "%v", v)
	}
}

// Whole fails the test unless every rule is filled in and appears once, with an
// ID that matches the pattern, and the caller can change none of them.
func Whole(t testing.TB, rules func() []rule.Rule, id string) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range rules() {
		assert.False(t, seen[r.ID], "%s stands twice", r.ID)
		seen[r.ID] = true
		assert.Regexp(t, id, r.ID)
		assert.Contains(t, []rule.Severity{rule.Must, rule.Should}, r.Severity)
		assert.NotEmpty(t, r.Statement)
		assert.NotEmpty(t, r.Remedy)
		assert.True(t, r.Sources.Dated() || r.Source != "", "%s has no source", r.ID)
	}
	given := rules()
	given[0] = rule.Rule{}
	assert.NotEqual(t, given[0], rules()[0], "the caller could change the rules")
}
