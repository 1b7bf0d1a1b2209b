package rule

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Refuse returns the findings with advice turned into violations: the advice on
// the given rules, or all advice if no rule is given. Use it to be stricter
// than the marketplace. The rules keep their severity, and f does not change.
func (f Findings) Refuse(rules ...Rule) Findings {
	out := Findings{Violations: append(Violations(nil), f.Violations...), NotChecked: f.NotChecked, More: f.More}
	for _, v := range f.Advice {
		if len(rules) == 0 || slices.ContainsFunc(rules, v.Rule.same) {
			out.Violations = append(out.Violations, v)
		} else {
			out.Advice = append(out.Advice, v)
		}
	}
	return Join(out)
}

// String returns the findings as text, with a heading each for violations,
// advice and gaps, and how many more there are if not all were kept. It returns
// "nothing found" for the zero value.
func (f Findings) String() string {
	var b strings.Builder
	section(&b, "violations", f.Violations)
	section(&b, "advice", f.Advice)
	section(&b, "not checked", f.NotChecked)
	if f.More > 0 {
		fmt.Fprintf(&b, "\nand %d more", f.More)
	}
	if b.Len() == 0 {
		return "nothing found"
	}
	return b.String()
}

func section[T any](b *strings.Builder, heading string, lines []T) {
	if len(lines) == 0 {
		return
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(heading + ":")
	for _, line := range lines {
		fmt.Fprintf(b, "\n\t%v", line)
	}
}

// Table returns the findings as aligned columns for a terminal, one finding a
// line: kind, path, rule id, problem and remedy. A cell has at most 160 characters,
// all of them printable. A last line says how many more there are, if not all were
// kept. It returns an empty string for the zero value.
func (f Findings) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(kind, path string, r Rule, problem, remedy string) {
		if path == "" {
			path = "(listing)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", kind, cell(path), cell(r.ID), cell(problem), cell(remedy))
	}
	for _, v := range f.Violations {
		row("must", v.Path, v.Rule, v.Problem, v.Remedy)
	}
	for _, v := range f.Advice {
		row("should", v.Path, v.Rule, v.Problem, v.Remedy)
	}
	for _, g := range f.NotChecked {
		row("not checked", g.Path, g.Rule, g.Missing, g.Why)
	}
	_ = w.Flush() // a strings.Builder takes everything
	if f.More > 0 {
		fmt.Fprintf(&b, "and %d more\n", f.More)
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// cell returns a text as a cell of a table: every row is as wide as the widest cell,
// so that a single long one would make all of them long.
func cell(text string) string { return document.Cut(document.Printable(text), 160) }
