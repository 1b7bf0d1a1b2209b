package sqlitestore_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
)

// Whatever is asked in whatever order, the store on disk and the one in memory
// give the same answers.
func TestSameAsInMemory(t *testing.T) {
	t.Parallel()
	disk := open(t, filepath.Join(t.TempDir(), "listings.db"))
	rapid.Check(t, func(rt *rapid.T) {
		ctx, memory := t.Context(), memstore.New()
		// Sellers of its own for each run, since the file is one for all.
		sellers := []listing.AccountID{listing.AccountID(uuid.NewString()), listing.AccountID(uuid.NewString())}
		ids := []uuid.UUID{{1}, {2}, {0x80}, {0xff}}
		aKey := func(rt *rapid.T) lifecycle.Key {
			return lifecycle.Key{Seller: rapid.SampledFrom(sellers).Draw(rt, "seller"), Listing: rapid.SampledFrom(ids).Draw(rt, "listing")}
		}
		aLimit := rapid.IntRange(-1, 5)
		rt.Repeat(map[string]func(*rapid.T){
			"save": func(rt *rapid.T) {
				key := aKey(rt)
				r, _ := memory.Load(ctx, key)
				r.ID, r.Seller = key.Listing, key.Seller
				r.Revision = max(0, r.Revision+rapid.SampledFrom([]int64{0, 0, 0, -1, 1}).Draw(rt, "off by"))
				entries := make([]lifecycle.Entry, rapid.IntRange(0, 3).Draw(rt, "entries"))
				for i := range entries {
					r.Revision++
					entries[i] = lifecycle.Entry{Revision: r.Revision, By: rapid.String().Draw(rt, "by")}
				}
				r.Draft.Title = rapid.String().Draw(rt, "title")
				r.Request = nil
				if rapid.Bool().Draw(rt, "in flight") {
					r.Request = &lifecycle.Request{Kind: lifecycle.EventSubmit}
				}
				requireSameError(rt, memory.Save(ctx, r, entries), disk.Save(ctx, r, entries))
			},
			"load": func(rt *rapid.T) {
				key := aKey(rt)
				want, wantErr := memory.Load(ctx, key)
				got, err := disk.Load(ctx, key)
				requireSameError(rt, wantErr, err)
				require.Equal(rt, want, got)
			},
			"journal": func(rt *rapid.T) {
				key, after, limit := aKey(rt), rapid.Int64Range(-1, 8).Draw(rt, "after"), aLimit.Draw(rt, "limit")
				want, wantErr := memory.Journal(ctx, key, after, limit)
				got, err := disk.Journal(ctx, key, after, limit)
				requireSameError(rt, wantErr, err)
				require.Equal(rt, want, got)
			},
			"list": func(rt *rapid.T) {
				q := lifecycle.Query{
					Seller: rapid.SampledFrom(sellers).Draw(rt, "seller"), Limit: aLimit.Draw(rt, "limit"),
					After: rapid.SampledFrom(append(ids, uuid.Nil)).Draw(rt, "after"), InFlight: rapid.Bool().Draw(rt, "in flight"),
				}
				want, wantErr := memory.List(ctx, q)
				got, err := disk.List(ctx, q)
				requireSameError(rt, wantErr, err)
				require.Equal(rt, want, got)
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
