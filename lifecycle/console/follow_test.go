package console

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// A viewer that does not take its news is dropped; the others are not.
func TestSlowViewersAreDropped(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	all := newFeeds(time.Hour)
	defer all.close()
	end, err := b.FeedEnd(context.Background())
	require.NoError(t, err)
	f, slow := all.follow(b.Manager, uuid.Nil, idOf(end))
	_, quick := all.follow(b.Manager, uuid.Nil, idOf(end))
	require.Eventually(t, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.at != nil
	}, 20*time.Second, time.Millisecond)
	l := lifecycletest.ModelPackage()
	id := b.Listing(t, l, lifecycle.Draft, false)
	for i := range viewerQueue + 2 {
		all.wake(b.Seller())
		select {
		case n := <-quick.queue:
			require.Len(t, n.changes, 1)
		case <-time.After(20 * time.Second):
			require.Fail(t, "no news")
		}
		l.Title = string(rune('a' + i))
		_, err := b.Do(context.Background(), id, lifecycle.Edit{Listing: l})
		require.NoError(t, err)
	}
	select {
	case <-slow.gone:
	default:
		assert.Fail(t, "the slow viewer is still there")
	}
	select {
	case <-quick.gone:
		assert.Fail(t, "the quick viewer was dropped")
	default:
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	assert.Len(t, f.viewers, 1)
}

// No more viewers are taken than can be served, and the reader ends with the last.
func TestViewersAreBounded(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	all := newFeeds(time.Millisecond)
	viewers := make([]*viewer, maxViewers)
	var f *feed
	for i := range viewers {
		f, viewers[i] = all.follow(b.Manager, uuid.Nil, "")
		require.NotNil(t, viewers[i])
	}
	_, more := all.follow(b.Manager, uuid.Nil, "")
	assert.Nil(t, more)
	for _, v := range viewers {
		f.leave(v)
	}
	all.readers.Wait() // without a viewer, nobody reads
	all.close()
	_, _ = all.follow(b.Manager, uuid.Nil, "") // after close, too
	all.readers.Wait()
}

// What a page shows already is no news to its viewer, however late it comes or the reader
// is; what it does not show is.
func TestNewsAreWhatAPageDoesNotShow(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	edited := func() string {
		t.Helper()
		b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
		end, err := b.FeedEnd(ctx)
		require.NoError(t, err)
		return idOf(end)
	}
	all := newFeeds(time.Hour)
	defer all.close()
	old, seen := edited(), edited()
	next := func(v *viewer) news {
		t.Helper()
		select {
		case n := <-v.queue:
			return n
		case <-time.After(20 * time.Second):
			require.Fail(t, "no news")
			return news{}
		}
	}
	f, first := all.follow(b.Manager, uuid.Nil, old)
	assert.Equal(t, news{id: seen}, next(first), "the page was made elsewhere")
	f.leave(first)
	all.wake(b.Seller())
	all.readers.Wait()
	shown, err := all.shown(ctx, b.Manager)
	require.NoError(t, err)
	assert.Equal(t, seen, shown)
	seen = edited() // between the page and its stream
	_, first = all.follow(b.Manager, uuid.Nil, shown)
	n := next(first)
	assert.Equal(t, seen, n.id)
	assert.Len(t, n.changes, 1)

	later := edited()                                  // the reader does not know it yet
	_, early := all.follow(b.Manager, uuid.Nil, later) // wakes it
	assert.Len(t, next(first).changes, 1)
	_, same := all.follow(b.Manager, uuid.Nil, later)
	_, late := all.follow(b.Manager, uuid.Nil, old)
	assert.Equal(t, news{id: later}, next(late))
	assert.Empty(t, early.queue)
	assert.Empty(t, same.queue)

	latest := edited()
	all.wake(b.Seller())
	for _, v := range []*viewer{first, early, same, late} {
		n := next(v)
		assert.Equal(t, latest, n.id)
		assert.Len(t, n.changes, 1)
	}
}

// flaky is a store whose feed does not answer, or has an entry that cannot be read.
type flaky struct {
	lifecycle.Store
	down    atomic.Bool
	asked   chan struct{}
	damaged uuid.UUID
}

func (f *flaky) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	all, err := f.Store.Feed(ctx, seller, after, limit)
	if f.down.Load() {
		f.asked <- struct{}{}
		return nil, lifecycle.ErrUnavailable
	}
	for i := range all {
		if all[i].Listing == f.damaged {
			all[i].Entry = []byte("{")
		}
	}
	return all, err
}

// When the store did not answer, or an entry cannot be read, the viewers are told of what
// came besides, and of nothing that they know.
func TestNewsAfterAFailure(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	store := &flaky{Store: b.Store, asked: make(chan struct{})}
	m, err := lifecycle.New(lifecycletest.Seller, store, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	for range 3 {
		b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	}
	all := newFeeds(time.Hour)
	defer all.close()
	shown, err := all.shown(ctx, m)
	require.NoError(t, err)
	store.down.Store(true)
	_, v := all.follow(m, uuid.Nil, shown)
	<-store.asked
	store.damaged = b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	store.down.Store(false)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	all.wake(m.Seller())
	select {
	case n := <-v.queue:
		require.Len(t, n.changes, 1)
		assert.Equal(t, id, n.changes[0].Listing)
	case <-time.After(20 * time.Second):
		require.Fail(t, "no news")
	}
}

func TestBarFillsUpToTheMarkAndThenToItsEnd(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	since := r.Request.RecordedAt
	for _, c := range []struct {
		after   time.Duration
		percent int
		text    string
	}{
		{-time.Hour, 0, "0 s so far; usually 1 h"},
		{0, 0, "0 s so far; usually 1 h"},
		{30 * time.Minute, 35, "30 min so far; usually 1 h"},
		{time.Hour, 69, "1 h so far; usually 1 h"},
		{12*time.Hour + 30*time.Minute, 85, "12 h 30 min so far; usually 1 h"},
		{24 * time.Hour, 100, "24 h so far; usually 1 h"},
		{72 * time.Hour, 100, "3 days so far; usually 1 h; overdue"},
	} {
		bar := barOf(r.Summary(), since.Add(c.after))
		assert.Equal(t, c.percent, bar.Percent, c.text)
		assert.Equal(t, c.text, bar.Text())
	}
	assert.Nil(t, barOf(lifecycle.Summary{}, since))
}

// The diagram has every move of the table between states but those of products that
// were made elsewhere.
func TestDiagramHasEveryMove(t *testing.T) {
	t.Parallel()
	drawn := map[string]bool{}
	for _, m := range diagramOf(lifecycle.Draft).Moves {
		for _, l := range m.Labels {
			drawn[l.Text] = true
		}
	}
	for _, move := range lifecycle.Transitions() {
		if e := string(move.Event); move.From != "" && move.To != "" && move.From != move.To && isStep(move.Event) {
			assert.True(t, drawn[e], e)
		}
	}
}
