package lifecycle_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// beyond are rules that the marketplace states less directly, or that this
// library needs to say something with.
var beyond = []string{
	"command.known", "create.once", "edit.from-draft-or-test", "pricing.dimension", "request.cancel", "support.end",
	"version.known", "version.one-per-request", "version.status",
}

// The file has every rule that the seller guide and the Catalog API state for
// a machine learning listing. Each is a rule here, and none is here that is
// not known of. That each has an accepted and a refused case is seen to by
// TestRule and, in the packages of the document, TestEveryRuleAtItsBoundary.
func TestEveryStatedRuleIsARule(t *testing.T) {
	data, err := os.ReadFile("testdata/rules.txt")
	require.NoError(t, err)
	stated := strings.Fields(string(data))
	require.Len(t, stated, 95)
	var ids []string
	for _, r := range everyRule() {
		ids = append(ids, r.ID)
	}
	for _, id := range stated {
		assert.Contains(t, ids, id, "stated, but not a rule")
	}
	for _, id := range ids {
		assert.Contains(t, slices.Concat(stated, beyond), id, "a rule that nobody states")
	}
	for _, id := range beyond {
		assert.NotContains(t, stated, id)
	}
}

// everyRule returns the rules of documents and moves in the order of their
// ids, each once.
func everyRule() []rule.Rule {
	rules := slices.Concat(listing.Rules(), lifecycle.Rules())
	slices.SortStableFunc(rules, func(a, b rule.Rule) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(rules, func(a, b rule.Rule) bool { return a.ID == b.ID })
}

// docs/rules.md is the catalogue as a page. UPDATE_GOLDEN=1 writes it again.
func TestGoldenRulesDocument(t *testing.T) {
	const file = "../docs/rules.md"
	var b strings.Builder
	b.WriteString("# The rules\n\n" +
		"Every rule that this library applies, in the order of their ids. Ids are stable: match\n" +
		"on them with `errors.Is`, find them in JSON. A *must* stands in the way; a *should* is\n" +
		"advice, unless you make it an order with `lifecycle.House`. Sections of the seller\n" +
		"guide are those of its edition of " + rule.Edition + ", unless a source says otherwise. This page is\n" +
		"written from the code: `make golden`.\n")
	group := ""
	for _, r := range everyRule() {
		if prefix, _, _ := strings.Cut(r.ID, "."); prefix != group {
			group = prefix
			fmt.Fprintf(&b, "\n## %s\n", group)
		}
		fmt.Fprintf(&b, "\n**%s** (%s): %s.\nRemedy: %s. Source: %s.\n", r.ID, r.Severity, r.Statement, r.Remedy, r.Source)
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	is, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(is), "run make golden")
}
