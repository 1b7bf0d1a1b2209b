package storetest

import (
	"slices"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// unreadable are heads, parts and entries that this release cannot read.
var unreadable = []string{`{"format":99}`, `{"shelves":[]}`, `"text"`, `[]`}

var poisonCases = []testCase{
	{"a head that cannot be read harms no other listing", poisoned(func(r writes.Record, bad []byte) []lifecycle.Write {
		w := r.Next(1, r.Summary.Title)
		w.Head = bad
		return []lifecycle.Write{w}
	})},
	{"a part that cannot be read harms no other listing", poisoned(func(r writes.Record, bad []byte) []lifecycle.Write {
		drop := r.Next(1, r.Summary.Title)
		drop.Head = r.Stored.Head
		for digest := range r.Stored.Parts {
			drop.Drop = append(drop.Drop, digest)
		}
		put := r.After(drop).Next(1, r.Summary.Title) // a Write of its own, since a part that is there stays
		put.Head, put.Put = r.Stored.Head, []lifecycle.Part{{Digest: drop.Drop[0], Body: bad}}
		return []lifecycle.Write{drop, put}
	})},
	{"an entry that cannot be read harms no other", func(t tester, s lifecycle.Store) {
		m := newShop(t, s)
		first, bad, last := uuid.New(), uuid.New(), uuid.New()
		m.do(t, first, lifecycle.Create{Listing: m.document()})
		m.do(t, bad, lifecycle.Create{Listing: m.document()})
		r := m.found(t, s, bad)
		w := r.Next(len(unreadable), r.Summary.Title)
		w.Head = r.Stored.Head
		for i, text := range unreadable {
			w.Entries[i] = []byte(text)
		}
		save(t, s, r, w)
		m.do(t, last, lifecycle.Create{Listing: m.document()})

		read := 0
		var journalErr error
		for _, err := range m.Journal(background, bad) {
			if journalErr = err; err == nil {
				read++
			}
		}
		require.Equal(t, 1, read, "the entry before it can be read")
		requireUnreadable(t, journalErr, bad)

		var fed []uuid.UUID
		var refused []error
		for e, err := range m.Feed(background, "") {
			if err != nil {
				refused = append(refused, err)
				continue
			}
			fed = append(fed, e.Listing)
		}
		require.Equal(t, []uuid.UUID{first, bad, last}, fed)
		require.Len(t, refused, len(unreadable))
		for _, err := range refused {
			requireUnreadable(t, err, bad)
		}
	}},
}

// poisoned asks what becomes of listings under way among which is one that cannot
// be read.
func poisoned(spoil func(r writes.Record, bad []byte) []lifecycle.Write) func(t tester, s lifecycle.Store) {
	return func(t tester, s lifecycle.Store) {
		for _, text := range unreadable {
			m := newShop(t, s)
			all := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
			slices.SortFunc(all, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
			for _, id := range all {
				m.do(t, id, lifecycle.Create{Listing: m.document()})
				m.do(t, id, lifecycle.Submit{})
			}
			bad := all[1]
			r := m.found(t, s, bad)
			for _, w := range spoil(r, []byte(text)) {
				w.Entries = r.Journal[:1] // one that can be read
				r = save(t, s, r, w)
			}

			m = m.elsewhere(t, s) // a manager remembers the bodies that it has read
			_, err := m.Load(background, bad)
			requireUnreadable(t, err, bad)
			var listed []uuid.UUID
			for summary, err := range m.Listings(background, lifecycle.Query{InFlight: true}) {
				require.NoError(t, err)
				listed = append(listed, summary.ID)
			}
			require.Equal(t, all, listed)
			fed := 0
			for _, err := range m.Feed(background, "") {
				require.NoError(t, err)
				fed++
			}
			require.GreaterOrEqual(t, fed, 2*len(all))

			found, err := m.Sweep(background)
			requireUnreadable(t, err, bad)
			require.Equal(t, len(all), found.InFlight)
			require.Positive(t, found.Wait)
			for _, id := range []uuid.UUID{all[0], all[2]} {
				r, err := m.Await(background, id)
				require.NoError(t, err)
				require.Equal(t, lifecycle.TestProduct, r.State)
			}
			_, err = m.Do(background, bad, lifecycle.Cancel{})
			requireUnreadable(t, err, bad)
		}
	}
}

// requireUnreadable asks for an error that names the one that cannot be read.
func requireUnreadable(t tester, err error, id uuid.UUID) {
	t.Helper()
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	require.ErrorContains(t, err, id.String())
	require.NotErrorIs(t, err, lifecycle.ErrNotFound)
}
