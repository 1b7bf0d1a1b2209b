package river_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
	"github.com/shelflife-go/shelflife/lifecycle/wake/river"
)

func exec(url, statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// fast is a clock that runs faster than the machine's, the same in every process.
type fast struct {
	began time.Time
	speed float64
}

func (c fast) Now() time.Time {
	return lifecycletest.Start.Add(time.Duration(float64(time.Since(c.began)) * c.speed))
}

func (c fast) Sleep(ctx context.Context, d time.Duration) error {
	return lifecycle.SystemClock{}.Sleep(ctx, time.Duration(float64(d)/c.speed))
}

// bench is a seller on a database of its own, with jobs.
type bench struct {
	*lifecycle.Manager
	pool   *pgxpool.Pool
	store  *pgstore.Store
	jobs   *river.Jobs
	market *lifecycletest.Market
	clock  fast
}

func newPool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), url)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

func newBench(t testing.TB, speed float64, options ...river.Option) *bench {
	t.Helper()
	ctx := context.Background()
	b := &bench{pool: newPool(t, testserver.Postgres(t, exec)), clock: fast{time.Now(), speed}}
	var err error
	b.jobs, err = river.Open(ctx, b.pool, append([]river.Option{river.Clock(b.clock, speed), river.Poll(20 * time.Millisecond)}, options...)...)
	require.NoError(t, err)
	b.store, err = pgstore.Open(ctx, b.pool, pgstore.OnSave(b.jobs.Enqueue))
	require.NoError(t, err)
	b.market = lifecycletest.NewMarket(b.clock)
	b.Manager, err = lifecycle.New(lifecycletest.Seller, b.store, b.market, lifecycle.WithClock(b.clock))
	require.NoError(t, err)
	return b
}

// run works on the jobs until the test ends.
func (b *bench) run(t testing.TB) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.jobs.Run(ctx, b.Manager) }()
	stop = sync.OnceFunc(func() {
		cancel()
		assert.ErrorIs(t, <-ended, context.Canceled)
	})
	t.Cleanup(stop)
	return stop
}

func (b *bench) do(t testing.TB, id uuid.UUID, commands ...lifecycle.Command) {
	t.Helper()
	for _, c := range commands {
		_, err := b.Do(context.Background(), id, c)
		require.NoError(t, err)
	}
}

// state waits until the listing has no request under way, and returns its state.
func (b *bench) state(t testing.TB, id uuid.UUID) lifecycle.State {
	t.Helper()
	var r lifecycle.Record
	require.Eventually(t, func() bool {
		var err error
		r, err = b.Load(context.Background(), id)
		return err == nil && r.Request == nil
	}, 2*time.Minute, 10*time.Millisecond, "the request has not ended")
	return r.State
}

// count returns how many jobs there are that match the condition.
func (b *bench) count(t testing.TB, condition string) (n int) {
	t.Helper()
	require.NoError(t, b.pool.QueryRow(context.Background(), "SELECT count(*) FROM river_job WHERE "+condition).Scan(&n))
	return n
}

const hourInASecond = 3600

// A listing goes through its whole life, and nobody but the jobs looks after it.
func TestAListingWakesByItself(t *testing.T) {
	t.Parallel()
	b := newBench(t, hourInASecond)
	id := uuid.New()
	b.do(t, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{})
	assert.Equal(t, 1, b.count(t, "kind = 'shelflife_look' AND state IN ('available', 'scheduled')"))
	b.run(t)
	require.Equal(t, lifecycle.TestProduct, b.state(t, id))
	b.do(t, id, lifecycle.SignOff{})
	require.Equal(t, lifecycle.Live, b.state(t, id))
	b.do(t, id, lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."})
	require.Equal(t, lifecycle.Unpublished, b.state(t, id))
	require.Eventually(t, func() bool { return b.count(t, "kind = 'shelflife_look' AND state = 'completed'") == 3 }, time.Minute, 20*time.Millisecond, "a job for each request")
	assert.Equal(t, 3, b.count(t, "kind = 'shelflife_look'"))
	assert.Len(t, b.market.Sent(), 3)
}

// The request and its job are there together, or neither is.
func TestTheJobIsPartOfTheSave(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t, 1), context.Background()
	id := uuid.New()
	b.do(t, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	assert.Zero(t, b.count(t, "true"), "nothing is under way")

	undone := errors.New("undone")
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		_, err := b.With(b.store.Tx(tx)).Do(ctx, id, lifecycle.Submit{})
		require.NoError(t, err)
		return undone
	})
	require.ErrorIs(t, err, undone)
	assert.Zero(t, b.count(t, "true"))
	b.do(t, id, lifecycle.Submit{})
	assert.Equal(t, 1, b.count(t, "true"))

	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	for range 3 {
		require.NoError(t, b.jobs.Wake(ctx, r.Summary()), "again")
	}
	assert.Equal(t, 1, b.count(t, "true"), "one job for a request")
}

// A job that is lost is made again, once its request is late.
func TestALostJobIsFound(t *testing.T) {
	t.Parallel()
	b := newBench(t, hourInASecond, river.Late(10*time.Minute))
	id := uuid.New()
	b.do(t, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{})
	_, err := b.pool.Exec(context.Background(), "DELETE FROM river_job")
	require.NoError(t, err)
	b.run(t)
	require.Equal(t, lifecycle.TestProduct, b.state(t, id))
}

// To cancel is not to wait until the job is due: it may have put itself off for long.
func TestCancelDoesNotWait(t *testing.T) {
	t.Parallel()
	b := newBench(t, 60) // a minute in a second: the market takes a minute
	id := uuid.New()
	b.do(t, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{})
	b.run(t)
	require.Eventually(t, func() bool {
		return b.count(t, "state IN ('available', 'scheduled') AND scheduled_at > now() + interval '300 milliseconds'") == 1
	}, time.Minute, 10*time.Millisecond)
	_, err := b.pool.Exec(context.Background(), "UPDATE river_job SET state = 'scheduled', scheduled_at = now() + interval '1 hour' WHERE state IN ('available', 'scheduled')")
	require.NoError(t, err)
	b.do(t, id, lifecycle.Cancel{})
	require.Equal(t, lifecycle.Draft, b.state(t, id))
}

// A seller of whom this process knows nothing is left to another.
func TestASellerOfAnotherProcess(t *testing.T) {
	t.Parallel()
	b := newBench(t, hourInASecond)
	id := uuid.New()
	b.do(t, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{})
	other, err := lifecycle.New("999988887777", b.store, b.market, lifecycle.WithClock(b.clock))
	require.NoError(t, err)
	mine := b.Manager
	b.Manager = other
	stop := b.run(t)
	require.Eventually(t, func() bool { return b.count(t, "kind = 'shelflife_look' AND state = 'scheduled'") == 1 }, time.Minute, 10*time.Millisecond)
	stop()
	r, err := mine.Load(context.Background(), id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Recorded, r.Request.Phase)

	_, err = b.pool.Exec(context.Background(), "UPDATE river_job SET scheduled_at = now()")
	require.NoError(t, err)
	b.Manager = mine
	b.run(t)
	require.Equal(t, lifecycle.TestProduct, b.state(t, id))
}

// Dates come, those that the record still has, however far they lay ahead.
func TestDatesCome(t *testing.T) {
	t.Parallel()
	came := make(chan lifecycle.Date, 100)
	fails := true
	b := newBench(t, 2_000_000, river.OnDate(func(_ context.Context, d lifecycle.Date) error {
		if d.Kind == lifecycle.DateSupportEnds {
			if fails {
				fails = false
				return errors.New("no mail server")
			}
		}
		came <- d
		return nil
	}))
	id := uuid.New()
	b.do(t, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{})
	b.run(t)
	require.Equal(t, lifecycle.TestProduct, b.state(t, id))
	b.do(t, id, lifecycle.SignOff{})
	require.Equal(t, lifecycle.Live, b.state(t, id))
	b.do(t, id, lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."})
	require.Equal(t, lifecycle.Unpublished, b.state(t, id))
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	until, _ := r.SupportedUntil()
	for {
		select {
		case d := <-came:
			if d.Kind != lifecycle.DateSupportEnds {
				continue
			}
			assert.Equal(t, id, d.Listing)
			assert.Equal(t, until, d.At)
			assert.False(t, b.clock.Now().Before(until))
			assert.False(t, fails, "one that failed comes again")
			return
		case <-time.After(2 * time.Minute):
			t.Fatal("the end of support did not come")
		}
	}
}

func TestManagersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	for name, managers := range map[string][]*lifecycle.Manager{"none": nil, "nil": {nil}, "twice": {b.Manager, b.Manager}} {
		require.ErrorIs(t, b.jobs.Run(context.Background(), managers...), lifecycle.ErrConfig, name)
	}
}

func TestADatabaseThatIsGone(t *testing.T) {
	t.Parallel()
	pool := newPool(t, "postgres://127.0.0.1:1/none?connect_timeout=1")
	_, err := river.Open(context.Background(), pool)
	require.ErrorContains(t, err, "River")
}
