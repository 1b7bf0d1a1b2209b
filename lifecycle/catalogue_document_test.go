package lifecycle_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// docs/rules.md is the catalogue as a page. UPDATE_GOLDEN=1 writes it again.
func TestGoldenRulesDocument(t *testing.T) {
	const file = "../docs/rules.md"
	page := rulesDocument(t)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(file, []byte(page), 0o644))
	}
	is, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, page, string(is), "run make golden")
}

const rulesIntroduction = `# The rules

Every rule that this library applies, in the order of their ids: what it says, what
puts it right, where it comes from, an example that it refuses or advises on, with the
lines that you get, and one beside it that it accepts. This page is written from the code
and its tests: ` + "`make golden`" + `.

**Each source has its date.** The seller guide of %s is what this library implements: what
it states stays a rule, even where today's portal asks for less. Where it is silent, the
documentation of %s decides, and the shapes of the Catalog API of %s. Sections without a
page are those of "Publishing your product in AWS Marketplace". %d of %d rules have dated
sources, of a document or a reason; %d are marked **differs**, because the guide of 2022
and the documentation of 2026 do not say the same: see
[What changed since the guide of 2022](changes-since-2022.md).

No text that has to be given begins with white space (shapes: the patterns of the texts).

Groups: %s.

## How to use them

**Ids never change.** They are the same in code, in JSON and in the text of an error.
Each rule is a variable, and an error matches every rule that was broken:

<!-- code: guides/rules_test.go#match -->
` + "```go" + `
_, err := manager.Do(ctx, id, lifecycle.Submit{})
fmt.Println(errors.Is(err, listing.RuleTitle))           // whether this rule is broken
fmt.Println(errors.Is(err, rule.Rule{ID: "info.title"})) // the same, by its id

var broken rule.Violations
errors.As(err, &broken) // all of them, each with its path
` + "```" + `

**A line** is the path of the field, what is wrong, what would put it right, and the id.
In JSON the same violation is:

` + "```json\n%s\n```" + `

**A *must* stands in the way; a *should* is advice.** Advice comes back beside the
violations, in ` + "`Findings.Advice`" + `, and is never an error. To make an order of it, name
the rule in ` + "`lifecycle.Policy`" + `, or call ` + "`Findings.Refuse`" + `.

**What is not known is not judged.** A rule that needs a fact which nobody has, such as the
instance types of a resource, is named in ` + "`Findings.NotChecked`" + `.
`

// rulesDocument writes the page. The lines of refused examples are what the
// library says of them now.
func rulesDocument(t *testing.T) string {
	t.Helper()
	entries := map[string]entry{}
	for _, e := range catalogue {
		entries[e.rule.ID] = e
	}
	var groups []string
	var rules strings.Builder
	dated, differ := 0, 0
	for _, r := range everyRule() {
		if group, _, _ := strings.Cut(r.ID, "."); !slices.Contains(groups, group) {
			groups = append(groups, group)
			fmt.Fprintf(&rules, "\n## %s\n", group)
		}
		e, found := entries[r.ID]
		require.True(t, found, "%s has no examples", r.ID)
		broken := violationsOf(e.refused.findings(t), r)
		require.NotEmpty(t, broken, "%s breaks nothing", e.refused.says)
		fmt.Fprintf(&rules, "\n### %s\n\n*%s*: %s.\n\n", r.ID, r.Severity, markdown(r.Statement))
		fmt.Fprintf(&rules, "- Remedy: %s\n- Sources: %s\n", markdown(r.Remedy), markdown(r.Sources.String()))
		if r.Sources.Dated() {
			dated++
		}
		if r.Sources.Changed != "" {
			differ++
			fmt.Fprintf(&rules, "- **differs**: %s\n", markdown(r.Sources.Changed))
		}
		verdict := "Refused"
		if r.Severity == rule.Should {
			verdict = "Advised on"
		}
		fmt.Fprintf(&rules, "- %s: %s\n  ```text\n", verdict, markdown(e.refused.says))
		for _, v := range broken {
			fmt.Fprintf(&rules, "  %s\n", v)
		}
		fmt.Fprintf(&rules, "  ```\n- Accepted: %s\n", markdown(e.accepted.says))
	}
	for i, group := range groups {
		groups[i] = fmt.Sprintf("[%s](#%[1]s)", group)
	}
	sample, err := json.MarshalIndent(violationsOf(entries[listing.RuleTitle.ID].refused.findings(t), listing.RuleTitle)[0], "", "  ")
	require.NoError(t, err)
	return fmt.Sprintf(rulesIntroduction, rule.Edition, rule.EditionToday, rule.EditionShapes, dated, len(everyRule()), differ,
		strings.Join(groups, ", "), sample) + rules.String()
}

// docs/changes-since-2022.md is made of the sources of the rules.
func TestGoldenChangesDocument(t *testing.T) {
	var page strings.Builder
	fmt.Fprintf(&page, `# What changed since the guide of 2022

Where the seller guide of %s and the documentation of %s do not say the same, rule by
rule. What the guide of 2022 states stays a rule of this library; where it is silent,
today's documentation decides. This page is written from the sources of the
[rules](rules.md): `+"`make golden`"+`.

| rule | what changed | 2022 | 2026 |
|---|---|---|---|
`, rule.Edition, rule.EditionToday)
	rows := 0
	for _, r := range everyRule() {
		if r.Sources.Changed == "" {
			continue
		}
		rows++
		then, now := r.Sources, r.Sources
		then = rule.Sources{Guide2022: then.Guide2022}
		now.Guide2022, now.Changed = "", ""
		cell := func(s rule.Sources) string {
			if !s.Dated() {
				return "–"
			}
			return markdown(s.String())
		}
		fmt.Fprintf(&page, "| [%s](rules.md#%s) | %s | %s | %s |\n", r.ID, anchor(r.ID), markdown(r.Sources.Changed), cell(then), cell(now))
	}
	require.Greater(t, rows, 15)
	golden.Equal(t, "../docs/changes-since-2022.md", page.String())
}

// anchor is what a heading is found by on the page.
func anchor(id string) string { return strings.ReplaceAll(id, ".", "") }

// Every rule of the library has a source with its date.
func TestEveryRuleHasDatedSources(t *testing.T) {
	all := everyRule()
	for _, r := range all {
		assert.True(t, r.Sources.Dated(), r.ID)
		assert.Empty(t, r.Source, "%s: that is for rules of the caller's own", r.ID)
		if r.Sources.Changed != "" {
			now := r.Sources
			now.Guide2022, now.Changed = "", ""
			assert.True(t, r.Sources.Guide2022 != "" || now.Dated(), r.ID)
		}
	}
	t.Logf("%d of %d rules have dated sources", len(all), len(all))
}

// markdown keeps a text as it is where Markdown would read signs in it: the
// <name> of a pattern would vanish as an unknown tag.
func markdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "<", `\<`, "*", `\*`, "`", "\\`", "[", `\[`).Replace(text)
}
