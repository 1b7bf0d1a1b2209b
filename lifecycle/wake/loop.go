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
	notice time.Duration
	rest   time.Duration

	mu      sync.Mutex
	pages   lane
	looks   lane
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
	inFlight int // when it was swept last
}

// lane is one of the two ways in which a seller is swept: by pages of what is pending, or
// one listing after another. Each has a quota of its own.
type lane struct {
	every time.Duration // between two calls
	open  time.Time     // from when on the next call may be made
}

// use makes n calls at the instant, or says that they were made.
func (l *lane) use(now time.Time, n int) {
	if l.open.Before(now) {
		l.open = now
	}
	l.open = l.open.Add(time.Duration(n) * l.every)
}

// LoopOption changes how a [Loop] works.
type LoopOption func(*Loop)

// AtOnce bounds how many sellers are swept at the same time. The default is 4; numbers
// below 1 are 1.
func AtOnce(n int) LoopOption { return func(l *Loop) { l.atOnce = max(n, 1) } }

// Quotas bounds what is asked of the marketplace in a second, whichever the sellers:
// pages of change sets that are pending, which is ListChangeSets, and looks at single
// ones, DescribeChangeSet. When the pages are used up, a seller's listings are looked at
// one by one. The default is 10 and 20, less than half of what AWS allows a partner;
// numbers that are not above 0 are the default.
func Quotas(pages, looks float64) LoopOption {
	return func(l *Loop) {
		if pages > 0 && looks > 0 {
			l.pages.every, l.looks.every = time.Duration(float64(time.Second)/pages), time.Duration(float64(time.Second)/looks)
		}
	}
}

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
		atOnce: 4, rest: 10 * time.Minute,
		sellers: map[listing.AccountID]*seller{}, changed: make(chan struct{}, 1),
	}
	Quotas(10, 20)(l)
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
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		next, options, wait := l.next()
		if next == nil {
			<-free
			if err := l.sleep(ctx, wait); err != nil {
				return err
			}
			continue
		}
		sweeps.Add(1)
		go func() {
			defer sweeps.Done()
			defer func() { <-free }()
			l.sweep(ctx, next, options...)
		}()
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

// next returns the seller that has been due for longest, marked as being swept, and how
// to sweep it. If none is due, or no call may be made, it returns nil and how long to
// wait.
func (l *Loop) next() (*seller, []lifecycle.SweepOption, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var first *seller
	for _, each := range l.sellers {
		if !each.sweeping && (first == nil || each.due.Before(first.due)) {
			first = each
		}
	}
	now := l.clock.Now()
	if first == nil { // all are being swept: the end of one of them tells
		return nil, nil, l.rest
	}
	if wait := first.due.Sub(now); wait > 0 {
		return nil, nil, wait
	}
	var options []lifecycle.SweepOption
	switch few := 0 < first.inFlight && first.inFlight <= fewListings; {
	case !l.pages.open.After(now):
		l.pages.use(now, 1)
	case few && !l.looks.open.After(now):
		l.looks.use(now, first.inFlight)
		options = append(options, lifecycle.OneByOne())
	default:
		wait := l.pages.open.Sub(now)
		if few {
			wait = min(wait, l.looks.open.Sub(now))
		}
		return nil, nil, wait
	}
	first.sweeping, first.due = true, now.Add(l.rest)
	return first, options, 0
}

// fewListings is how many requests of a seller are looked at one by one at the most.
const fewListings = 10

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

func (l *Loop) sweep(ctx context.Context, s *seller, options ...lifecycle.SweepOption) {
	began := l.clock.Now()
	found, err := s.manager.Sweep(ctx, options...)
	if err != nil && ctx.Err() == nil {
		l.log.WarnContext(ctx, "sweep", lifecycle.LogSeller, s.manager.Seller(), lifecycle.LogError, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	if len(options) == 0 { // what its pages led to
		l.pages.use(now, found.Pending/20)
		l.looks.use(now, found.InFlight-found.Pending)
	}
	s.sweeping, s.inFlight = false, found.Pending
	if len(options) > 0 {
		s.inFlight = found.InFlight - found.Ended
	}
	if err == nil || found.Pending+found.Ended > 0 && !errors.Is(err, lifecycle.ErrThrottled) {
		s.failures = 0 // one listing that fails does not slow down the others
	} else {
		s.failures++
	}
	if due := began.Add(l.wait(found, s.failures)); due.Before(s.due) {
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
