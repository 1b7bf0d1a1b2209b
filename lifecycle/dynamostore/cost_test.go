package dynamostore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

// counting is a client that counts the units which DynamoDB would charge for.
type counting struct {
	dynamostore.Client
	mu            sync.Mutex
	reads, writes float64
	calls         int
}

func (c *counting) add(to *float64, all ...types.ConsumedCapacity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	for _, each := range all {
		*to += aws.ToFloat64(each.CapacityUnits)
	}
}

func (c *counting) reset() (reads, writes float64, calls int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reads, writes, calls = c.reads, c.writes, c.calls
	c.reads, c.writes, c.calls = 0, 0, 0
	return reads, writes, calls
}

func (c *counting) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := c.Client.GetItem(ctx, in, o...)
	if err == nil {
		c.add(&c.reads, *out.ConsumedCapacity)
	}
	return out, err
}

func (c *counting) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := c.Client.BatchGetItem(ctx, in, o...)
	if err == nil {
		c.add(&c.reads, out.ConsumedCapacity...)
	}
	return out, err
}

func (c *counting) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := c.Client.Query(ctx, in, o...)
	if err == nil {
		c.add(&c.reads, *out.ConsumedCapacity)
	}
	return out, err
}

func (c *counting) TransactGetItems(ctx context.Context, in *dynamodb.TransactGetItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactGetItemsOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := c.Client.TransactGetItems(ctx, in, o...)
	if err == nil {
		c.add(&c.reads, out.ConsumedCapacity...)
	}
	return out, err
}

func (c *counting) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := c.Client.TransactWriteItems(ctx, in, o...)
	if err == nil {
		c.add(&c.writes, out.ConsumedCapacity...)
	}
	return out, err
}

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
	units := &counting{Client: client}
	store := open(t, units, newTable(t, client))
	clock := &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	manager, err := lifecycle.New(lifecycletest.Seller, store, market, lifecycle.WithClock(clock),
		lifecycle.WithResources(lifecycletest.Resources{}), lifecycle.WithAssets(lifecycletest.Assets{}),
		lifecycle.WithSellers(*lifecycletest.Facts(lifecycletest.ModelPackage()).Seller))
	require.NoError(t, err)
	ctx, id := t.Context(), manager.ID("invoice")
	var reads, writes float64
	step := func(what string, times float64, do func() error) {
		t.Helper()
		require.NoError(t, do(), what)
		r, w, calls := units.reset()
		t.Logf("%-34s %3.0f times: %4.0f write units, %4.0f read units, %3d calls each", what, times, w, r, calls)
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
	sweeps := 365 * 24 * 12.0
	cost := writes*writePrice/1e6 + (reads-sweeps)*readPrice/1e6
	t.Logf("a year: %.0f write units and %.0f read units: %.4f dollars; a sweep every five minutes, for all listings of the seller: %.0f read units, %.4f dollars",
		writes, reads-sweeps, cost, sweeps, sweeps*readPrice/1e6)
	require.Less(t, writes, 2000.0, "write units of a year")
	require.Less(t, reads-sweeps, 4000.0, "read units of a year, the sweeps apart")
}
