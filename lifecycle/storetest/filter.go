package storetest

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/listing"
)

var filterCases = []testCase{
	filterCase("list can choose by state", lifecycle.Query{State: lifecycle.Live}),
	filterCase("list can choose by name", lifecycle.Query{Name: "churn"}),
	filterCase("list can choose by title", lifecycle.Query{Title: "Churn forecaster"}, lifecycle.Query{Title: "churn forecaster"}, lifecycle.Query{Title: "Churn"}),
	filterCase("list can choose by product", lifecycle.Query{Product: "prod-15"}),
	filterCase("list can leave out what has no request", lifecycle.Query{InFlight: true}),
	filterCase("list can choose what is due", lifecycle.Query{DueBefore: due}, lifecycle.Query{DueBefore: due.Add(1)}, lifecycle.Query{DueBefore: due.Add(-1)},
		lifecycle.Query{DueBefore: due.In(time.FixedZone("east", 3600))}, lifecycle.Query{DueBefore: due.AddDate(5000, 0, 0)},
		lifecycle.Query{DueBefore: due.AddDate(-2026, 0, 0)}, lifecycle.Query{DueBefore: time.Unix(1<<50, 0)}, lifecycle.Query{DueBefore: time.Unix(-1<<50, 0)}),
	filterCase("list can choose what ended without success", lifecycle.Query{Unsuccessful: true}),
	{"filters can be combined", func(t tester, s lifecycle.Store) {
		seller, all := variety(t, s)
		for chosen := range 1 << 7 {
			q := lifecycle.Query{Seller: seller}
			for i, choose := range []func(){
				func() { q.State = lifecycle.Live },
				func() { q.Name = "churn" },
				func() { q.Title = "Churn forecaster" },
				func() { q.Product = "prod-15" },
				func() { q.InFlight = true },
				func() { q.DueBefore = due.Add(1) },
				func() { q.Unsuccessful = true },
			} {
				if chosen>>i&1 == 1 {
					choose()
				}
			}
			requireChosen(t, s, q, all)
		}
	}},
}

// filterCase asks for what the queries choose of a variety, and for the change
// that a later save makes to it.
func filterCase(name string, queries ...lifecycle.Query) testCase {
	return testCase{name, func(t tester, s lifecycle.Store) {
		seller, all := variety(t, s)
		for _, q := range queries {
			q.Seller = seller
			requireChosen(t, s, q, all)
		}
		r := all[15] // it has everything, and gives it to the first
		all[15] = with(t, s, r, func(summary *lifecycle.Summary) {
			summary.State, summary.Name, summary.Title, summary.Product, summary.Request, summary.Unsuccessful = lifecycle.Unpublished, "", "", "", nil, nil
		})
		all[0] = with(t, s, all[0], func(summary *lifecycle.Summary) {
			summary.State, summary.Name, summary.Title, summary.Product = r.Summary.State, r.Summary.Name, r.Summary.Title, r.Summary.Product
			summary.Request, summary.Unsuccessful = r.Summary.Request, r.Summary.Unsuccessful
		})
		for _, q := range queries {
			q.Seller = seller
			requireChosen(t, s, q, all)
		}
	}}
}

var due = time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)

// variety saves listings that differ in all that a query chooses by, and the same
// for another seller. The last of the first 16 has everything.
func variety(t tester, s lifecycle.Store) (listing.AccountID, []writes.Record) {
	t.Helper()
	dues := []time.Time{{}, due.Add(-1), due, due.Add(1), due.AddDate(3000, 0, 0)}
	var seller listing.AccountID
	var all []writes.Record
	for range 2 {
		seller, all = writes.NewSeller(), nil
		for i := range 16 + len(dues) {
			r := writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, i))})
			w := r.Next(1, "One of a variety")
			if w.Summary.Name = "Churn"; i&1 == 1 {
				w.Summary.Name = "churn"
			}
			if w.Summary.Title = "Churn forecaster"; i%5 == 1 {
				w.Summary.Title = "churn forecaster"
			}
			if w.Summary.State = lifecycle.States()[i%len(lifecycle.States())]; i&2 == 2 {
				w.Summary.State = lifecycle.Live
			}
			if i&4 == 4 || i >= 16 {
				w.Summary.Request = &lifecycle.RequestSummary{Kind: lifecycle.EventSubmit, Due: due.Add(time.Hour)}
			}
			if i&12 == 12 {
				w.Summary.Request.Due = due.Add(-time.Hour)
			}
			if i >= 16 {
				w.Summary.Request.Due = dues[i-16]
			}
			if i%7 == 1 { // the 16th, too
				w.Summary.Unsuccessful = &lifecycle.OutcomeSummary{Kind: lifecycle.EventSubmit, Result: lifecycle.Failed, Revision: 1, RecordedAt: due}
			}
			if i%3 == 0 {
				w.Summary.Product = fmt.Sprintf("prod-%d", i)
			}
			all = append(all, save(t, s, r, w))
		}
	}
	return seller, all
}

// requireChosen compares what List returns, in pages of several lengths, with what
// the query matches.
func requireChosen(t tester, s lifecycle.Store, q lifecycle.Query, all []writes.Record) {
	t.Helper()
	var want []uuid.UUID
	for _, r := range all {
		if q.Matches(r.Summary) {
			want = append(want, r.Key.Listing)
		}
	}
	slices.SortFunc(want, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	for _, limit := range []int{1, 3, math.MaxInt} {
		q.Limit = limit
		requirePages(t, s, q, want)
	}
}

var summaryCases = []testCase{
	{"every field of a summary comes back as it was", func(t tester, s lifecycle.Store) {
		r := writes.Absent(writes.NewKey())
		w := r.Next(1, "")
		w.Summary = fullSummary(w)
		r = save(t, s, r, w)
		requireKept(t, s, r)
		requirePages(t, s, lifecycle.Query{Seller: r.Key.Seller, Name: w.Summary.Name, Product: w.Summary.Product, State: w.Summary.State, Limit: 2}, []uuid.UUID{r.Key.Listing})
	}},
	{"what is not in a summary stays away", func(t tester, s lifecycle.Store) {
		r := writes.Absent(writes.NewKey())
		w := r.Next(1, "")
		w.Summary = lifecycle.Summary{ID: r.Key.Listing, Revision: 1, State: lifecycle.Draft}
		r = save(t, s, r, w)
		requireKept(t, s, r)
		r = with(t, s, r, func(summary *lifecycle.Summary) { summary.Request = &lifecycle.RequestSummary{} })
		requireKept(t, s, r)
		requireKept(t, s, with(t, s, r, func(summary *lifecycle.Summary) {
			summary.Request, summary.Unsuccessful = nil, &lifecycle.OutcomeSummary{}
		}))
	}},
	{"instants keep the nanosecond in all years", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		for _, at := range []time.Time{
			{},
			time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC),
			time.Date(1677, 9, 21, 0, 12, 43, 145_224_191, time.UTC), // where int64 nanoseconds begin
			time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
			time.Date(2026, 1, 5, 9, 0, 0, 100_000_000, time.UTC),     // zeros at the end
			time.Date(2262, 4, 11, 23, 47, 16, 854_775_808, time.UTC), // where they end
			time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		} {
			r = with(t, s, r, func(summary *lifecycle.Summary) {
				summary.CreatedAt, summary.UpdatedAt = at, at
				summary.Request = &lifecycle.RequestSummary{RecordedAt: at, Due: at}
				summary.Unsuccessful = &lifecycle.OutcomeSummary{RecordedAt: at}
			})
			requireListed(t, s, r)
			for before, want := range map[time.Time][]uuid.UUID{at: nil, at.Add(1): {r.Key.Listing}} {
				if !before.IsZero() {
					requirePages(t, s, lifecycle.Query{Seller: r.Key.Seller, DueBefore: before, Limit: 2}, want)
				}
			}
		}
	}},
}

// awkward is text that columns, encodings and log files have been seen to
// spoil: blanks at both ends, NUL, control and combining characters, letters
// outside of the basic plane, and what HTML, JSON and SQL have to escape.
const awkward = " naïve e\u0301 模型 🚀\u2028\u202e <a href=\"x\">&amp;</a> O'Brien \\ %s ?1 :id $1 \x00\t\r\n "

// fullSummary returns the summary of the Write with a value of its own in every
// other field there is, those included that a later release adds.
func fullSummary(w lifecycle.Write) lifecycle.Summary {
	var s lifecycle.Summary
	n := 0
	fill(reflect.ValueOf(&s).Elem(), &n)
	s.ID, s.Revision = w.Key.Listing, w.Revision
	return s
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 2, 28, 23, 59, 59, 999_000_000+*n, time.UTC)))
		return
	case uuid.UUID:
		v.Set(reflect.ValueOf(uuid.NewSHA1(uuid.NameSpaceURL, fmt.Append(nil, *n))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint(*n, awkward))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(math.MaxInt64 - int64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic(fmt.Sprintf("storetest: cannot fill a %s: teach fill about it", v.Type()))
	}
}
