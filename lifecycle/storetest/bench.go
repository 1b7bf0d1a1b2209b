package storetest

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// Benchmark measures the store with a document of ordinary size: Save of one
// entry, Load, and a Journal and a List of 100. It works for a seller of its
// own, so that the store may hold other records.
func Benchmark(b *testing.B, s lifecycle.Store) {
	document := lifecycletest.ModelPackage()
	put := func(key lifecycle.Key) lifecycle.Record {
		r, entries := draftOf(key, document)
		require.NoError(b, s.Save(background, r, entries))
		return r
	}
	r := put(newKey())
	key := r.Key()
	b.Run("Save", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			r, _ = edit(b, s, r, 1, "Another title")
		}
	})
	b.Run("Load", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := s.Load(background, key); err != nil {
				b.Fatal(err)
			}
		}
	})
	const page = 100
	many, _ := edit(b, s, put(newKey()), page, "Another title")
	b.Run("Journal", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if entries, err := s.Journal(background, many.Key(), 0, page); err != nil || len(entries) != page {
				b.Fatal(len(entries), err)
			}
		}
	})
	seller := newSeller()
	for range page {
		put(lifecycle.Key{Seller: seller, Listing: uuid.New()})
	}
	b.Run("List", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			records, err := s.List(background, lifecycle.Query{Seller: seller, Limit: page})
			if err != nil || len(records) != page {
				b.Fatal(len(records), err)
			}
		}
	})
}
