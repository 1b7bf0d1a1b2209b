package lifecycle

import (
	"errors"
	"time"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// move is one command on one record, with everything that judging it needs.
type move struct {
	record  Record
	command Command
	event   Event
	facts   Facts
	policy  Policy
	by      string
	once    *UsedKey
	at      time.Time
	// delta is what changes, requests whether the marketplace is asked for it.
	delta    Delta
	requests bool
	// target is what the marketplace shall have; nil if it is told nothing.
	target *Content
	// places are those of the published versions, by number.
	places map[string]int
}

func newMove(r Record, c Command, in Input) move {
	r = withUnderWay(r, c)
	c = withKnownRoles(r, c)
	m := move{record: r, command: c, event: eventOf(r, c), facts: in.Facts.judged(), policy: in.Policy, by: in.By, once: in.once, at: instant(in.At)}
	m.places, _ = byNumber(r.published().Versions)
	if m.delta, m.requests = c.delta(r); !m.requests {
		return m
	}
	m.learn()
	target := r.with(m.delta)
	if add, ok := c.(AddVersion); ok { // one version more, even where there is one with its number
		target.Listing.Versions = append(append([]version.Version{}, r.Draft.Versions...), add.Version)
	}
	m.target = &target
	return m
}

// withUnderWay returns the record as it will be when the update under way has
// succeeded, if the command is another update: it is refused either way, and shall
// come with every reason that stays.
func withUnderWay(r Record, c Command) Record {
	if r.Request == nil || guards[r.Request.Kind].state != RuleUpdate || guards[c.Event()].state != RuleUpdate {
		return r
	}
	after := concluded(r, Entry{At: r.UpdatedAt, Outcome: &Outcome{Result: Succeeded}})
	after.Request = r.Request
	return after
}

// learn adds to the delta what the facts say of its resources, as far as the
// record does not have it.
func (m *move) learn() {
	for _, versions := range [][]version.Version{m.record.Draft.Versions, m.delta.Versions} {
		for _, v := range versions {
			resource, asked := m.facts.Resources[v.Resource]
			known, kept := m.record.InstanceTypes[v.Resource]
			if !asked || !resource.described() || kept && known.equal(resource.InstanceTypes) {
				continue
			}
			if m.delta.InstanceTypes == nil {
				m.delta.InstanceTypes = map[version.ARN]InstanceTypes{}
			}
			m.delta.InstanceTypes[v.Resource] = resource.InstanceTypes
		}
	}
}

// judge asks the machine, with the guards of the command as its guard. When
// the table has no such transition the guards speak all the same, so that
// every reason comes back together. The error is a fault of the machine.
func (m move) judge() (found rule.Findings, to State, err error) {
	found = m.findings()
	to, err = ask(m.record.State, m.event, found.Err())
	var violations rule.Violations
	switch {
	case errors.Is(err, errNoTransition):
		found, err = m.wrongState(m.event, found), nil
	case errors.As(err, &violations):
		err = nil
	}
	return found, to, err
}
