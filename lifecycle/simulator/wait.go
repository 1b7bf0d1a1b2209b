package simulator

import (
	"context"
	"time"
)

// Wait returns when the simulated clock has come to the instant, at once if it has already, or with the context's cause when
// ctx ends. It does not move the clock: somebody else must. Safe for concurrent use.
func (s *Simulator) Wait(ctx context.Context, until time.Time) error {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.cond.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.st.Now.Before(until) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		s.cond.Wait()
	}
	return nil
}

// Sleep waits d on the simulated clock. With Now, it makes the simulator a clock for programs that take one.
func (s *Simulator) Sleep(ctx context.Context, d time.Duration) error {
	return s.Wait(ctx, s.Now().Add(d))
}
