package console

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// A viewer that does not take its news is dropped; the others are not.
func TestSlowViewersAreDropped(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	all := newFeeds(time.Hour)
	defer all.close()
	f := all.of(b.Manager)
	k := f.known(context.Background())
	require.True(t, k.whole)
	slow, quick := f.follow(uuid.Nil, k.id), f.follow(uuid.Nil, k.id)
	all.of(b.Manager)
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
	assert.Len(t, f.viewers, 1)
}

// No more viewers are taken than can be served, and the reader ends with the last.
func TestViewersAreBounded(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	all := newFeeds(time.Millisecond)
	f := all.of(b.Manager)
	viewers := make([]*viewer, maxViewers)
	for i := range viewers {
		viewers[i] = f.follow(uuid.Nil, "")
		require.NotNil(t, viewers[i])
	}
	assert.Nil(t, f.follow(uuid.Nil, ""))
	for _, v := range viewers {
		f.leave(v)
	}
	all.readers.Wait() // without a viewer, nobody reads
	all.close()
	all.of(b.Manager) // after close, too
	all.readers.Wait()
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
