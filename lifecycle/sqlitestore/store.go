package sqlitestore

import (
	"context"
	"database/sql"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Store is a [lifecycle.Store] in a SQLite database. It is safe for concurrent
// use. Make one with [Open], [OpenReadOnly] or [OpenDB]; the zero value cannot be used.
//
// Beside the errors that the contract names, every method returns those of
// SQLite, wrapped, by the names that the package documentation lists. A store that
// [Open] has made returns [ErrReplaced] when its file is no longer there.
type Store struct {
	db         *sql.DB
	statements *prepared
	// saving holds one token: Saves of this process queue up here, in order,
	// instead of asking SQLite for the lock again and again.
	saving chan struct{}
	// files are those that Open has opened; nil in a caller's database.
	files    *files
	readOnly bool
	close    func() error
}

var _ lifecycle.Store = (*Store)(nil)

// Close closes the file, once the calls under way are through. A store that
// [OpenDB] has made leaves the database open. Close may be called again.
func (s *Store) Close() error { return s.close() }

// Load implements [lifecycle.Store].
func (s *Store) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	return guarded(s.files, key.String(), func() (lifecycle.Stored, error) { return tables{s.statements}.load(ctx, key) })
}

// Parts implements [lifecycle.Store].
func (s *Store) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	return guarded(s.files, key.String(), func() (map[string][]byte, error) { return tables{s.statements}.parts(ctx, key, digests) })
}

// Save implements [lifecycle.Store]. It returns an error that matches
// [lifecycle.ErrCannotKeep] for an instant outside the years 0 to 9999, and one that
// matches [ErrReadOnly] when the database can only be read.
func (s *Store) Save(ctx context.Context, w lifecycle.Write) error {
	if s.readOnly {
		return about(w.Key, ErrReadOnly)
	}
	select {
	case s.saving <- struct{}{}:
		defer func() { <-s.saving }()
	case <-ctx.Done():
		return about(w.Key, context.Cause(ctx))
	}
	_, err := guarded(s.files, w.Key.String(), func() (struct{}, error) { return struct{}{}, s.save(ctx, w) })
	return err
}

func (s *Store) save(ctx context.Context, w lifecycle.Write) error {
	if err := s.statements.prepareAll(ctx, writing); err != nil {
		return about(w.Key, native(ctx, err))
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return about(w.Key, native(ctx, err))
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := (tables{within{tx, s.statements}}).write(ctx, w); err != nil {
		return err
	}
	if err := s.files.check(); err != nil { // it may have waited for the lock
		return about(w.Key, err)
	}
	if err := tx.Commit(); err != nil {
		return about(w.Key, native(ctx, err))
	}
	return nil
}

// Journal implements [lifecycle.Store].
func (s *Store) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	return guarded(s.files, key.String(), func() ([][]byte, error) { return tables{s.statements}.journal(ctx, key, after, limit) })
}

// List implements [lifecycle.Store].
func (s *Store) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	return guarded(s.files, "listings of "+string(q.Seller), func() ([]lifecycle.Summary, error) { return tables{s.statements}.list(ctx, q) })
}

// Feed implements [lifecycle.Store].
func (s *Store) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	return guarded(s.files, "feed of "+string(seller), func() ([]lifecycle.StoredEntry, error) {
		return tables{s.statements}.feed(ctx, seller, after, limit)
	})
}

// FeedEnd implements [lifecycle.Store].
func (s *Store) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	return guarded(s.files, "feed of "+string(seller), func() (lifecycle.Cursor, error) { return tables{s.statements}.feedEnd(ctx, seller) })
}
