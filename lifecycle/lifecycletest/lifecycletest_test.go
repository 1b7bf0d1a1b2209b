package lifecycletest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

func TestGeneratedListingsBreakNoRule(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := Listings().Draw(rt, "listing")
		require.NoError(rt, listing.Check(l).Err())
		created, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: Seller}, lifecycle.Create{Listing: l}, lifecycle.Input{At: Start})
		require.NoError(rt, err)
		_, err = lifecycle.Decide(created.Record, lifecycle.Submit{}, lifecycle.Input{At: Start, Facts: Facts(l)})
		require.NoError(rt, err)
	})
}

func TestAlmostValidListingsBreakOneRule(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := AlmostValid().Draw(rt, "faulty")
		require.Empty(rt, compare(listing.Check(f.Listing).Err(), []rule.Rule{f.Rule}))
	})
}

func TestBenchReachesEveryState(t *testing.T) {
	for _, l := range []listing.Listing{ModelPackage(), Algorithm()} {
		for _, state := range lifecycle.States() {
			b := NewBench(t)
			id := b.Listing(t, l, state, false)
			r, err := b.Load(context.Background(), id)
			require.NoError(t, err)
			assert.Equal(t, state, r.State)
			assert.Equal(t, state == lifecycle.Submitted, r.Request != nil)
		}
	}
}

func TestRequireRefusedTellsTheDifference(t *testing.T) {
	l := ModelPackage()
	l.Title, l.Overview = "", ""
	err := listing.Check(l).Err()
	RequireRefused(t, err, listing.RuleTitle, listing.RuleOverview)
	assert.Equal(t, "nothing was refused, want [info.title]", compare(nil, []rule.Rule{listing.RuleTitle}))
	assert.Equal(t, "not refused by a rule: no route", compare(errors.New("no route"), []rule.Rule{listing.RuleTitle}))
	difference := compare(fmt.Errorf("wrapped: %w", err), []rule.Rule{listing.RuleTitle, listing.RuleSKU})
	assert.Contains(t, difference, "not broken: info.sku")
	assert.Contains(t, difference, "not expected: overview: is missing")
	assert.NotContains(t, difference, "not expected: title")
}

func TestClock(t *testing.T) {
	var c Clock
	assert.Equal(t, Start, c.Now())
	c.Advance(time.Hour)
	require.NoError(t, c.Sleep(context.Background(), time.Minute))
	assert.Equal(t, Start.Add(time.Hour+time.Minute), c.Now())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, c.Sleep(ctx, time.Minute), context.Canceled)
	assert.Equal(t, Start.Add(time.Hour+time.Minute), c.Now())
}

func ExampleRequireRefused() {
	t := &testing.T{} // yours
	draft := ModelPackage()
	draft.Title = ""
	RequireRefused(t, listing.Check(draft).Err(), listing.RuleTitle)
	fmt.Println(t.Failed())
	// Output: false
}
