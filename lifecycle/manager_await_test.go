package lifecycle_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/version"
)

func TestPassingFaultsAreWaitedOut(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.FailCalls(lifecycle.ErrThrottled, lifecycle.ErrNotFound, lifecycle.ErrBusy, lifecycle.ErrUnavailable)
	b.Market.LoseAnswers(2)
	p, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	require.Positive(t, p.Wait)
	require.NotNil(t, p.Record.Request)
	r, err := b.Await(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, r.State)
	assert.Len(t, b.Market.Sent(), 1)
}

func TestDenialEndsAwait(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.FailCalls(lifecycle.ErrNotFound, lifecycle.ErrDenied)
	_, err := b.Await(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrDenied)
	_, err = b.Await(ctx, id)
	require.NoError(t, err, "once the permission is there, it goes on")
}

func TestOverdueIsNotFailed(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	b.Market.Takes = 48 * time.Hour
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	p, err := b.Advance(ctx, id)
	require.NoError(t, err)
	assert.False(t, p.Overdue)
	b.Clock.Advance(23 * time.Hour)
	p, err = b.Advance(ctx, id)
	require.NoError(t, err)
	assert.False(t, p.Overdue)
	b.Clock.Advance(2 * time.Hour)
	p, err = b.Advance(ctx, id)
	require.NoError(t, err)
	assert.True(t, p.Overdue)
	assert.Equal(t, lifecycle.Submitted, p.Record.State)
}

// Of two processes that await one listing each gets the outcome of its own request.
func TestAwaitReturnsTheOutcomeOfItsOwnRequest(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "NO"}}})
	_, err := b.Do(ctx, id, lifecycle.RestrictVersion{Number: "1.0"})
	require.ErrorIs(t, err, lifecycle.RuleLastUnrestricted)
	first, err := b.Do(ctx, id, lifecycle.AddVersion{Version: lifecycletest.Version("1.1", version.ModelPackage)})
	require.NoError(t, err)
	looks := 0
	_, err = b.Await(ctx, id, lifecycle.OnProgress(func(p lifecycle.Progress, err error) {
		require.NoError(t, err)
		if looks++; looks != 2 {
			return
		}
		// Another process ends the request, makes one of its own, and ends that.
		b.Clock.Advance(2 * time.Hour)
		_, failed := b.Await(ctx, id)
		require.Error(t, failed)
		_, err = b.Do(ctx, id, lifecycle.AddVersion{Version: lifecycletest.Version("1.2", version.ModelPackage)})
		require.NoError(t, err)
		_, err = b.Await(ctx, id)
		require.NoError(t, err)
	}))
	var failed *lifecycle.RequestError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, first.Record.Request.Revision, failed.Outcome.Request)
	assert.Equal(t, first.Record.Request.Name, failed.Outcome.Name)
	assert.Equal(t, "NO", failed.Outcome.Problems[0].Code)
}

// A store that is locked for a while does not end Await.
func TestAwaitWaitsOutWhatPasses(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	var faults []error
	r, err := b.With(&forgetful{b.Store, 2}).Await(ctx, id, lifecycle.OnProgress(func(_ lifecycle.Progress, err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}))
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, r.State)
	assert.Len(t, faults, 2)
	assert.Len(t, b.Market.Sent(), 1)
}

// Each look that failed is logged, and the end of the context does not hide why.
func TestFailedLooksAreLoggedAndJoined(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := lifecycletest.NewBench(t, lifecycle.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	ctx, cancel := context.WithCancel(context.Background())
	refused := fmt.Errorf("dial tcp 127.0.0.1:1: connection refused: %w", lifecycle.ErrUnavailable)
	b.Market.FailCalls(refused, refused, refused)
	looks := 0
	_, err := b.Await(ctx, id, lifecycle.OnProgress(func(_ lifecycle.Progress, err error) {
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		if looks++; looks == 3 {
			cancel()
		}
	}))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "connection refused")
	assert.Equal(t, 3, strings.Count(log.String(), "look failed"))
	assert.NotContains(t, log.String(), "Invoice", "no document is logged")
}

type throttledStore struct {
	lifecycle.Store
	loads *int
}

func (s throttledStore) Load(context.Context, lifecycle.Key) (lifecycle.Stored, error) {
	if *s.loads++; *s.loads > 3 {
		return lifecycle.Stored{}, context.DeadlineExceeded
	}
	return lifecycle.Stored{}, fmt.Errorf("table: %w", lifecycle.ErrThrottled)
}

func TestAwaitNeverSpins(t *testing.T) {
	loads, clock := 0, &lifecycletest.Clock{}
	m, err := lifecycle.New(lifecycletest.Seller, throttledStore{memstore.New(), &loads}, lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	require.NoError(t, err)
	_, err = m.Await(context.Background(), uuid.New())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, lifecycletest.Start.Add(90*time.Second), clock.Now(), "it waited each time")
}
