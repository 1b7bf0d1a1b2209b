package simulator

import (
	"errors"
	"fmt"
	"time"
)

// Durations says how long change sets take on the simulated clock. The zero value means the defaults; so does every zero
// field. Negative values are refused by New.
//
// A set with a visibility change takes Visibility; else one that releases a product takes Release; every other takes Other.
type Durations struct {
	Release    Phases // default 40 min + 15 min
	Visibility Phases // default 25 h + 1 h: the people of AWS Marketplace look at it
	Other      Phases // default 15 min + 5 min
}

// Phases are the two parts of a change set's life before it is terminal.
type Phases struct {
	Preparing time.Duration // until PREPARING gives way to APPLYING or, when a check fails, to FAILED
	Applying  time.Duration // from there until SUCCEEDED
}

const (
	retention    = 60 * 24 * time.Hour  // how long a finished change set can be described
	cancelWindow = 24 * time.Hour       // a restriction can be cancelled until its audit begins
	riseInterval = 120 * 24 * time.Hour // between two price rises of an offer
)

// ErrClock is matched by every refusal of Advance to move the clock.
var ErrClock = errors.New("simulator: the clock cannot move there")

// The formats print four-digit years only.
var clockEnd = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Now is the simulated instant, in UTC. Safe for concurrent use.
func (s *Simulator) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.Now
}

// Advance moves the simulated clock forward by d. Every change set that becomes due on the way settles at its own instant,
// the earliest first. A zero d moves nothing. The error matches ErrClock when d is negative or leads past the year 9998,
// and *StateError when the state could not be written; in both cases nothing has moved. Safe for concurrent use.
func (s *Simulator) Advance(d time.Duration) error {
	defer s.deliver()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.advance(d)
}

func (s *Simulator) advance(d time.Duration) error {
	target, err := s.st.after(d)
	if err != nil {
		return err
	}
	s.st.moveTo(target)
	return s.save()
}

// after is the instant d from now, if the clock can go there.
func (st *state) after(d time.Duration) (time.Time, error) {
	if d < 0 {
		return st.Now, fmt.Errorf("%w: %v is negative; time only moves forward", ErrClock, d)
	}
	target := st.Now.Add(d)
	if !target.Before(clockEnd) {
		return st.Now, fmt.Errorf("%w: %v from %s lies past the last year it can show", ErrClock, d, st.Now.Format(time.RFC3339))
	}
	return target, nil
}

// moveTo settles what becomes due until the target, each set at its own instant.
func (st *state) moveTo(target time.Time) {
	for {
		cs, at := st.nextDue(target)
		if cs == nil {
			break
		}
		if at.After(st.Now) {
			st.Now = at
		}
		st.step(cs)
	}
	st.Now = target
}

// nextDue finds the running set whose next step comes first, at or before the limit.
func (st *state) nextDue(limit time.Time) (*changeSet, time.Time) {
	var first *changeSet
	var at time.Time
	for _, cs := range st.ChangeSets {
		var due time.Time
		switch cs.Status {
		case statusPreparing:
			due = cs.ApplyAt
		case statusApplying:
			due = cs.EndAt
		default:
			continue
		}
		if !due.After(limit) && (first == nil || due.Before(at)) {
			first, at = cs, due
		}
	}
	return first, at
}

// step takes a set one status further. Its changes are checked when PREPARING ends and once more when they are made: its
// own entities are locked, but a SageMaker resource or the product of an offer may have changed in between.
func (st *state) step(cs *changeSet) {
	st.touchSet(cs)
	w := st.work(cs)
	w.run()
	if w.failed() {
		cs.FailureCode, cs.FailureDescription = clientError, clientErrorDescription
		for i, c := range cs.Changes {
			c.Errors = w.errors[i]
		}
		st.finish(cs, statusFailed)
		return
	}
	if cs.Status == statusPreparing {
		cs.Status = statusApplying
		return
	}
	if cs.Fault != "" {
		cs.FailureCode, cs.FailureDescription = serverFault, cs.Fault
		st.finish(cs, statusFailed)
		return
	}
	if cs.Intent != intentValidate {
		w.commit()
	}
	st.finish(cs, statusSucceeded)
}

func (st *state) finish(cs *changeSet, status string) {
	st.touchSet(cs)
	cs.Status, cs.End = status, st.Now
	st.announce(cs)
}

func (d Durations) check() error {
	for _, p := range []Phases{d.Release, d.Visibility, d.Other} {
		if p.Preparing < 0 || p.Applying < 0 {
			return errors.New("simulator: Config.Durations has a negative duration; leave it zero for the default")
		}
	}
	return nil
}

// phases picks how long a set takes, defaults filled in.
func (d Durations) phases(cs *changeSet) Phases {
	p, standard := d.Other, Phases{15 * time.Minute, 5 * time.Minute}
	switch {
	case cs.has(updateVisibility):
		p, standard = d.Visibility, Phases{25 * time.Hour, time.Hour}
	case cs.has(releaseProduct):
		p, standard = d.Release, Phases{40 * time.Minute, 15 * time.Minute}
	}
	if p.Preparing == 0 {
		p.Preparing = standard.Preparing
	}
	if p.Applying == 0 {
		p.Applying = standard.Applying
	}
	return p
}
