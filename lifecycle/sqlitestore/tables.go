package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// tables is the contract in SQL, on whatever runs it: the database, where
// every statement is a transaction of its own, or a transaction.
type tables struct{ on runner }

type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (t tables) load(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
	var data []byte
	err := t.on.QueryRowContext(ctx, "SELECT record FROM shelflife_records WHERE seller = ? AND id = ?",
		string(key.Seller), key.Listing.String()).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return lifecycle.Record{}, about(key, lifecycle.ErrNotFound)
	case err != nil:
		return lifecycle.Record{}, about(key, native(ctx, err))
	}
	r, err := lifecycle.DecodeRecord(data)
	if err != nil {
		return lifecycle.Record{}, about(key, err)
	}
	return r, nil
}

// write begins with a statement that writes, so that a transaction that was
// begun deferred asks for the lock at once: one that reads first could find
// its snapshot overtaken, for which SQLite has no waiting.
func (t tables) write(ctx context.Context, w lifecycle.Saving) error {
	seller, id := string(w.Key.Seller), w.Key.Listing.String()
	var result sql.Result
	var err error
	if w.Base == 0 {
		result, err = t.on.ExecContext(ctx, `
			INSERT INTO shelflife_records (seller, id, revision, in_flight, record) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (seller, id) DO NOTHING`, seller, id, w.Revision, w.InFlight, string(w.Record))
	} else {
		result, err = t.on.ExecContext(ctx, `
			UPDATE shelflife_records SET revision = ?, in_flight = ?, record = ?
			WHERE seller = ? AND id = ? AND revision = ?`, w.Revision, w.InFlight, string(w.Record), seller, id, w.Base)
	}
	if err != nil {
		return about(w.Key, native(ctx, err))
	}
	switch n, err := result.RowsAffected(); {
	case err != nil:
		return about(w.Key, native(ctx, err))
	case n == 0:
		return about(w.Key, t.refusal(ctx, w))
	}
	for i, entry := range w.Entries {
		_, err := t.on.ExecContext(ctx, "INSERT INTO shelflife_entries (seller, id, revision, entry) VALUES (?, ?, ?, ?)",
			seller, id, w.Base+int64(i)+1, string(entry))
		if err != nil {
			return about(w.Key, native(ctx, err))
		}
	}
	return nil
}

// refusal tells why no row was written, from within the same transaction.
func (t tables) refusal(ctx context.Context, w lifecycle.Saving) error {
	if w.Base == 0 {
		return lifecycle.ErrExists
	}
	var revision int64
	err := t.on.QueryRowContext(ctx, "SELECT revision FROM shelflife_records WHERE seller = ? AND id = ?",
		string(w.Key.Seller), w.Key.Listing.String()).Scan(&revision)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return lifecycle.ErrNotFound
	case err != nil:
		return native(ctx, err)
	}
	return fmt.Errorf("%w: it is at %d and not at %d: load it again", lifecycle.ErrStale, revision, w.Base)
}

func (t tables) journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
	if limit < 1 {
		return nil, about(key, fmt.Errorf("limit is %d: give at least 1", limit))
	}
	// One statement is one snapshot. A record without further entries gives a
	// row of NULL, an absent one no row.
	rows, err := t.on.QueryContext(ctx, `
		SELECT e.revision, e.entry FROM shelflife_records r
		LEFT JOIN shelflife_entries e ON e.seller = r.seller AND e.id = r.id AND e.revision > ?
		WHERE r.seller = ? AND r.id = ? ORDER BY e.revision LIMIT ?`,
		after, string(key.Seller), key.Listing.String(), limit)
	if err != nil {
		return nil, about(key, native(ctx, err))
	}
	defer func() { _ = rows.Close() }()
	entries, found := []lifecycle.Entry{}, false
	for rows.Next() {
		var revision sql.NullInt64
		var data []byte
		if err := rows.Scan(&revision, &data); err != nil {
			return nil, about(key, native(ctx, err))
		}
		found = true
		if !revision.Valid {
			continue
		}
		e, err := lifecycle.DecodeEntry(data)
		if err != nil {
			return nil, about(key, fmt.Errorf("entry %d: %w", revision.Int64, err))
		}
		entries = append(entries, e)
	}
	switch err := rows.Err(); {
	case err != nil:
		return nil, about(key, native(ctx, err))
	case !found:
		return nil, about(key, lifecycle.ErrNotFound)
	}
	return entries, nil
}

const (
	listAll = `SELECT id, record FROM shelflife_records
		WHERE seller = ? AND id > ? ORDER BY id LIMIT ?`
	// in_flight = 1 is what the partial index says, so that it is used.
	listInFlight = `SELECT id, record FROM shelflife_records
		WHERE seller = ? AND id > ? AND in_flight = 1 ORDER BY id LIMIT ?`
)

func (t tables) list(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
	failed := func(err error) ([]lifecycle.Record, error) {
		return nil, fmt.Errorf("listings of %s: %w", q.Seller, err)
	}
	if q.Limit < 1 {
		return failed(fmt.Errorf("limit is %d: give at least 1", q.Limit))
	}
	query := listAll
	if q.InFlight {
		query = listInFlight
	}
	rows, err := t.on.QueryContext(ctx, query, string(q.Seller), q.After.String(), q.Limit)
	if err != nil {
		return failed(native(ctx, err))
	}
	defer func() { _ = rows.Close() }()
	records := []lifecycle.Record{}
	for rows.Next() {
		var id string
		var data []byte
		if err := rows.Scan(&id, &data); err != nil {
			return failed(native(ctx, err))
		}
		r, err := lifecycle.DecodeRecord(data)
		if err != nil {
			return failed(fmt.Errorf("listing %s: %w", id, err))
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return failed(native(ctx, err))
	}
	return records, nil
}

func about(key lifecycle.Key, err error) error {
	return fmt.Errorf("%v: %w", key, err)
}
