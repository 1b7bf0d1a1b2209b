package sqlitestore

import (
	"context"
	"database/sql"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Store is a [lifecycle.Store] in a SQLite database. It is safe for concurrent
// use. Make one with [Open] or [OpenDB]; the zero value cannot be used.
//
// Beside the errors that the contract names, every method returns those of
// SQLite, wrapped, with those that match [ErrLocked] worth another try, and a
// [document.Error] for a row that cannot be read.
type Store struct {
	db *sql.DB
	// saving holds one token: Saves of this process queue up here, in order,
	// instead of asking SQLite for the lock again and again.
	saving chan struct{}
	close  func() error
}

var _ lifecycle.Store = (*Store)(nil)

// Close closes the file, once the calls under way are through. A store that
// [OpenDB] has made leaves the database open. Close may be called again.
func (s *Store) Close() error { return s.close() }

// Load implements [lifecycle.Store].
func (s *Store) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
	return tables{s.db}.load(ctx, key)
}

// Save implements [lifecycle.Store]. A record or an entry of more than
// [document.MaxSize] bytes is refused, since it could not be read again.
func (s *Store) Save(ctx context.Context, next lifecycle.Record, appended []lifecycle.Entry) error {
	w, err := lifecycle.EncodeSave(next, appended)
	if err != nil {
		return err
	}
	select {
	case s.saving <- struct{}{}:
		defer func() { <-s.saving }()
	case <-ctx.Done():
		return about(w.Key, context.Cause(ctx))
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return about(w.Key, native(ctx, err))
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := (tables{tx}).write(ctx, w); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return about(w.Key, native(ctx, err))
	}
	return nil
}

// Journal implements [lifecycle.Store].
func (s *Store) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
	return tables{s.db}.journal(ctx, key, after, limit)
}

// List implements [lifecycle.Store].
func (s *Store) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
	return tables{s.db}.list(ctx, q)
}
