package storetest

import (
	"bytes"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

var saveCases = []testCase{
	{"save creates and moves on", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		requireKept(t, s, r)
		for _, n := range []int{1, 3, 1} {
			r = edit(t, s, r, n, "Another title")
			requireKept(t, s, r)
		}
	}},
	{"save creates with several entries", func(t tester, s lifecycle.Store) {
		r := writes.Absent(writes.NewKey())
		requireKept(t, s, save(t, s, r, r.Next(3, "Edited before it was saved")))
	}},
	{"save refuses to create twice", func(t tester, s lifecycle.Store) {
		absent := writes.Absent(writes.NewKey())
		first, other := absent.Next(1, "The first"), absent.Next(2, "Quite another")
		r := save(t, s, absent, first)
		requireAnswer(t, s.Save(background, first), lifecycle.ErrExists, r.Key)
		requireAnswer(t, s.Save(background, other), lifecycle.ErrExists, r.Key)
		requireKept(t, s, r)

		r = edit(t, s, r, 1, "Moved on")
		requireAnswer(t, s.Save(background, other), lifecycle.ErrExists, r.Key)
		requireKept(t, s, r)
	}},
	{"save of a later revision does not find what was never created", func(t tester, s lifecycle.Store) {
		absent := writes.Absent(writes.NewKey())
		later := absent.After(absent.Next(1, "Never saved")).Next(1, "Of nothing")
		requireAnswer(t, s.Save(background, later), lifecycle.ErrNotFound, absent.Key)
		requireAbsent(t, s, absent.Key)
	}},
	{"save refuses a revision that has passed", func(t tester, s lifecycle.Store) {
		first := create(t, s, writes.NewKey())
		last := first.Next(1, "The first to move on")
		r := save(t, s, first, last)
		for _, n := range []int{1, 2, 5} { // ends on, above, and far above what is there
			requireAnswer(t, s.Save(background, first.Next(n, "Too late")), lifecycle.ErrStale, r.Key)
			requireKept(t, s, r)
		}
		requireAnswer(t, s.Save(background, last), lifecycle.ErrStale, r.Key)
		requireKept(t, s, r)
	}},
	{"save refuses a revision that is yet to come", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		early := r.After(r.Next(1, "Never saved")).Next(1, "Too early")
		requireAnswer(t, s.Save(background, early), lifecycle.ErrStale, r.Key)
		requireKept(t, s, r)
	}},
	{"save that is refused leaves nothing behind", func(t tester, s lifecycle.Store) {
		key := writes.NewKey()
		taken := product(t, s, create(t, s, lifecycle.Key{Seller: key.Seller, Listing: writes.NewKey().Listing}), "prod-taken")
		first := create(t, s, key)
		r := edit(t, s, first, 1, "Moved on")
		r.Dropped = []string{writes.Digest("2.0"), writes.Digest("3.0")} // of writes that are refused
		eager := func(w lifecycle.Write) lifecycle.Write {
			w.Put = append(w.Put, writes.Part("2.0"), writes.Part("3.0"))
			w.Drop = []string{writes.Digest("1.0")}
			return w
		}
		taking := r.Next(2, "With a product that is taken")
		taking.Summary.Product = "prod-taken"
		for _, refused := range []struct {
			write  lifecycle.Write
			answer error
		}{
			{eager(writes.Absent(key).Next(3, "Created again")), lifecycle.ErrExists},
			{eager(first.Next(3, "Too late")), lifecycle.ErrStale},
			{eager(taking), lifecycle.ErrExists},
		} {
			requireAnswer(t, s.Save(background, refused.write), refused.answer, key)
			requireKept(t, s, r)
		}
		absent := writes.Absent(lifecycle.Key{Seller: key.Seller, Listing: writes.NewKey().Listing})
		taking = absent.Next(1, "New, with a product that is taken")
		taking.Summary.Product = "prod-taken"
		requireAnswer(t, s.Save(background, taking), lifecycle.ErrExists, absent.Key)
		requireAbsent(t, s, absent.Key)
		requireAnswer(t, s.Save(background, eager(absent.After(taking).Next(1, "Of nothing"))), lifecycle.ErrNotFound, absent.Key)
		requireAbsent(t, s, absent.Key)
		requireKept(t, s, edit(t, s, r, 1, "The next one"))
		requireKept(t, s, taken)
	}},
	{"save takes what is as large as allowed", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		w := r.Next(2, "Large")
		w.Head = letters(400_000)
		w.Put = []lifecycle.Part{{Digest: writes.Digest("large"), Body: letters(2_000_000)}}
		w.Entries[0] = letters(16 << 20)
		r = save(t, s, r, w)
		requireKept(t, s, r)
		requireKept(t, s, edit(t, s, r, 1, "Small again"))
	}},
}

// letters returns a JSON text of n bytes that do not repeat for long.
func letters(n int) []byte {
	const alphabet = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ.,-:;0123456789"
	var b bytes.Buffer
	b.WriteByte('"')
	for state := uint64(1); b.Len() < n-1; {
		state = state*6364136223846793005 + 1442695040888963407
		b.WriteByte(alphabet[state>>33%uint64(len(alphabet))])
	}
	b.WriteByte('"')
	return b.Bytes()
}

// product saves the listing with the product.
func product(t tester, s lifecycle.Store, r writes.Record, id string) writes.Record {
	t.Helper()
	return with(t, s, r, func(summary *lifecycle.Summary) { summary.Product = id })
}

var productCases = []testCase{
	{"a product has one listing of a seller", func(t tester, s lifecycle.Store) {
		seller := writes.NewSeller()
		key := func() lifecycle.Key { return lifecycle.Key{Seller: seller, Listing: writes.NewKey().Listing} }
		first := product(t, s, create(t, s, key()), "prod-a")
		second := create(t, s, key()) // neither has one at first
		taking := second.Next(1, "Second")
		taking.Summary.Product = "prod-a"
		err := s.Save(background, taking)
		requireAnswer(t, err, lifecycle.ErrExists, second.Key)
		require.ErrorContains(t, err, first.Key.Listing.String(), "the error does not say which listing has the product")
		requireKept(t, s, second)
		requireKept(t, s, product(t, s, second, "prod-A")) // ids are compared as bytes
		requireKept(t, s, first)
	}},
	{"a product of another seller is another product", func(t tester, s lifecycle.Store) {
		for range 2 {
			requireKept(t, s, product(t, s, create(t, s, writes.NewKey()), "prod-a"))
		}
	}},
	{"a listing keeps its product", func(t tester, s lifecycle.Store) {
		r := product(t, s, create(t, s, writes.NewKey()), "prod-a")
		requireKept(t, s, edit(t, s, r, 2, "Another title"))
	}},
	{"a product is free when no listing has it", func(t tester, s lifecycle.Store) {
		seller := writes.NewSeller()
		key := func() lifecycle.Key { return lifecycle.Key{Seller: seller, Listing: writes.NewKey().Listing} }
		first := product(t, s, create(t, s, key()), "prod-a")
		first = product(t, s, first, "prod-b")
		second := product(t, s, create(t, s, key()), "prod-a")
		first = product(t, s, first, "")
		requireKept(t, s, product(t, s, create(t, s, key()), "prod-b"))
		requireKept(t, s, first)
		requireKept(t, s, second)
	}},
}
