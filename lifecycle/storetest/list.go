package storetest

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
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
			records, err := s.List(background, lifecycle.Query{Seller: newSeller(), Limit: 10, InFlight: inFlight})
			require.NoError(t, err)
			require.NotNil(t, records, "an empty slice, not nil")
			require.Empty(t, records)
		}
	}},
	{"list is in the order of the ids and can be paged", func(t tester, s lifecycle.Store) {
		seller, neighbour := newSeller(), newSeller()
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
		seller := newSeller()
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
	{"list can leave out what has no request", func(t tester, s lifecycle.Store) {
		seller := newSeller()
		var want []uuid.UUID
		for i, id := range inOrder {
			r, _ := create(t, s, lifecycle.Key{Seller: seller, Listing: id})
			if i%3 == 2 { // so that a limit of 1 or 2 has to look past others
				request(t, s, r, &lifecycle.Request{Kind: lifecycle.EventSubmit, Name: "under way", Attempt: 1})
				want = append(want, id)
			}
		}
		for _, limit := range []int{1, 2, 10, math.MaxInt} {
			requirePages(t, s, lifecycle.Query{Seller: seller, Limit: limit, InFlight: true}, want)
			requirePages(t, s, lifecycle.Query{Seller: seller, Limit: limit}, inOrder)
		}
		requirePages(t, s, lifecycle.Query{Seller: seller, Limit: 1, InFlight: true, After: want[0]}, want[1:])
	}},
	{"list shows what was saved last", func(t tester, s lifecycle.Store) {
		r, _ := create(t, s, newKey())
		requireInFlight := func(want ...uuid.UUID) {
			t.Helper()
			requirePages(t, s, lifecycle.Query{Seller: r.Seller, Limit: 5, InFlight: true}, want)
			requireListed(t, s, r)
		}
		requireInFlight()
		r, _ = edit(t, s, r, 2, "Another title")
		requireInFlight()
		r = request(t, s, r, &lifecycle.Request{Kind: lifecycle.EventSubmit, Name: "first", Attempt: 1})
		requireInFlight(r.ID)
		r = request(t, s, r, nil)
		requireInFlight()
		r = request(t, s, r, &lifecycle.Request{Kind: lifecycle.EventSubmit, Name: "second", Attempt: 1})
		requireInFlight(r.ID)

		early, entries := draft(lifecycle.Key{Seller: newSeller(), Listing: r.ID})
		early.Request = &lifecycle.Request{Kind: lifecycle.EventSubmit, Name: "from the start", Attempt: 1}
		require.NoError(t, s.Save(background, early, entries))
		r = early
		requireInFlight(r.ID)
	}},
	{"list needs a limit of at least 1", func(t tester, s lifecycle.Store) {
		r, _ := create(t, s, newKey())
		for _, limit := range []int{0, -1, math.MinInt} {
			records, err := s.List(background, lifecycle.Query{Seller: r.Seller, Limit: limit})
			require.ErrorContains(t, err, "limit")
			require.Empty(t, records)
		}
	}},
	{"list keeps sellers apart", func(t tester, s lifecycle.Store) {
		a, b := newSeller(), newSeller()
		of := map[listing.AccountID][]uuid.UUID{}
		for i, id := range inOrder {
			seller := []listing.AccountID{a, b}[i%2]
			create(t, s, lifecycle.Key{Seller: seller, Listing: id})
			of[seller] = append(of[seller], id)
		}
		requirePages(t, s, lifecycle.Query{Seller: a, Limit: 2}, of[a])
		requirePages(t, s, lifecycle.Query{Seller: b, Limit: 2}, of[b])
	}},
}

// request saves r with the request and nothing else changed.
func request(t tester, s lifecycle.Store, r lifecycle.Record, q *lifecycle.Request) lifecycle.Record {
	t.Helper()
	r.Revision++
	r.Request, r.UpdatedAt = q, r.UpdatedAt.Add(time.Second)
	entry := lifecycle.Entry{Revision: r.Revision, At: r.UpdatedAt, Event: lifecycle.EventSubmit, State: r.State, Request: q}
	require.NoError(t, s.Save(background, r, []lifecycle.Entry{entry}))
	return r
}

// requirePages reads page after page and asks for exactly the ids, on pages as
// long as they can be.
func requirePages(t tester, s lifecycle.Store, q lifecycle.Query, want []uuid.UUID) {
	t.Helper()
	var got []uuid.UUID
	for {
		records, err := s.List(background, q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(records), q.Limit)
		if len(records) == 0 {
			break
		}
		for _, r := range records {
			require.Equal(t, q.Seller, r.Seller)
		}
		page := ids(records)
		require.Len(t, page, min(q.Limit, len(want)-len(got)), "a page is as long as it can be")
		require.True(t, slices.Equal(want[len(got):len(got)+len(page)], page), "want %v next, got %v", want[len(got):], page)
		got, q.After = append(got, page...), page[len(page)-1]
	}
	require.Len(t, got, len(want))
}
