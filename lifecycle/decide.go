package lifecycle

import (
	"slices"
	"time"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// Decision is a command that was accepted: what is to be written.
type Decision struct {
	// Record is the record afterwards.
	Record Record `json:"record"`
	// Entries are what to append to the journal: one or more, or none when
	// everything was done before.
	Entries []Entry `json:"entries"`
	// Findings holds advice and what could not be checked; no violations.
	Findings rule.Findings `json:"findings"`
	// Repeated reports that the command had been accepted before, under the same
	// key or as the same creation: Entries are those of then, Findings are empty,
	// and nothing was written.
	Repeated bool `json:"repeated,omitempty"`
}

// Decide judges a command by the table of transitions and every rule that
// guards it. It returns what to write, or a [*Refusal] with all that stands in
// the way. To create a listing, give a record with nothing but ID and Seller.
//
// Decide is pure: it does no I/O, reads no clock and changes none of its
// arguments; equal arguments give equal results. It is safe for concurrent use.
func Decide(r Record, c Command, in Input) (Decision, error) {
	c, ok := settled(c)
	if !ok {
		return Decision{}, &Refusal{Listing: r.ID, State: r.State, Findings: notACommand()}
	}
	m := newMove(r, c, in)
	found, to, err := m.judge()
	if err != nil {
		return Decision{}, err
	}
	if len(found.Violations) > 0 {
		return Decision{}, &Refusal{Listing: r.ID, Command: m.event, State: r.State, Findings: found}
	}
	e, err := m.entry(to)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{Record: r, Findings: found}
	if err := d.add(e); err != nil {
		return Decision{}, err
	}
	if m.nothingToSend() {
		if err := d.end(Outcome{Result: Succeeded}, in.By, m.at); err != nil {
			return Decision{}, err
		}
	}
	return d, nil
}

// Explain returns everything that [Decide] finds about the command: what
// stands in its way, advice, and what could not be checked. It is pure.
func Explain(r Record, c Command, in Input) rule.Findings {
	c, ok := settled(c)
	if !ok {
		return notACommand()
	}
	found, _, _ := newMove(r, c, in).judge()
	return found
}

// nothingToSend reports a sign-off of a private listing that its buyers alone
// can see already.
func (m move) nothingToSend() bool {
	return m.event == EventSignOff && isPrivate(m.record.Draft) &&
		sameAccounts(m.record.Published.AllowList, m.target.AllowList)
}

// entry is what the accepted command adds to the journal.
func (m move) entry(to State) (Entry, error) {
	e := Entry{Revision: m.record.Revision + 1, At: m.at, By: m.by, Event: m.event, State: to}
	if m.once != nil {
		once := *m.once
		once.Revision = e.Revision
		e.Once = &once
	}
	switch c := m.command.(type) {
	case Create:
		id := m.record.ID
		e.ID, e.Seller, e.Name, e.Delta = &id, m.record.Seller, c.Name, &m.delta
	case Adopt:
		id, snapshot := m.record.ID, c.Snapshot.clone()
		e.ID, e.Seller, e.Name, e.Delta, e.Snapshot = &id, m.record.Seller, c.Name, &m.delta, &snapshot
	case Reconcile:
		snapshot := c.Snapshot.clone()
		e.Snapshot, e.KeepsDraft = &snapshot, c.KeepDraft && to == TestProduct
	case Edit:
		e.Delta = &m.delta
	case Submit:
		e.Known = m.facts.known()
	case Unpublish:
		e.Removal = &Removal{Email: c.Email, Reason: c.Reason, Replacement: m.facts.Replacements[c.Replacement].Product}
	}
	if !m.requests {
		return e, nil
	}
	var err error
	e.Delta = &m.delta
	e.ChangeSetName, err = changeSetName(m.record, e.Event, m.delta, e.Removal, m.at)
	return e, err
}

// step appends one step of the request that is under way. The table decides
// whether it may happen.
func (d *Decision) step(e Entry, at time.Time) error {
	to, err := ask(d.Record.State, e.Event, nil)
	if err != nil {
		return err
	}
	e.Revision, e.At, e.State = d.Record.Revision+1, instant(at), to
	return d.add(e)
}

// end appends the outcome of the request that is under way.
func (d *Decision) end(o Outcome, by string, at time.Time) error {
	request := d.Record.Request
	o.Request, o.Name, o.Kind, o.ChangeSet = request.Revision, request.Name, request.Kind, request.ChangeSet
	o.Revision, o.RecordedAt = d.Record.Revision+1, instant(at)
	o.Problems = bounded(o.Problems)
	o.Entities.DeliveryOptions = d.Record.knownOptions(o.Entities.DeliveryOptions)
	o.Entities = d.Record.Entities.news(o.Entities)
	return d.step(Entry{By: by, Event: outcomeEvent(d.Record, o.Result), Outcome: &o}, at)
}

// sendAgain turns the request into a new change set, with a name and a token
// of its own, so that the failed one is not mistaken for it.
func (d *Decision) sendAgain(at time.Time) error {
	q := d.Record.Request
	name, err := changeSetName(d.Record, q.Kind, q.Delta, q.Removal, at)
	if err != nil {
		return err
	}
	return d.step(Entry{Event: EventSendAgain, ChangeSetName: name}, at)
}

func (d *Decision) add(e Entry) error {
	next, err := apply(d.Record, e)
	if err != nil {
		return err
	}
	d.Record = next
	d.Entries = append(d.Entries, e)
	return nil
}

// Rules returns every rule that this package applies: those of moves, in the
// order of a listing's life, then those of buyers; each once. Those of the
// document are [listing.Rules].
func Rules() []rule.Rule {
	var rules []rule.Rule
	for _, t := range table {
		g, isCommand := guards[t.Event]
		if !isCommand {
			continue
		}
		for _, r := range append([]rule.Rule{g.state}, rule.Of(g.checks)...) {
			if !slices.Contains(rules, r) {
				rules = append(rules, r)
			}
		}
	}
	return append(rules, RuleCommand, RuleBy, RuleTakesAboutAnHour, RulePreviewAudience, RuleLiveAudience, RuleNoNewBuyers, RuleRestrictedStaysUsable)
}

// room is what the head of the record must leave for the steps that follow.
func (d Decision) room() int {
	switch {
	case d.requests():
		return headroom
	case d.Record.Request != nil:
		return cancelRoom
	}
	return 0
}

// requests reports whether the command has led to a request.
func (d Decision) requests() bool {
	return d.Record.Request != nil && d.Entries[0].Event != EventCancel
}
