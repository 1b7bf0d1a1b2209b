package simulator_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// cancelled makes one event, at once.
func (w *world) cancelled(product string) {
	w.t.Helper()
	id := w.start(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
	w.ok("PATCH", "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+id, "")
}

// A subscriber that panics, or ends its goroutine as a failed test does, leaves the simulator usable: its lock was given up
// while the subscriber was at work, and must not be given up twice.
func TestSubscriberThatPanicsLeavesTheLockAlone(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	stop := w.sim.Subscribe(func([]byte) { panic("the subscriber's own") })
	w.start(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
	require.PanicsWithValue(t, "the subscriber's own", func() { _ = w.sim.Advance(24 * time.Hour) })
	stop()
	got := subscribed(w)
	w.cancelled(product)
	assert.Len(t, *got, 1, "the events go on")
}

// However often a fault holds events back, what is held is bounded, and the state file can be read again.
func TestDelayedEventsAreBounded(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	w, product, _ := published(t, simulator.Config{Store: disk(file)})
	got := subscribed(w)
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.DelayEvent, Times: 1 << 20}))
	for range 100 {
		w.cancelled(product)
	}
	assert.Empty(t, *got)
	w.cancelled(product)
	assert.Len(t, *got, 101, "the next is not held, and lets go of the others")
	w.cancelled(product)
	assert.Len(t, *got, 101, "the fault goes on")
	_, err := simulator.New(simulator.Config{Store: disk(file)})
	require.NoError(t, err)
}

// From now on means after what was made already, although it is still being passed on.
func TestSubscriberGetsNothingFromBefore(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	var late *[]event
	w.t.Cleanup(w.sim.Subscribe(func([]byte) {
		if late == nil {
			late = subscribed(w)
		}
	}))
	w.cancelled(product)
	assert.Empty(t, *late)
	w.cancelled(product)
	assert.Len(t, *late, 1)
}
