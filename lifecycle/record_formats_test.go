package lifecycle_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// keptRecord is one listing as a release has kept it: all that its store had.
type keptRecord struct {
	Head    string            `json:"head"`
	Parts   map[string]string `json:"parts"`
	Entries []string          `json:"entries"`
	Summary lifecycle.Summary `json:"summary"`
}

func formatFile(format int) string {
	return filepath.Join("testdata", "kept", fmt.Sprintf("format%d.jsonl", format))
}

func keptIn(t *testing.T, file string) []keptRecord {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err, "make golden writes the file of a new format")
	var all []keptRecord
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		var k keptRecord
		require.NoError(t, json.Unmarshal(lines.Bytes(), &k))
		all = append(all, k)
	}
	require.NoError(t, lines.Err())
	return all
}

// Whatever a release has kept, every later one reads: the files are of all formats that
// there ever were, and are never changed.
func TestWhatWasKeptCanBeRead(t *testing.T) {
	t.Parallel()
	for format := 1; format <= lifecycle.HeadFormat; format++ {
		t.Run(fmt.Sprintf("format %d", format), func(t *testing.T) {
			t.Parallel()
			taken := map[lifecycle.Transition]bool{}
			for _, k := range keptIn(t, formatFile(format)) {
				taken = readKept(t, format, k, taken)
			}
			for _, row := range lifecycle.Transitions() {
				assert.True(t, taken[row], "no record has gone through %v", row)
			}
		})
	}
}

func readKept(t *testing.T, format int, k keptRecord, taken map[lifecycle.Transition]bool) map[lifecycle.Transition]bool {
	t.Helper()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	w := lifecycle.Write{Key: lifecycle.Key{Seller: k.Summary.Seller, Listing: k.Summary.ID}, Revision: k.Summary.Revision, Summary: k.Summary, Head: []byte(k.Head)}
	for digest, body := range k.Parts {
		w.Put = append(w.Put, lifecycle.Part{Digest: digest, Body: []byte(body)})
	}
	for _, e := range k.Entries {
		w.Entries = append(w.Entries, []byte(e))
	}
	require.NoError(t, b.Store.Save(ctx, w))
	b.Clock.Advance(k.Summary.UpdatedAt.Sub(b.Clock.Now()))

	journal := journalOf(t, b.Manager, k.Summary.ID)
	r, err := lifecycle.Replay(journal)
	require.NoError(t, err)
	for row := range (history{r, journal}).rows(0) {
		taken[row] = true
	}
	read, err := b.Load(ctx, k.Summary.ID)
	if k.Summary.State == "" {
		require.ErrorIs(t, err, lifecycle.ErrNotFound, "a discarded draft")
		return taken
	}
	require.NoError(t, err)
	require.Equal(t, encoded(t, r), encoded(t, read), "what the journal adds up to")
	summary := read.Summary()
	if format < 3 { // which did not tell how the latest request ended
		summary.Unsuccessful = nil
	}
	require.Equal(t, encoded(t, k.Summary), encoded(t, summary))

	// And it goes on: it is written in today's format, and read again.
	all, err := b.Available(ctx, k.Summary.ID)
	require.NoError(t, err)
	require.NotEmpty(t, all)
	var next lifecycle.Command = lifecycle.Cancel{}
	switch {
	case r.Request != nil && r.Request.Cancelling:
		return taken
	case r.Request == nil && r.State == lifecycle.Draft:
		next = lifecycle.Edit{Listing: r.Draft}
	case r.Request == nil && r.State == lifecycle.TestProduct:
		next = lifecycle.Edit{Listing: r.Draft}
	case r.Request == nil && r.State == lifecycle.Live:
		next = lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."}
	case r.Request == nil && r.SupportEndedAt == nil:
		b.Clock.Advance(lifecycle.SupportPeriod)
		next = lifecycle.EndSupport{}
	case r.Request == nil:
		return taken
	}
	d, err := b.Do(ctx, k.Summary.ID, next)
	require.NoError(t, err)
	m, err := lifecycle.New(b.Seller(), b.Store, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	read, err = m.Load(ctx, k.Summary.ID)
	require.NoError(t, err)
	require.Equal(t, encoded(t, d.Record), encoded(t, read))
	return taken
}

// TestTheFormatHasItsFile writes the file of a format that has none, when make golden
// asks for it: of histories that take every transition between them, one after another
// the one that takes most of those that are left.
func TestTheFormatHasItsFile(t *testing.T) {
	t.Parallel()
	file := formatFile(lifecycle.HeadFormat)
	if _, err := os.Stat(file); err == nil || !golden.Update() {
		require.NoError(t, err, "make golden writes the file of a new format")
		return
	}
	var all []history
	for _, l := range []listing.Listing{lifecycletest.ModelPackage(), lifecycletest.Algorithm()} {
		walk(t, l, func(_, next history, _ lifecycle.Decision) { all = append(all, next) }, func(history) {})
	}
	left := map[lifecycle.Transition]bool{}
	for _, row := range lifecycle.Transitions() {
		left[row] = true
	}
	gains := func(h history) (n int) {
		for row := range h.rows(0) {
			if left[row] {
				n++
			}
		}
		return n
	}
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	for len(left) > 0 {
		h := slices.MaxFunc(all, func(a, b history) int { return gains(a) - gains(b) })
		require.Positive(t, gains(h))
		for row := range h.rows(0) {
			delete(left, row)
		}
		w, err := lifecycle.Encoded(h.record, h.journal...)
		require.NoError(t, err)
		k := keptRecord{Head: string(w.Head), Parts: map[string]string{}, Summary: w.Summary}
		for _, p := range w.Put {
			k.Parts[p.Digest] = string(p.Body)
		}
		for _, e := range w.Entries {
			k.Entries = append(k.Entries, string(e))
		}
		require.NoError(t, lines.Encode(k))
	}
	require.NoError(t, os.WriteFile(file, text.Bytes(), 0o644))
}
