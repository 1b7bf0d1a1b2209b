package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
)

// text returns the plan for people, with whole errors only if it is verbose.
func (p planned) text(colours, verbose bool) string {
	var b strings.Builder
	state := string(p.State)
	if state == "" {
		state = "not created"
	}
	name := document.Printable(p.Name)
	if p.Adopt != "" {
		fmt.Fprintf(&b, "%s: %s is taken into the store, nothing is sent\n", name, document.Printable(p.Adopt))
	}
	if len(p.Steps) == 0 {
		fmt.Fprintf(&b, "%s: %s, nothing to do\n", name, state)
		return b.String()
	}
	fmt.Fprintf(&b, "%s: %s, %s until %s\n", name, state, several(len(p.Steps), "step"), p.Until)
	unreached := map[string]string{} // hosts, and why
	for i, s := range p.Steps {
		if s.Plan == nil {
			fmt.Fprintf(&b, "%d. %s, after the step before\n", i+1, s.Step)
			continue
		}
		plan := *s.Plan
		if !verbose {
			plan = withoutUnreached(plan, unreached)
		}
		text := plan.String()
		if s.Later {
			text = "after the step before: " + text
		}
		for _, d := range plan.Differences {
			if lines := lineDiff(d, colours); lines != "" {
				text = strings.Replace(text, "  "+d.String()+"\n", lines, 1)
			}
		}
		text = strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n   ")
		fmt.Fprintf(&b, "%d. %s\n", i+1, text)
	}
	b.WriteString(unreachedLine(unreached))
	return b.String()
}

// lineDiff returns the lines that differ between two texts, with three lines around
// them; empty unless one of them has several lines.
func lineDiff(d lifecycle.Difference, colours bool) string {
	if d.Before == d.After || d.Before == "" || d.After == "" || !strings.Contains(d.Before+d.After, "\n") {
		return ""
	}
	const most, width = 200, 2_000
	field, _, _ := strings.Cut(d.String(), ": ")
	var b strings.Builder
	b.WriteString("  " + field + ":\n")
	unified := string(diff.Diff("", []byte(d.Before+"\n"), "", []byte(d.After+"\n")))
	lines := strings.Split(strings.TrimRight(unified, "\n"), "\n")[3:] // without the names of files
	for i, line := range lines {
		if i == most {
			fmt.Fprintf(&b, "    … and %s more\n", several(len(lines)-most, "line"))
			break
		}
		shown := document.Printable(document.Cut(line, width))
		if colour := map[byte]string{'-': "31", '+': "32", '@': "36"}[line[0]]; colours && colour != "" {
			shown = "\x1b[" + colour + "m" + shown + "\x1b[0m"
		}
		b.WriteString("    " + shown + "\n")
	}
	return b.String()
}

// colours reports whether lines may have colours: in a terminal, unless NO_COLOR is set.
func colours(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
