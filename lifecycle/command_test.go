package lifecycle_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

func TestPointersAreCommandsToo(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	_, err := b.Do(ctx, id, &lifecycle.Unpublish{})
	require.ErrorIs(t, err, lifecycle.RuleUnpublishContact)
	_, err = b.Do(ctx, uuid.New(), &lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err)
	type wrapped struct{ lifecycle.Submit }
	for _, none := range []lifecycle.Command{nil, (*lifecycle.Submit)(nil), wrapped{}} {
		_, err = b.Do(ctx, id, none)
		require.ErrorIs(t, err, lifecycle.RuleCommand)
		found, err := b.Explain(ctx, id, none)
		require.NoError(t, err)
		require.ErrorIs(t, found.Err(), lifecycle.RuleCommand)
		require.False(t, can(lifecycle.Record{}, none, lifecycle.Input{At: lifecycletest.Start}))
	}
}
