package simulator

import (
	"errors"
	"fmt"
	"time"
)

// longestReview is how long the people of AWS Marketplace may take to look at a change of visibility.
const longestReview = 37 * 24 * time.Hour

// ErrReview is matched by every refusal of Approve and Refuse to decide.
var ErrReview = errors.New("simulator: nothing to review")

// Review is a change of visibility that waits for a person.
type Review struct {
	Seller    string    // the account that asks
	ChangeSet string    // its id
	Name      string    // the change set's name
	Product   string    // the bare id
	Target    string    // the visibility that is asked for
	Since     time.Time // when it was accepted
}

// Reviews lists what waits for a person, the oldest first; nothing unless Config.ReviewByHand is set. Safe for concurrent
// use.
func (s *Simulator) Reviews() []Review {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []Review{}
	for _, cs := range s.st.ChangeSets {
		if !cs.awaited() {
			continue
		}
		for _, c := range cs.Changes {
			if c.Type == updateVisibility {
				target := read[struct{ TargetVisibility string }](c).TargetVisibility
				all = append(all, Review{cs.Seller, cs.ID, cs.Name, c.EntityID, target, cs.Start})
			}
		}
	}
	return all
}

// Approve lets a change of visibility that waits go on: it is checked, then APPLYING. The error matches ErrReview when the
// change set does not wait for a person, and *StateError when the state could not be written. Safe for concurrent use.
func (s *Simulator) Approve(changeSet string) error { return s.decide(changeSet, nil) }

// Refuse ends a change of visibility that waits with AUDIT_ERROR and the reason, 1 to 2048 bytes. The errors are those of
// Approve, and a reason of another length matches ErrReview too. Safe for concurrent use.
func (s *Simulator) Refuse(changeSet, reason string) error {
	if len(reason) < 1 || len(reason) > maxMessage {
		return fmt.Errorf("%w: the reason has %d bytes; it needs 1 to %d", ErrReview, len(reason), maxMessage)
	}
	return s.decide(changeSet, &ErrorDetail{"AUDIT_ERROR", reason})
}

func (s *Simulator) decide(id string, refusal *ErrorDetail) error {
	defer s.deliver()
	s.mu.Lock()
	defer s.mu.Unlock()
	cs := s.st.waiting(id)
	if cs == nil {
		return fmt.Errorf("%w: change set %.255q does not wait for a person", ErrReview, id)
	}
	end, err := s.st.after(cs.EndAt.Sub(cs.ApplyAt))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReview, err)
	}
	s.st.touchSet(cs)
	cs.Awaited, cs.ApplyAt, cs.EndAt = false, s.st.Now, end
	for _, c := range cs.Changes {
		if c.Type == updateVisibility && refusal != nil {
			c.Injected = refusal
		}
	}
	s.st.moveTo(s.st.Now)
	return s.save()
}

// await makes a change of visibility wait for a person, who takes 37 days at the most. What nobody has decided by then
// goes on: AWS names that limit as the longest that it takes, not as a time after which it refuses.
func (cs *changeSet) await() {
	applying := cs.EndAt.Sub(cs.ApplyAt)
	cs.Awaited, cs.ApplyAt = true, cs.Start.Add(longestReview)
	cs.EndAt = cs.ApplyAt.Add(applying)
}

func (st *state) waiting(id string) *changeSet {
	for _, cs := range st.ChangeSets {
		if cs.ID == id && cs.awaited() {
			return cs
		}
	}
	return nil
}

func (cs *changeSet) awaited() bool { return cs.Awaited && cs.Status == statusPreparing }
