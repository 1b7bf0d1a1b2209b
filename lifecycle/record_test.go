package lifecycle_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

func TestRecordsShareNothing(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	r, err := b.Await(ctx, id)
	require.NoError(t, err)
	r.Draft.Versions[0].Number = "7.7"
	assert.Equal(t, "1.0", r.Published.Listing.Versions[0].Number)
	require.ErrorIs(t, lifecycle.Explain(r, lifecycle.Edit{Listing: r.Draft}, lifecycle.Input{At: lifecycletest.Start}).Err(), lifecycle.RuleNumberLocked)
	journal := journalOf(t, b, id)
	replayed, err := lifecycle.Replay(journal)
	require.NoError(t, err)
	replayed.Draft.Versions[0].Number = "x"
	replayed.Published.Listing.Versions[0].Number = "x"
	assert.Equal(t, "1.0", journal[0].Delta.Versions[0].Number)
}

func TestInFlight(t *testing.T) {
	b := lifecycletest.NewBench(t)
	b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	records := listings(t, b.Manager, lifecycle.Query{InFlight: true})
	require.Len(t, records, 1)
	assert.Equal(t, id, records[0].ID)
}
