package stores

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// From each store into the next, and back into the first kind: what arrives is the same
// to the byte, and verified.
func TestMovingFromStoreToStore(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), lifecycletest.NewBench(t)
	for _, l := range []listing.Listing{lifecycletest.ModelPackage(), lifecycletest.Algorithm()} {
		for _, s := range lifecycle.States() {
			b.Listing(t, l, s, false)
			b.Listing(t, l, s, true)
		}
	}
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	for _, number := range []string{"1.1", "1.2", "1.3", "1.4", "1.5", "1.6"} {
		for _, c := range []lifecycle.Command{
			lifecycle.AddVersion{Version: lifecycletest.Version(number, version.ModelPackage)}, lifecycle.RestrictVersion{Number: number},
		} {
			_, err := b.Do(ctx, id, c)
			require.NoError(t, err)
			_, err = b.Await(ctx, id)
			require.NoError(t, err)
		}
	}
	draft := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err := b.Do(ctx, draft, lifecycle.Discard{})
	require.NoError(t, err)

	var first bytes.Buffer
	moved, err := lifecycle.Export(ctx, b.Store, b.Seller(), &first)
	require.NoError(t, err)
	text := first.String()
	stores := []lifecycle.Store{}
	for _, p := range places {
		s, err := p.open(ctx, p.new(t))
		require.NoError(t, err, p.name)
		stores = append(stores, s)
	}
	for i, s := range append(stores, memstore.New()) {
		arrived, err := lifecycle.Import(ctx, s, b.Seller(), bytes.NewBufferString(text))
		require.NoError(t, err, "store %d", i)
		require.Equal(t, moved, arrived)
		verified := 0
		for id, err := range lifecycle.Verify(ctx, s, b.Seller()) {
			require.NoError(t, err, "store %d, listing %s", i, id)
			verified++
		}
		require.Equal(t, moved.Listings, verified)
		var again bytes.Buffer
		_, err = lifecycle.Export(ctx, s, b.Seller(), &again)
		require.NoError(t, err)
		require.Equal(t, text, again.String(), "store %d", i)
		text = again.String()
	}
	t.Logf("%d listings with %d entries, through SQLite, PostgreSQL, DynamoDB and memory", moved.Listings, moved.Entries)
}
