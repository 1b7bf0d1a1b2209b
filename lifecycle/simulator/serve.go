package simulator

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"time"
)

// Serve answers calls on the listener until ctx ends, then lets those under way finish,
// for ten seconds at the most, and closes the listener. Meanwhile the clock runs, by so
// many simulated seconds for each real one; at 0 it stands still unless Advance moves it.
// Serve returns nil once ctx has ended and all calls are answered. It returns an error if
// the listener fails or the clock cannot go on, as Advance says, and one that matches
// ErrClock at once if speed is not from 0 to 1e9. Nobody is asked for credentials: listen
// on anything but loopback only where everybody may do everything.
func (s *Simulator) Serve(ctx context.Context, l net.Listener, speed float64) error {
	if !(speed >= 0) || speed > 1e9 {
		return errors.Join(fmt.Errorf("%w: speed is %v; it must be from 0 to 1e9", ErrClock, speed), l.Close())
	}
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx }, // a call made to hang would outlast the shutdown
	}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(l) }()
	if speed > 0 {
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		go func() {
			if err := s.run(ctx, speed, time.Now(), ticker.C); err != nil {
				failed <- err
			}
		}()
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(end))
}

// run moves the clock, at every tick, by the real time since the last one times speed.
func (s *Simulator) run(ctx context.Context, speed float64, last time.Time, ticks <-chan time.Time) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticks:
			step := math.Min(float64(now.Sub(last))*speed, math.MaxInt64/2)
			last = now
			if err := s.Advance(time.Duration(math.Max(step, 0))); err != nil {
				return err
			}
		}
	}
}
