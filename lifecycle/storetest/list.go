package storetest

import (
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/listing"
)

// shuffled are ids, in no order, whose order as bytes differs from an order
// that reads parts of an id as little-endian or signed numbers, or ignores
// some of it.
var shuffled = []uuid.UUID{
	uuid.MustParse("80000000-0000-4000-8000-000000000000"),
	uuid.MustParse("00000000-0000-4000-8000-000000000002"),
	uuid.MustParse("ffffffff-ffff-4fff-bfff-ffffffffffff"),
	uuid.MustParse("00000000-0000-4000-8000-000000000100"),
	uuid.MustParse("01000000-0000-4000-8000-000000000000"),
	uuid.MustParse("00000002-0000-4000-8000-000000000000"),
	uuid.MustParse("00000000-0000-4000-8000-0000000000ff"),
	uuid.MustParse("7fffffff-0000-4000-8000-000000000000"),
	uuid.MustParse("00000000-0200-4000-8000-000000000000"),
	uuid.MustParse("00000000-0001-4000-8000-000000000000"),
	uuid.MustParse("0000000a-0000-4000-8000-000000000000"),
}

// inOrder are the shuffled ids as a list has them.
var inOrder = []uuid.UUID{
	shuffled[1], shuffled[6], shuffled[3], shuffled[9], shuffled[8], shuffled[5],
	shuffled[10], shuffled[4], shuffled[7], shuffled[0], shuffled[2],
}

var listCases = []testCase{
	{"list of nothing is empty", func(t tester, s lifecycle.Store) {
		for _, inFlight := range []bool{false, true} {
			all, err := s.List(background, lifecycle.Query{Seller: writes.NewSeller(), Limit: 10, InFlight: inFlight})
			require.NoError(t, err)
			require.NotNil(t, all, "an empty slice, not nil")
			require.Empty(t, all)
		}
	}},
	{"list is in the order of the ids and can be paged", func(t tester, s lifecycle.Store) {
		seller, neighbour := writes.NewSeller(), writes.NewSeller()
		for _, id := range shuffled {
			create(t, s, lifecycle.Key{Seller: seller, Listing: id})
		}
		create(t, s, lifecycle.Key{Seller: neighbour, Listing: shuffled[7]})
		for _, limit := range []int{1, 2, 5, len(inOrder), len(inOrder) + 1, math.MaxInt} {
			requirePages(t, s, lifecycle.Query{Seller: seller, Limit: limit}, inOrder)
		}
		requirePages(t, s, lifecycle.Query{Seller: neighbour, Limit: 5}, shuffled[7:8])
	}},
	{"list begins above an id that nothing has", func(t tester, s lifecycle.Store) {
		seller := writes.NewSeller()
		for _, id := range shuffled {
			create(t, s, lifecycle.Key{Seller: seller, Listing: id})
		}
		for after, want := range map[string][]uuid.UUID{
			"00000000-0000-0000-0000-000000000001": inOrder,
			"00000000-0000-4000-8000-0000000000fe": inOrder[1:],
			"7fffffff-0000-4000-8000-000000000001": inOrder[9:],
			"ffffffff-ffff-ffff-ffff-ffffffffffff": {},
		} {
			requirePages(t, s, lifecycle.Query{Seller: seller, After: uuid.MustParse(after), Limit: 4}, want)
		}
	}},
	{"list needs a limit of at least 1", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		for _, limit := range []int{0, -1, math.MinInt} {
			all, err := s.List(background, lifecycle.Query{Seller: r.Key.Seller, Limit: limit})
			require.ErrorContains(t, err, "limit")
			require.Empty(t, all)
		}
	}},
	{"list keeps sellers apart", func(t tester, s lifecycle.Store) {
		a, b := writes.NewSeller(), writes.NewSeller()
		of := map[listing.AccountID][]uuid.UUID{}
		for i, id := range inOrder {
			seller := []listing.AccountID{a, b}[i%2]
			create(t, s, lifecycle.Key{Seller: seller, Listing: id})
			of[seller] = append(of[seller], id)
		}
		requirePages(t, s, lifecycle.Query{Seller: a, Limit: 2}, of[a])
		requirePages(t, s, lifecycle.Query{Seller: b, Limit: 2}, of[b])
	}},
	{"list shows what was saved last", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		requireInFlight := func(want ...uuid.UUID) {
			t.Helper()
			requirePages(t, s, lifecycle.Query{Seller: r.Key.Seller, Limit: 5, InFlight: true}, want)
			requireListed(t, s, r)
		}
		requireInFlight()
		r = edit(t, s, r, 2, "Another title")
		requireInFlight()
		for range 2 {
			r = with(t, s, r, func(summary *lifecycle.Summary) {
				summary.Request = &lifecycle.RequestSummary{Kind: lifecycle.EventSubmit, Phase: lifecycle.Recorded}
			})
			requireInFlight(r.Key.Listing)
			r = with(t, s, r, func(summary *lifecycle.Summary) { summary.Request = nil })
			requireInFlight()
		}

		r = writes.Absent(lifecycle.Key{Seller: writes.NewSeller(), Listing: r.Key.Listing})
		w := r.Next(1, "Under way from the start")
		w.Summary.Request = &lifecycle.RequestSummary{Kind: lifecycle.EventSubmit, Phase: lifecycle.Recorded}
		r = save(t, s, r, w)
		requireInFlight(r.Key.Listing)
	}},
	{"a discarded draft is in no list", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		r = with(t, s, r, func(summary *lifecycle.Summary) { summary.State, summary.Name = "", "churn" })
		requireKept(t, s, r)
		for _, q := range []lifecycle.Query{{}, {Name: "churn"}} {
			q.Seller, q.Limit = r.Key.Seller, 5
			requirePages(t, s, q, nil)
		}
		requireAnswer(t, s.Save(background, writes.Absent(r.Key).Next(1, "Created anew")), lifecycle.ErrExists, r.Key)
		r = with(t, s, r, func(summary *lifecycle.Summary) { summary.State = lifecycle.Draft })
		requireKept(t, s, r)
	}},
}

// requirePages reads page after page and asks for exactly the ids, on pages as
// long as they can be.
func requirePages(t tester, s lifecycle.Store, q lifecycle.Query, want []uuid.UUID) {
	t.Helper()
	var got []uuid.UUID
	for {
		all, err := s.List(background, q)
		require.NoError(t, err)
		if len(all) == 0 {
			break
		}
		page := ids(all)
		require.Len(t, page, min(q.Limit, len(want)-len(got)), "a page is as long as it can be")
		require.True(t, slices.Equal(want[len(got):len(got)+len(page)], page), "want %v next, got %v", want[len(got):], page)
		got, q.After = append(got, page...), page[len(page)-1]
	}
	require.Len(t, got, len(want))
}
