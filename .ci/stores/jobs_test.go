package stores

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/remote"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/lifecycle/wake/river"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// speed is how much faster than the machine's the clock of a life runs: what takes the
// marketplace an hour takes two seconds.
const speed = 1800

// fast is that clock, the same in every process.
type fast struct{ began time.Time }

func (c fast) Now() time.Time { return lifecycletest.Start.Add(time.Since(c.began) * speed) }

func (c fast) Sleep(ctx context.Context, d time.Duration) error {
	return lifecycle.SystemClock{}.Sleep(ctx, d/speed)
}

// town is a store with several sellers, and what their listings live by.
type town struct {
	place    place
	where    string
	market   string
	clock    fast
	sellers  int
	managers []*lifecycle.Manager
	run      func(ctx context.Context) error // looks after the requests
	pool     *pgxpool.Pool                   // of PostgreSQL
}

func (w *town) open(ctx context.Context) error {
	var store lifecycle.Store
	var err error
	var options []lifecycle.Option
	switch w.place.name {
	case "PostgreSQL": // jobs of River, committed with what they are about
		config, e := pgxpool.ParseConfig(w.where)
		if e != nil {
			return e
		}
		config.MaxConns = 12
		if w.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
			return err
		}
		jobs, e := river.Open(ctx, w.pool, river.Clock(w.clock, speed), river.Timeout(5*time.Second))
		if e != nil {
			return e
		}
		store, err = pgstore.Open(ctx, w.pool, pgstore.OnSave(jobs.Enqueue))
		w.run = func(ctx context.Context) error { return jobs.Run(ctx, w.managers...) }
	default: // a loop in each process
		loop := wake.NewLoop(wake.LoopClock(w.clock), wake.AtOnce(8), wake.Quotas(10, 10), wake.Notice(10*time.Minute))
		options = append(options, lifecycle.WithObserver(loop.Observe))
		store, err = w.place.open(ctx, w.where)
		w.run = func(ctx context.Context) error { return loop.Run(ctx, w.managers...) }
	}
	if err != nil {
		return err
	}
	for i := range w.sellers {
		m, err := lifecycle.New(listing.AccountID(fmt.Sprintf("%012d", i+1)), store, remote.Market{Address: w.market}, append(options, lifecycle.WithClock(w.clock))...)
		if err != nil {
			return err
		}
		w.managers = append(w.managers, m)
	}
	return nil
}

// With these variables a child process looks after the listings of a town until it is
// killed, or its input ends.
const lifeVariable = "STORES_LIFE"

func init() { children["life"] = lookAfter }

func lookAfter() error {
	parts := strings.Split(os.Getenv(lifeVariable), "|")
	began, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil {
		return err
	}
	sellers, err := strconv.Atoi(parts[4])
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	w := &town{place: placeNamed(parts[0]), where: parts[1], market: parts[2], clock: fast{time.Unix(0, began)}, sellers: sellers}
	if err := w.open(ctx); err != nil {
		return err
	}
	go func() {
		bufio.NewScanner(os.Stdin).Scan()
		stop()
	}()
	if err := w.run(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// worker starts such a process.
func (w *town) worker(t *testing.T) (cmd *exec.Cmd, stop func()) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"=life",
		lifeVariable+"="+strings.Join([]string{w.place.name, w.where, w.market, fmt.Sprint(w.clock.began.UnixNano()), fmt.Sprint(w.sellers)}, "|"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, func() {
		_ = in.Close()
		assert.NoError(t, cmd.Wait(), "a worker that was asked to end")
	}
}

// each does something with every index below n, eight at once.
func each(n int, do func(i int) error) error {
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for k := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := k; i < n && errs[k] == nil; i += len(errs) {
				errs[k] = do(i)
			}
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}

// follow gives the listing the command that follows its state.
func follow(m *lifecycle.Manager, s lifecycle.Summary) error {
	var c lifecycle.Command = lifecycle.SignOff{}
	switch s.State {
	case lifecycle.Draft:
		c = lifecycle.Submit{}
	case lifecycle.Live:
		c = lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced by a newer model."}
	}
	for {
		_, err := m.Do(context.Background(), s.ID, c, lifecycle.Once(string(c.Event())))
		if err == nil || !remote.Passing(err) {
			return err
		}
	}
}

// Four processes look after listings through their whole lives, and two of them are
// killed on the way. All listings end as they should, and each request is sent once.
func TestLivesBesideEachOther(t *testing.T) {
	listings := 60
	if given := os.Getenv("SHELFLIFE_LIFE_LISTINGS"); given != "" {
		var err error
		listings, err = strconv.Atoi(given)
		require.NoError(t, err)
	}
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			ctx := context.Background()
			clock := fast{time.Now()}
			market := lifecycletest.NewMarket(clock)
			w := &town{place: p, where: p.new(t), market: remote.Serve(t, market), clock: clock, sellers: min(20, listings/10)}
			require.NoError(t, w.open(ctx))
			began := time.Now()
			var workers []*exec.Cmd
			var stops []func()
			for range 4 {
				cmd, stop := w.worker(t)
				workers, stops = append(workers, cmd), append(stops, stop)
			}
			require.NoError(t, each(listings, func(i int) error {
				m := w.managers[i%len(w.managers)]
				l := lifecycletest.ModelPackage()
				own := strings.NewReplacer(string(lifecycletest.Seller), string(m.Seller()))
				l.Versions[0].Resource = version.ARN(own.Replace(string(l.Versions[0].Resource)))
				l.Versions[0].AccessRole = version.Role(own.Replace(string(l.Versions[0].AccessRole)))
				id := uuid.New()
				if _, err := m.Do(ctx, id, lifecycle.Create{Listing: l}); err != nil {
					return err
				}
				return follow(m, lifecycle.Summary{ID: id, State: lifecycle.Draft})
			}))

			alive, deadline := 4, time.Now().Add(20*time.Minute+time.Duration(listings)*300*time.Millisecond)
			for done := 0; done < listings; {
				require.True(t, time.Now().Before(deadline), "%d of %d listings have ended", done, listings)
				var mu sync.Mutex
				count := 0
				require.NoError(t, each(len(w.managers), func(i int) error {
					m := w.managers[i]
					for s, err := range m.Listings(ctx, lifecycle.Query{}) {
						if err != nil {
							return err
						}
						switch {
						case s.State == lifecycle.Unpublished:
							mu.Lock()
							count++
							mu.Unlock()
						case s.Request == nil && s.State != lifecycle.Draft:
							if err := follow(m, s); err != nil {
								return err
							}
						}
					}
					return nil
				}))
				if done = count; done > listings/10 && alive == 4 || done > listings/3 && alive == 3 {
					alive--
					require.NoError(t, workers[alive].Process.Kill())
					_ = workers[alive].Wait()
				}
				time.Sleep(200*time.Millisecond + time.Duration(listings)*time.Millisecond/5)
			}
			took := time.Since(began)
			for _, stop := range stops[:alive] {
				stop()
			}
			require.Equal(t, 2, alive, "workers that were not killed")

			names, ofListing := map[string]bool{}, map[uuid.UUID]int{}
			for _, c := range market.Sent() {
				require.False(t, names[c.Name], "change set %s was started twice", c.Name)
				names[c.Name] = true
				ofListing[c.Listing]++
			}
			require.Len(t, ofListing, listings)
			for id, n := range ofListing {
				require.Equal(t, 3, n, "change sets of listing %s", id)
			}
			entries, verified := int64(0), 0
			for _, m := range w.managers {
				for s, err := range m.Listings(ctx, lifecycle.Query{}) {
					require.NoError(t, err)
					entries += s.Revision
				}
				store, err := p.open(ctx, w.where)
				require.NoError(t, err)
				for id, err := range lifecycle.Verify(ctx, store, m.Seller()) {
					require.NoError(t, err, id)
					verified++
				}
			}
			require.Equal(t, listings, verified)
			t.Logf("%s: %d listings through their lives in %v, two of four workers killed: %d change sets, each once; %.1f entries a listing",
				p.name, listings, took.Round(time.Second), len(names), float64(entries)/float64(listings))
			if w.pool != nil {
				var jobs, attempts int
				require.NoError(t, w.pool.QueryRow(ctx, "SELECT count(*), coalesce(sum(attempt), 0) FROM river_job WHERE kind = 'shelflife_look'").Scan(&jobs, &attempts))
				t.Logf("%d jobs, %.1f a second; rows written a listing: %.1f entries, 1 record, 1 body, %.1f jobs", jobs, float64(jobs)/took.Seconds(), float64(entries)/float64(listings), float64(jobs)/float64(listings))
			}
		})
	}
}
