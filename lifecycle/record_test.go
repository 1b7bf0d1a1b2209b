package lifecycle_test

import (
	"context"
	"testing"
	"time"

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

// What lists say of a request that failed or was cancelled stays until the next request,
// or until the draft is discarded.
func TestUnsuccessful(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	l := lifecycletest.ModelPackage()
	id := b.Listing(t, l, lifecycle.Draft, false)
	do := func(c lifecycle.Command) {
		t.Helper()
		_, err := b.Do(ctx, id, c)
		require.NoError(t, err)
	}
	failed := func() {
		t.Helper()
		b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "INVALID_INPUT"}}})
		do(lifecycle.Submit{})
		_, err := b.Await(ctx, id)
		require.ErrorAs(t, err, new(*lifecycle.RequestError))
	}
	one := func() *lifecycle.OutcomeSummary {
		t.Helper()
		all := listings(t, b.Manager, lifecycle.Query{Unsuccessful: true})
		require.Len(t, all, 1)
		require.Equal(t, id, all[0].ID)
		r, err := b.Load(ctx, id)
		require.NoError(t, err)
		require.Equal(t, r.Summary(), all[0])
		return all[0].Unsuccessful
	}
	none := func() { t.Helper(); assert.Empty(t, listings(t, b.Manager, lifecycle.Query{Unsuccessful: true})) }

	none()
	failed()
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	want := lifecycle.OutcomeSummary{Kind: lifecycle.EventSubmit, Result: lifecycle.Failed, ChangeSet: r.Last.ChangeSet, Revision: r.Revision, RecordedAt: r.UpdatedAt}
	assert.Equal(t, want, *one())
	b.Clock.Advance(time.Hour)
	l.Title = "Changed since"
	do(lifecycle.Edit{Listing: l})
	assert.Equal(t, want, *one(), "an edit does not take it away")

	do(lifecycle.Submit{})
	none()
	do(lifecycle.Cancel{})
	_, err = b.Await(ctx, id)
	require.ErrorAs(t, err, new(*lifecycle.RequestError))
	cancelled := one()
	assert.Equal(t, lifecycle.Cancelled, cancelled.Result)
	assert.Empty(t, cancelled.ChangeSet, "it was never sent")

	do(lifecycle.Submit{})
	_, err = b.Await(ctx, id)
	require.NoError(t, err)
	none()

	id = b.Listing(t, l, lifecycle.Draft, false)
	failed()
	one()
	do(lifecycle.Discard{})
	none()
	do(lifecycle.Create{Listing: l})
	none()
}
