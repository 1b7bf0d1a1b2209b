package dynamostore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

// On-demand prices of the standard table class in US East (N. Virginia), in dollars
// for a million units.
const (
	writePrice = 0.625
	readPrice  = 0.125
)

// TestCostOfAYear prints what the package comment says.
func TestCostOfAYear(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	count := &counting{Client: client}
	store := open(t, count, newTable(t, client))
	clock := &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	manager, err := lifecycle.New(lifecycletest.Seller, store, market, lifecycle.WithClock(clock),
		lifecycle.WithResources(lifecycletest.Resources{}), lifecycle.WithAssets(lifecycletest.Assets{}),
		lifecycle.WithSellers(*lifecycletest.Facts(lifecycletest.ModelPackage()).Seller))
	require.NoError(t, err)
	ctx, id := t.Context(), manager.ID("invoice")
	var reads, writes int
	step := func(what string, times int, do func() error) {
		t.Helper()
		require.NoError(t, do(), what)
		r, w, calls := count.reset()
		t.Logf("%-34s %6d times: %4d write units, %4d read units, %3d calls each", what, times, w, r, calls)
		reads, writes = reads+times*r, writes+times*w
	}
	do := func(c lifecycle.Command) func() error {
		return func() error { _, err := manager.Do(ctx, id, c); return err }
	}
	await := func() error { _, err := manager.Await(ctx, id); return err }
	draft := lifecycletest.ModelPackage()
	step("Create", 1, do(lifecycle.Create{Name: "invoice", Listing: draft}))
	draft.Title = "Invoice reader"
	step("Edit", 10, do(lifecycle.Edit{Listing: draft}))
	step("Submit", 1, do(lifecycle.Submit{}))
	step("Await, with all that it looks", 1, await)
	step("SignOff", 1, do(lifecycle.SignOff{}))
	step("Await", 1, await)
	for i := range 12 {
		step("AddVersion", 1, do(lifecycle.AddVersion{Version: lifecycletest.Version(fmt.Sprintf("2.%d", i), version.ModelPackage)}))
		step("Await", 1, await)
		clock.Advance(30 * 24 * time.Hour)
	}
	step("Load, at 13 versions", 365, func() error { _, err := manager.Load(ctx, id); return err })
	step("a list of what is in flight", 365*24*12, func() error {
		_, err := store.List(ctx, lifecycle.Query{Seller: lifecycletest.Seller, InFlight: true, Limit: 200})
		return err
	})
	const sweeps = 365 * 24 * 12
	reads -= sweeps
	dollars := func(writes, reads int) float64 { return float64(writes)*writePrice/1e6 + float64(reads)*readPrice/1e6 }
	t.Logf("a year: %d write units and %d read units: %.4f dollars; a sweep every five minutes, for all listings of the seller: %d read units, %.4f dollars",
		writes, reads, dollars(writes, reads), sweeps, dollars(0, sweeps))
	require.InDelta(t, 1140, writes, 50, "write units of a year, as the package comment has them")
	require.InDelta(t, 840, reads, 50, "read units of a year, as the package comment has them")
}
