// Package wake has the requests of listings looked after without anybody asking.
//
// A command of a [lifecycle.Manager] writes a request down; [lifecycle.Manager.Advance]
// sends it, follows it, and writes down how it ended. Somebody has to call Advance when
// the request is due, and again until it has ended. This package does, in one of three
// ways:
//
//   - [Loop], in this process, for any number of sellers, whatever the store. It is all
//     that one process needs, and several processes may run one each.
//   - package wake/river, as jobs of River in the PostgreSQL database of the store: the
//     job is saved in the transaction that saves the request, and any number of
//     processes work on them.
//   - package wake/scheduler, as one-time schedules of Amazon EventBridge Scheduler,
//     for programs that run only when they are called.
//
// Each is a [Waker], or does what one does. A wake that is lost costs time, never truth:
// the store has every request with the instant at which it is due, and [Lost] finds what
// nobody has looked after. Waking a listing twice, late or for nothing does no harm.
package wake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Waker has [Look], or [lifecycle.Manager.Advance], called for a listing later, in
// whatever process.
//
// For implementers. Wake may be called from many goroutines at once, and again for what
// was asked for before. Of two wakes of one listing the one with the higher revision
// counts; to do both is right as well.
type Waker interface {
	// Wake asks that the listing is looked at when its request is due, at
	// s.Request.Due or soon after it. A summary without a request asks for nothing.
	// An error means that the listing may not be woken.
	Wake(ctx context.Context, s lifecycle.Summary) error
}

// Observer returns an observer for [lifecycle.WithObserver] that wakes each listing when
// its request is due. An error of the waker is given to failed, which may be nil: the
// request is saved by then, and [Lost] will find it.
func Observer(w Waker, failed func(context.Context, lifecycle.Summary, error)) lifecycle.Observer {
	return func(ctx context.Context, s lifecycle.Summary, _ lifecycle.Entry) {
		if s.Request == nil {
			return
		}
		if err := w.Wake(ctx, s); err != nil && failed != nil {
			failed(ctx, s, err)
		}
	}
}

// Look advances the listing and returns when to look at it again; 0 is never: nothing is
// under way, or the listing is gone. It returns an error when the look failed. One that
// may pass by itself matches ErrBusy, ErrThrottled or ErrUnavailable of package
// lifecycle; after any other, too, the listing should be looked at again, as somebody may
// mend what is wrong: it comes with a positive duration. When the request has ended
// without success, that is no error: the record says so.
func Look(ctx context.Context, m *lifecycle.Manager, id uuid.UUID) (again time.Duration, err error) {
	p, err := m.Advance(ctx, id)
	switch {
	case errors.Is(err, lifecycle.ErrNotFound):
		return 0, nil
	case err != nil:
		return max(p.Wait, shortest), err
	case p.Record.Request == nil:
		return 0, nil
	}
	return max(p.Wait, shortest), nil
}

// shortest lies at least between two looks at one listing.
const shortest = 30 * time.Second

// Lost wakes each listing of the manager's seller whose request was due longer ago than
// late, for example because the process that was to wake it has ended. It returns how
// many it has woken, and the first error. Call it when a program starts, and every few
// minutes: it reads one summary for each listing that is late, and asks AWS nothing. now
// is the present instant.
func Lost(ctx context.Context, m *lifecycle.Manager, w Waker, now time.Time, late time.Duration) (int, error) {
	n := 0
	var first error
	for s, err := range m.Listings(ctx, lifecycle.Query{InFlight: true, DueBefore: now.Add(-late)}) {
		if err == nil {
			if err = w.Wake(ctx, s); err != nil {
				err = fmt.Errorf("waking listing %s: %w", s.ID, err)
			}
		}
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		n++
	}
	return n, first
}
