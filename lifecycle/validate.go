package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Validator is what a [Marketplace] can be beside: one that checks some changes
// without making them.
type Validator interface {
	// Validates reports whether Validate takes the change. It does no I/O, and
	// has the same answer for the same change.
	Validates(c Change) bool
	// Validate does what Send does, with the same errors, except that the change
	// set ends without effect: Follow then says whether the change would have
	// been made.
	Validate(ctx context.Context, c Change) (changeSet string, err error)
}

// Validate asks the marketplace whether it would take the command's change,
// without making it, and returns the id of the validation, for
// [Manager.Validation]. While one of the same command on the same record is
// pending, it returns that one; afterwards it starts another, since what is
// outside of the record may have been put right. It writes nothing down, and may
// be called again after any error. The listing may be held while a validation
// lasts, so that a request that is sent meanwhile waits.
//
// Nothing is asked for what the rules refuse: the errors are those of
// [Manager.Plan], and of sending and following. It matches [ErrUnsupported] when
// the marketplace is no [Validator], or validates no change of that kind, which
// [Plan] tells beforehand.
func (m *Manager) Validate(ctx context.Context, id uuid.UUID, c Command) (changeSet string, err error) {
	_, d, err := m.rehearse(ctx, id, c)
	if err != nil {
		return "", err
	}
	validator, ok := m.validates(d)
	if !ok {
		return "", fmt.Errorf("listing %s: validating %s: %w", id, c.Event(), ErrUnsupported)
	}
	if changeSet, err = m.validate(ctx, validator, changeOf(d.Record)); err != nil {
		return "", fmt.Errorf("listing %s: validating %s: %w", id, c.Event(), err)
	}
	return changeSet, nil
}

// Validation reports how a validation stands. With PhaseSucceeded the
// marketplace would have taken the change at EndedAt; with PhaseFailed, Problems
// say why it would not have, unless Fault says that the service itself failed. It
// returns an error that matches [ErrNotFound] when the marketplace knows no such
// validation, or none any more, and otherwise those of following.
func (m *Manager) Validation(ctx context.Context, changeSet string) (Status, error) {
	return m.market.Follow(ctx, changeSet)
}

func (m *Manager) validates(d Decision) (Validator, bool) {
	validator, ok := m.market.(Validator)
	requested := d.Record.Request != nil && d.Entries[0].Event != EventCancel
	return validator, ok && requested && validator.Validates(changeOf(d.Record))
}

// validate finds the validation that is pending, or starts one. Its token names
// the one before, so that a start whose answer was lost is not made twice.
func (m *Manager) validate(ctx context.Context, validator Validator, c Change) (string, error) {
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
		if err == nil && status.Phase == PhasePending {
			return before, nil
		}
	}
	c.Token = uuid.NewSHA1(c.Listing, []byte(c.Name+" after "+before))
	return validator.Validate(ctx, c)
}
