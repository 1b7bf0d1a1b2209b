package wake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Loop looks after the requests of any number of sellers in this process. For each
// seller it calls [lifecycle.Manager.Sweep] when a request is due, which asks for twenty
// change sets with one call, and, since other processes may have written requests too,
// every now and then. Several sellers are swept at once, none of them twice: a seller
// whose calls are slow, throttled or refused holds up nobody else.
//
//	loop := wake.NewLoop()
//	manager, err := lifecycle.New(seller, store, market, lifecycle.WithObserver(loop.Observe))
//	…
//	err = loop.Run(ctx, manager)
//
// It is safe for concurrent use. Make one with [NewLoop].
type Loop struct {
	clock  lifecycle.Clock
	log    *slog.Logger
	atOnce int
	pace   time.Duration
	notice time.Duration
	rest   time.Duration

	mu      sync.Mutex
	sellers map[listing.AccountID]*seller
	running bool
	changed chan struct{} // has room for one
}

// seller is one whose listings are looked after.
type seller struct {
	manager  *lifecycle.Manager
	due      time.Time
	sweeping bool
	failures int // one after another
}

// LoopOption changes how a [Loop] works.
type LoopOption func(*Loop)

// AtOnce bounds how many sellers are swept at the same time. The default is 4; numbers
// below 1 are 1.
func AtOnce(n int) LoopOption { return func(l *Loop) { l.atOnce = max(n, 1) } }

// Pace is the least time between the beginnings of two sweeps, whichever the sellers, to
// stay within a quota that they share. The default is 100 milliseconds: at most ten pages
// of change sets a second, of the 25 that AWS allows a partner.
func Pace(d time.Duration) LoopOption { return func(l *Loop) { l.pace = max(d, 0) } }

// Notice has each seller with a request under way swept at least that often, so that the
// end of a request is noticed within this time. Without it, a request is looked at after
// a quarter of its age: at least 30 seconds and at most an hour.
func Notice(d time.Duration) LoopOption { return func(l *Loop) { l.notice = max(d, 0) } }

// Rest is how long a seller without requests is left alone, at the most: requests that
// other processes have written, and that these do not look after, are found then. The
// default is ten minutes. A sweep that finds no request asks AWS nothing.
func Rest(d time.Duration) LoopOption { return func(l *Loop) { l.rest = max(d, shortest) } }

// LoopClock replaces the machine's clock, [lifecycle.SystemClock]. It must be that of the
// managers.
func LoopClock(c lifecycle.Clock) LoopOption { return func(l *Loop) { l.clock = c } }

// LoopLogger logs each sweep that failed, at level Warn: the seller and the error. The
// default logs nothing.
func LoopLogger(log *slog.Logger) LoopOption { return func(l *Loop) { l.log = log } }

// NewLoop returns a loop. Nothing runs before [Loop.Run].
func NewLoop(options ...LoopOption) *Loop {
	l := &Loop{
		clock: lifecycle.SystemClock{}, log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		atOnce: 4, pace: 100 * time.Millisecond, rest: 10 * time.Minute,
		sellers: map[listing.AccountID]*seller{}, changed: make(chan struct{}, 1),
	}
	for _, option := range options {
		option(l)
	}
	return l
}

var _ Waker = (*Loop)(nil)

// Wake has the seller of the listing swept when its request is due. A seller that the
// loop does not run for is ignored. It returns no error.
func (l *Loop) Wake(_ context.Context, s lifecycle.Summary) error {
	if s.Request == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	each := l.sellers[s.Seller]
	if each == nil || each.sweeping && !asked(*s.Request) || !s.Request.Due.Before(each.due) {
		return nil
	}
	each.due = s.Request.Due
	l.tell()
	return nil
}

// asked reports whether a command has led to the step, and not the sweep itself, which
// knows when to look again.
func asked(q lifecycle.RequestSummary) bool { return q.Phase == lifecycle.Recorded || q.Cancelling }

// Observe is an observer for [lifecycle.WithObserver]: it wakes the listing.
func (l *Loop) Observe(ctx context.Context, s lifecycle.Summary, _ lifecycle.Entry) {
	_ = l.Wake(ctx, s) // it returns no error
}

func (l *Loop) tell() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// ErrRunning is returned by [Loop.Run] for a loop that runs already.
var ErrRunning = errors.New("the loop runs already")

// Run looks after the listings of the managers' sellers until ctx ends. Then it starts
// nothing more, waits until the sweeps under way have returned, and returns the cause of
// the end of ctx. All that it had not come to is done by the next Run, in this process
// or another. It returns an error that matches [ErrRunning] when the loop runs already,
// and [lifecycle.ErrConfig] when a manager is nil, there is none, or two have one seller.
func (l *Loop) Run(ctx context.Context, managers ...*lifecycle.Manager) error {
	if err := l.begin(managers); err != nil {
		return err
	}
	var sweeps sync.WaitGroup
	defer l.end()
	defer sweeps.Wait()
	free := make(chan struct{}, l.atOnce)
	for {
		next, wait := l.next()
		if next == nil {
			if err := l.sleep(ctx, wait); err != nil {
				return err
			}
			continue
		}
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		sweeps.Add(1)
		go func() {
			defer sweeps.Done()
			defer func() { <-free }()
			l.sweep(ctx, next)
		}()
		if err := l.clock.Sleep(ctx, l.pace); err != nil {
			return err
		}
	}
}

func (l *Loop) begin(managers []*lifecycle.Manager) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running {
		return ErrRunning
	}
	now := l.clock.Now()
	sellers := map[listing.AccountID]*seller{}
	for i, m := range managers {
		if m == nil {
			return fmt.Errorf("%w: manager %d is nil", lifecycle.ErrConfig, i)
		}
		if sellers[m.Seller()] != nil {
			return fmt.Errorf("%w: two managers of seller %s", lifecycle.ErrConfig, m.Seller())
		}
		sellers[m.Seller()] = &seller{manager: m, due: now}
	}
	if len(sellers) == 0 {
		return fmt.Errorf("%w: no manager", lifecycle.ErrConfig)
	}
	l.sellers, l.running = sellers, true
	return nil
}

func (l *Loop) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sellers, l.running = map[listing.AccountID]*seller{}, false
}

// next returns the seller that has been due for longest and marks it as being swept. If
// none is due it returns nil, and how long until the first one is.
func (l *Loop) next() (*seller, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var first *seller
	for _, each := range l.sellers {
		if !each.sweeping && (first == nil || each.due.Before(first.due)) {
			first = each
		}
	}
	if first == nil { // all are being swept: the end of one of them tells
		return nil, l.rest
	}
	if wait := first.due.Sub(l.clock.Now()); wait > 0 {
		return nil, wait
	}
	first.sweeping, first.due = true, l.clock.Now().Add(l.rest)
	return first, 0
}

// sleep returns after d, or when something changes, or with the cause when ctx ends.
func (l *Loop) sleep(ctx context.Context, d time.Duration) error {
	sleeping, wake := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-l.changed:
			wake()
		case <-sleeping.Done():
		}
	}()
	defer func() { <-watched }()
	defer wake()
	if err := l.clock.Sleep(sleeping, d); err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (l *Loop) sweep(ctx context.Context, s *seller) {
	found, err := s.manager.Sweep(ctx)
	if err != nil && ctx.Err() == nil {
		l.log.WarnContext(ctx, "sweep", "seller", s.manager.Seller(), "error", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s.sweeping = false
	if err == nil || found.Pending+found.Ended > 0 && !errors.Is(err, lifecycle.ErrThrottled) {
		s.failures = 0 // one listing that fails does not slow down the others
	} else {
		s.failures++
	}
	if due := l.clock.Now().Add(l.wait(found, s.failures)); due.Before(s.due) {
		s.due = due
	}
	l.tell()
}

// wait is how long to leave a seller alone after a sweep. A tenth of it is left to
// chance, so that sellers that were swept together do not stay together.
func (l *Loop) wait(found lifecycle.Sweep, failures int) time.Duration {
	d := l.rest
	if found.Wait > 0 {
		d = min(d, found.Wait)
		if l.notice > 0 {
			d = min(d, l.notice)
		}
	}
	if failures > 0 {
		d = min(shortest<<min(failures-1, 10), l.rest)
	}
	return d - time.Duration(rand.Int64N(int64(d)/10+1))
}
