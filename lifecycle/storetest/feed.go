package storetest

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/listing"
)

// fed is an entry that a feed should have.
type fed struct {
	listing  uuid.UUID
	revision int64
	entry    string
}

var feedCases = []testCase{
	{"feed of nothing is empty", func(t tester, s lifecycle.Store) {
		all, err := s.Feed(background, writes.NewSeller(), "", 10)
		require.NoError(t, err)
		require.NotNil(t, all, "an empty slice, not nil")
		require.Empty(t, all)
	}},
	{"feed is in the order of saving and can be paged", func(t tester, s lifecycle.Store) {
		seller, want := busy(t, s)
		for _, limit := range []int{1, 2, 7, len(want), len(want) + 1, math.MaxInt} {
			got := readFeed(t, s, seller, "", limit, len(want))
			require.Equal(t, want, got)
		}
	}},
	{"feed goes on from any cursor", func(t tester, s lifecycle.Store) {
		seller, want := busy(t, s)
		all, err := s.Feed(background, seller, "", math.MaxInt)
		require.NoError(t, err)
		for i, e := range all {
			rest := readFeed(t, s, seller, e.Cursor, 5, len(want)-i-1)
			require.Equal(t, want[i+1:], rest, "after the cursor of entry %d", i)
		}
		last := all[len(all)-1].Cursor
		end, err := s.Feed(background, seller, last, 5)
		require.NoError(t, err)
		require.NotNil(t, end, "an empty slice, not nil")
		require.Empty(t, end)

		r := create(t, s, lifecycle.Key{Seller: seller, Listing: uuid.New()}) // later than the end
		rest := readFeed(t, s, seller, last, 5, 1)
		require.Equal(t, []fed{{r.Key.Listing, 1, string(r.Journal[0])}}, rest)
	}},
	{"feed goes on from its end", func(t tester, s lifecycle.Store) {
		seller := writes.NewSeller()
		start, err := s.FeedEnd(background, seller)
		require.NoError(t, err)
		r := create(t, s, lifecycle.Key{Seller: seller, Listing: uuid.New()})
		require.Len(t, readFeed(t, s, seller, start, 5, 1), 1, "after the end of an empty feed")

		create(t, s, writes.NewKey()) // in another feed
		r = edit(t, s, r, 3, "Another title")
		end, err := s.FeedEnd(background, seller)
		require.NoError(t, err)
		require.Empty(t, readFeed(t, s, seller, end, 5, 0))
		r = edit(t, s, r, 2, "Later than the end")
		rest := readFeed(t, s, seller, end, 1, 2)
		require.Equal(t, []fed{{r.Key.Listing, 5, string(r.Journal[4])}, {r.Key.Listing, 6, string(r.Journal[5])}}, rest)
	}},
	{"feed keeps sellers apart", func(t tester, s lifecycle.Store) {
		id := uuid.New()
		a := create(t, s, lifecycle.Key{Seller: writes.NewSeller(), Listing: id})
		b := create(t, s, lifecycle.Key{Seller: writes.NewSeller(), Listing: id})
		for range 3 {
			a, b = edit(t, s, a, 1, "Another title"), edit(t, s, b, 2, "Another title")
		}
		for _, r := range []writes.Record{a, b} {
			got := readFeed(t, s, r.Key.Seller, "", 2, len(r.Journal))
			for i, e := range got {
				require.Equal(t, fed{id, int64(i) + 1, string(r.Journal[i])}, e)
			}
		}
	}},
	{"feed needs a limit of at least 1", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		for _, limit := range []int{0, -1, math.MinInt} {
			all, err := s.Feed(background, r.Key.Seller, "", limit)
			require.ErrorContains(t, err, "limit")
			require.Empty(t, all)
		}
	}},
	{"feed refuses a cursor that it never gave", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		for _, after := range []lifecycle.Cursor{"x", "-1", " 1", "99999999999999999999"} {
			_, err := s.Feed(background, r.Key.Seller, after, 1)
			require.ErrorIs(t, err, lifecycle.ErrCursor)
		}
	}},
	{"feed misses nothing while many save", func(t tester, s lifecycle.Store) {
		const steps = 12
		seller := writes.NewSeller()
		journals := make([]writes.Record, crowd)
		var read []fed
		var saving atomic.Int64
		saving.Store(crowd - 1)
		errs := together(func(i int) error {
			if i == 0 {
				var err error
				read, err = follow(s, seller, func() bool { return saving.Load() > 0 })
				return err
			}
			defer saving.Add(-1)
			r := writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()})
			for step := range steps {
				w := r.Next(1, fmt.Sprintf("step %d", step))
				if err := s.Save(background, w); err != nil {
					return err
				}
				r = r.After(w)
			}
			journals[i] = r
			return nil
		})
		require.NoError(t, errors.Join(errs...))
		require.Len(t, read, steps*(crowd-1), "entries that the feed has shown")
		next := map[uuid.UUID]int{}
		for _, e := range read {
			for _, r := range journals[1:] {
				if r.Key.Listing == e.listing {
					require.Equal(t, string(r.Journal[next[e.listing]]), e.entry, "the entries of a listing are in order")
					next[e.listing]++
				}
			}
		}
	}},
}

// busy saves for several listings of a seller, in turns, and for other sellers
// between them.
func busy(t tester, s lifecycle.Store) (listing.AccountID, []fed) {
	t.Helper()
	seller := writes.NewSeller()
	records := make([]writes.Record, 3)
	for i := range records {
		records[i] = writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()})
	}
	var want []fed
	for _, step := range []struct{ which, entries int }{{2, 1}, {0, 2}, {1, 1}, {0, 1}, {2, 3}, {2, 1}, {1, 2}, {0, 1}} {
		before := records[step.which]
		r := edit(t, s, before, step.entries, "Another title")
		for i := len(before.Journal); i < len(r.Journal); i++ {
			want = append(want, fed{r.Key.Listing, int64(i) + 1, string(r.Journal[i])})
		}
		records[step.which] = r
		create(t, s, writes.NewKey())
	}
	return seller, want
}

// readFeed reads page after page, each as long as it can be, until there are no
// more.
func readFeed(t tester, s lifecycle.Store, seller listing.AccountID, after lifecycle.Cursor, limit, n int) []fed {
	t.Helper()
	all := []fed{}
	for {
		page, err := s.Feed(background, seller, after, limit)
		require.NoError(t, err)
		require.Len(t, page, min(limit, n-len(all)), "a page is as long as it can be")
		if len(page) == 0 {
			return all
		}
		for _, e := range page {
			all = append(all, fed{e.Listing, e.Revision, string(e.Entry)})
			after = e.Cursor
		}
	}
}

// follow reads the feed for as long as others save, and what is left then.
func follow(s lifecycle.Store, seller listing.AccountID, saving func() bool) ([]fed, error) {
	var all []fed
	var after lifecycle.Cursor
	for {
		more := saving()
		page, err := s.Feed(background, seller, after, 3)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			all = append(all, fed{e.Listing, e.Revision, string(e.Entry)})
			after = e.Cursor
		}
		if len(page) == 0 && !more {
			return all, nil
		}
	}
}
