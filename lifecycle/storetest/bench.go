package storetest

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// Benchmark measures the store with a record of ordinary size: a head of 20 kB and
// 20 parts of 5 kB each. It measures Save of one entry of 2 kB, Load, the Parts, and a
// Journal, a List and a Feed of 100. It works for sellers of its own, so that the
// store may hold other records.
func Benchmark(b *testing.B, s lifecycle.Store) {
	ordinary := func(r writes.Record) writes.Record {
		w := r.Next(1, "Invoice field extractor")
		w.Head, w.Entries = letters(20_000), [][]byte{letters(2_000)}
		for i := range 20 {
			w.Put = append(w.Put, lifecycle.Part{Digest: writes.Digest(string(rune('a' + i))), Body: letters(5_000)})
		}
		return save(b, s, r, w)
	}
	r := ordinary(writes.Absent(writes.NewKey()))
	b.Run("Save", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			w := r.Next(1, "Another title")
			w.Head, w.Entries = r.Stored.Head, r.Journal[:1]
			if err := s.Save(background, w); err != nil {
				b.Fatal(err)
			}
			r.Revision++
		}
	})
	b.Run("Load", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := s.Load(background, r.Key); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Parts", func(b *testing.B) {
		b.ReportAllocs()
		digests := slices.Collect(maps.Keys(r.Parts))
		for range b.N {
			if _, err := s.Parts(background, r.Key, digests); err != nil {
				b.Fatal(err)
			}
		}
	})
	const page = 100
	seller := writes.NewSeller()
	for range page {
		ordinary(writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()}))
	}
	last := ordinary(writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()}))
	last = edit(b, s, last, page, "Another title")
	for name, read := range map[string]func() (int, error){
		"Journal": func() (int, error) {
			entries, err := s.Journal(background, last.Key, 0, page)
			return len(entries), err
		},
		"List": func() (int, error) {
			all, err := s.List(background, lifecycle.Query{Seller: seller, Limit: page})
			return len(all), err
		},
		"Feed": func() (int, error) {
			entries, err := s.Feed(background, seller, "", page)
			return len(entries), err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if n, err := read(); err != nil || n != page {
					b.Fatal(n, err)
				}
			}
		})
	}
}
