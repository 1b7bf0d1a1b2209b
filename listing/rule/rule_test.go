package rule_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/listing/rule"
)

var (
	blocking = rule.Rule{ID: "box.closed", Severity: rule.Must, Statement: "a box is closed", Remedy: "close it", Source: "house rules"}
	advising = rule.Rule{ID: "box.tidy", Severity: rule.Should, Statement: "a box is tidy", Remedy: "tidy it", Source: "house rules"}
	unknown  = rule.Rule{ID: "box.owned", Severity: rule.Must, Statement: "a box has an owner", Remedy: "write a name on it", Source: "house rules"}
)

// reporting is a table with one check, which calls find whatever the subject.
func reporting(r rule.Rule, find func(*rule.Report)) []rule.Check[struct{}] {
	return []rule.Check[struct{}]{{Rule: r, Find: func(_ struct{}, report *rule.Report) { find(report) }}}
}

func run(r rule.Rule, find func(*rule.Report)) rule.Findings {
	return rule.Run(struct{}{}, reporting(r, find))
}

func TestSeverityDecidesWhatBlocks(t *testing.T) {
	t.Parallel()
	open := func(r *rule.Report) { r.Broken("lid", "is %s", "open") }

	must := run(blocking, open)
	require.Len(t, must.Violations, 1)
	assert.Empty(t, must.Advice)
	assert.Equal(t, rule.Violation{Rule: blocking, Path: "lid", Problem: "is open", Remedy: "close it"}, must.Violations[0])
	require.ErrorIs(t, must.Err(), blocking)
	require.NotErrorIs(t, must.Err(), advising)

	should := run(advising, open)
	assert.Empty(t, should.Violations)
	require.Len(t, should.Advice, 1)
	require.NoError(t, should.Err())

	gap := run(unknown, func(r *rule.Report) { r.NotChecked("lid", "who owns it", "nobody answered") })
	assert.Equal(t, []rule.Gap{{Rule: unknown, Path: "lid", Missing: "who owns it", Why: "nobody answered"}}, gap.NotChecked)
	require.NoError(t, gap.Err())
}

func TestRunKeepsNothingBetweenCalls(t *testing.T) {
	t.Parallel()
	checks := reporting(blocking, func(r *rule.Report) { r.Broken("lid", "is open") })
	first := rule.Run(struct{}{}, checks)
	first.Violations[0].Problem = "changed by the caller"
	assert.Equal(t, "is open", rule.Run(struct{}{}, checks).Violations[0].Problem)
	assert.Equal(t, []rule.Rule{blocking}, rule.Of(checks))
	assert.Equal(t, rule.Findings{}, rule.Run(struct{}{}, []rule.Check[struct{}]{}))
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	whole := rule.Violation{Rule: blocking, Problem: "is open"}
	part := rule.Violation{Rule: blocking, Path: "lid", Problem: "is open", Remedy: "push"}
	for name, tc := range map[string]struct {
		got  fmt.Stringer
		err  error
		want string
	}{
		"rule as error":       {err: blocking, want: "box.closed"},
		"whole":               {err: whole, want: "is open (box.closed)"},
		"part":                {err: part, want: "lid: is open; push (box.closed)"},
		"none":                {err: rule.Violations{}, want: "no violations"},
		"one":                 {err: rule.Violations{part}, want: "lid: is open; push (box.closed)"},
		"several":             {err: rule.Violations{whole, part}, want: "2 violations:\n\tis open (box.closed)\n\tlid: is open; push (box.closed)"},
		"gap of a field":      {got: rule.Gap{Rule: unknown, Path: "lid", Missing: "its owner"}, want: "lid: its owner (box.owned)"},
		"gap of the whole":    {got: rule.Gap{Rule: unknown, Missing: "its owner"}, want: "its owner (box.owned)"},
		"gap with a reason":   {got: rule.Gap{Rule: unknown, Path: "lid", Missing: "its owner", Why: "AccessDenied: no"}, want: "lid: its owner (box.owned): AccessDenied: no"},
		"no findings":         {got: rule.Findings{}, want: "nothing found"},
		"one finding":         {got: rule.Findings{Advice: rule.Violations{part}}, want: "advice:\n\tlid: is open; push (box.closed)"},
		"the zero violation":  {err: rule.Violation{}, want: " ()"},
		"the zero violations": {err: rule.Violations(nil), want: "no violations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.err != nil {
				assert.EqualError(t, tc.err, tc.want)
				return
			}
			assert.Equal(t, tc.want, tc.got.String())
		})
	}
}

func TestErrIsNilForNothing(t *testing.T) {
	t.Parallel()
	// A typed nil in an error interface is the classic trap.
	require.NoError(t, rule.Violations(nil).Err())
	require.NoError(t, rule.Violations{}.Err())
	require.NoError(t, rule.Findings{Advice: rule.Violations{{Rule: advising}}}.Err())
}

func TestViolationsMatchThroughWrappers(t *testing.T) {
	t.Parallel()
	all := rule.Violations{{Rule: blocking, Path: "lid"}, {Rule: unknown, Path: "name"}, {Rule: blocking, Path: "side"}}
	err := fmt.Errorf("submitting: %w", errors.Join(errors.New("first"), all.Err()))

	require.ErrorIs(t, err, blocking)
	require.ErrorIs(t, err, unknown)
	require.NotErrorIs(t, err, advising)
	var list rule.Violations
	require.ErrorAs(t, err, &list)
	assert.Equal(t, all, list)
	var first rule.Violation
	require.ErrorAs(t, err, &first)
	assert.Equal(t, "lid", first.Path)
	var broken rule.Rule
	require.ErrorAs(t, err, &broken)
	assert.Equal(t, blocking, broken)
	assert.Equal(t, []rule.Rule{blocking, unknown}, all.Rules())
	assert.Empty(t, rule.Violations(nil).Rules())
}

// A violation that was written down in other words is still one of the rule.
func TestRulesMatchById(t *testing.T) {
	t.Parallel()
	older := blocking
	older.Statement, older.Source = "a box is shut", "house rules of last year"
	require.ErrorIs(t, rule.Violations{{Rule: older}}.Err(), blocking)
	require.ErrorIs(t, rule.Violations{{Rule: blocking}}.Err(), rule.Rule{ID: "box.closed"})
	require.NotErrorIs(t, rule.Violations{{Rule: blocking}}.Err(), rule.Rule{ID: "box.close"})
	require.NotErrorIs(t, blocking, errors.New(blocking.Error()), "another error with the same text")
}

func TestRulesJudgedElsewhereFindNothing(t *testing.T) {
	t.Parallel()
	checks := []rule.Check[struct{}]{{Rule: blocking}}
	assert.Equal(t, rule.Findings{}, rule.Run(struct{}{}, checks))
	assert.Equal(t, []rule.Rule{blocking}, rule.Of(checks))
}

func TestUnder(t *testing.T) {
	t.Parallel()
	found := rule.Findings{
		Violations: rule.Violations{{Rule: blocking}, {Rule: blocking, Path: "lid"}, {Rule: blocking, Path: "[2]"}},
		Advice:     rule.Violations{{Rule: advising, Path: "lid"}},
		NotChecked: []rule.Gap{{Rule: unknown, Path: "lid"}},
	}
	paths := func(f rule.Findings) (all []string) {
		for _, v := range append(append(rule.Violations{}, f.Violations...), f.Advice...) {
			all = append(all, v.Path)
		}
		for _, g := range f.NotChecked {
			all = append(all, g.Path)
		}
		return all
	}
	assert.Equal(t, []string{"boxes[0]", "boxes[0].lid", "boxes[0][2]", "boxes[0].lid", "boxes[0].lid"}, paths(found.Under("boxes[0]")))
	assert.Equal(t, []string{"", "lid", "[2]", "lid", "lid"}, paths(found.Under("")))
	assert.Equal(t, []string{"", "lid", "[2]", "lid", "lid"}, paths(found), "Under changed its receiver")
}

func TestOrder(t *testing.T) {
	t.Parallel()
	want := rule.Violations{
		{Rule: blocking},
		{Rule: blocking, Path: "versions"},
		{Rule: blocking, Path: "versions[2]", Problem: "a"},
		{Rule: blocking, Path: "versions[2]", Problem: "b", Remedy: "x"},
		{Rule: blocking, Path: "versions[2]", Problem: "b", Remedy: "y"},
		{Rule: unknown, Path: "versions[2]", Problem: "a"},
		{Rule: blocking, Path: "versions[2].number"},
		{Rule: blocking, Path: "versions[10]"},
		{Rule: blocking, Path: "versions[10].number"},
		{Rule: blocking, Path: "versions[19]"},
		{Rule: blocking, Path: "videos"},
	}
	var gaps []rule.Gap
	for _, v := range want {
		gaps = append(gaps, rule.Gap{Rule: v.Rule, Path: v.Path, Missing: v.Problem, Why: v.Remedy})
	}
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(want).Draw(t, "violations")
		cut := rapid.IntRange(0, len(shuffled)).Draw(t, "cut")
		joined := rule.Join(
			rule.Findings{Violations: shuffled[:cut], Advice: shuffled[cut:], NotChecked: rapid.Permutation(gaps).Draw(t, "gaps")},
			rule.Findings{Violations: shuffled[cut:], Advice: shuffled[:cut]},
		)
		assert.Equal(t, want, joined.Violations)
		assert.Equal(t, want, joined.Advice)
		assert.Equal(t, gaps, joined.NotChecked)
	})
}

// Numbers in paths count as numbers, everything else as text.
func TestOrderOfPaths(t *testing.T) {
	t.Parallel()
	want := []string{
		"", "1", "2", "10", "a", "a.b", "a1", "a1.b", "a2", "a10", "a10[1]", "a10[2]", "a[\"ml.m5\"]", "a[\"ml.m10\"]",
		"a[1]", "a[9].z", "a[10].b", "a[x]", "ab", "b",
	}
	var all rule.Violations
	for _, path := range want {
		all = append(all, rule.Violation{Rule: blocking, Path: path})
	}
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(all).Draw(t, "violations")
		assert.Equal(t, all, rule.Join(rule.Findings{Violations: shuffled}).Violations)
	})
}

// anyViolation makes a generator for one test: rapid's are not safe to share.
func anyViolation() *rapid.Generator[rule.Violation] {
	return rapid.Custom(func(t *rapid.T) rule.Violation {
		return rule.Violation{
			Rule:    rapid.SampledFrom([]rule.Rule{blocking, unknown}).Draw(t, "rule"),
			Path:    rapid.StringMatching(`[ab]{0,2}(\[[0-9]{1,3}\])?(\.[0-9ab]{1,3})?`).Draw(t, "path"),
			Problem: rapid.StringN(0, 3, -1).Draw(t, "problem"),
			Remedy:  rapid.SampledFrom([]string{"", "p", "q"}).Draw(t, "remedy"),
		}
	})
}

// Whatever the order in which violations are found, they come back in one
// order, and joining again changes nothing.
func TestOrderIsTotalAndStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(anyViolation()).Draw(t, "violations")
		want := rule.Join(rule.Findings{Violations: all})
		shuffled := rapid.Permutation(all).Draw(t, "shuffled")
		got := rule.Join(rule.Findings{Violations: shuffled})
		assert.Equal(t, want, got)
		assert.Equal(t, want, rule.Join(got))
		assert.ElementsMatch(t, all, want.Violations)
		for i := 1; i < len(want.Violations); i++ {
			pair := rule.Violations{want.Violations[i], want.Violations[i-1]}
			assert.Equal(t, want.Violations[i-1:i+1], rule.Join(rule.Findings{Violations: pair}).Violations)
		}
	})
}

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(anyViolation(), 1, 5).Draw(t, "violations")
		findings := rule.Findings{Violations: want, NotChecked: []rule.Gap{{Rule: unknown, Path: "a", Missing: "b", Why: "c"}}}
		data, err := json.Marshal(findings)
		require.NoError(t, err)
		var got rule.Findings
		require.NoError(t, json.Unmarshal(data, &got))
		assert.Equal(t, findings, got)
		require.ErrorIs(t, got.Err(), want[0].Rule)
	})
	data, err := json.Marshal(rule.Findings{})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(data))
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := rule.Table{blocking, advising}
	assert.Equal(t, advising, table.Get("box.tidy"))
	assert.Equal(t, rule.Rule{}, table.Get("box.tid"))
	assert.Equal(t, rule.Rule{}, rule.Table(nil).Get(""))
}
