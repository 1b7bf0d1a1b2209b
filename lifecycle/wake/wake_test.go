package wake_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
)

// woken is a waker that remembers, or fails.
type woken struct {
	all   []lifecycle.Summary
	fails error
}

func (w *woken) Wake(_ context.Context, s lifecycle.Summary) error {
	w.all = append(w.all, s)
	return w.fails
}

func TestObserverWakesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	var w woken
	var failed []error
	b := lifecycletest.NewBench(t, lifecycle.WithObserver(wake.Observer(&w, func(_ context.Context, _ lifecycle.Summary, err error) { failed = append(failed, err) })))
	ctx, id := context.Background(), uuid.New()
	_, err := b.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err)
	assert.Empty(t, w.all, "nothing is under way")
	w.fails = errors.New("no connection")
	_, err = b.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err, "the request is saved all the same")
	require.Len(t, w.all, 1)
	assert.Equal(t, id, w.all[0].ID)
	assert.Equal(t, b.Clock.Now(), w.all[0].Request.Due)
	assert.Equal(t, []error{w.fails}, failed)

	_, err = b.Await(ctx, id)
	require.NoError(t, err)
	for i, s := range w.all {
		assert.NotNil(t, s.Request)
		assert.Equal(t, w.all[0].Revision+int64(i), s.Revision)
	}
}

func TestLook(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	again, err := wake.Look(ctx, b.Manager, uuid.New())
	require.NoError(t, err, "a listing that is gone")
	assert.Zero(t, again)
	draft := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	again, err = wake.Look(ctx, b.Manager, draft)
	require.NoError(t, err)
	assert.Zero(t, again)

	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err = b.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	b.Market.FailCalls(fmt.Errorf("quota: %w", lifecycle.ErrThrottled))
	again, err = wake.Look(ctx, b.Manager, id)
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	assert.GreaterOrEqual(t, again, 30*time.Second)
	looks := 0
	for again > 0 && looks < 50 {
		b.Clock.Advance(again)
		again, err = wake.Look(ctx, b.Manager, id)
		require.NoError(t, err)
		looks++
	}
	assert.Less(t, looks, 50)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, r.State)
}

func TestLostFindsWhatIsLate(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	late := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Clock.Advance(time.Hour)
	b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true) // due only now
	var w woken
	n, err := wake.Lost(ctx, b.Manager, &w, b.Clock.Now(), 10*time.Minute)
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	require.Len(t, w.all, 1)
	assert.Equal(t, late, w.all[0].ID)

	w.fails = errors.New("no connection")
	n, err = wake.Lost(ctx, b.Manager, &w, b.Clock.Now(), 0)
	require.ErrorIs(t, err, w.fails)
	require.ErrorContains(t, err, late.String())
	assert.Zero(t, n)
	assert.Len(t, w.all, 2, "others are woken all the same")
}

// A service looks after its sellers' requests while it serves: each is sent, followed
// and written down without anybody asking.
func ExampleLoop() {
	ctx, stop := context.WithCancel(context.Background())
	clock := &lifecycletest.Clock{} // a service leaves out LoopClock and WithClock
	loop := wake.NewLoop(wake.LoopClock(clock))
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(clock),
		lifecycle.WithClock(clock), lifecycle.WithObserver(loop.Observe),
		lifecycle.WithObserver(func(_ context.Context, s lifecycle.Summary, e lifecycle.Entry) {
			if e.Outcome != nil {
				fmt.Println(e.Event, s.State)
				stop() // a service stops at a signal
			}
		}))
	if err != nil {
		log.Fatal(err)
	}

	id := manager.ID("invoice")
	if _, err := manager.Do(ctx, id, lifecycle.Create{Name: "invoice", Listing: lifecycletest.ModelPackage()}); err != nil {
		log.Fatal(err)
	}
	if _, err := manager.Do(ctx, id, lifecycle.Submit{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(loop.Run(ctx, manager))
	// Output:
	// preview-ready Test Product
	// context canceled
}
