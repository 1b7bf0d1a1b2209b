package lifecycle

import (
	"context"
	"time"
)

// Clock returns the time and waits. It is injected, so that tests need not wait
// ninety days.
//
// For implementers: safe for concurrent use.
type Clock interface {
	// Now returns the current instant, in any time zone.
	Now() time.Time
	// Sleep returns after d, or at once with the context's cause when ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock is the machine's own clock. The zero value is ready to use, by any
// number of goroutines at once.
type SystemClock struct{}

// Now returns the machine's time.
func (SystemClock) Now() time.Time { return time.Now() }

// Sleep returns after d, or with the context's cause when ctx ends.
func (SystemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
