package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Check is a rule with the function that finds where a subject breaks it. A
// package has one table of checks; a new rule is one more entry.
type Check[T any] struct {
	// Rule is the rule that Find checks.
	Rule Rule
	// Find reports every place at which subject breaks the rule. It must depend
	// on subject only, and must not change or keep it. [Run] skips a check
	// whose Find is nil.
	Find func(subject T, report *Report)
}

// Report takes what one check finds at a place of the subject. It may be used until
// Find returns. It is not safe for concurrent use.
type Report struct {
	rule  *Rule
	to    *Collector
	place place
}

// Broken reports that the value at path breaks the rule. The problem is made as
// by [fmt.Sprintf]. The remedy is that of the rule.
func (r *Report) Broken(path, format string, args ...any) {
	r.BrokenRemedy(path, r.rule.Remedy, format, args...)
}

// BrokenRemedy is like Broken, with a remedy for this value.
func (r *Report) BrokenRemedy(path, remedy, format string, args ...any) {
	list := &r.to.found.Violations
	if r.rule.Severity == Should {
		list = &r.to.found.Advice
	}
	if r.to.takes(len(*list)) {
		*list = append(*list, Violation{Rule: *r.rule, Path: r.place.path(path), Problem: fmt.Sprintf(format, args...), Remedy: remedy})
	}
}

// NotChecked reports that the rule could not be checked at path. The argument
// missing names the fact that is missing, and why says why; an empty why means
// that nobody asked for the fact.
func (r *Report) NotChecked(path, missing, why string) {
	if gaps := &r.to.found.NotChecked; r.to.takes(len(*gaps)) {
		*gaps = append(*gaps, Gap{Rule: *r.rule, Path: r.place.path(path), Missing: missing, Why: why})
	}
}

// In returns a report whose paths begin at entry i of the list. It costs nothing
// until something is reported.
func (r *Report) In(list string, i int) Report {
	return Report{rule: r.rule, to: r.to, place: r.place.in(EntryOf(list, i))}
}

// At is like In, for a member.
func (r *Report) At(member string) Report {
	return Report{rule: r.rule, to: r.to, place: r.place.in(MemberOf(member))}
}

// For returns a report of the same place for another rule: for a check that looks at a
// value once and judges it by several rules. The rule must not change afterwards.
func (r *Report) For(rule *Rule) Report {
	return Report{rule: rule, to: r.to, place: r.place}
}

// Gap says that a rule could not be checked, because a fact is missing.
type Gap struct {
	// Rule is the rule that was not checked.
	Rule Rule `json:"rule"`
	// Path names the value, as in [Violation].
	Path string `json:"path,omitempty"`
	// Missing names the fact that is missing.
	Missing string `json:"missing"`
	// Why says why the fact is missing, for example "AccessDenied: …". It is
	// empty if nobody asked for the fact.
	Why string `json:"why,omitempty"`
}

// String returns the gap on one line: path, missing fact, rule id, and why the
// fact is missing. It does not say "not checked"; the heading above it should.
func (g Gap) String() string {
	var b strings.Builder
	if g.Path != "" {
		b.WriteString(document.Cut(g.Path, 300) + ": ")
	}
	fmt.Fprintf(&b, "%s (%v)", document.Cut(g.Missing, 1_000), g.Rule)
	if g.Why != "" {
		b.WriteString(": " + document.Cut(g.Why, 1_000))
	}
	return document.Printable(b.String())
}

// Findings is the result of checks. The zero value means that nothing was
// found.
type Findings struct {
	// Violations are the broken rules of severity [Must].
	Violations Violations `json:"violations,omitempty"`
	// Advice are the broken rules of severity [Should].
	Advice Violations `json:"advice,omitempty"`
	// NotChecked are the rules that could not be checked.
	NotChecked []Gap `json:"notChecked,omitempty"`
	// More is how many more were found and left out; see [MaxFindings].
	More int `json:"more,omitempty"`
}

// Err returns the violations as an error, or nil if there are none. Advice and
// gaps are not errors.
func (f Findings) Err() error { return f.Violations.Err() }

// Under returns the findings with prefix before every path. Use it for the
// findings of a part, such as one version of a listing.
func (f Findings) Under(prefix string) Findings {
	out := Findings{
		Violations: slices.Clone(f.Violations),
		Advice:     slices.Clone(f.Advice),
		NotChecked: slices.Clone(f.NotChecked),
		More:       f.More,
	}
	for i := range out.Violations {
		out.Violations[i].Path = document.Join(prefix, out.Violations[i].Path)
	}
	for i := range out.Advice {
		out.Advice[i].Path = document.Join(prefix, out.Advice[i].Path)
	}
	for i := range out.NotChecked {
		out.NotChecked[i].Path = document.Join(prefix, out.NotChecked[i].Path)
	}
	return out
}

// Join returns all findings together, sorted as [Violations] says. Gaps are
// sorted by path, rule id, missing fact and reason.
func Join(all ...Findings) Findings {
	var out Findings
	for _, f := range all {
		out.Violations = append(out.Violations, f.Violations...)
		out.Advice = append(out.Advice, f.Advice...)
		out.NotChecked = append(out.NotChecked, f.NotChecked...)
		out.More += f.More
	}
	out.sort()
	return out
}

func (f *Findings) sort() {
	f.Violations.sort()
	f.Advice.sort()
	slices.SortStableFunc(f.NotChecked, func(a, b Gap) int {
		return cmp.Or(
			comparePaths(a.Path, b.Path),
			strings.Compare(a.Rule.ID, b.Rule.ID),
			strings.Compare(a.Missing, b.Missing),
			strings.Compare(a.Why, b.Why))
	})
}

// Run applies every check to subject and returns what they find, at most
// [MaxFindings] of each kind, sorted as by [Join].
func Run[T any](subject T, checks []Check[T]) Findings {
	return Collected(MaxFindings, func(c *Collector) { Collect(c, Place{}, subject, checks) })
}

// Of returns the rules of a table of checks, in the order of the table.
func Of[T any](checks []Check[T]) []Rule {
	rules := make([]Rule, len(checks))
	for i, c := range checks {
		rules[i] = c.Rule
	}
	return rules
}
