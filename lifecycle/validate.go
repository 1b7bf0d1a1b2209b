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
	// set ends without effect: Follow then says whether the change would be made.
	Validate(ctx context.Context, c Change) (changeSet string, err error)
}

// Validation is what the marketplace says of a change that it does not make.
type Validation struct {
	// ChangeSet is the marketplace's id for the validation.
	ChangeSet string
	// Status is how it stands. With PhaseSucceeded the marketplace would have
	// taken the change at EndedAt; with PhaseFailed, Problems say why it would
	// not have.
	Status Status
}

// Validate asks the marketplace whether it would take the command's change,
// without making it. The first call starts the validation, the next ones tell
// how it stands; call it until Status.Phase is not [PhasePending]. It writes
// nothing down: the validation of the same command on the same record is found
// again by its name, with the answer that it had, for as long as the marketplace
// knows it; what changes outside of the record, such as a role or a resource,
// does not start another. The listing may be held while it lasts, so that a request
// that is sent meanwhile waits.
//
// Nothing is asked for what the rules refuse: the errors are those of
// [Manager.Plan], and of sending and following. It matches [ErrUnsupported] when
// the marketplace is no [Validator], or validates no change of that kind, which
// [Plan] tells beforehand.
func (m *Manager) Validate(ctx context.Context, id uuid.UUID, c Command) (Validation, error) {
	_, d, err := m.rehearse(ctx, id, c)
	if err != nil {
		return Validation{}, err
	}
	validator, ok := m.validates(d)
	if !ok {
		return Validation{}, fmt.Errorf("listing %s: validating %s: %w", id, c.Event(), ErrUnsupported)
	}
	change := changeOf(d.Record)
	request := change.Name
	for attempt := 1; ; attempt++ {
		change.Name = fmt.Sprintf("%s validate%d", request, attempt)
		change.Token = uuid.NewSHA1(id, []byte(change.Name))
		v, err := m.validation(ctx, validator, change)
		if err != nil {
			return Validation{}, fmt.Errorf("listing %s: validating %s: %w", id, c.Event(), err)
		}
		if !v.Status.Fault || attempt == maxAttempts {
			return v, nil
		}
	}
}

func (m *Manager) validates(d Decision) (Validator, bool) {
	validator, ok := m.market.(Validator)
	requested := d.Record.Request != nil && d.Entries[0].Event != EventCancel
	return validator, ok && requested && validator.Validates(changeOf(d.Record))
}

// validation finds the validation of the name, or starts it.
func (m *Manager) validation(ctx context.Context, validator Validator, c Change) (Validation, error) {
	changeSet, err := m.market.Find(ctx, c.Name)
	if errors.Is(err, ErrNotFound) {
		changeSet, err = validator.Validate(ctx, c)
	}
	if err != nil {
		return Validation{}, err
	}
	status, err := m.market.Follow(ctx, changeSet)
	return Validation{ChangeSet: changeSet, Status: status}, err
}
