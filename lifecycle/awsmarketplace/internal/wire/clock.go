package wire

import (
	"context"
	"time"
)

// Clock is the machine's own clock.
type Clock struct{}

// Now is the machine's time.
func (Clock) Now() time.Time { return time.Now() }

// Sleep returns after d, or with the cause of ctx when ctx ends.
func (Clock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
