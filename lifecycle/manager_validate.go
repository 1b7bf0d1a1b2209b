package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Validate asks the marketplace whether it would take the command's change,
// without making it, and returns the id of the validation, for
// [Manager.Validation]. While one of the same command on the same record is
// pending, it returns that one; afterwards it starts another, since what is
// outside of the record may have been put right. It writes nothing down, and may
// be called again after any error. The listing may be held while a validation
// lasts, so that a request that is sent meanwhile waits.
//
// Nothing is asked for what the rules refuse: the errors are those of
// [Manager.Plan], and of sending and following. It returns an error that matches
// [errors.ErrUnsupported] when the marketplace validates no change of that kind,
// which [Plan] says beforehand.
func (m *Manager) Validate(ctx context.Context, id uuid.UUID, c Command) (changeSet string, err error) {
	ctx, op := m.begin(ctx, "Validate", id, c)
	defer op.end(&err)
	r, _, err := m.find(ctx, id)
	if err != nil {
		return "", err
	}
	d, err := m.rehearse(ctx, r, c)
	if err != nil {
		return "", err
	}
	if !d.requests() {
		return "", fmt.Errorf("listing %s: validating %s: %w: nothing is sent", id, c.Event(), errors.ErrUnsupported)
	}
	change, q := changeOf(d.Record), d.Record.Request
	// The same command has one validation, whenever it is asked for.
	if change.Name, err = changeSetName(r, q.Kind, q.Delta, q.Removal, time.Time{}); err != nil {
		return "", err
	}
	if changeSet, err = m.validate(ctx, change); err != nil {
		return "", fmt.Errorf("listing %s: validating %s: %w", id, c.Event(), err)
	}
	return changeSet, nil
}

// Validation reports how a validation stands. With the result Succeeded the
// marketplace would have taken the change at EndedAt; with Failed, Problems
// say why it would not have, unless Fault says that the service itself failed. It
// returns an error that matches [ErrForgotten] when the marketplace knows no such
// validation, or none any more, and otherwise those of following. In the first minute
// after Validate the marketplace may not show it yet: ask again.
func (m *Manager) Validation(ctx context.Context, changeSet string) (s Status, err error) {
	ctx, op := m.begin(ctx, "Validation", uuid.Nil, nil)
	defer op.end(&err)
	s, err = m.market.Follow(ctx, changeSet)
	if errors.Is(err, ErrNotFound) {
		err = &unseenError{kind: ErrForgotten, cause: err}
	}
	return s, err
}

// validate finds the validation that is pending, or starts one. Its token names
// the one before, so that a start whose answer was lost is not made twice.
func (m *Manager) validate(ctx context.Context, c Change) (string, error) {
	c.Name += " validate"
	before, err := m.market.Find(ctx, c.Name)
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return "", err
	default:
		status, err := m.market.Follow(ctx, before)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return "", err
		}
		if err == nil && status.Result == Pending {
			return before, nil
		}
	}
	c.Token = uuid.NewSHA1(c.Listing, []byte(c.Name+" after "+before))
	return m.market.Validate(ctx, c)
}
