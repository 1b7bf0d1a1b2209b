package lifecycle

import (
	"fmt"
	"strings"
)

// Diagram draws the table of transitions as a Mermaid state diagram: states in
// the order of a listing's life, events in the order of the table. The steps
// that a request takes without leaving its state are left out.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	b.WriteString("    state \"Test Product\" as TestProduct\n")
	for _, from := range append([]State{""}, States()...) {
		for _, to := range append(States(), "") {
			if events := between(from, to); len(events) > 0 {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", node(from), node(to), strings.Join(events, "<br/>"))
			}
		}
	}
	fmt.Fprintf(&b, "    %s --> [*]: support has ended\n", node(Unpublished))
	return b.String()
}

func between(from, to State) []string {
	var events []string
	for _, t := range table {
		_, isCommand := guards[t.Event]
		if t.From == from && t.To == to && (from != to || isCommand) && t.Event != EventCancel {
			events = append(events, string(t.Event))
		}
	}
	return events
}

func node(s State) string {
	if s == "" {
		return "[*]"
	}
	return strings.ReplaceAll(string(s), " ", "")
}
