package alike

import (
	"context"
	"sync/atomic"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// InTurns returns a store whose calls go to the stores in turn. What one of two stores in
// the same place saves, the other sees at once: so they pass for one.
func InTurns(stores ...lifecycle.Store) lifecycle.Store {
	var calls atomic.Uint64
	return Chosen(func(listing.AccountID) lifecycle.Store { return stores[calls.Add(1)%uint64(len(stores))] })
}

// Chosen is a store that chooses, for each call about a seller, the store that it goes
// to. It is safe for concurrent use if the function is.
type Chosen func(listing.AccountID) lifecycle.Store

var _ lifecycle.Store = Chosen(nil)

// Load loads from the store that is chosen.
func (c Chosen) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	return c(key.Seller).Load(ctx, key)
}

// Parts reads from the store that is chosen.
func (c Chosen) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	return c(key.Seller).Parts(ctx, key, digests)
}

// Save saves in the store that is chosen.
func (c Chosen) Save(ctx context.Context, w lifecycle.Write) error {
	return c(w.Key.Seller).Save(ctx, w)
}

// Journal reads from the store that is chosen.
func (c Chosen) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	return c(key.Seller).Journal(ctx, key, after, limit)
}

// List reads from the store that is chosen.
func (c Chosen) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	return c(q.Seller).List(ctx, q)
}

// Feed reads from the store that is chosen.
func (c Chosen) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	return c(seller).Feed(ctx, seller, after, limit)
}

// FeedEnd reads from the store that is chosen.
func (c Chosen) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	return c(seller).FeedEnd(ctx, seller)
}
