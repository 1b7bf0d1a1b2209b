package rulestest_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/failing"
	"github.com/shelflife-go/shelflife/internal/rulestest"
	"github.com/shelflife-go/shelflife/listing/rule"
)

var (
	closed = rule.Rule{ID: "box.closed", Severity: rule.Must, Statement: "a box is closed", Remedy: "close it", Source: "house rules"}
	tidy   = rule.Rule{ID: "box.tidy", Severity: rule.Should, Statement: "a box is tidy", Remedy: "tidy it", Source: "house rules"}
)

func broken(r rule.Rule, path, problem, remedy string) rule.Violation {
	return rule.Violation{Rule: r, Path: path, Problem: problem, Remedy: remedy}
}

func TestValuesAreAsLongAsTheySay(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 7, utf8.RuneCountInString(rulestest.Text(7)))
	assert.Len(t, rulestest.Address(40), 40)
}

func TestFinds(t *testing.T) {
	t.Parallel()
	open := rule.Findings{Violations: rule.Violations{broken(closed, "lid", "is open", "close it")}}
	messy := rule.Findings{Advice: rule.Violations{broken(tidy, "floor", "is messy", "tidy it")}}
	long := func(problem, remedy string) rule.Findings {
		return rule.Findings{Violations: rule.Violations{broken(closed, "name", problem, remedy)}}
	}
	for name, c := range map[string]struct {
		found rule.Findings
		rule  rule.Rule
		paths []string
		good  bool
	}{
		"broken":                 {open, closed, []string{"lid"}, true},
		"broken elsewhere":       {open, closed, []string{"side"}, false},
		"broken, none expected":  {open, closed, nil, false},
		"another one broken":     {open, tidy, nil, false},
		"none, expected":         {rule.Findings{}, closed, []string{"lid"}, false},
		"none":                   {rule.Findings{}, closed, nil, true},
		"advice":                 {messy, tidy, []string{"floor"}, true},
		"advice elsewhere":       {messy, tidy, []string{"wall"}, false},
		"advice, none expected":  {messy, tidy, nil, false},
		"no problem":             {long("", "close it"), closed, []string{"name"}, false},
		"no remedy":              {long("is open", ""), closed, []string{"name"}, false},
		"one character too many": {long("has 6 characters, 5 are allowed", "shorten it by 1"), closed, []string{"name"}, true},
		"two too many":           {long("has 7 characters, 5 are allowed", "shorten it by 1"), closed, []string{"name"}, false},
		"a wrong remedy":         {long("has 6 characters, 5 are allowed", "shorten it by 2"), closed, []string{"name"}, false},
	} {
		reasons := failing.Reasons(func(t testing.TB) { rulestest.Finds(t, c.found, c.rule, c.paths) })
		assert.Equal(t, c.good, len(reasons) == 0, "%s: %v", name, reasons)
	}
}

func TestCasesCover(t *testing.T) {
	t.Parallel()
	var cases rulestest.Cases
	cases.Add(closed, []string{"lid"})
	cover := func(elsewhere ...rule.Rule) []string {
		return failing.Reasons(func(t testing.TB) { cases.Cover(t, []rule.Rule{closed, tidy}, elsewhere...) })
	}
	assert.Len(t, cover(), 3)
	assert.Len(t, cover(tidy), 1)
	cases.Add(closed, nil)
	assert.Empty(t, cover(tidy))
}

func TestWhole(t *testing.T) {
	t.Parallel()
	kept := []rule.Rule{closed, tidy}
	for name, c := range map[string]struct {
		rules func() []rule.Rule
		good  bool
	}{
		"whole":   {func() []rule.Rule { return []rule.Rule{closed, tidy} }, true},
		"twice":   {func() []rule.Rule { return []rule.Rule{closed, closed} }, false},
		"without": {func() []rule.Rule { return []rule.Rule{{ID: "box.closed"}} }, false},
		"another id": {func() []rule.Rule {
			return []rule.Rule{{ID: "lid", Severity: rule.Must, Statement: "a", Remedy: "b", Source: "c"}}
		}, false},
		"the own ones": {func() []rule.Rule { return kept }, false},
	} {
		reasons := failing.Reasons(func(t testing.TB) { rulestest.Whole(t, c.rules, `^box\.`) })
		assert.Equal(t, c.good, len(reasons) == 0, "%s: %v", name, reasons)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	rules := []rule.Rule{closed, tidy}
	rulestest.Texts(t, rule.Table{tidy}, rules)
	for name, texts := range map[string]rule.Table{
		"no rule": {{ID: "box.red"}}, "another rule of the name": {{ID: closed.ID}}, "twice": {tidy, tidy}, "none": nil,
	} {
		assert.NotEmpty(t, failing.Reasons(func(t testing.TB) { rulestest.Texts(t, texts, rules) }), name)
	}
}
