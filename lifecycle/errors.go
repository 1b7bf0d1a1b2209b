package lifecycle

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// ErrJournal is a journal that does not add up to a record: an entry does not
// follow from the one before it.
var ErrJournal = errors.New("journal does not add up")

// Refusal is a command that was refused; nothing has changed. It matches, by
// [errors.Is], every rule that the command breaks; [errors.As] also finds the
// [rule.Violations].
type Refusal struct {
	// Listing is the listing's id.
	Listing uuid.UUID
	// Command is the event of the command.
	Command Event
	// State is where the listing stands.
	State State
	// Findings holds every violation, and what else was found on the way.
	Findings rule.Findings
}

// Error names command, state and every violation.
func (r *Refusal) Error() string {
	state := r.State
	if state == "" {
		state = "not created"
	}
	return fmt.Sprintf("listing %s (%s): %s refused: %v", r.Listing, state, r.Command, r.Findings.Violations)
}

// Unwrap returns the violations.
func (r *Refusal) Unwrap() error { return r.Findings.Violations }

// RequestError is a request that ended without success. The listing is as it
// was before the command.
type RequestError struct {
	// Listing is the listing's id.
	Listing uuid.UUID
	// Outcome is how the request ended.
	Outcome Outcome
}

// Error names the request, how it ended and the marketplace's reasons.
func (e *RequestError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "listing %s: %s %s", e.Listing, e.Outcome.Kind, e.Outcome.Result)
	for i, p := range e.Outcome.Problems {
		b.WriteString([]string{": ", "; "}[min(i, 1)] + p.String())
	}
	return b.String()
}
