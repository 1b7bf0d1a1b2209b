package lifecycletest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/internal/failing"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
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

// forgetful is a store that leaves the first entry of a journal out.
type forgetful struct{ lifecycle.Store }

func (f forgetful) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	return f.Store.Journal(ctx, key, max(after, 1), limit)
}

func TestRequireReplayed(t *testing.T) {
	b := NewBench(t)
	id := b.Listing(t, ModelPackage(), lifecycle.Live, false)
	r, journal := RequireReplayed(t, b.Manager, id)
	assert.Equal(t, lifecycle.Live, r.State)
	assert.Len(t, journal, int(r.Revision))
	assert.NotEmpty(t, failing.Reasons(func(t testing.TB) { RequireReplayed(t, b.With(forgetful{b.Store}), id) }))
	assert.NotEmpty(t, failing.Reasons(func(t testing.TB) { RequireReplayed(t, b.Manager, uuid.New()) }))
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

func ExampleRequireReplayed() {
	t := &testing.T{} // yours
	b := NewBench(t)
	record, journal := RequireReplayed(t, b.Manager, b.Listing(t, ModelPackage(), lifecycle.Draft, false))
	fmt.Println(record.State, len(journal), t.Failed())
	// Output: Draft 1 false
}

func ExampleWithVersions() {
	for _, v := range WithVersions(ModelPackage(), 3).Versions {
		fmt.Println(v.Number)
	}
	// Output:
	// 1.0
	// 2.1
	// 2.2
}

// Facts fit any listing: its own instance types, kinds, accounts and Regions.
func TestFactsOfAnyListing(t *testing.T) {
	for _, l := range []listing.Listing{ModelPackage(), Algorithm()} {
		seller := listing.AccountID("999900001111")
		v := &l.Versions[0]
		p, err := v.Resource.Parts()
		require.NoError(t, err)
		v.Resource = version.ARN("arn:aws:sagemaker:eu-west-1:" + string(seller) + ":" + strings.ReplaceAll(string(p.Kind), " ", "-") + "/x")
		v.AccessRole = version.Role("arn:aws:iam::" + string(seller) + ":role/x")
		v.Recommended.Batch, v.Recommended.RealTime = "ml.c5.xlarge", "ml.g5.xlarge"
		rates := pricing.RateCard{pricing.Batch("ml.c5.xlarge"): pricing.MustUSD("1"), pricing.Batch("ml.c5.2xlarge"): pricing.MustUSD("2")}
		if l.Offer.Model == pricing.Inference {
			rates[pricing.PerInference] = pricing.MustUSD("0.01")
		} else {
			rates[pricing.RealTime("ml.g5.xlarge")] = pricing.MustUSD("3")
		}
		if l.Kind == version.Algorithm {
			v.Recommended.Training = "ml.p3.2xlarge"
			rates[pricing.Training("ml.p3.2xlarge")] = pricing.MustUSD("9")
		}
		l.Offer.Rates = rates
		created, err := lifecycle.Decide(lifecycle.Record{ID: uuid.New(), Seller: seller}, lifecycle.Create{Listing: l}, lifecycle.Input{At: Start})
		require.NoError(t, err)
		d, err := lifecycle.Decide(created.Record, lifecycle.Submit{}, lifecycle.Input{At: Start, Facts: Facts(l)})
		require.NoError(t, err)
		require.Empty(t, d.Findings.NotChecked)
	}
}
