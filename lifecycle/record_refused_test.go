package lifecycle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/pricing"
)

// What JSON cannot say is an error, with its cause, wherever in the write it is.
func TestWhatCannotBeEncodedIsRefused(t *testing.T) {
	t.Parallel()
	journal, r := liveJournal(t)
	last := journal[len(journal)-1]
	bad := pricing.RateCard{{Mode: "by the moon"}: pricing.MustUSD("1")}
	for name, spoil := range map[string]func(*lifecycle.Record, *lifecycle.Entry){
		"the draft":        func(r *lifecycle.Record, _ *lifecycle.Entry) { r.Draft.Offer.Rates = bad },
		"what is in force": func(r *lifecycle.Record, _ *lifecycle.Entry) { r.Published.Rates = bad },
		"the entry": func(_ *lifecycle.Record, e *lifecycle.Entry) {
			e.Delta = &lifecycle.Delta{Rates: bad}
		},
	} {
		r, e := r, last
		r.Draft = r.Draft.Clone()
		published := r.Published.Clone()
		r.Published = &published
		spoil(&r, &e)
		w, err := lifecycle.EncodedAfter(r.Revision-1, r, e)
		require.ErrorIs(t, err, pricing.ErrDimension, name)
		require.Zero(t, w, name)
	}
}

// What is too large for a store is refused with figure and limit: head, body and
// entry have a limit each, and what is as large as the limit is kept.
func TestWhatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	journal, r := liveJournal(t)
	last := journal[len(journal)-1]
	for name, c := range map[string]struct {
		what  string
		limit int
		fill  func(r *lifecycle.Record, e *lifecycle.Entry, text string)
		size  func(lifecycle.Write) int
	}{
		"the head": {"the record", lifecycle.MaxHead,
			func(r *lifecycle.Record, _ *lifecycle.Entry, text string) { r.Draft.Overview = text },
			func(w lifecycle.Write) int { return len(w.Head) }},
		"a body": {`version "1.0": the version`, lifecycle.MaxPart,
			func(r *lifecycle.Record, _ *lifecycle.Entry, text string) { r.Draft.Versions[0].Usage = text },
			func(w lifecycle.Write) int { return len(w.Put[0].Body) }},
		"an entry": {"entries[0]", lifecycle.MaxEntry,
			func(_ *lifecycle.Record, e *lifecycle.Entry, text string) { e.By = text },
			func(w lifecycle.Write) int { return len(w.Entries[0]) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			of := func(n int) (lifecycle.Write, error) {
				r, e := r, last
				r.Draft = r.Draft.Clone()
				c.fill(&r, &e, strings.Repeat("a", n))
				return lifecycle.EncodedAfter(r.Revision-1, r, e)
			}
			one, err := of(1)
			require.NoError(t, err)
			most := c.limit - c.size(one) + 1
			full, err := of(most)
			require.NoError(t, err)
			require.Equal(t, c.limit, c.size(full))
			w, err := of(most + 1)
			require.ErrorIs(t, err, lifecycle.ErrCannotKeep)
			require.ErrorContains(t, err, fmt.Sprintf("%s cannot be kept: it has %d bytes, %d are allowed", c.what, c.limit+1, c.limit))
			require.Zero(t, w)
		})
	}
}
