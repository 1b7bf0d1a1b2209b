package lifecycle

import (
	"errors"
	"time"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// Decision is a command that was accepted: what is to be written.
type Decision struct {
	// Record is the record afterwards.
	Record Record
	// Entries are what to append to the journal, one or more.
	Entries []Entry
	// Findings holds advice and what could not be checked; no violations.
	Findings rule.Findings
}

// Decide judges a command by the table of transitions and every rule that
// guards it, as of the instant at. It returns what to write, or a [*Refusal]
// with all that stands in the way. To create a listing, give a record with
// nothing but ID and Seller.
//
// Decide is pure: it does no I/O, reads no clock and changes none of its
// arguments; equal arguments give equal results. It is safe for concurrent use.
func Decide(r Record, c Command, f Facts, at time.Time) (Decision, error) {
	c, ok := settled(c)
	if !ok {
		return Decision{}, &Refusal{Listing: r.ID, State: r.State, Findings: notACommand()}
	}
	m := newMove(r, c, f, at)
	found, to, err := m.judge()
	if err != nil {
		return Decision{}, err
	}
	if len(found.Violations) > 0 {
		return Decision{}, &Refusal{Listing: r.ID, Command: c.Event(), State: r.State, Findings: found}
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
		if err := d.end(Outcome{Result: Succeeded}, f.By, m.at); err != nil {
			return Decision{}, err
		}
	}
	return d, nil
}

// Explain returns everything that [Decide] finds about the command: what
// stands in its way, advice, and what could not be checked. It is pure.
func Explain(r Record, c Command, f Facts, at time.Time) rule.Findings {
	c, ok := settled(c)
	if !ok {
		return notACommand()
	}
	found, _, _ := newMove(r, c, f, at).judge()
	return found
}

// Can reports whether [Decide] would accept the command. It is pure.
func Can(r Record, c Command, f Facts, at time.Time) bool {
	_, err := Decide(r, c, f, at)
	return err == nil
}

// move is one command on one record, with everything that judging it needs.
type move struct {
	record  Record
	command Command
	facts   Facts
	at      time.Time
	// target is what the marketplace shall have; nil if it is told nothing.
	target *Content
}

func newMove(r Record, c Command, f Facts, at time.Time) move {
	m := move{record: r, command: c, facts: f, at: instant(at)}
	if target, ok := c.content(r); ok {
		supported, _ := f.supported(target.Listing)
		target.Rates = completeRates(target.Listing.Offer, r.Published, supported)
		m.target = &target
	}
	return m
}

// judge asks the machine, with the guards of the command as its guard. When
// the table has no such transition the guards speak all the same, so that
// every reason comes back together. The error is a fault of the machine.
func (m move) judge() (found rule.Findings, to State, err error) {
	found = m.findings()
	to, err = ask(m.record.State, m.command.Event(), found.Err)
	var violations rule.Violations
	switch {
	case errors.Is(err, errNoTransition):
		found, err = m.wrongState(m.command.Event(), found), nil
	case errors.As(err, &violations):
		err = nil
	}
	return found, to, err
}

// nothingToSend reports a sign-off of a private listing that its buyers alone
// can see already.
func (m move) nothingToSend() bool {
	return m.command.Event() == EventSignOff && isPrivate(m.record.Draft) && m.record.Published != nil &&
		sameAccounts(m.record.Published.AllowList, m.target.AllowList)
}

// entry is what the accepted command adds to the journal.
func (m move) entry(to State) (Entry, error) {
	e := Entry{Revision: m.record.Revision + 1, At: m.at, By: m.facts.By, Event: m.command.Event(), State: to}
	var removal *Removal
	switch c := m.command.(type) {
	case Create:
		id, draft := m.record.ID, c.Listing.Clone()
		e.ID, e.Seller, e.Draft = &id, m.record.Seller, &draft
	case Adopt:
		id, draft, holding := m.record.ID, c.adopted().Listing, c.Holding.clone()
		e.ID, e.Seller, e.Draft, e.Adopted = &id, m.record.Seller, &draft, &holding
	case Edit:
		draft := c.Listing.Clone()
		e.Draft = &draft
	case Unpublish:
		removal = &Removal{Email: c.Email, Reason: c.Reason, Replacement: m.facts.Replacements[c.Replacement].Entities.Product}
	}
	if m.target == nil {
		return e, nil
	}
	var err error
	e.Request, err = newRequest(m.record, e.Event, *m.target, removal, m.at)
	return e, err
}

// instant is t as records keep it: in UTC, without a monotonic reading.
func instant(t time.Time) time.Time { return t.UTC().Round(0) }
