package lifecycle

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

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
	// Changes are what it would consist of; empty also when the marketplace cannot
	// plan.
	Changes []PlannedChange `json:"changes,omitempty"`
	// Differences are what changes for buyers, field by field.
	Differences []Difference `json:"differences,omitempty"`
	// ByHand is what the Catalog API cannot do, and a person must do in the
	// portal.
	ByHand rule.Violations `json:"byHand,omitempty"`
	// Findings are the other advice, and what could not be checked.
	Findings rule.Findings `json:"findings"`
	// Takes says how long the marketplace usually takes; empty if nothing would
	// be sent. Estimate has it in figures.
	Takes    string   `json:"takes,omitempty"`
	Estimate Estimate `json:"estimate"`
	// Validates reports that the marketplace can be asked whether it would take
	// the change, without making it: [Manager.Validate].
	Validates bool `json:"validates,omitempty"`
	// Notes say what follows once the marketplace has done it.
	Notes []string `json:"notes,omitempty"`
	// Cancel says until when it can be cancelled; empty if nothing would be
	// sent.
	Cancel string `json:"cancel,omitempty"`
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
	if d.requests() {
		after, _ := d.Record.Target()
		target = &after
		p.Takes, p.Cancel = d.Record.takes().words, cancelWords(d.Record.Request.Kind)
		p.Estimate = ProgressOf(d.Record, d.Record.UpdatedAt).Estimate
		then := d
		if err := then.end(Outcome{Result: Succeeded}, "", d.Record.UpdatedAt); err != nil {
			return Plan{}, err
		}
		p.Then = then.Record.State
		p.Notes = notes(r, then.Record)
	}
	var err error
	p.Differences, err = differences(r.Published, target)
	return p, err
}

// cancelWords says until when a request can be cancelled.
func cancelWords(kind Event) string {
	if kind == EventUnpublish {
		return "for 24 hours after it was sent"
	}
	return "until the marketplace has prepared it"
}

// notes say what follows from the request for buyers and for the next requests.
func notes(before, after Record) []string {
	var all []string
	if rise := after.Rise; rise != nil && rise != before.Rise {
		all = append(all, fmt.Sprintf("buyers pay the raised prices from %s on, if the marketplace accepts them today; no price can change before %s",
			rise.EffectiveAt.Format(time.DateOnly), rise.OpenAt().Format(time.DateOnly)))
	}
	if before.UnpublishedAt == nil && after.UnpublishedAt != nil {
		end, _ := after.SupportedUntil()
		all = append(all, fmt.Sprintf("AWS tells the buyers; the page stays reachable by its address; buyers are supported for 90 days, until %s if it were done today",
			end.Format(time.DateOnly)))
	}
	offer := after.published().Offer
	if after.State == Live && offer != nil && offer.TrialDays > 0 && (before.State != Live || trialOf(before) != offer.TrialDays) {
		all = append(all, fmt.Sprintf("buyers of today on try it for %d days without paying, and get a mail three days before the end", offer.TrialDays))
	}
	return all
}

func trialOf(r Record) int {
	if offer := r.published().Offer; offer != nil {
		return offer.TrialDays
	}
	return 0
}

// String returns the plan for people to read: without the documents, which its JSON
// has.
func (p Plan) String() string {
	var b strings.Builder
	from := p.From
	if from == "" {
		from = "not created"
	}
	fmt.Fprintf(&b, "%s: %s → %s", shown(string(p.Command)), shown(string(from)), shown(string(p.To)))
	if p.Then != p.To {
		fmt.Fprintf(&b, " → %s", shown(string(p.Then)))
	}
	b.WriteByte('\n')
	if p.Takes == "" {
		b.WriteString("nothing is sent\n")
	} else {
		fmt.Fprintf(&b, "takes %s\ncan be cancelled %s\n", shown(p.Takes), shown(p.Cancel))
	}
	if p.Validates {
		b.WriteString("can be validated beforehand\n")
	}
	section(&b, "afterwards", p.Notes)
	section(&b, "by hand, in AWS Partner Central (formerly the AWS Marketplace Management Portal)", p.ByHand)
	section(&b, "changes for buyers", p.Differences)
	if p.ChangeSet != "" {
		section(&b, "change set "+document.Printable(document.Cut(p.ChangeSet, 200)), p.Changes)
	}
	section(&b, "advice", p.Findings.Advice)
	section(&b, "not checked", p.Findings.NotChecked)
	return b.String()
}

func section[T any](b *strings.Builder, title string, lines []T) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "%s:\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "  %s\n", document.Printable(document.Cut(fmt.Sprint(line), 3_000)))
	}
}

// PlannedChangeSet is a change set as it would go out.
type PlannedChangeSet struct {
	// Changes are its changes, in order.
	Changes []PlannedChange
	// Validates reports whether [Marketplace.Validate] takes the change.
	Validates bool
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

// String returns the change on one line, without its document.
func (c PlannedChange) String() string {
	return strings.TrimSpace(shown(c.Type) + " " + shown(c.Entity) + " " + document.Printable(document.Cut(c.Identifier, 255)))
}
