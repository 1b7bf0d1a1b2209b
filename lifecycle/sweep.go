package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Surveyor is what a [Marketplace] can be beside: one that tells of many
// change sets in one call. [Manager.Sweep] then asks by page, and not for each
// listing.
type Surveyor interface {
	// Pending returns ids of change sets of the account that have not ended,
	// a page at a time: page is empty at first and then the next that the call
	// before returned, until that is empty. Its errors are those of Find.
	//
	// For implementers: an id that is missing costs a call more; one that has
	// just ended is noticed by the next sweep. Neither does any harm.
	Pending(ctx context.Context, page string) (changeSets []string, next string, err error)
}

// Sweep is what [Manager.Sweep] found.
type Sweep struct {
	// InFlight counts the listings that had a request under way.
	InFlight int
	// Pending counts those among them that the marketplace still works on, as
	// its pages said; none of them was asked for by itself.
	Pending int
	// Ended counts those whose request has ended in this sweep.
	Ended int
	// Wait is how long to wait before the next sweep is worth it; 0 when nothing
	// is under way any more.
	Wait time.Duration
}

const (
	// sweepPace lies between two steps of a sweep. Four a second stay below
	// what the Catalog API allows an account of each call that they need.
	sweepPace = 250 * time.Millisecond
	sweepPage = 100
)

// Sweep advances every listing of the seller that has a request under way,
// in as few calls as possible: which change sets are still pending is asked by
// page, and only what is not among them is advanced one by one. Between its
// calls it waits, on the manager's clock, so that the quotas of the Catalog API
// are kept. Like Advance, it may be called any number of times, by any number
// of processes at once.
//
// The error joins those of the listings that could not be advanced; the others
// were. An error that matches [ErrThrottled] or the end of ctx ends the sweep
// where it is. Sweep tells what was found until then.
func (m *Manager) Sweep(ctx context.Context) (Sweep, error) {
	s := sweeper{Manager: m}
	if err := s.survey(ctx); err != nil {
		return Sweep{Wait: shortestWait}, err
	}
	var failures []error
	var after uuid.UUID
	for {
		records, err := m.InFlight(ctx, after, sweepPage)
		if err != nil {
			return s.found, errors.Join(append(failures, err)...)
		}
		for _, r := range records {
			if err := s.visit(ctx, r); err != nil {
				failures = append(failures, err)
				if errors.Is(err, ErrThrottled) || ctx.Err() != nil {
					return s.found, errors.Join(failures...)
				}
			}
			after = r.ID
		}
		if len(records) < sweepPage {
			return s.found, errors.Join(failures...)
		}
	}
}

type sweeper struct {
	*Manager
	pending map[string]bool
	found   Sweep
	started bool
}

// survey asks for all that is pending, if the marketplace can tell.
func (s *sweeper) survey(ctx context.Context) error {
	surveyor, ok := s.market.(Surveyor)
	if !ok {
		return nil
	}
	s.pending = map[string]bool{}
	for page := ""; ; {
		if err := s.pace(ctx); err != nil {
			return err
		}
		changeSets, next, err := surveyor.Pending(ctx, page)
		if err != nil {
			return err
		}
		for _, id := range changeSets {
			s.pending[id] = true
		}
		if next == "" {
			return nil
		}
		page = next
	}
}

func (s *sweeper) visit(ctx context.Context, r Record) error {
	s.found.InFlight++
	progress := s.progress(r)
	request := r.Request
	var err error
	if request.Phase == Following && !request.Cancelling && s.pending[request.ChangeSet] {
		s.found.Pending++
	} else {
		if err := s.pace(ctx); err != nil {
			return err
		}
		if progress, err = s.Advance(ctx, r.ID); err == nil && progress.Wait == 0 {
			s.found.Ended++
			return nil
		}
	}
	if wait := max(progress.Wait, shortestWait); s.found.Wait == 0 || wait < s.found.Wait {
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
