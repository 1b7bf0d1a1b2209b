package stores

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/internal/failing"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
)

// Whatever two sellers ask of one store in whatever order, each gets the answers that a
// store of its own gives, errors included: nothing of the other is returned, changed or
// revealed. Their listings have the same ids, names, titles, products and parts, and each
// tries the cursors of the other. Only the text of a cursor is not compared: it may
// number the entries of all sellers.
func TestTwoSellersInOneStore(t *testing.T) {
	t.Parallel()
	requireApart(t, "memory", memstore.New())
	for _, p := range places {
		s, err := p.open(t.Context(), p.new(t))
		require.NoError(t, err)
		requireApart(t, p.name, s)
	}
}

// A test that has to fail would leave files behind. The seed of a failure is printed.
func init() {
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
}

func requireApart(t *testing.T, name string, s lifecycle.Store) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(rt *rapid.T) { twoSellers(t.Context(), rt, s) })
	})
}

// A store that takes one seller's product for another's, and one whose
// cursors say whose feed they are a place in, are found out.
func TestSellersAreToldApart(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]lifecycle.Store{
		"products of all sellers": &onlyProducts{Store: memstore.New(), of: map[string]listing.AccountID{}},
		"cursors that lead away":  leadingCursors{memstore.New()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var reasons []string
			for range 20 { // the few draws of -short may not show it
				if reasons = failing.Reasons(func(t testing.TB) {
					rapid.Check(t, func(rt *rapid.T) { twoSellers(context.Background(), rt, s) })
				}); len(reasons) > 0 {
					break
				}
			}
			require.NotEmpty(t, reasons)
		})
	}
}

// seller is one of two, and the store of its own.
type seller struct {
	id    listing.AccountID
	own   *memstore.Store
	other *seller
	// cursors are those that the shared store gave it.
	cursors []lifecycle.Cursor
}

var listingIDs = []uuid.UUID{{1}, {2}, {0xff}}

// twoSellers lets both ask for anything, as often as rapid likes.
func twoSellers(ctx context.Context, rt *rapid.T, s lifecycle.Store) {
	// New sellers in each run, since the store is one for all.
	one := &seller{id: listing.AccountID(fmt.Sprintf("%012d", rand.Int64N(1e12))), own: memstore.New()}
	two := &seller{id: listing.AccountID(fmt.Sprintf("%012d", rand.Int64N(1e12))), own: memstore.New(), other: one}
	if one.other = two; rapid.Bool().Draw(rt, "one id begins with the other") {
		two.id = one.id + "1"
	}
	a := rapid.SampledFrom([]*seller{one, two})
	anID := rapid.SampledFrom(listingIDs)
	aKey := func(rt *rapid.T) (*seller, lifecycle.Key) {
		by := a.Draw(rt, "seller")
		return by, lifecycle.Key{Seller: by.id, Listing: anID.Draw(rt, "listing")}
	}
	rt.Repeat(map[string]func(*rapid.T){
		"save": func(rt *rapid.T) {
			by, key := aKey(rt)
			w := aWrite(ctx, rt, by, key)
			requireSame(rt, nil, by.own.Save(ctx, w), nil, s.Save(ctx, w))
		},
		"load": func(rt *rapid.T) {
			by, key := aKey(rt)
			want, wantErr := by.own.Load(ctx, key)
			got, err := s.Load(ctx, key)
			requireSame(rt, want, wantErr, got, err)
		},
		"parts": func(rt *rapid.T) {
			by, key := aKey(rt)
			want, wantErr := by.own.Parts(ctx, key, partDigests())
			got, err := s.Parts(ctx, key, partDigests())
			requireSame(rt, want, wantErr, got, err)
		},
		"journal": func(rt *rapid.T) {
			by, key := aKey(rt)
			after, limit := rapid.Int64Range(-1, 6).Draw(rt, "after"), aLimit.Draw(rt, "limit")
			want, wantErr := by.own.Journal(ctx, key, after, limit)
			got, err := s.Journal(ctx, key, after, limit)
			requireSame(rt, want, wantErr, got, err)
		},
		"list": func(rt *rapid.T) {
			by := a.Draw(rt, "seller")
			q := lifecycle.Query{
				Seller: by.id, Limit: aLimit.Draw(rt, "limit"), After: rapid.SampledFrom(append(listingIDs, uuid.Nil)).Draw(rt, "after"),
				State: rapid.SampledFrom([]lifecycle.State{"", lifecycle.Draft, lifecycle.Live}).Draw(rt, "state"),
				Name:  aText.Draw(rt, "name"), Title: aText.Draw(rt, "title"), Product: aText.Draw(rt, "product"),
				InFlight: rapid.Bool().Draw(rt, "in flight"), DueBefore: anInstant.Draw(rt, "due before"),
				Unsuccessful: rapid.Bool().Draw(rt, "unsuccessful"),
			}
			want, wantErr := by.own.List(ctx, q)
			got, err := s.List(ctx, q)
			requireSame(rt, want, wantErr, got, err)
		},
		"feed": func(rt *rapid.T) {
			by := a.Draw(rt, "seller")
			limit := aLimit.Draw(rt, "limit")
			want, wantErr := by.own.Feed(ctx, by.id, "", limit)
			got, err := s.Feed(ctx, by.id, "", limit)
			for _, e := range got {
				by.cursors = append(by.cursors, e.Cursor)
			}
			requireSame(rt, placeless(want), wantErr, placeless(got), err)
		},
		"feed from a cursor of the other": func(rt *rapid.T) {
			by := a.Draw(rt, "seller")
			cursor := rapid.SampledFrom(append(slices.Clone(by.other.cursors), "1", "nonsense")).Draw(rt, "cursor")
			whole, err := by.own.Feed(ctx, by.id, "", pages)
			require.NoError(rt, err)
			got, err := s.Feed(ctx, by.id, cursor, pages)
			if err != nil {
				require.NotContains(rt, strings.ReplaceAll(err.Error(), string(by.id), ""), string(by.other.id))
				return
			}
			require.LessOrEqual(rt, len(got), len(whole))
			require.Equal(rt, placeless(whole[len(whole)-len(got):]), placeless(got), "it goes on somewhere in its own feed")
		},
	})
	for _, by := range []*seller{one, two} {
		requireSameView(ctx, rt, by, s)
	}
}

var (
	aLimit    = rapid.IntRange(-1, 5)
	aText     = rapid.SampledFrom([]string{"", "", "churn", "Churn"})
	aPart     = rapid.SampledFrom([]string{"1.0", "2.0"})
	anInstant = rapid.Map(rapid.IntRange(0, 3), func(n int) time.Time {
		if n == 0 {
			return time.Time{}
		}
		return time.Date(2026, 1, 5, 9, 0, n, 0, time.UTC)
	})
)

func partDigests() []string { return []string{digestBy("1.0"), digestBy("2.0")} }

// aWrite returns a Write that mostly has the right base. All that it has tells its
// seller, except for what the two sellers have in common.
func aWrite(ctx context.Context, rt *rapid.T, by *seller, key lifecycle.Key) lifecycle.Write {
	stored, _ := by.own.Load(ctx, key) // 0 if there is none
	base := max(0, stored.Revision+rapid.SampledFrom([]int64{0, 0, 0, 0, -1, 1}).Draw(rt, "off by"))
	entries := rapid.Int64Range(1, 3).Draw(rt, "entries")
	w := lifecycle.Write{
		Key: key, Base: base, Revision: base + entries,
		Summary: lifecycle.Summary{
			ID: key.Listing, Revision: base + entries, Seller: rapid.SampledFrom([]*seller{by, by, by.other}).Draw(rt, "seller in the summary").id,
			State: rapid.SampledFrom([]lifecycle.State{lifecycle.Draft, lifecycle.Live, ""}).Draw(rt, "state"),
			Name:  aText.Draw(rt, "name"), Title: aText.Draw(rt, "title"), Product: aText.Draw(rt, "product"), Creator: string(by.id),
			CreatedAt: time.Unix(0, 0).UTC(), UpdatedAt: time.Unix(0, 0).UTC(),
		},
		Head: bytesOf(by, key, "head", base+entries),
	}
	if due := anInstant.Draw(rt, "due"); !due.IsZero() {
		w.Summary.Request = &lifecycle.RequestSummary{Kind: lifecycle.EventSubmit, Due: due}
	}
	if at := anInstant.Draw(rt, "ended"); !at.IsZero() {
		w.Summary.Unsuccessful = &lifecycle.OutcomeSummary{Kind: lifecycle.EventSubmit, Result: lifecycle.Failed, RecordedAt: at}
	}
	for _, text := range rapid.SliceOfNDistinct(aPart, 0, 2, rapid.ID[string]).Draw(rt, "put") {
		// Equal digests have equal bodies within a record, not beyond it.
		w.Put = append(w.Put, lifecycle.Part{Digest: digestBy(text), Body: bytesOf(by, key, text, 0)})
	}
	for _, text := range rapid.SliceOfNDistinct(aPart, 0, 2, rapid.ID[string]).Draw(rt, "drop") {
		w.Drop = append(w.Drop, digestBy(text))
	}
	for i := range entries {
		w.Entries = append(w.Entries, bytesOf(by, key, "entry", base+i+1))
	}
	return w
}

func bytesOf(by *seller, key lifecycle.Key, what string, revision int64) []byte {
	data, err := json.Marshal(map[string]any{"seller": by.id, "listing": key.Listing, "what": what, "revision": revision})
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return data
}

// requireSameView asks for all that the seller can read.
func requireSameView(ctx context.Context, t require.TestingT, by *seller, s lifecycle.Store) {
	view := func(s lifecycle.Store) []any {
		var all []any
		add := func(answer any, err error) { all = append(all, answer, fmt.Sprint(err)) }
		list, err := s.List(ctx, lifecycle.Query{Seller: by.id, Limit: pages})
		add(list, err)
		feed, err := s.Feed(ctx, by.id, "", pages)
		add(placeless(feed), err)
		for _, id := range listingIDs {
			key := lifecycle.Key{Seller: by.id, Listing: id}
			stored, err := s.Load(ctx, key)
			add(stored, err)
			parts, err := s.Parts(ctx, key, partDigests())
			add(parts, err)
			journal, err := s.Journal(ctx, key, 0, pages)
			add(journal, err)
		}
		return all
	}
	require.Equal(t, view(by.own), view(s))
}

func requireSame(t require.TestingT, want any, wantErr error, got any, err error) {
	require.Equal(t, fmt.Sprint(wantErr), fmt.Sprint(err))
	require.Equal(t, want, got)
}

// placeless returns the entries without their cursors.
func placeless(entries []lifecycle.StoredEntry) []lifecycle.StoredEntry {
	entries = slices.Clone(entries)
	for i := range entries {
		entries[i].Cursor = ""
	}
	return entries
}

// onlyProducts lets one seller have a product.
type onlyProducts struct {
	lifecycle.Store
	of map[string]listing.AccountID
}

func (s *onlyProducts) Save(ctx context.Context, w lifecycle.Write) error {
	if product := w.Summary.Product; product != "" {
		if of, taken := s.of[product]; taken && of != w.Key.Seller {
			return lifecycle.ErrExists
		}
		s.of[product] = w.Key.Seller
	}
	return s.Store.Save(ctx, w)
}

// leadingCursors lets a cursor say whose feed it is a place in.
type leadingCursors struct{ lifecycle.Store }

func (s leadingCursors) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	if of, place, found := strings.Cut(string(after), "/"); found {
		seller, after = listing.AccountID(of), lifecycle.Cursor(place)
	}
	entries, err := s.Store.Feed(ctx, seller, after, limit)
	for i, e := range entries {
		entries[i].Cursor = lifecycle.Cursor(seller) + "/" + e.Cursor
	}
	return entries, err
}
