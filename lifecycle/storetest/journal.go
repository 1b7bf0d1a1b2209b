package storetest

import (
	"math"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

var journalCases = []testCase{
	{"journal is in order and can be paged", func(t tester, s lifecycle.Store) {
		// Above ten, so that an order by text shows.
		r := create(t, s, writes.NewKey())
		for _, n := range []int{1, 5, 1, 5} {
			r = edit(t, s, r, n, "Another title")
		}
		for _, limit := range []int{1, 2, 5, 12, 13, 14, 1000, math.MaxInt} {
			var read [][]byte
			for {
				page, err := s.Journal(background, r.Key, int64(len(read)), limit)
				require.NoError(t, err)
				if len(page) == 0 {
					break
				}
				require.Len(t, page, min(limit, len(r.Journal)-len(read)), "a page is as long as it can be")
				read = append(read, page...)
			}
			requireEntries(t, r.Journal, read, "the journal")
		}
	}},
	{"journal begins above the revision that is given", func(t tester, s lifecycle.Store) {
		r := edit(t, s, create(t, s, writes.NewKey()), 2, "Another title")
		for after, want := range map[int64][][]byte{
			math.MinInt64: r.Journal, -1: r.Journal, 0: r.Journal, 1: r.Journal[1:], 2: r.Journal[2:],
			3: nil, 4: nil, math.MaxInt64: nil,
		} {
			got, err := s.Journal(background, r.Key, after, 10)
			require.NoError(t, err, "after %d", after)
			require.NotNil(t, got, "an empty slice, not nil")
			requireEntries(t, want, got, "the journal")
		}
	}},
	{"journal of what is absent is not found", func(t tester, s lifecycle.Store) {
		key := writes.NewKey()
		for _, after := range []int64{0, 1, math.MaxInt64} {
			_, err := s.Journal(background, key, after, 10)
			requireAnswer(t, err, lifecycle.ErrNotFound, key)
		}
	}},
	{"journal needs a limit of at least 1", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		for _, limit := range []int{0, -1, math.MinInt} {
			entries, err := s.Journal(background, r.Key, 0, limit)
			requireAnswer(t, err, nil, r.Key)
			require.ErrorContains(t, err, "limit")
			require.Empty(t, entries)
		}
	}},
}
