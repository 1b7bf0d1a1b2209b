package lifecycle_test

import (
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
	"text.no-placeholders", "text.valid-utf-8", "version.number-ascii", "adopt.other-terms", "adopt.released", "command.by", "command.known", "create.name", "create.once", "discard.from-draft", "edit.from-draft-or-test", "pricing.dimension", "reconcile.own-product", "request.cancel", "support.end",
	"version.known", "version.one-per-request", "version.status",
}

// The file has every rule that the seller guide and the Catalog API state for
// a machine learning listing. Each is a rule here, and none is here that is
// not known of.
func TestEveryStatedRuleIsARule(t *testing.T) {
	data, err := os.ReadFile("testdata/rules.txt")
	require.NoError(t, err)
	stated := strings.Fields(string(data))
	require.Len(t, stated, 97)
	var ids []string
	for _, r := range everyRule() {
		ids = append(ids, r.ID)
	}
	assert.ElementsMatch(t, slices.Concat(stated, beyond), ids)
}

// everyRule returns the rules of documents and moves in the order of their
// ids, each once.
func everyRule() []rule.Rule {
	rules := slices.Concat(listing.Rules(), lifecycle.Rules())
	slices.SortStableFunc(rules, func(a, b rule.Rule) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(rules, func(a, b rule.Rule) bool { return a.ID == b.ID })
}

// TestCatalogue refuses and accepts every rule once: what is refused breaks the
// rule and no other, what is accepted breaks none.
func TestCatalogue(t *testing.T) {
	entries := map[string]int{}
	for _, e := range catalogue {
		entries[e.rule.ID]++
		t.Run(e.rule.ID, func(t *testing.T) {
			t.Parallel()
			refused := e.refused.findings(t)
			if e.rule.Severity == rule.Should {
				require.NoError(t, refused.Err(), "advice never blocks")
			}
			broken := violationsOf(refused, e.rule)
			require.NotEmpty(t, broken, e.refused.says)
			for _, v := range broken {
				require.NotEmpty(t, v.Problem)
				require.NotEmpty(t, v.Remedy)
			}
			for _, v := range refused.Violations {
				require.Contains(t, append(e.also, e.rule), v.Rule, e.refused.says)
			}

			accepted := e.accepted.findings(t)
			require.NoError(t, accepted.Err(), e.accepted.says)
			require.Empty(t, violationsOf(accepted, e.rule), e.accepted.says)
			require.NotContains(t, notChecked(accepted), e.rule, "accepted for want of a fact")
		})
	}
	for _, r := range everyRule() {
		assert.Equal(t, 1, entries[r.ID], "entries of %s", r.ID)
	}
	assert.Len(t, entries, len(everyRule()))
}

// violationsOf returns where the rule is broken, in the way or as advice.
func violationsOf(f rule.Findings, r rule.Rule) rule.Violations {
	return slices.DeleteFunc(slices.Concat(f.Violations, f.Advice), func(v rule.Violation) bool { return v.Rule != r })
}
