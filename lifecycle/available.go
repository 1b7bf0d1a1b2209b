package lifecycle

import (
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Availability is one command and what stands in its way.
type Availability struct {
	// Command is the event of the command.
	Command Event `json:"command"`
	// Findings are as [Explain] returns them.
	Findings rule.Findings `json:"findings"`
}

// Available returns every command, in the order of a listing's life, with
// what stands in its way now. Commands without content, and Edit and Submit of
// the draft as it is, are judged by all their rules. Of a command that brings
// content, such as AddVersion, only what does not depend on the content is
// judged: the state, and the request under way. It returns no error: what a command
// breaks is in its Findings. It is pure.
func Available(r Record, in Input) []Availability {
	var all []Availability
	seen := map[Event]bool{}
	for _, t := range table {
		if _, isCommand := guards[t.Event]; !isCommand || seen[t.Event] {
			continue
		}
		seen[t.Event] = true
		a := Availability{Command: t.Event}
		if c := bare(r, t.Event); c != nil {
			a.Findings = Explain(r, c, in)
		} else {
			a.Findings = standing(r, t.Event)
		}
		all = append(all, a)
	}
	return all
}

// bare returns the command of the event when it needs no content of its own.
func bare(r Record, e Event) Command {
	switch e {
	case EventEdit:
		return Edit{Listing: r.Draft}
	case EventDiscard:
		return Discard{}
	case EventSubmit:
		return Submit{}
	case EventSignOff:
		return SignOff{}
	case EventCancel:
		return Cancel{}
	case EventEndSupport:
		return EndSupport{}
	}
	return nil
}

// standing judges a command that brings content by what the record alone says.
func standing(r Record, e Event) rule.Findings {
	m := move{record: r, event: e}
	var found rule.Findings
	if t := guards[e].state; t != RuleCreateOnce && t != RuleAdopt {
		found = rule.Run(m, one(oneRequest))
	}
	if _, err := ask(r.State, e, nil); err != nil {
		found = m.wrongState(e, found)
	}
	return found
}
