package lifecycle

import (
	"slices"
	"time"

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
// judged: the state, the request under way, and whether a version is left that may be
// restricted. While no published price may change, which is only part of an update of
// the pricing, its advice says until when. Available returns no error: what a command
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
			a.Findings = standing(r, t.Event, in)
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
func standing(r Record, e Event, in Input) rule.Findings {
	m := move{record: r, event: e}
	var found rule.Findings
	if t := guards[e].state; t != RuleCreateOnce && t != RuleAdopt {
		found = rule.Run(m, one(oneRequest, noneToRestrict))
	}
	if _, err := ask(r.State, e, nil); err != nil {
		return m.wrongState(e, found)
	}
	if e == EventUpdatePricing && r.Rise.closed(in.At) {
		found.Advice = append(found.Advice, rule.Violation{Rule: RuleRiseEvery120Days, Path: "offer.rates",
			Problem: "no published price may change before " + r.Rise.OpenAt().Format(time.RFC3339),
			Remedy:  "change prices from then on; the rest of the offer may change now"})
	}
	return found
}

// noneToRestrict keeps the last version on sale, whatever number is given.
var noneToRestrict = rule.Check[move]{Rule: RuleLastUnrestricted, Find: func(m move, r *rule.Report) {
	versions := m.published().Versions
	if i := slices.IndexFunc(versions, offered); m.event == EventRestrictVersion && i >= 0 && !slices.ContainsFunc(versions[i+1:], offered) {
		r.Broken(versionPath(i, "status"), "is the last version that new buyers can choose")
	}
}}
