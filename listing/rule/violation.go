package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Violation says that a rule is broken, and where.
type Violation struct {
	// Rule is the broken rule.
	Rule Rule `json:"rule"`
	// Path names the value in the JSON document, for example
	// "versions[1].number"; [document.Locate] finds its line and column. It is
	// empty for the document as a whole.
	Path string `json:"path,omitempty"`
	// Problem says what is wrong with the value. With the path before it, it is
	// a sentence: "title" "is missing".
	Problem string `json:"problem"`
	// Remedy says how to correct the value.
	Remedy string `json:"remedy"`
}

// Error returns the violation on one line: path, problem, remedy and rule id.
func (v Violation) Error() string {
	var b strings.Builder
	if v.Path != "" {
		b.WriteString(document.Cut(v.Path, 300) + ": ")
	}
	b.WriteString(document.Cut(v.Problem, 1_000))
	if v.Remedy != "" {
		b.WriteString("; " + document.Cut(v.Remedy, 1_000))
	}
	fmt.Fprintf(&b, " (%v)", v.Rule)
	return document.Printable(b.String())
}

// Unwrap returns the broken rule, which the violation matches.
func (v Violation) Unwrap() error { return v.Rule }

// Violations is a list of violations. [Run] and [Join] sort it by path, rule
// id, problem and remedy; numbers in paths are compared as numbers. As an error
// it matches every broken rule. The zero value is an empty list, which is not
// an error: use [Violations.Err].
type Violations []Violation

// Err returns the violations as an error, or nil when there are none.
func (v Violations) Err() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// Error returns the violations as text. Several violations have a line each; after
// 100 of them, a last line says how many more there are.
func (v Violations) Error() string {
	switch len(v) {
	case 0:
		return "no violations"
	case 1:
		return v[0].Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d violations:", len(v))
	const most = 100
	for _, each := range v[:min(len(v), most)] {
		b.WriteString("\n\t" + each.Error())
	}
	if len(v) > most {
		fmt.Fprintf(&b, "\n\tand %d more", len(v)-most)
	}
	return b.String()
}

// Unwrap returns the violations as errors.
func (v Violations) Unwrap() []error {
	errs := make([]error, len(v))
	for i, each := range v {
		errs[i] = each
	}
	return errs
}

// Rules returns the broken rules, each once, in the order of the violations.
func (v Violations) Rules() []Rule {
	var rules []Rule
	seen := map[string]bool{}
	for _, each := range v {
		if !seen[each.Rule.ID] {
			seen[each.Rule.ID] = true
			rules = append(rules, each.Rule)
		}
	}
	return rules
}

func (v Violations) sort() {
	slices.SortStableFunc(v, func(a, b Violation) int {
		return cmp.Or(
			comparePaths(a.Path, b.Path),
			strings.Compare(a.Rule.ID, b.Rule.ID),
			strings.Compare(a.Problem, b.Problem),
			strings.Compare(a.Remedy, b.Remedy))
	})
}

// comparePaths orders versions[2] before versions[10].
func comparePaths(a, b string) int {
	for a != "" && b != "" {
		na, ra := leadingNumber(a)
		nb, rb := leadingNumber(b)
		if na != "" && nb != "" {
			if len(na) != len(nb) {
				return len(na) - len(nb)
			}
			if c := strings.Compare(na, nb); c != 0 {
				return c
			}
			a, b = ra, rb
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

func leadingNumber(s string) (digits, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}
