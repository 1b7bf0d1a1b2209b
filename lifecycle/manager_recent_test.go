package lifecycle_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// asked is a store that tells what was read from it, and lets something happen before
// bodies are read.
type asked struct {
	lifecycle.Store
	bodies int
	before func()
}

func (s *asked) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	s.bodies += len(digests)
	if s.before != nil {
		s.before()
	}
	return s.Store.Parts(ctx, key, digests)
}

// What a manager has read or written, it does not read again.
func TestBodiesAreReadOnce(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	s := &asked{Store: b.Store}
	m, err := lifecycle.New(lifecycletest.Seller, s, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, len(r.Draft.Versions), s.bodies)
	for range 3 {
		_, err = m.Load(ctx, id)
		require.NoError(t, err)
	}
	assert.Equal(t, len(r.Draft.Versions), s.bodies)

	// Another process adds a version: that one is read.
	_, err = b.Do(ctx, id, lifecycle.AddVersion{Version: lifecycletest.Version("2.0", r.Draft.Kind)})
	require.NoError(t, err)
	_, err = b.Await(ctx, id)
	require.NoError(t, err)
	r, err = m.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, len(r.Draft.Versions), s.bodies)
}

// A record is the caller's: what becomes of it changes nothing of the next one.
func TestALoadedRecordIsTheCallers(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	want, err := b.Load(ctx, id)
	require.NoError(t, err)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	require.Equal(t, want, r)
	r.Draft.Versions[0].Usage, r.Draft.Categories[0], r.Published.Listing.Versions[0].Number = "changed", "changed", "9.9"
	clear(r.Entities.DeliveryOptions)
	r, err = b.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, want, r)
}

// A body that another process drops between the reading of the head and that of the
// bodies is not missing: the record has moved on.
func TestABodyThatIsDroppedWhileReading(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := uuid.New()
	draft := lifecycletest.ModelPackage()
	_, err := b.Do(ctx, id, lifecycle.Create{Listing: draft})
	require.NoError(t, err)
	edits := 0
	s := &asked{Store: b.Store}
	edit := func() {
		edits++
		draft.Versions[0].Usage += " Again."
		_, err := b.Do(ctx, id, lifecycle.Edit{Listing: draft})
		require.NoError(t, err)
	}
	s.before = func() {
		if edits < 3 {
			edit()
		}
	}
	m, err := lifecycle.New(lifecycletest.Seller, s, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, draft, r.Draft)

	s.before = edit // and one that changes with each reading is given up
	edit()
	_, err = m.Load(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrStale)
	require.ErrorContains(t, err, id.String())
}
