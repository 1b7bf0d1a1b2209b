package lifecycle

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// Refusal is a command that was refused; nothing has changed. It matches, by
// [errors.Is], every rule that the command breaks; [errors.As] also finds the
// [rule.Violations].
type Refusal struct {
	// Listing is the listing's id.
	Listing uuid.UUID `json:"listing"`
	// Command is the event of the command; empty if there was none.
	Command Event `json:"command,omitempty"`
	// State is where the listing stands.
	State State `json:"state"`
	// Findings holds every violation, and what else was found on the way.
	Findings rule.Findings `json:"findings"`
}

// Error names command, state and every violation.
func (r *Refusal) Error() string {
	if r.Command == "" { // there was no command to judge
		return fmt.Sprintf("listing %s: refused: %v", r.Listing, r.Findings.Violations)
	}
	state := r.State
	if state == "" {
		state = "not created"
	}
	return fmt.Sprintf("listing %s (%s): %s refused: %v", r.Listing, shown(string(state)), shown(string(r.Command)), r.Findings.Violations)
}

// Unwrap returns the violations.
func (r *Refusal) Unwrap() error { return r.Findings.Violations }
