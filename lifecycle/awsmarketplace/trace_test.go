package awsmarketplace_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// A first submission that nobody followed until the marketplace had forgotten
// it is found by the mark on the product, among others of the same title.
func TestForgottenFirstSubmissionsAreFoundAgain(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"after the answer": false, "without an answer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			manager, err := lifecycle.New("111122223333", memstore.New(), a.Marketplace, lifecycle.WithClock(fixture.Clock{Simulator: a.sim}))
			require.NoError(t, err)
			var listings []uuid.UUID
			for i := range 3 {
				id := uuid.NewSHA1(uuid.Nil, []byte{byte(i)})
				listings = append(listings, id)
				_, err := manager.Do(t.Context(), id, lifecycle.Create{Listing: content().Listing})
				require.NoError(t, err)
				_, err = manager.Do(t.Context(), id, lifecycle.Submit{})
				require.NoError(t, err)
				if lost {
					require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.LoseAnswer, Operation: "StartChangeSet"}))
					_, err = manager.Advance(t.Context(), id)
					require.ErrorIs(t, err, lifecycle.ErrUnavailable)
				} else {
					_, err = manager.Advance(t.Context(), id)
					require.NoError(t, err)
				}
			}
			require.NoError(t, a.sim.Advance(62*24*time.Hour))
			products := map[string]bool{}
			for _, id := range listings {
				p, err := manager.Advance(t.Context(), id)
				require.NoError(t, err)
				assert.Equal(t, lifecycle.TestProduct, p.Record.State)
				assert.NotEmpty(t, p.Record.Entities.DeliveryOptions)
				assert.NotEmpty(t, p.Record.Entities.Offer)
				products[p.Record.Entities.Product] = true
				drift, err := manager.Drift(t.Context(), id)
				require.NoError(t, err)
				assert.Empty(t, drift.Differences)
			}
			assert.Len(t, products, 3, "each its own")
			assert.Len(t, a.sim.Ledger().ChangeSets, 3, "nothing is sent again")
		})
	}
}

func TestTraceFindsOnlyWhatIsMarked(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.carryOut(lifecycle.EventSubmit, nil)
	submission := lifecycle.Change{Token: uuid.NewSHA1(uuid.Nil, []byte("shelflife test r1 submit")), After: *a.published}
	traced, err := a.Trace(t.Context(), submission)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Traced{Entities: a.entities, Token: submission.Token}, traced)

	other := submission
	other.Token = uuid.New()
	_, err = a.Trace(t.Context(), other)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)

	a.carryOut(lifecycle.EventUpdateInformation, func(c *lifecycle.Content) { c.Listing.Title = "Renamed since" })
	traced, err = a.Trace(t.Context(), submission)
	require.NoError(t, err)
	assert.Equal(t, a.entities, traced.Entities, "whatever it is called now")

	for _, operation := range []string{"ListEntities", "ListTagsForResource", "BatchDescribeEntities"} {
		require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.Throttle, Operation: operation}))
		submission.After = *a.published
		_, err = a.Trace(t.Context(), submission)
		require.ErrorIs(t, err, lifecycle.ErrThrottled, operation)
	}
}

// tagged answers for an account with products that others have made, and counts the
// calls for their tags.
func tagged(products int, asked *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path != "/ListEntities" {
			asked.Add(1)
			_, _ = io.WriteString(w, `{"Tags": [{"Key": "shelflife:listing", "Value": "9a1de644-815e-46d1-bb8f-aa1837f8a88b"}]}`)
			return
		}
		all := make([]string, products)
		for i := range all {
			all[i] = fmt.Sprintf(`{"EntityId": "prod-%[1]d", "EntityArn": "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/MachineLearningProduct/prod-%[1]d"}`, i)
		}
		_, _ = io.WriteString(w, `{"EntitySummaryList": [`+strings.Join(all, ",")+`]}`)
	}
}

// turns is a clock that notes how long was slept, and whether two slept at once.
type turns struct {
	lifecycle.Clock
	t      *testing.T
	asleep atomic.Int32
	slept  atomic.Int64
}

func (c *turns) Sleep(ctx context.Context, d time.Duration) error {
	assert.EqualValues(c.t, 1, c.asleep.Add(1), "calls wait one after another")
	runtime.Gosched()
	c.asleep.Add(-1)
	c.slept.Add(int64(d))
	return ctx.Err()
}

// The tags of many products are read at less than the quota of five a second, also
// for several listings at once, and each once.
func TestTagsAreReadAtAPace(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	clock := &turns{t: t}
	cfg := fixture.ConfigAt(t, nil, fixture.Serve(t, tagged(10, &asked)))
	market := awsmarketplace.NewMarketplace(cfg, awsmarketplace.WithClock(clock))
	_, err := market.Trace(t.Context(), submission(nil))
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	assert.EqualValues(t, 10, asked.Load())
	assert.EqualValues(t, 9*250*time.Millisecond, clock.slept.Load())
	_, err = market.Trace(t.Context(), submission(nil))
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	assert.EqualValues(t, 10, asked.Load(), "what was read is known")

	asked.Store(0)
	clock.slept.Store(0)
	market = awsmarketplace.NewMarketplace(cfg, awsmarketplace.WithClock(clock))
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			_, err := market.Trace(t.Context(), submission(nil))
			assert.ErrorIs(t, err, lifecycle.ErrNotFound)
		}()
	}
	all.Wait()
	assert.EqualValues(t, time.Duration(asked.Load()-1)*250*time.Millisecond, clock.slept.Load(), "a pause before each but the first")

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = awsmarketplace.NewMarketplace(cfg, awsmarketplace.WithClock(clock)).Trace(ended, submission(nil))
	require.ErrorIs(t, err, context.Canceled)
}

func TestTraceReadsAllPages(t *testing.T) {
	t.Parallel()
	pages := 0
	endless := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/ListEntities" {
			pages++
			_, _ = fmt.Fprintf(w, `{"EntitySummaryList": [{"EntityId": "prod-a", "EntityArn": "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/MachineLearningProduct/prod-a"}], "NextToken": "more"}`)
			return
		}
		_, _ = io.WriteString(w, `{"Tags": [{"Key": "shelflife:request", "Value": "another"}, {"Key": "other"}, {}]}`)
	})
	_, err := endless.Trace(t.Context(), submission(nil))
	require.ErrorContains(t, err, "first 50 pages")
	require.NotErrorIs(t, err, lifecycle.ErrNotFound)
	assert.Equal(t, 50, pages)
}
