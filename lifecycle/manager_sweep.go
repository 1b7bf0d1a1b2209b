package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Sweep is what [Manager.Sweep] found.
type Sweep struct {
	// InFlight counts the listings that had a request under way.
	InFlight int `json:"inFlight"`
	// Pending counts those among them that the marketplace still works on, as
	// its pages said; none of them was asked for by itself.
	Pending int `json:"pending"`
	// Ended counts those whose request has ended in this sweep.
	Ended int `json:"ended"`
	// Wait is how long to wait before the next sweep; 0 when nothing is under way
	// any more. In JSON it is in nanoseconds.
	Wait time.Duration `json:"wait"`
}

// sweepPace lies between two steps of a sweep. Four a second stay below what the
// Catalog API allows an account of each call that they need.
const sweepPace = 250 * time.Millisecond

// Sweep advances every listing of the seller that has a request under way,
// in as few calls as possible: which change sets are still pending is asked by
// page, and only what is not among them is advanced one by one. Between its
// calls it waits, on the manager's clock, so that the quotas of the Catalog API
// are kept. Like Advance, it may be called any number of times, by any number
// of processes at once.
//
// The error joins those of the listings that could not be advanced; the others
// were. When the pages cannot be had, it goes on listing by listing. An error that
// matches [ErrThrottled], or the end of ctx, ends the sweep where it is. Sweep
// returns what was found until then.
func (m *Manager) Sweep(ctx context.Context) (Sweep, error) {
	s := sweeper{Manager: m}
	var failures []error
	if err := s.survey(ctx); err != nil {
		if ends(ctx, err) {
			s.found.Wait = shortestWait
			return s.found, err
		}
		failures = append(failures, err)
	}
	for summary, err := range m.Listings(ctx, Query{InFlight: true}) {
		if err == nil {
			err = s.visit(ctx, summary)
		}
		if err != nil {
			failures = append(failures, err)
			if ends(ctx, err) {
				break
			}
		}
	}
	if len(failures) > 0 && s.found.Wait == 0 {
		s.found.Wait = shortestWait
	}
	return s.found, errors.Join(failures...)
}

func ends(ctx context.Context, err error) bool {
	return errors.Is(err, ErrThrottled) || ctx.Err() != nil
}

type sweeper struct {
	*Manager
	pending map[string]bool
	found   Sweep
	started bool
}

// survey asks for all that is pending, if the marketplace can tell.
func (s *sweeper) survey(ctx context.Context) error {
	pending := map[string]bool{}
	for page := ""; ; {
		if err := s.pace(ctx); err != nil {
			return err
		}
		changeSets, next, err := s.market.Pending(ctx, page)
		if errors.Is(err, errors.ErrUnsupported) {
			s.started = false // no call was made
			return nil
		}
		if err != nil {
			return fmt.Errorf("listing what is pending: %w", err)
		}
		for _, id := range changeSets {
			pending[id] = true
		}
		if next == "" {
			s.pending = pending
			return nil
		}
		page = next
	}
}

func (s *sweeper) visit(ctx context.Context, l Summary) error {
	s.found.InFlight++
	request := l.Request
	wait := nextLook(s.clock.Now().Sub(request.RecordedAt))
	var err error
	if request.Phase == Following && !request.Cancelling && s.pending[request.ChangeSet] {
		s.found.Pending++
	} else {
		if err := s.pace(ctx); err != nil {
			return err
		}
		var p Progress
		if p, err = s.Advance(ctx, l.ID); err == nil {
			if wait = p.Wait; wait == 0 {
				s.found.Ended++
				return nil
			}
		}
	}
	if wait = max(wait, shortestWait); s.found.Wait == 0 || wait < s.found.Wait {
		s.found.Wait = wait
	}
	return err
}

func (s *sweeper) pace(ctx context.Context) error {
	if !s.started {
		s.started = true
		return nil
	}
	return s.clock.Sleep(ctx, sweepPace)
}
