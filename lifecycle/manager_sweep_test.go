package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
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
	return sweepingOn(t, listings, func(s *surveyed) lifecycle.Marketplace { return s })
}

func sweepingOn(t *testing.T, listings int, wrap func(*surveyed) lifecycle.Marketplace) (*surveyed, *lifecycletest.Clock, *lifecycle.Manager) {
	t.Helper()
	clock := &lifecycletest.Clock{}
	market := &surveyed{Market: lifecycletest.NewMarket(clock)}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), wrap(market), lifecycle.WithClock(clock))
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

// The limit of open change sets keeps new ones from being started; what is under way
// is followed all the same.
func TestSweepFollowsAtTheLimitOfOpenChangeSets(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	full := &limited{left: 2}
	market, clock, manager := sweepingOn(t, 5, func(s *surveyed) lifecycle.Marketplace { full.surveyed = s; return full })
	_, err := manager.Sweep(ctx)
	require.ErrorIs(t, err, lifecycle.ErrLimit)
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	require.Len(t, market.Sent(), 2)
	calls := full.sends
	clock.Advance(2 * time.Hour)
	full.left = 0
	found, err := manager.Sweep(ctx)
	require.ErrorIs(t, err, lifecycle.ErrLimit)
	assert.Equal(t, 2, found.Ended, "an ended change set is recorded")
	assert.Equal(t, 5, found.InFlight)
	assert.LessOrEqual(t, full.sends-calls, 2, "those that nothing can be started for are not tried one by one")
}

// limited is a market with a limit of open change sets.
type limited struct {
	*surveyed
	left, sends int
}

func (l *limited) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	if l.sends++; l.left == 0 {
		return "", lifecycle.ErrLimit
	}
	l.left--
	return l.surveyed.Send(ctx, c)
}

// The next sweep starts behind the listing at which the last one had to stop.
func TestSweepGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	market, _, manager := sweeping(t, 4)
	all := listings(t, manager, lifecycle.Query{})
	market.FailCalls(nil, nil, nil, lifecycle.ErrThrottled) // Find, Send and Follow of the first, Find of the second
	_, err := manager.Sweep(ctx)
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	_, err = manager.Sweep(ctx)
	require.NoError(t, err)
	var order []uuid.UUID
	for _, c := range market.Sent() {
		order = append(order, c.Listing)
	}
	assert.Equal(t, []uuid.UUID{all[0].ID, all[2].ID, all[3].ID, all[1].ID}, order)
}

// endless is a market whose pages have no end.
type endless struct {
	*surveyed
	pages int
	next  func(page int) string
}

func (e *endless) Pending(context.Context, string) ([]string, string, error) {
	e.pages++
	return nil, e.next(e.pages), nil
}

func TestSweepEndsWherePagesDoNot(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(int) string{
		"the same page": func(int) string { return "again" },
		"ever new":      func(n int) string { return fmt.Sprint(n) },
	} {
		e := &endless{next: next}
		_, _, manager := sweepingOn(t, 1, func(s *surveyed) lifecycle.Marketplace { e.surveyed = s; return e })
		found, err := manager.Sweep(context.Background())
		require.ErrorContains(t, err, "pages", name)
		assert.Equal(t, 1, found.InFlight, "listing by listing")
		assert.LessOrEqual(t, e.pages, 1000)
	}
}
