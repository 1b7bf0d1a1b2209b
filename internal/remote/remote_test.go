package remote_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/remote"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// A manager at the other end of the wire leads the same life.
func TestALifeOverTheWire(t *testing.T) {
	t.Parallel()
	clock := &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	there := remote.Market{Address: remote.Serve(t, market)}
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), there, lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(t, err)
	id := lifecycle.ID(lifecycletest.Seller, "extractor")
	want := lifecycle.Desired{Name: "extractor", Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	for left := 1; left > 0; clock.Advance(market.Takes) {
		a, err := m.Apply(context.Background(), id, want)
		require.NoError(t, err)
		left = len(a.Left)
	}
	r, err := m.Load(context.Background(), id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Live, r.State)
	require.Len(t, market.Sent(), 2)
	require.Equal(t, r.Entities.Product, market.Sent()[1].Entities.Product)
}

func TestErrorsOverTheWire(t *testing.T) {
	t.Parallel()
	market := lifecycletest.NewMarket(lifecycle.SystemClock{})
	there := remote.Market{Address: remote.Serve(t, market)}
	for _, want := range []error{
		lifecycle.ErrNotFound, lifecycle.ErrStale, lifecycle.ErrExists, lifecycle.ErrBusy, lifecycle.ErrStaleEntity, lifecycle.ErrUnavailable,
	} {
		market.FailCalls(fmt.Errorf("the reason: %w", want))
		_, err := there.Follow(context.Background(), "cs1")
		require.ErrorIs(t, err, want)
		require.ErrorContains(t, err, "the reason")
		require.Equal(t, want != lifecycle.ErrNotFound, remote.Passing(err)) //nolint:errorlint // those of the list
	}
	market.FailCalls(lifecycle.ErrDenied)
	err := there.Cancel(context.Background(), "cs1")
	require.EqualError(t, err, lifecycle.ErrDenied.Error())
	require.False(t, remote.Passing(err))
}
