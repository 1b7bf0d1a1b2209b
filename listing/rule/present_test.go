package rule_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/listing/rule"
)

func sample() rule.Findings {
	must := rule.Rule{ID: "a.must", Severity: rule.Must}
	should := rule.Rule{ID: "b.should", Severity: rule.Should}
	other := rule.Rule{ID: "c.should", Severity: rule.Should}
	return rule.Findings{
		Violations: rule.Violations{{Rule: must, Path: "title", Problem: "is missing", Remedy: "give one"}},
		Advice:     rule.Violations{{Rule: should, Path: "alpha", Problem: "is odd"}, {Rule: other, Path: "beta", Problem: "is odd"}},
		NotChecked: []rule.Gap{{Rule: must, Missing: "the seller", Why: "the address does not answer"}},
	}
}

func TestRefuse(t *testing.T) {
	f := sample()
	all := f.Refuse()
	assert.Empty(t, all.Advice)
	require.Len(t, all.Violations, 3)
	assert.Equal(t, "alpha", all.Violations[0].Path, "in order")
	one := f.Refuse(f.Advice[1].Rule)
	assert.Len(t, one.Advice, 1)
	require.ErrorIs(t, one.Err(), f.Advice[1].Rule)
	assert.Equal(t, f.NotChecked, one.NotChecked)
	assert.Equal(t, sample(), f, "the findings themselves are as they were")
}

func ExampleFindings_Table() {
	fmt.Print(sample().Table())
	// Output:
	// must         title      a.must    is missing  give one
	// should       alpha      b.should  is odd
	// should       beta       c.should  is odd
	// not checked  (listing)  a.must    the seller  the address does not answer
}

func ExampleFindings_String() {
	fmt.Println(sample())
	fmt.Println(rule.Findings{})
	// Output:
	// violations:
	// 	title: is missing; give one (a.must)
	// advice:
	// 	alpha: is odd (b.should)
	// 	beta: is odd (c.should)
	// not checked:
	// 	the seller (a.must): the address does not answer
	// nothing found
}

// One long value does not make the whole table long, and none forges a line.
func TestTableIsAsNarrowAsItsCells(t *testing.T) {
	t.Parallel()
	found := rule.Findings{Violations: rule.Violations{{Rule: rule.Rule{ID: "a.b"}, Path: strings.Repeat("é", 400_000), Problem: "x\nmust  title  a.b\x1b[31m\u202e\xff", Remedy: "y"}}}
	for range 1_000 {
		found.Violations = append(found.Violations, rule.Violation{Rule: rule.Rule{ID: "a.b"}, Path: "p", Problem: "q", Remedy: "r"})
	}
	table := found.Table()
	assert.Less(t, len(table), 1_001*600)
	lines := strings.Split(strings.TrimSuffix(table, "\n"), "\n")
	assert.Len(t, lines, 1_001)
	for _, raw := range []string{"\x1b", "\u202e", "\xff\xff"} {
		assert.NotContains(t, table, raw)
	}
	assert.True(t, utf8.ValidString(table))
	for _, line := range lines {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 4*161+20)
	}
}
