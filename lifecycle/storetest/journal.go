package storetest

import (
	"math"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

var journalCases = []testCase{
	{"journal is in order and can be paged", func(t tester, s lifecycle.Store) {
		// Above ten, so that an order by text shows.
		r, journal := create(t, s, newKey())
		for _, n := range []int{1, 5, 1, 5} {
			var entries []lifecycle.Entry
			r, entries = edit(t, s, r, n, "Another title")
			journal = append(journal, entries...)
		}
		for _, limit := range []int{1, 2, 5, 12, 13, 14, 1000, math.MaxInt} {
			var read []lifecycle.Entry
			for {
				page, err := s.Journal(background, r.Key(), int64(len(read)), limit)
				require.NoError(t, err)
				require.LessOrEqual(t, len(page), limit)
				if len(page) == 0 {
					break
				}
				require.Len(t, page, min(limit, len(journal)-len(read)), "a page is as long as it can be")
				read = append(read, page...)
			}
			requireEntries(t, journal, read)
		}
	}},
	{"journal begins above the revision that is given", func(t tester, s lifecycle.Store) {
		r, first := create(t, s, newKey())
		_, more := edit(t, s, r, 2, "Another title")
		journal := append(first, more...)
		for after, want := range map[int64][]lifecycle.Entry{
			math.MinInt64: journal, -1: journal, 0: journal, 1: journal[1:], 2: journal[2:],
			3: nil, 4: nil, math.MaxInt64: nil,
		} {
			got, err := s.Journal(background, r.Key(), after, 10)
			require.NoError(t, err, "after %d", after)
			require.NotNil(t, got, "an empty slice, not nil")
			requireEntries(t, want, got)
		}
	}},
	{"journal of what is absent is not found", func(t tester, s lifecycle.Store) {
		key := newKey()
		for _, after := range []int64{0, 1, math.MaxInt64} {
			_, err := s.Journal(background, key, after, 10)
			requireAnswer(t, err, lifecycle.ErrNotFound, key)
		}
	}},
	{"journal needs a limit of at least 1", func(t tester, s lifecycle.Store) {
		r, _ := create(t, s, newKey())
		for _, limit := range []int{0, -1, math.MinInt} {
			entries, err := s.Journal(background, r.Key(), 0, limit)
			requireAnswer(t, err, nil, r.Key())
			require.ErrorContains(t, err, "limit")
			require.Empty(t, entries)
		}
	}},
}
