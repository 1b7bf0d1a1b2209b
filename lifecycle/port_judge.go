package lifecycle

import (
	"context"
	"time"
)

// judged is a marketplace whose answers are judged before anybody believes them:
// what cannot be is an error that matches ErrAnswer, long problems are cut, and an
// instant of a change set that cannot be counts as none. Whether an answer fits to a
// record is judged where the record is at hand.
type judged struct {
	Marketplace
	now func() time.Time
}

// Send returns the id that the marketplace gave, if it can be one.
func (j judged) Send(ctx context.Context, c Change) (string, error) {
	id, err := j.Marketplace.Send(ctx, c)
	return judgedID("Send", id, err)
}

// Find returns the id that the marketplace gave, if it can be one.
func (j judged) Find(ctx context.Context, name string) (string, error) {
	id, err := j.Marketplace.Find(ctx, name)
	return judgedID("Find", id, err)
}

// Validate returns the id that the marketplace gave, if it can be one.
func (j judged) Validate(ctx context.Context, c Change) (string, error) {
	id, err := j.Marketplace.Validate(ctx, c)
	return judgedID("Validate", id, err)
}

func judgedID(call, id string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	var f flaws
	f.id("changeSet", id)
	if err := f.err(call); err != nil {
		return "", err
	}
	return id, nil
}

// Follow returns the status that the marketplace gave, with problems that are not
// too long, and without instants that cannot be.
func (j judged) Follow(ctx context.Context, changeSet string) (Status, error) {
	s, err := j.Marketplace.Follow(ctx, changeSet)
	if err != nil {
		return Status{}, err
	}
	s.Problems = bounded(s.Problems)
	now := j.now()
	if !possibleInstant(s.StartedAt, now) {
		s.StartedAt = time.Time{}
	}
	if !possibleInstant(s.EndedAt, now) || s.EndedAt.Before(s.StartedAt) {
		s.EndedAt = time.Time{}
	}
	f := s.flaws()
	if err := f.err("Follow"); err != nil {
		return Status{}, err
	}
	return s, nil
}

// flaws returns what is wrong with a status by itself.
func (s Status) flaws() flaws {
	var f flaws
	switch s.Result {
	case Pending, Failed, Cancelled:
	case Succeeded:
		f.entities("entities", s.Entities)
	default:
		f.add("result", "is %q, which is none", shortened(string(s.Result), 60))
	}
	return f
}

// touching returns what is wrong with the entities of a change set that has
// succeeded, as those of the record's request.
func (s Status) touching(r Record) flaws {
	var f flaws
	switch all := r.Entities.with(s.Entities); {
	case s.Entities.Product == "" && s.Entities.Offer == "":
		f.add("entities", "name neither product nor offer of a change set that has succeeded")
	case all.Product == "":
		f.add("entities.product", "is empty, and the change set has succeeded")
	case all.Offer == "":
		f.add("entities.offer", "is empty, and the change set has succeeded")
	}
	f.of("entities", s.Entities, r)
	return f
}

// Read returns the snapshot that the marketplace gave, if it is of the product and can
// be kept.
func (j judged) Read(ctx context.Context, product string) (Snapshot, error) {
	s, err := j.Marketplace.Read(ctx, product)
	if err != nil {
		return Snapshot{}, err
	}
	f := s.flaws()
	f.kept(s)
	if s.Entities.Product != product {
		f.add("entities.product", "is %q, not the product %q that was asked for", shortened(s.Entities.Product, 60), shortened(product, 60))
	}
	if err := f.err("Read"); err != nil {
		return Snapshot{}, err
	}
	return s, nil
}

// Trace returns the product that the marketplace gave, if it can be one.
func (j judged) Trace(ctx context.Context, c Change) (Traced, error) {
	t, err := j.Marketplace.Trace(ctx, c)
	if err != nil {
		return Traced{}, err
	}
	var f flaws
	if t.Product == "" {
		f.add("product", "is empty")
	}
	f.entities("", t.Entities)
	f.of("", t.Entities, Record{Entities: c.Entities})
	if err := f.err("Trace"); err != nil {
		return Traced{}, err
	}
	return t, nil
}
