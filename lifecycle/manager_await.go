package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// AwaitOption changes one call of [Manager.Await].
type AwaitOption func(*awaiting)

type awaiting struct {
	progress func(Progress, error)
}

// OnProgress makes Await call f after each look, with the error of a look that
// failed. f is called in the goroutine of Await.
func OnProgress(f func(p Progress, err error)) AwaitOption {
	return func(a *awaiting) { a.progress = f }
}

// Await advances the listing until its request has ended, and returns the record
// as it is then. It waits between one look and the next: a quarter of the
// request's age, at least 30 seconds and at most an hour.
//
// It returns nil when the request succeeded, and a [*RequestError] when it failed
// or was cancelled. That is the request which was under way when Await began, even
// if others came after it; without one it is the latest, if there ever was one.
// Faults that may pass, those that match [ErrBusy], [ErrThrottled] or
// [ErrUnavailable], are waited out; any other error of [Manager.Advance] ends it,
// and so does the end of ctx, whose cause is joined with the last fault.
func (m *Manager) Await(ctx context.Context, id uuid.UUID, options ...AwaitOption) (r Record, err error) {
	ctx, op := m.begin(ctx, "Await", id, nil)
	defer op.end(&err)
	a := awaiting{progress: func(Progress, error) {}}
	for i, option := range options {
		if option == nil {
			return Record{}, fmt.Errorf("%w: option %d is nil: leave it out", ErrConfig, i)
		}
		option(&a)
	}
	var awaited int64 // the revision of the request
	first, _, err := m.load(ctx, id)
	for ; err != nil && passing(err) && ctx.Err() == nil; first, _, err = m.load(ctx, id) {
		a.progress(Progress{}, err)
		if ended := m.clock.Sleep(ctx, shortestWait); ended != nil {
			return Record{}, errors.Join(ended, err)
		}
	}
	if err != nil {
		return Record{}, err
	}
	if first.Request != nil {
		awaited = first.Request.Revision
	} else if first.Last != nil {
		awaited = first.Last.Request
	}
	r = first
	for {
		p, err := m.Advance(ctx, id)
		if p.Record.Revision > 0 {
			r = p.Record
			op.saw(r)
		}
		a.progress(p, err)
		switch {
		case err != nil && !passing(err):
			return r, err
		case err == nil && (r.Request == nil || r.Request.Revision != awaited):
			return m.outcome(ctx, r, awaited)
		}
		if ended := m.clock.Sleep(ctx, max(p.Wait, shortestWait)); ended != nil {
			return r, errors.Join(ended, err)
		}
	}
}

func passing(err error) bool {
	return errors.Is(err, ErrBusy) || errors.Is(err, ErrThrottled) || errors.Is(err, ErrUnavailable)
}

// outcome returns the record, and how the request ended that was written down at
// the revision.
func (m *Manager) outcome(ctx context.Context, r Record, awaited int64) (Record, error) {
	last := r.Last
	if last != nil && last.Request != awaited { // others came after it
		for e, err := range m.journal(ctx, r.ID, 0) {
			if err != nil {
				return r, err
			}
			if e.Outcome != nil && e.Outcome.Request == awaited {
				last = e.Outcome
			}
		}
	}
	if last == nil || last.Result == Succeeded {
		return r, nil
	}
	return r, &RequestError{Listing: r.ID, Outcome: *last}
}
