package lifecycle

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
)

// Plan returns what Do and Advance would lead to. Nothing is written and
// nothing is sent; the facts are asked for as in [Manager.Do]. The errors are those
// of Do, a [*Rejection] when the marketplace has no request for the command, and one
// that matches [ErrAnswer] when what it plans cannot be sent.
func (m *Manager) Plan(ctx context.Context, id uuid.UUID, c Command) (p Plan, err error) {
	ctx, op := m.begin(ctx, "Plan", id, c)
	defer op.end(&err)
	r, _, err := m.find(ctx, id)
	if err != nil {
		return Plan{}, err
	}
	return m.planOn(ctx, r, c)
}

// PlanOn is Plan for a record that need not be in the store. Its errors are those of
// Plan, without [ErrNotFound].
func (m *Manager) PlanOn(ctx context.Context, r Record, c Command) (p Plan, err error) {
	ctx, op := m.begin(ctx, "PlanOn", r.ID, c)
	defer op.end(&err)
	op.saw(r)
	return m.planOn(ctx, r, c)
}

func (m *Manager) planOn(ctx context.Context, r Record, c Command) (Plan, error) {
	d, err := m.rehearse(ctx, r, c)
	if err != nil {
		return Plan{}, err
	}
	p, err := planOf(r, d)
	if err != nil || !d.requests() {
		return p, err
	}
	p.ChangeSet = d.Record.Request.Name
	planned, err := m.market.Plan(changeOf(d.Record))
	if errors.Is(err, errors.ErrUnsupported) {
		return p, nil
	}
	if err != nil {
		return Plan{}, err
	}
	p.Changes, p.Validates = planned.Changes, planned.Validates
	return p, nil
}

// PlanDocument is Plan for submitting a document that is in no store yet: all that
// stands in the way of it, or the change set that would be sent. Its errors are those
// of PlanOn.
func (m *Manager) PlanDocument(ctx context.Context, l listing.Listing) (p Plan, err error) {
	draft := Record{ID: ID(m.seller, l.Title), Seller: m.seller}
	ctx, op := m.begin(ctx, "PlanDocument", draft.ID, Submit{})
	defer op.end(&err)
	d, err := Decide(draft, Create{Listing: l}, Input{At: m.clock.Now()})
	if err != nil {
		return Plan{}, err
	}
	return m.planOn(ctx, d.Record, Submit{})
}

// rehearse returns what Do would decide on the record.
func (m *Manager) rehearse(ctx context.Context, r Record, c Command) (Decision, error) {
	c, ok := settled(c)
	if !ok {
		return Decision{}, &Refusal{Listing: r.ID, Findings: notACommand()}
	}
	d, err := m.decide(ctx, r, c, doing{})
	if err != nil {
		return Decision{}, err
	}
	_, _, err = encodeWrite(&kept{revision: r.Revision}, d.Record, d.Entries, d.room())
	return d, err
}
