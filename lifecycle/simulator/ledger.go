package simulator

import (
	"encoding/json"
	"time"
)

// Ledger tells what the simulator received and what came of it. It is a copy: later calls do not change it.
type Ledger struct {
	// ChangeSets are all that were accepted, in that order; finished ones stay here when the API has forgotten them.
	ChangeSets []ChangeSet
	// Calls counts the calls per operation, refused and faulted ones included. StartsByToken counts the StartChangeSet
	// calls that were well-formed and carried the token, replays included.
	Calls         map[string]int
	StartsByToken map[string]int
	// Starts is Calls["StartChangeSet"]. Replays counts those that were answered with the change set of an earlier call.
	Starts, Replays int
}

// ChangeSet is one accepted change set.
type ChangeSet struct {
	Seller                  string // the account that started it
	ID, Name, Token, Intent string
	Status                  string // PREPARING, APPLYING, SUCCEEDED, CANCELLED, FAILED
	FailureCode             string // CLIENT_ERROR or SERVER_FAULT when FAILED
	Start                   time.Time
	End                     time.Time // zero while the set runs
	Changes                 []Change
}

// Change is one change of a set.
type Change struct {
	Name, Type string
	EntityType string // with its version, for example "Offer@1.0"
	Identifier string // as it was sent
	EntityID   string // bare id; of a created entity once the set has succeeded
	Document   json.RawMessage
	Errors     []ErrorDetail // why the change failed
}

// Ledger reports everything received so far. Safe for concurrent use.
func (s *Simulator) Ledger() Ledger {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := Ledger{
		ChangeSets: []ChangeSet{}, Calls: map[string]int{}, StartsByToken: map[string]int{},
		Starts: s.st.Calls["StartChangeSet"], Replays: s.st.Replays,
	}
	for name, n := range s.st.Calls {
		l.Calls[name] = n
	}
	for token, n := range s.st.TokenCalls {
		l.StartsByToken[token] = n
	}
	for _, cs := range s.st.ChangeSets {
		out := ChangeSet{
			Seller: cs.Seller, ID: cs.ID, Name: cs.Name, Token: cs.Token, Intent: cs.Intent, Status: cs.Status, FailureCode: cs.FailureCode,
			Start: cs.Start, End: cs.End,
		}
		for _, c := range cs.Changes {
			out.Changes = append(out.Changes, Change{
				c.Name, c.Type, c.EntityType, c.Identifier, c.EntityID,
				append(json.RawMessage{}, c.Document...), append([]ErrorDetail{}, c.Errors...),
			})
		}
		l.ChangeSets = append(l.ChangeSets, out)
	}
	return l
}
