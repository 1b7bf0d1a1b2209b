package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
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
// were. When the pages cannot be had, it goes on listing by listing. After an error
// that matches [ErrLimit] it starts no more change sets, but follows those that
// there are. Any other error that matches [ErrThrottled], or the end of ctx, ends
// the sweep where it is; the next sweep of the manager starts behind that listing.
// Sweep returns what was found until then.
func (m *Manager) Sweep(ctx context.Context, options ...SweepOption) (found Sweep, err error) {
	ctx, op := m.begin(ctx, "Sweep", uuid.Nil, nil)
	defer op.end(&err)
	s := sweeper{Manager: m}
	for i, option := range options {
		if option == nil {
			return Sweep{}, fmt.Errorf("%w: option %d is nil: leave it out", ErrConfig, i)
		}
		option(&s)
	}
	var failures []error
	if !m.anyInFlight(ctx) {
		return s.found, context.Cause(ctx)
	}
	if err := s.survey(ctx); err != nil {
		if ends(ctx, err) {
			s.found.Wait = shortestWait
			return s.found, err
		}
		failures = append(failures, err)
	}
	start := m.stopped.id()
	failures = append(failures, s.round(ctx, start, func(Summary) bool { return true })...)
	if start != uuid.Nil && !s.ended {
		failures = append(failures, s.round(ctx, uuid.Nil, func(l Summary) bool { return compareIDs(l.ID, start) <= 0 })...)
	}
	if !s.ended {
		m.stopped.set(uuid.Nil)
	}
	if len(failures) > 0 && s.found.Wait == 0 {
		s.found.Wait = shortestWait
	}
	return s.found, errors.Join(failures...)
}

// anyInFlight reports whether a request may be under way.
func (m *Manager) anyInFlight(ctx context.Context) bool {
	found, err := m.store.List(ctx, Query{Seller: m.seller, InFlight: true, Limit: 1})
	return err != nil || len(found) > 0
}

func ends(ctx context.Context, err error) bool {
	return errors.Is(err, ErrThrottled) && !errors.Is(err, ErrLimit) || ctx.Err() != nil
}

// mark is the listing at which the last sweep of a manager had to stop.
type mark struct {
	mu sync.Mutex
	at uuid.UUID
}

func (m *mark) id() uuid.UUID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

func (m *mark) set(id uuid.UUID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = id
}

// SweepOption changes one call of [Manager.Sweep].
type SweepOption func(*sweeper)

// OneByOne makes Sweep advance each listing by itself, without asking for the pages of
// what is pending first: for few listings, or when the quota of these pages is used up.
func OneByOne() SweepOption { return func(s *sweeper) { s.oneByOne = true } }

type sweeper struct {
	*Manager
	oneByOne bool
	pending  map[string]bool
	found    Sweep
	started  bool
	full     bool // the account is at its limit of open change sets
	ended    bool
}

// round visits the listings behind the id, in order, as long as the function says.
func (s *sweeper) round(ctx context.Context, after uuid.UUID, more func(Summary) bool) []error {
	var failures []error
	for summary, err := range s.listings(ctx, Query{InFlight: true, After: after}) {
		if !more(summary) {
			break
		}
		if err == nil {
			err = s.visit(ctx, summary)
		}
		if err == nil {
			continue
		}
		failures = append(failures, err)
		if s.full = s.full || errors.Is(err, ErrLimit); ends(ctx, err) {
			s.ended = true
			s.stopped.set(summary.ID)
			break
		}
	}
	return failures
}

// maxPendingPages bounds a survey: an account has far fewer open change sets.
const maxPendingPages = 1000

// survey asks for all that is pending, if the marketplace can tell.
func (s *sweeper) survey(ctx context.Context) error {
	if s.oneByOne {
		return nil
	}
	pending, seen := map[string]bool{}, map[string]bool{}
	for page := ""; ; {
		if seen[page] || len(seen) == maxPendingPages {
			return fmt.Errorf("listing what is pending: page %d comes again, or there is no end of pages", len(seen))
		}
		seen[page] = true
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
	switch {
	case request.Phase == Following && !request.Cancelling && s.pending[request.ChangeSet]:
		s.found.Pending++
	case s.full && request.Phase == Recorded && !request.Cancelling: // nothing can be started
	default:
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
