package sqlitestore

import (
	"context"
	"database/sql"
	"sync"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Tx returns the store as seen from within a transaction of the database that
// was given to [OpenDB]: it reads what the transaction has written, and what it
// saves is there once the transaction is committed. It is safe for concurrent
// use, holds nothing, and is good for as long as the transaction is.
//
// An error that matches ErrNotFound, ErrExists or ErrStale of package lifecycle
// has written nothing, and the transaction can go on. After any other error of
// Save roll it back.
func (s *Store) Tx(tx *sql.Tx) lifecycle.Store { return &bound{in: tables{tx}} }

// bound is a store in a transaction. The lock keeps its goroutines from seeing
// each other's Saves in part; a transaction shields from others only.
type bound struct {
	mu sync.Mutex
	in tables
}

// Load implements [lifecycle.Store].
func (b *bound) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.load(ctx, key)
}

// Save implements [lifecycle.Store].
func (b *bound) Save(ctx context.Context, next lifecycle.Record, appended []lifecycle.Entry) error {
	w, err := lifecycle.EncodeSave(next, appended)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.write(ctx, w)
}

// Journal implements [lifecycle.Store].
func (b *bound) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.journal(ctx, key, after, limit)
}

// List implements [lifecycle.Store].
func (b *bound) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.list(ctx, q)
}
