package lifecycle_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// surveyed is a market that tells what is pending, two change sets a page, and
// counts what it was asked for one by one.
type surveyed struct {
	*lifecycletest.Market
	pending  []string
	err      error
	followed int
}

func (s *surveyed) Pending(_ context.Context, page string) ([]string, string, error) {
	if s.err != nil {
		return nil, "", s.err
	}
	from := len(page)
	to := min(from+2, len(s.pending))
	next := ""
	if to < len(s.pending) {
		next = "........"[:to]
	}
	return s.pending[from:to], next, nil
}

func (s *surveyed) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	s.followed++
	return s.Market.Follow(ctx, changeSet)
}

func sweeping(t *testing.T, listings int) (*surveyed, *lifecycletest.Clock, *lifecycle.Manager) {
	t.Helper()
	clock := &lifecycletest.Clock{}
	market := &surveyed{Market: lifecycletest.NewMarket(clock)}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock))
	require.NoError(t, err)
	for range listings {
		id := uuid.New()
		_, err := manager.Do(context.Background(), id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
		require.NoError(t, err)
		_, err = manager.Do(context.Background(), id, lifecycle.Submit{})
		require.NoError(t, err)
	}
	return market, clock, manager
}

func TestSweepAsksOnlyForWhatIsNotPending(t *testing.T) {
	t.Parallel()
	market, clock, manager := sweeping(t, 5)
	found, err := manager.Sweep(context.Background())
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Sweep{InFlight: 5, Wait: 30 * time.Second}, found)

	records := listings(t, manager, lifecycle.Query{InFlight: true})
	for _, r := range records {
		market.pending = append(market.pending, r.Request.ChangeSet)
	}
	market.followed = 0
	found, err = manager.Sweep(context.Background())
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Sweep{InFlight: 5, Pending: 5, Wait: 30 * time.Second}, found)
	assert.Zero(t, market.followed)

	// One that is to be cancelled is asked for, however pending it is.
	_, err = manager.Do(context.Background(), records[4].ID, lifecycle.Cancel{})
	require.NoError(t, err)
	_, err = manager.Sweep(context.Background())
	require.NoError(t, err)
	assert.Equal(t, 1, market.followed)
	r, err := manager.Advance(context.Background(), records[4].ID)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Cancelled, r.Record.Last.Result)

	clock.Advance(2 * time.Hour)
	market.pending = market.pending[:1] // the first is said to be pending still
	found, err = manager.Sweep(context.Background())
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Sweep{InFlight: 4, Pending: 1, Ended: 3, Wait: found.Wait}, found)
	market.pending = nil
	found, err = manager.Sweep(context.Background())
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Sweep{InFlight: 1, Ended: 1}, found)
	found, err = manager.Sweep(context.Background())
	require.NoError(t, err)
	assert.Zero(t, found)
}

func TestSweepWithoutSurveyAsksForEach(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	for range 3 {
		b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
	}
	_, err := b.Sweep(context.Background())
	require.NoError(t, err)
	b.Clock.Advance(2 * time.Hour)
	found, err := b.Sweep(context.Background())
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Sweep{InFlight: 3, Ended: 3}, found)
}

func TestSweepGoesOnAfterAFailureButNotWhenThrottled(t *testing.T) {
	t.Parallel()
	market, _, manager := sweeping(t, 3)
	market.FailCalls(lifecycle.ErrBusy)
	found, err := manager.Sweep(context.Background())
	require.ErrorIs(t, err, lifecycle.ErrBusy)
	assert.Equal(t, 3, found.InFlight)
	sent := listings(t, manager, lifecycle.Query{InFlight: true})
	following := 0
	for _, r := range sent {
		if r.Request.Phase == lifecycle.Following {
			following++
		}
	}
	assert.Equal(t, 2, following)

	market.FailCalls(lifecycle.ErrThrottled)
	found, err = manager.Sweep(context.Background())
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	assert.Equal(t, 1, found.InFlight)
	assert.NotZero(t, found.Wait)

	market.err = lifecycle.ErrDenied
	found, err = manager.Sweep(context.Background())
	require.ErrorIs(t, err, lifecycle.ErrDenied)
	assert.NotZero(t, found.Wait)

	market.err = nil
	ended, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("enough")
	cancel(cause)
	_, err = manager.Sweep(ended)
	require.ErrorIs(t, err, cause)
}

// A page of what is pending that fails does not end a sweep.
func TestSweepGoesOnWithoutItsSurvey(t *testing.T) {
	t.Parallel()
	market, _, manager := sweeping(t, 3)
	market.err = lifecycle.ErrUnavailable
	found, err := manager.Sweep(context.Background())
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	assert.Equal(t, 3, found.InFlight)
	assert.Len(t, market.Sent(), 3, "listing by listing")
}
