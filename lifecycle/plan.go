package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// Planner is what a [Marketplace] can be beside: one that tells what it would
// send. Without it, a [Plan] has no change set.
type Planner interface {
	// Plan returns the changes of the one change set that Send would start,
	// always the same for the same change. It does no I/O. It returns a
	// [*Rejection] when there is no request for what is asked.
	Plan(c Change) ([]PlannedChange, error)
}

// PlannedChange is one change of a change set, as it would go out.
type PlannedChange struct {
	// Type is the change type, such as "UpdateInformation".
	Type string `json:"type"`
	// Name is what other changes of the set refer to it by; empty for most.
	Name string `json:"name,omitempty"`
	// Entity is the entity type, such as "Offer@1.0".
	Entity string `json:"entity"`
	// Identifier names the entity, with its revision; empty when it is created.
	Identifier string `json:"identifier,omitempty"`
	// Document is the details document.
	Document json.RawMessage `json:"document"`
}

// Plan is what a command would lead to, before anything is written or sent.
// Equal records, commands, facts and instants give equal plans, and equal
// bytes as text and as JSON.
type Plan struct {
	// Listing is the listing's id.
	Listing uuid.UUID `json:"listing"`
	// Command is the event of the command.
	Command Event `json:"command"`
	// From is the state now, To the state once the command is accepted, and
	// Then the state once the marketplace has done it.
	From State `json:"from"`
	To   State `json:"to"`
	Then State `json:"then"`
	// ChangeSet is the name of the change set; empty if nothing would be sent.
	ChangeSet string `json:"changeSet,omitempty"`
	// Changes are what it would consist of; empty also when the marketplace is
	// no [Planner].
	Changes []PlannedChange `json:"changes,omitempty"`
	// Differences are what changes for buyers, field by field.
	Differences []Difference `json:"differences,omitempty"`
	// ByHand is what the Catalog API cannot do, and a person must do in the
	// portal.
	ByHand rule.Violations `json:"byHand,omitempty"`
	// Findings are the other advice, and what could not be checked.
	Findings rule.Findings `json:"findings"`
	// Takes says how long the marketplace usually takes; empty if nothing would
	// be sent. A request of more than OverdueHours hours is overdue.
	Takes        string `json:"takes,omitempty"`
	OverdueHours int    `json:"overdueHours,omitempty"`
	// Validates reports that the marketplace can be asked whether it would take
	// the change, without making it: [Manager.Validate].
	Validates bool `json:"validates,omitempty"`
	// Cancel says until when it can be cancelled; empty if nothing would be
	// sent.
	Cancel string `json:"cancel,omitempty"`
}

// Plan returns what Do and Advance would lead to. Nothing is written and
// nothing is sent; the facts are asked for as in [Manager.Do]. The errors are those
// of Do, and a [*Rejection] when the marketplace has no request for the command.
func (m *Manager) Plan(ctx context.Context, id uuid.UUID, c Command) (Plan, error) {
	r, d, err := m.rehearse(ctx, id, c)
	if err != nil {
		return Plan{}, err
	}
	p, err := planOf(r, d)
	if err != nil || d.Record.Request == nil || p.Command == EventCancel {
		return p, err
	}
	p.ChangeSet = d.Record.Request.Name
	_, p.Validates = m.validates(d)
	if planner, ok := m.market.(Planner); ok {
		p.Changes, err = planner.Plan(changeOf(d.Record))
	}
	return p, err
}

// rehearse returns the record and what Do would decide on it.
func (m *Manager) rehearse(ctx context.Context, id uuid.UUID, c Command) (Record, Decision, error) {
	c, ok := settled(c)
	if !ok {
		return Record{}, Decision{}, &Refusal{Listing: id, Findings: notACommand()}
	}
	r, err := m.subject(ctx, id, c)
	if err != nil {
		return Record{}, Decision{}, err
	}
	facts := m.Facts(ctx, r, c)
	if ctx.Err() != nil {
		return Record{}, Decision{}, context.Cause(ctx)
	}
	d, err := Decide(r, c, facts, m.clock.Now())
	return r, d, err
}

// planOf is the plan of an accepted command, without the change set.
func planOf(r Record, d Decision) (Plan, error) {
	p := Plan{Listing: d.Record.ID, Command: d.Entries[0].Event, From: r.State, To: d.Entries[0].State, Then: d.Record.State}
	p.Findings = d.Findings
	p.Findings.Advice = nil
	for _, advice := range d.Findings.Advice {
		if advice.Rule == RuleRegionsByHand {
			p.ByHand = append(p.ByHand, advice)
		} else {
			p.Findings.Advice = append(p.Findings.Advice, advice)
		}
	}
	target := d.Record.Published
	if request := d.Record.Request; request != nil && p.Command != EventCancel {
		target = &request.Target
		p.Takes, p.Cancel = manner(d.Record)
		p.OverdueHours = int(d.Record.usual() / time.Hour)
		then := d
		if err := then.end(Outcome{Result: Succeeded}, "", d.Record.UpdatedAt); err != nil {
			return Plan{}, err
		}
		p.Then = then.Record.State
	}
	var err error
	p.Differences, err = differences(r.Published, target)
	return p, err
}

// manner says in words how the request of the record goes.
func manner(r Record) (takes, cancel string) {
	const preparing = "until the marketplace has prepared it"
	switch {
	case r.Request.Kind == EventUnpublish:
		return "days, for people review it: up to 37", "for 24 hours after it was sent"
	case r.reviewed():
		return "days, for people review it: up to 37", preparing
	case r.Request.Kind == EventSubmit:
		return "about an hour", preparing
	}
	return "minutes to hours", preparing
}

// String is the plan for people to read: without the documents, which its JSON
// has.
func (p Plan) String() string {
	var b strings.Builder
	from := p.From
	if from == "" {
		from = "not created"
	}
	fmt.Fprintf(&b, "%s: %s → %s", p.Command, from, p.To)
	if p.Then != p.To {
		fmt.Fprintf(&b, " → %s", p.Then)
	}
	b.WriteByte('\n')
	if p.Takes == "" {
		b.WriteString("nothing is sent\n")
	} else {
		fmt.Fprintf(&b, "takes %s\ncan be cancelled %s\n", p.Takes, p.Cancel)
	}
	if p.Validates {
		b.WriteString("can be validated beforehand\n")
	}
	section(&b, "by hand, in the portal", p.ByHand)
	section(&b, "changes for buyers", p.Differences)
	if p.ChangeSet != "" {
		section(&b, "change set "+p.ChangeSet, p.Changes)
	}
	section(&b, "advice", p.Findings.Advice)
	section(&b, "not checked", p.Findings.NotChecked)
	return b.String()
}

// String is the change on one line, without its document.
func (c PlannedChange) String() string {
	if c.Identifier == "" {
		return c.Type + " " + c.Entity
	}
	return fmt.Sprintf("%s %s %s", c.Type, c.Entity, c.Identifier)
}

func section[T any](b *strings.Builder, title string, lines []T) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "%s:\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "  %v\n", line)
	}
}
