// Package alike holds stores against each other: all answer in the same way.
package alike

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
)

// Memory fails the test unless the store and package memstore give the same answers,
// whatever is asked in whatever order, to the wording of errors. Each seller has a memory
// of its own, so that whatever one seller sees, or notices, of another shows. The store
// may hold other sellers.
func Memory(t *testing.T, s lifecycle.Store) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		// Sellers of its own for each run, since the store is one for all.
		sellers := []listing.AccountID{listing.AccountID(uuid.NewString()), listing.AccountID(uuid.NewString())}
		memories := map[listing.AccountID]*memstore.Store{sellers[0]: memstore.New(), sellers[1]: memstore.New()}
		ids := []uuid.UUID{{1}, {2}, {0x80}, {0xff}}
		aKey := func(rt *rapid.T) lifecycle.Key {
			return lifecycle.Key{Seller: rapid.SampledFrom(sellers).Draw(rt, "seller"), Listing: rapid.SampledFrom(ids).Draw(rt, "listing")}
		}
		aLimit := rapid.IntRange(-1, 5)
		long := strings.Repeat("long ", 1_000)
		aName, aProduct := rapid.SampledFrom([]string{"", "", "churn", "Churn", "c\x00é", long, long + "er"}), rapid.SampledFrom([]string{"", "", "", "prod-a", "prod-b", long})
		aPart := rapid.SampledFrom([]string{"1.0", "2.0", "3.0"})
		aDue := rapid.Custom(func(rt *rapid.T) time.Time {
			if rapid.Bool().Draw(rt, "never") {
				return time.Time{}
			}
			return writes.Start.Add(time.Duration(rapid.IntRange(-2, 2).Draw(rt, "nanoseconds")))
		})
		records := map[lifecycle.Key]writes.Record{}
		rt.Repeat(map[string]func(*rapid.T){
			"save": func(rt *rapid.T) {
				key := aKey(rt)
				r, known := records[key]
				if !known {
					r = writes.Absent(key)
				}
				r.Revision = max(0, r.Revision+rapid.SampledFrom([]int64{0, 0, 0, -1, 1}).Draw(rt, "off by"))
				w := r.Next(rapid.IntRange(1, 3).Draw(rt, "entries"), rapid.String().Draw(rt, "title"))
				w.Summary.Title = aName.Draw(rt, "title")
				w.Summary.State = rapid.SampledFrom([]lifecycle.State{lifecycle.Draft, lifecycle.Live, ""}).Draw(rt, "state")
				w.Summary.Name = aName.Draw(rt, "name")
				w.Summary.Product = aProduct.Draw(rt, "product")
				w.Summary.Request = nil
				if rapid.Bool().Draw(rt, "in flight") {
					w.Summary.Request = &lifecycle.RequestSummary{Kind: lifecycle.EventSubmit, Due: aDue.Draw(rt, "due")}
				}
				w.Summary.Unsuccessful = nil
				if rapid.Bool().Draw(rt, "unsuccessful") {
					w.Summary.Unsuccessful = &lifecycle.OutcomeSummary{Kind: lifecycle.EventSubmit, Result: lifecycle.Failed, Revision: w.Revision, RecordedAt: aDue.Draw(rt, "ended")}
				}
				for _, text := range rapid.SliceOfN(aPart, 0, 2).Draw(rt, "put") {
					w.Put = append(w.Put, writes.Part(text))
				}
				for _, text := range rapid.SliceOfN(aPart, 0, 2).Draw(rt, "drop") {
					w.Drop = append(w.Drop, writes.Digest(text))
				}
				err := memories[key.Seller].Save(ctx, w)
				requireSameError(rt, err, s.Save(ctx, w))
				if err == nil {
					records[key] = r.After(w)
				}
			},
			"load": func(rt *rapid.T) {
				key := aKey(rt)
				want, wantErr := memories[key.Seller].Load(ctx, key)
				got, err := s.Load(ctx, key)
				requireSameError(rt, wantErr, err)
				require.Equal(rt, want, got)
				if err == nil {
					require.Equal(rt, records[key].Stored, got)
				}
				parts, err := s.Parts(ctx, key, slices.Concat(slices.Collect(maps.Keys(records[key].Parts)), records[key].Dropped))
				require.NoError(rt, err)
				require.Equal(rt, maps.Collect(maps.All(records[key].Parts)), parts)
			},
			"journal": func(rt *rapid.T) {
				key, after, limit := aKey(rt), rapid.Int64Range(-1, 8).Draw(rt, "after"), aLimit.Draw(rt, "limit")
				want, wantErr := memories[key.Seller].Journal(ctx, key, after, limit)
				got, err := s.Journal(ctx, key, after, limit)
				requireSameError(rt, wantErr, err)
				require.Equal(rt, want, got)
			},
			"list": func(rt *rapid.T) {
				q := lifecycle.Query{
					Seller: rapid.SampledFrom(sellers).Draw(rt, "seller"), Limit: aLimit.Draw(rt, "limit"),
					After: rapid.SampledFrom(append(ids, uuid.Nil)).Draw(rt, "after"), InFlight: rapid.Bool().Draw(rt, "in flight"),
					State: rapid.SampledFrom([]lifecycle.State{"", "", lifecycle.Draft, lifecycle.Live}).Draw(rt, "state"),
					Name:  aName.Draw(rt, "name"), Title: aName.Draw(rt, "title"), Product: aProduct.Draw(rt, "product"), DueBefore: aDue.Draw(rt, "due before"),
					Unsuccessful: rapid.Bool().Draw(rt, "unsuccessful"),
				}
				want, wantErr := memories[q.Seller].List(ctx, q)
				got, err := s.List(ctx, q)
				requireSameError(rt, wantErr, err)
				require.Equal(rt, want, got)
			},
			"feed": func(rt *rapid.T) {
				seller, limit := rapid.SampledFrom(sellers).Draw(rt, "seller"), aLimit.Draw(rt, "limit")
				var inMemory, inStore lifecycle.Cursor
				for range 3 {
					want, wantErr := memories[seller].Feed(ctx, seller, inMemory, limit)
					got, err := s.Feed(ctx, seller, inStore, limit)
					requireSameError(rt, wantErr, err)
					require.Len(rt, got, len(want))
					for i := range want {
						inMemory, inStore = want[i].Cursor, got[i].Cursor
						want[i].Cursor, got[i].Cursor = "", ""
						require.Equal(rt, want[i], got[i])
					}
				}
			},
		})
	})
}

func requireSameError(t require.TestingT, want, got error) {
	require.Equal(t, want == nil, got == nil, "%v and %v", want, got)
	for _, answer := range []error{lifecycle.ErrNotFound, lifecycle.ErrExists, lifecycle.ErrStale} {
		require.Equal(t, errors.Is(want, answer), errors.Is(got, answer), "%v and %v", want, got)
	}
	if want != nil {
		require.Equal(t, want.Error(), got.Error(), "the wording is the same, too")
	}
}
