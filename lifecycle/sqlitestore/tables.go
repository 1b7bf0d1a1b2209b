package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// tables is the contract in SQL, on whatever runs it: the database, where
// every statement is a transaction of its own, or a transaction.
type tables struct{ on runner }

type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const loadHead = "SELECT revision, head FROM shelflife_records WHERE seller = ? AND id = ?"

func (t tables) load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	var stored lifecycle.Stored
	err := t.each(ctx, func(rows *sql.Rows) error {
		return rows.Scan(&stored.Revision, &stored.Head)
	}, loadHead, string(key.Seller), key.Listing.String())
	switch {
	case err != nil:
		return lifecycle.Stored{}, about(key, err)
	case stored.Head == nil:
		return lifecycle.Stored{}, about(key, lifecycle.ErrNotFound)
	}
	return stored, nil
}

// The digests are one argument, so that it is one statement however many there are.
const loadParts = `SELECT digest, body FROM shelflife_parts
	WHERE seller = ? AND id = ? AND digest IN (SELECT value FROM json_each(?))`

func (t tables) parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	list, err := json.Marshal(digests)
	if err != nil {
		return nil, about(key, err)
	}
	parts := map[string][]byte{}
	err = t.each(ctx, func(rows *sql.Rows) error {
		var digest string
		var body []byte
		err := rows.Scan(&digest, &body)
		parts[digest] = body
		return err
	}, loadParts, string(key.Seller), key.Listing.String(), string(list))
	if err != nil {
		return nil, about(key, err)
	}
	return parts, nil
}

func (t tables) journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	if limit < 1 {
		return nil, about(key, fmt.Errorf("limit is %d: give at least 1", limit))
	}
	entries, found := [][]byte{}, false
	// A record without further entries gives a row of NULL, an absent one no row.
	err := t.each(ctx, func(rows *sql.Rows) error {
		var entry []byte
		if err := rows.Scan(&entry); err != nil {
			return err
		}
		if found = true; entry != nil {
			entries = append(entries, entry)
		}
		return nil
	}, `
		SELECT e.entry FROM shelflife_records r
		LEFT JOIN shelflife_entries e ON e.seller = r.seller AND e.id = r.id AND e.revision > ?
		WHERE r.seller = ? AND r.id = ? ORDER BY e.revision LIMIT ?`,
		after, string(key.Seller), key.Listing.String(), limit)
	switch {
	case err != nil:
		return nil, about(key, err)
	case !found:
		return nil, about(key, lifecycle.ErrNotFound)
	}
	return entries, nil
}

func (t tables) list(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	if err := askable(q.Seller, q.Limit); err != nil {
		return nil, err
	}
	summaries := []lifecycle.Summary{}
	query, args := selection(q)
	err := t.each(ctx, func(rows *sql.Rows) error {
		s, err := scanSummary(rows)
		summaries = append(summaries, s)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listings of %s: %w", q.Seller, err)
	}
	return summaries, nil
}

const readFeed = `SELECT seq, id, revision, entry FROM shelflife_entries
	WHERE seller = ? AND seq > ? ORDER BY seq LIMIT ?`

func (t tables) feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	if err := askable(seller, limit); err != nil {
		return nil, err
	}
	var start int64
	if after != "" {
		var err error
		if start, err = strconv.ParseInt(string(after), 10, 64); err != nil || start < 0 {
			return nil, fmt.Errorf("feed of %s: %.100q: %w", seller, string(after), lifecycle.ErrCursor)
		}
	}
	entries := []lifecycle.StoredEntry{}
	err := t.each(ctx, func(rows *sql.Rows) error {
		var seq int64
		var id string
		var e lifecycle.StoredEntry
		if err := rows.Scan(&seq, &id, &e.Revision, &e.Entry); err != nil {
			return err
		}
		var err error
		e.Listing, err = listingID(id)
		e.Cursor = lifecycle.Cursor(strconv.FormatInt(seq, 10))
		entries = append(entries, e)
		return err
	}, readFeed, string(seller), start, limit)
	if err != nil {
		return nil, fmt.Errorf("feed of %s: %w", seller, err)
	}
	return entries, nil
}

const readFeedEnd = "SELECT coalesce(max(seq), 0) FROM shelflife_entries WHERE seller = ?"

func (t tables) feedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	var end int64
	err := t.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&end) }, readFeedEnd, string(seller))
	if err != nil {
		return "", fmt.Errorf("feed of %s: %w", seller, err)
	}
	return lifecycle.Cursor(strconv.FormatInt(end, 10)), nil
}

// each calls visit for each row of the query.
func (t tables) each(ctx context.Context, visit func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.on.QueryContext(ctx, query, args...)
	if err != nil {
		return native(ctx, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return native(ctx, err)
		}
	}
	return native(ctx, rows.Err())
}

func askable(seller listing.AccountID, limit int) error {
	if limit < 1 {
		return fmt.Errorf("listings of %s: limit is %d: give at least 1", seller, limit)
	}
	return nil
}

func about(key lifecycle.Key, err error) error {
	return fmt.Errorf("%v: %w", key, err)
}

const (
	insertPart = `
		INSERT INTO shelflife_parts (seller, id, digest, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (seller, id, digest) DO NOTHING`
	deletePart  = "DELETE FROM shelflife_parts WHERE seller = ? AND id = ? AND digest = ?"
	insertEntry = `
		INSERT INTO shelflife_entries (seller, id, revision, entry, seq)
		VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(seq), 0) + 1 FROM shelflife_entries WHERE seller = ?1))`
)

// writing are the statements of write. They are prepared before its transaction begins.
var writing = []string{insertRecord, updateRecord, insertPart, deletePart, insertEntry}

// write begins with a statement that writes, so that a transaction that was
// begun deferred asks for the lock at once: one that reads first could find
// its snapshot overtaken, for which SQLite has no waiting.
func (t tables) write(ctx context.Context, w lifecycle.Write) error {
	seller, id := string(w.Key.Seller), w.Key.Listing.String()
	if err := t.writeRecord(ctx, w); err != nil {
		return about(w.Key, err)
	}
	exec := func(query string, args ...any) error {
		if _, err := t.on.ExecContext(ctx, query, append([]any{seller, id}, args...)...); err != nil {
			return about(w.Key, native(ctx, err))
		}
		return nil
	}
	for _, p := range w.Put {
		if err := exec(insertPart, p.Digest, string(p.Body)); err != nil {
			return err
		}
	}
	for _, digest := range w.Drop {
		if err := exec(deletePart, digest); err != nil {
			return err
		}
	}
	for i, entry := range w.Entries {
		if err := exec(insertEntry, w.Base+int64(i)+1, string(entry)); err != nil {
			return err
		}
	}
	return nil
}

// writeRecord writes the row of the record, or says why it may not.
func (t tables) writeRecord(ctx context.Context, w lifecycle.Write) error {
	columns, err := columnsOf(w)
	if err != nil {
		return err
	}
	query := insertRecord
	if w.Base > 0 {
		query, columns = updateRecord, append(columns, w.Base)
	}
	result, err := t.on.ExecContext(ctx, query, columns...)
	if isUnique(err) {
		return t.refusal(ctx, w)
	}
	if err != nil {
		return native(ctx, err)
	}
	switch n, err := result.RowsAffected(); {
	case err != nil:
		return native(ctx, err)
	case n == 0:
		return t.refusal(ctx, w)
	}
	return nil
}

// refusal tells why no row was written, from within the same transaction.
func (t tables) refusal(ctx context.Context, w lifecycle.Write) error {
	seller, id := string(w.Key.Seller), w.Key.Listing.String()
	var revision int64
	err := t.on.QueryRowContext(ctx, "SELECT revision FROM shelflife_records WHERE seller = ? AND id = ?", seller, id).Scan(&revision)
	absent := errors.Is(err, sql.ErrNoRows)
	switch {
	case err != nil && !absent:
		return native(ctx, err)
	case w.Base == 0 && !absent:
		return lifecycle.ErrExists
	case w.Base > 0 && absent:
		return lifecycle.ErrNotFound
	case w.Base != revision:
		return fmt.Errorf("%w: it is at %d and not at %d: load it again", lifecycle.ErrStale, revision, w.Base)
	}
	var other string
	err = t.on.QueryRowContext(ctx, "SELECT id FROM shelflife_records WHERE seller = ? AND product = ? AND product <> ''", seller, w.Summary.Product).Scan(&other)
	if err != nil {
		return native(ctx, err)
	}
	return fmt.Errorf("product %s: %w: listing %s has it", w.Summary.Product, lifecycle.ErrExists, other)
}
