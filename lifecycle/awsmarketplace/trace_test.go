package awsmarketplace_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
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
