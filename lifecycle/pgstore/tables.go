package pgstore

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// tables is the contract in SQL, on whatever runs it: the database, where
// every statement, or batch, is a transaction of its own, or a transaction.
type tables struct{ on runner }

type runner interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

const loadHead = "SELECT revision, head FROM shelflife_records WHERE seller = $1 AND id = $2"

func (t tables) load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	var stored lifecycle.Stored
	found := false
	err := t.each(ctx, key.Seller, func(rows pgx.Rows) error {
		found = true
		return rows.Scan(&stored.Revision, &stored.Head)
	}, loadHead, uuidOf(key.Listing))
	switch {
	case err != nil:
		return lifecycle.Stored{}, about(key, err)
	case !found:
		return lifecycle.Stored{}, about(key, lifecycle.ErrNotFound)
	}
	return stored, nil
}

const loadParts = "SELECT digest, body FROM shelflife_parts WHERE seller = $1 AND id = $2 AND digest = ANY($3::text[])"

func (t tables) parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	parts := map[string][]byte{}
	possible := slices.DeleteFunc(slices.Clone(digests), func(digest string) bool { return !isText(digest) })
	err := t.each(ctx, key.Seller, func(rows pgx.Rows) error {
		var digest string
		var body []byte
		err := rows.Scan(&digest, &body)
		parts[digest] = body
		return err
	}, loadParts, uuidOf(key.Listing), slices.Concat([]string{}, possible))
	if err != nil {
		return nil, about(key, err)
	}
	return parts, nil
}

// A record without further entries gives a row of NULL, an absent one no row.
const readJournal = `
	SELECT e.entry FROM shelflife_records r
	LEFT JOIN shelflife_entries e ON e.seller = r.seller AND e.id = r.id AND e.revision > $3
	WHERE r.seller = $1 AND r.id = $2 ORDER BY e.revision LIMIT $4`

func (t tables) journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	if limit < 1 {
		return nil, about(key, fmt.Errorf("limit is %d: give at least 1", limit))
	}
	entries, found := [][]byte{}, false
	err := t.each(ctx, key.Seller, func(rows pgx.Rows) error {
		var entry []byte
		if err := rows.Scan(&entry); err != nil {
			return err
		}
		if found = true; entry != nil {
			entries = append(entries, entry)
		}
		return nil
	}, readJournal, uuidOf(key.Listing), after, limit)
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
	err := t.each(ctx, q.Seller, func(rows pgx.Rows) error {
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
	WHERE seller = $1 AND seq > $2 ORDER BY seq LIMIT $3`

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
	err := t.each(ctx, seller, func(rows pgx.Rows) error {
		var seq int64
		var e lifecycle.StoredEntry
		err := rows.Scan(&seq, (*[16]byte)(&e.Listing), &e.Revision, &e.Entry)
		e.Cursor = lifecycle.Cursor(strconv.FormatInt(seq, 10))
		entries = append(entries, e)
		return err
	}, readFeed, start, limit)
	if err != nil {
		return nil, fmt.Errorf("feed of %s: %w", seller, err)
	}
	return entries, nil
}

const readFeedEnd = "SELECT entries FROM shelflife_sellers WHERE seller = $1"

func (t tables) feedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	var end int64
	err := t.each(ctx, seller, func(rows pgx.Rows) error { return rows.Scan(&end) }, readFeedEnd)
	if err != nil {
		return "", fmt.Errorf("feed of %s: %w", seller, err)
	}
	return lifecycle.Cursor(strconv.FormatInt(end, 10)), nil
}

// each calls visit for each row of the query, whose first argument is the seller.
func (t tables) each(ctx context.Context, seller listing.AccountID, visit func(pgx.Rows) error, query string, args ...any) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !isText(string(seller)) {
		return nil // nothing was saved for it, and asking would end a transaction
	}
	rows, err := t.on.Query(ctx, query, append([]any{string(seller)}, args...)...)
	if err != nil {
		return native(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return native(ctx, err)
		}
	}
	return native(ctx, rows.Err())
}

// isText reports whether a column of the type text can hold it.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func askable(seller listing.AccountID, limit int) error {
	if limit < 1 {
		return fmt.Errorf("listings of %s: limit is %d: give at least 1", seller, limit)
	}
	return nil
}
