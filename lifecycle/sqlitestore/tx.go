package sqlitestore

import (
	"context"
	"database/sql"
	"sync"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Tx returns the store as seen from within a transaction of the database that
// was given to [OpenDB]: it reads what the transaction has written, and what it
// saves is there once the transaction is committed. It is safe for concurrent
// use, holds nothing, and is good for as long as the transaction is. With it,
// [lifecycle.Manager.With] makes a manager whose commands are part of the
// transaction.
//
// An error that matches ErrNotFound, ErrExists, ErrStale or ErrCannotKeep of
// package lifecycle has written nothing, and the transaction can go on. After any
// other error of Save roll it back.
func (s *Store) Tx(tx *sql.Tx) lifecycle.Store { return &inTx{in: tables{tx}} }

// inTx is a store in a transaction. The lock keeps its goroutines from seeing
// each other's Saves in part; a transaction shields from others only.
type inTx struct {
	mu sync.Mutex
	in tables
}

// Load implements [lifecycle.Store].
func (b *inTx) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.load(ctx, key)
}

// Parts implements [lifecycle.Store].
func (b *inTx) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.parts(ctx, key, digests)
}

// Save implements [lifecycle.Store].
func (b *inTx) Save(ctx context.Context, w lifecycle.Write) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.write(ctx, w)
}

// Journal implements [lifecycle.Store].
func (b *inTx) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.journal(ctx, key, after, limit)
}

// List implements [lifecycle.Store].
func (b *inTx) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.list(ctx, q)
}

// Feed implements [lifecycle.Store].
func (b *inTx) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.feed(ctx, seller, after, limit)
}

// FeedEnd implements [lifecycle.Store].
func (b *inTx) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in.feedEnd(ctx, seller)
}
