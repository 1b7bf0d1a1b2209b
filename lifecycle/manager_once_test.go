package lifecycle_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

func TestCreateTwice(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	d, err := b.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err, "the same creation is done already")
	assert.True(t, d.Repeated)
	assert.EqualValues(t, 1, d.Record.Revision)
	_, err = b.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.Algorithm()})
	require.ErrorIs(t, err, lifecycle.ErrExists)
}

func TestManyManagersSendOnce(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			_, err := b.Await(ctx, id)
			assert.NoError(t, err)
		}()
	}
	group.Wait()
	assert.Len(t, b.Market.Sent(), 1)
	journal := journalOf(t, b, id)
	outcomes := 0
	for _, e := range journal {
		if e.Outcome != nil {
			outcomes++
		}
	}
	assert.Equal(t, 1, outcomes)
}

func TestManyCommandsOneWins(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	var group sync.WaitGroup
	won := make(chan struct{}, 8)
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			_, err := b.Do(ctx, id, lifecycle.SignOff{})
			if err == nil {
				won <- struct{}{}
				return
			}
			assert.ErrorIs(t, err, lifecycle.RuleOneRequest)
		}()
	}
	group.Wait()
	assert.Len(t, won, 1)
}

// forgetful is a store whose Saves take effect and whose answers are lost.
type forgetful struct {
	lifecycle.Store
	lose int
}

func (f *forgetful) Save(ctx context.Context, w lifecycle.Write) error {
	err := f.Store.Save(ctx, w)
	if f.lose > 0 {
		f.lose--
		return fmt.Errorf("answer lost: %w", lifecycle.ErrUnavailable)
	}
	return err
}

// The answer of a Save is lost, and the caller asks again under the same key: the
// decision of then comes back, and nothing is written.
func TestOnce(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	m := b.With(&forgetful{b.Store, 1})
	id := m.ID("extractor")
	create := lifecycle.Create{Name: "extractor", Listing: lifecycletest.ModelPackage()}
	_, err := m.Do(ctx, id, create, lifecycle.Once("create"))
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	d, err := m.Do(ctx, id, create, lifecycle.Once("create"))
	require.NoError(t, err)
	assert.True(t, d.Repeated)
	assert.EqualValues(t, 1, d.Record.Revision)

	first, err := m.Do(ctx, id, lifecycle.Submit{}, lifecycle.Once("submit"), lifecycle.By("ann"))
	require.NoError(t, err)
	assert.False(t, first.Repeated)
	_, err = m.Await(ctx, id)
	require.NoError(t, err)
	again, err := m.Do(ctx, id, &lifecycle.Submit{}, lifecycle.Once("submit"))
	require.NoError(t, err)
	assert.True(t, again.Repeated)
	assert.Equal(t, encoded(t, first.Record), encoded(t, again.Record), "the record of then")
	assert.Equal(t, encoded(t, first.Entries), encoded(t, again.Entries))
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, r.State)
	assert.Len(t, b.Market.Sent(), 1)

	_, err = m.Do(ctx, id, lifecycle.SignOff{}, lifecycle.Once("submit"))
	require.ErrorIs(t, err, lifecycle.ErrKeyUsed)
	_, err = m.Do(ctx, id, lifecycle.SignOff{}, lifecycle.Once(fmt.Sprintf("%129s", "x")))
	require.ErrorIs(t, err, lifecycle.ErrConfig)
	_, err = m.Do(ctx, id, lifecycle.SignOff{}, nil)
	require.ErrorIs(t, err, lifecycle.ErrConfig)
	requireReplayed(t, r, journalOf(t, m, id))
}

// A sign-off with nothing to send has two entries, and both come back.
func TestOnceReturnsAllEntriesOfADecision(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	l := lifecycletest.Algorithm()
	id := b.Listing(t, l, lifecycle.Draft, false)
	_, err := b.Do(ctx, id, lifecycle.Submit{Testers: l.Buyers})
	require.NoError(t, err)
	_, err = b.Await(ctx, id)
	require.NoError(t, err)
	first, err := b.Do(ctx, id, lifecycle.SignOff{}, lifecycle.Once("go"))
	require.NoError(t, err)
	require.Len(t, first.Entries, 2)
	again, err := b.Do(ctx, id, lifecycle.SignOff{}, lifecycle.Once("go"))
	require.NoError(t, err)
	assert.Equal(t, encoded(t, first.Entries), encoded(t, again.Entries))
	assert.Equal(t, lifecycle.Live, again.Record.State)
}

// A listing remembers 32 keys.
func TestOnceForgetsOldKeys(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	l := lifecycletest.ModelPackage()
	id := b.Listing(t, l, lifecycle.Draft, false)
	for i := range 33 {
		l.Title = fmt.Sprintf("Title %d", i)
		_, err := b.Do(ctx, id, lifecycle.Edit{Listing: l}, lifecycle.Once(l.Title))
		require.NoError(t, err)
	}
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	require.Len(t, r.Keys, 32)
	assert.Equal(t, "Title 1", r.Keys[0].Key)
}

// Of two who read a draft and edit it, the second is told.
func TestIfRevision(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	read, err := b.Load(ctx, id)
	require.NoError(t, err)
	one, two := read.Draft.Clone(), read.Draft.Clone()
	one.Title, two.Overview = "One", "Two"
	_, err = b.Do(ctx, id, lifecycle.Edit{Listing: one}, lifecycle.IfRevision(read.Revision))
	require.NoError(t, err)
	_, err = b.Do(ctx, id, lifecycle.Edit{Listing: two}, lifecycle.IfRevision(read.Revision))
	require.ErrorIs(t, err, lifecycle.ErrStale)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, "One", r.Draft.Title)
	_, err = b.Do(ctx, uuid.New(), lifecycle.Create{}, lifecycle.IfRevision(0))
	require.NoError(t, err)
}

func TestNames(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := lifecycle.ID(lifecycletest.Seller, "extractor")
	assert.Equal(t, "99be81a6-440c-580c-9a3b-18303c3616b0", id.String(), "it is the same in every release")
	assert.Equal(t, id, b.ID("extractor"))
	assert.NotEqual(t, id, lifecycle.ID("444455556666", "extractor"))
	l := lifecycletest.ModelPackage()
	_, err := b.Do(ctx, uuid.New(), lifecycle.Create{Name: "extractor", Listing: l})
	require.ErrorIs(t, err, lifecycle.RuleCreateOnce)
	_, err = b.Do(ctx, id, lifecycle.Create{Name: "extractor", Listing: l}, lifecycle.By("ann"))
	require.NoError(t, err)
	found := listings(t, b.Manager, lifecycle.Query{Name: "extractor"})
	require.Len(t, found, 1)
	assert.Equal(t, "ann", found[0].Creator)
	assert.Equal(t, l.Title, found[0].Title)

	// Created again, with the document of then, after it was edited.
	edited := l.Clone()
	edited.Title = "Other"
	_, err = b.Do(ctx, id, lifecycle.Edit{Listing: edited})
	require.NoError(t, err)
	d, err := b.Do(ctx, id, lifecycle.Create{Name: "extractor", Listing: l})
	require.NoError(t, err)
	assert.True(t, d.Repeated)
	assert.Equal(t, "Other", d.Record.Draft.Title)
	_, err = b.Do(ctx, id, lifecycle.Create{Name: "extractor", Listing: lifecycletest.Algorithm()})
	require.ErrorIs(t, err, lifecycle.ErrExists)
}

func TestDiscard(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.ID("x")
	create := lifecycle.Create{Name: "x", Listing: lifecycletest.ModelPackage()}
	for range 2 { // it can be created again
		_, err := b.Do(ctx, id, create)
		require.NoError(t, err)
		d, err := b.Do(ctx, id, lifecycle.Discard{})
		require.NoError(t, err)
		assert.Empty(t, d.Record.State)
		_, err = b.Load(ctx, id)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
		_, err = b.Do(ctx, id, lifecycle.Submit{})
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
		assert.Empty(t, listings(t, b.Manager, lifecycle.Query{}))
	}
	assert.Len(t, journalOf(t, b, id), 4, "the journal stays")
	_, err := b.Do(ctx, id, create)
	require.NoError(t, err)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	requireReplayed(t, r, journalOf(t, b, id))
	_, err = b.Do(ctx, b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false), lifecycle.Discard{})
	require.ErrorIs(t, err, lifecycle.RuleDiscard)
}
