package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Check couples a rule with the function that finds where a subject breaks
// it. A table of checks is how a package states its rules; adding a rule is
// adding one entry.
type Check[T any] struct {
	// Rule is what Find looks for.
	Rule Rule
	// Find reports every place at which subject breaks the rule. It must be
	// pure: no I/O, no clock, nothing kept.
	Find func(subject T, report *Report)
}

// Report collects what one check finds. It is valid during the call of Find
// only and not safe for concurrent use.
type Report struct {
	rule     Rule
	findings *Findings
}

// Broken reports a violation at path. The rule's own remedy goes with it.
func (r *Report) Broken(path, format string, args ...any) {
	r.BrokenRemedy(path, r.rule.Remedy, format, args...)
}

// BrokenRemedy is Broken with a remedy for this very value.
func (r *Report) BrokenRemedy(path, remedy, format string, args ...any) {
	v := Violation{Rule: r.rule, Path: path, Problem: fmt.Sprintf(format, args...), Remedy: remedy}
	if r.rule.Severity == Should {
		r.findings.Advice = append(r.findings.Advice, v)
		return
	}
	r.findings.Violations = append(r.findings.Violations, v)
}

// NotChecked reports that the rule could not be checked at path: which fact is
// missing, and why it could not be had. An empty why means that nobody asked
// for the fact.
func (r *Report) NotChecked(path, missing, why string) {
	r.findings.NotChecked = append(r.findings.NotChecked, Gap{Rule: r.rule, Path: path, Missing: missing, Why: why})
}

// Gap is a rule that could not be checked because a fact is missing.
type Gap struct {
	// Rule is the rule that was not checked.
	Rule Rule `json:"rule"`
	// Path names the field, as in [Violation].
	Path string `json:"path,omitempty"`
	// Missing names the fact that is missing.
	Missing string `json:"missing"`
	// Why says why the fact could not be had, for example "AccessDenied: …".
	// It is empty when nobody asked for the fact.
	Why string `json:"why,omitempty"`
}

// String returns the gap on one line: path, missing fact, rule id, and why the
// fact is missing. It is meant to stand below a heading such as "not checked".
func (g Gap) String() string {
	var b strings.Builder
	if g.Path != "" {
		b.WriteString(g.Path + ": ")
	}
	fmt.Fprintf(&b, "%s (%s)", g.Missing, g.Rule.ID)
	if g.Why != "" {
		b.WriteString(": " + g.Why)
	}
	return b.String()
}

// Findings is everything that a run of checks has to say. The zero value
// says that nothing was found.
type Findings struct {
	// Violations stand in the way.
	Violations Violations `json:"violations,omitempty"`
	// Advice does not.
	Advice Violations `json:"advice,omitempty"`
	// NotChecked names the rules that no verdict exists for.
	NotChecked []Gap `json:"notChecked,omitempty"`
}

// Err returns the violations as an error, or nil when nothing stands in the
// way. Advice and gaps are not errors.
func (f Findings) Err() error { return f.Violations.Err() }

// Under returns the findings with prefix put before every path, for a subject
// that is part of a larger one.
func (f Findings) Under(prefix string) Findings {
	out := Findings{
		Violations: slices.Clone(f.Violations),
		Advice:     slices.Clone(f.Advice),
		NotChecked: slices.Clone(f.NotChecked),
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

// Join returns everything in all, in the order that [Violations] promises.
func Join(all ...Findings) Findings {
	var out Findings
	for _, f := range all {
		out.Violations = append(out.Violations, f.Violations...)
		out.Advice = append(out.Advice, f.Advice...)
		out.NotChecked = append(out.NotChecked, f.NotChecked...)
	}
	out.Violations.sort()
	out.Advice.sort()
	slices.SortStableFunc(out.NotChecked, func(a, b Gap) int {
		return cmp.Or(
			comparePaths(a.Path, b.Path),
			strings.Compare(a.Rule.ID, b.Rule.ID),
			strings.Compare(a.Missing, b.Missing),
			strings.Compare(a.Why, b.Why))
	})
	return out
}

// Run applies every check to subject and returns all that they find.
func Run[T any](subject T, checks []Check[T]) Findings {
	var found Findings
	for _, c := range checks {
		if c.Find == nil {
			continue // a rule that is judged elsewhere
		}
		c.Find(subject, &Report{rule: c.Rule, findings: &found})
	}
	return Join(found)
}

// Of returns the rules of a table of checks, in table order.
func Of[T any](checks []Check[T]) []Rule {
	rules := make([]Rule, len(checks))
	for i, c := range checks {
		rules[i] = c.Rule
	}
	return rules
}
