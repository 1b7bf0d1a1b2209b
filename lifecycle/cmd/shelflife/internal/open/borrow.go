package open

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// borrowed is a simulator whose file is held only while it is asked, so that other
// commands can go on with it meanwhile. It is its clock, too.
type borrowed struct {
	file string
	cfg  simulator.Config

	mu    sync.Mutex
	now   time.Time // the simulator's, when it was last asked
	asked time.Time
}

// with holds the simulator while f uses it.
func (b *borrowed) with(f func(*simulator.Simulator) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.hold(f)
}

func (b *borrowed) hold(f func(*simulator.Simulator) error) (err error) {
	store, err := SimulatorFile(b.file)
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // what was answered is on disk already
	cfg := b.cfg
	cfg.Store = store
	market, err := simulator.New(cfg)
	if err != nil {
		return err
	}
	err = f(market)
	b.now, b.asked = market.Now(), time.Now()
	return err
}

// ServeHTTP answers as the simulator does, or with 503 when another command has held it
// for a second.
func (b *borrowed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := b.with(func(s *simulator.Simulator) error {
		s.ServeHTTP(w, r)
		return nil
	})
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// Now returns the simulator's instant of at most a second ago, or the latest known while
// another command holds it.
func (b *borrowed) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.asked) >= time.Second {
		if b.hold(func(*simulator.Simulator) error { return nil }) != nil {
			b.asked = time.Now() // not again at once
		}
	}
	return b.now
}

// Sleep moves the simulator's clock on, or returns the context's cause.
func (b *borrowed) Sleep(ctx context.Context, d time.Duration) error {
	return b.with(func(s *simulator.Simulator) error { return clock{s}.Sleep(ctx, d) })
}
