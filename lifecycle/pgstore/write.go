package pgstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// A Save is two statements. The first one locks the row of the seller, so that the
// Saves of a seller come one after the other, from here to the commit; since every
// Save begins with it, two never wait for each other. The second one begins when the
// lock is held, so it sees all that was saved before. It writes everything or
// nothing, and tells why: a refusal is no error of PostgreSQL, which would end a
// transaction of the caller's. A refused Save leaves a gap in the numbers, which
// nobody sees.
const (
	lockSeller = `
		INSERT INTO shelflife_sellers AS s (seller, entries) VALUES ($1, $2)
		ON CONFLICT (seller) DO UPDATE SET entries = s.entries + excluded.entries`

	// found is what there is: the revision of the record, and the other listing that
	// has the product.
	found = `
		WITH found AS (
			SELECT (SELECT r.revision FROM shelflife_records r WHERE r.seller = $1 AND r.id = $2) AS revision,
				(SELECT r.id FROM shelflife_records r WHERE r.seller = $1 AND r.product <> ''
					AND sha256(r.product) = sha256($11::bytea) AND r.product = $11::bytea AND r.id <> $2) AS holder
		), saved AS (`
	insertRecord = `
			INSERT INTO shelflife_records (seller, id, owner, revision, state, name, title, kind, visibility, creator, product,
				created_at, updated_at, request_due, request_kind, request_phase, request_change_set, request_cancelling, request_recorded_at,
				outcome_kind, outcome_result, outcome_change_set, outcome_revision, outcome_recorded_at, head)
			SELECT $1::text, $2::uuid, $3::bytea, $4::bigint, $5::bytea, $6::bytea, $7::bytea, $8::bytea, $9::bytea, $10::bytea, $11::bytea,
				$12::text, $13::text, $14::text, $15::bytea, $16::bytea, $17::bytea, $18::boolean, $19::text,
				$20::bytea, $21::bytea, $22::bytea, $23::bigint, $24::text, $25::bytea
			FROM found WHERE found.revision IS NULL AND found.holder IS NULL AND $26::bigint = 0`
	updateRecord = `
			UPDATE shelflife_records r SET owner = $3::bytea, revision = $4::bigint, state = $5::bytea, name = $6::bytea, title = $7::bytea,
				kind = $8::bytea, visibility = $9::bytea, creator = $10::bytea, product = $11::bytea, created_at = $12::text, updated_at = $13::text,
				request_due = $14::text, request_kind = $15::bytea, request_phase = $16::bytea, request_change_set = $17::bytea,
				request_cancelling = $18::boolean, request_recorded_at = $19::text,
				outcome_kind = $20::bytea, outcome_result = $21::bytea, outcome_change_set = $22::bytea, outcome_revision = $23::bigint,
				outcome_recorded_at = $24::text, head = $25::bytea
			FROM found WHERE r.seller = $1 AND r.id = $2 AND r.revision = $26::bigint AND found.holder IS NULL`
	rest = `
			RETURNING 1
		), put AS (
			INSERT INTO shelflife_parts (seller, id, digest, body)
			SELECT $1::text, $2::uuid, p.digest, p.body FROM saved, unnest($27::text[], $28::bytea[]) AS p (digest, body)
			ON CONFLICT (seller, id, digest) DO NOTHING
		), dropped AS (
			DELETE FROM shelflife_parts p USING saved WHERE p.seller = $1 AND p.id = $2 AND p.digest = ANY($29::text[])
		), entered AS (
			INSERT INTO shelflife_entries (seller, seq, id, revision, entry)
			SELECT $1::text, s.entries - cardinality($30::bytea[]) + e.n, $2::uuid, $26::bigint + e.n, e.entry
			FROM saved, shelflife_sellers s, unnest($30::bytea[]) WITH ORDINALITY AS e (entry, n) WHERE s.seller = $1
		)
		SELECT EXISTS (SELECT 1 FROM saved), found.revision, found.holder FROM found`

	saveNew     = found + insertRecord + rest
	saveChanged = found + updateRecord + rest
)

// argumentsOf returns the arguments of saveNew and saveChanged. It returns an error
// that matches ErrCannotKeep for what the columns cannot hold.
func argumentsOf(w lifecycle.Write) ([]any, error) {
	columns, err := columnsOf(w)
	if err != nil {
		return nil, err
	}
	if !isText(string(w.Key.Seller)) {
		return nil, fmt.Errorf("%w: the seller %q is not UTF-8, or has a NUL character", lifecycle.ErrCannotKeep, w.Key.Seller)
	}
	// One statement sees no row that it writes itself: what comes and goes at once
	// is left out.
	digests, bodies := []string{}, [][]byte{}
	for _, p := range w.Put {
		if !isText(p.Digest) {
			return nil, fmt.Errorf("%w: the digest %q is not UTF-8, or has a NUL character", lifecycle.ErrCannotKeep, p.Digest)
		}
		if !slices.Contains(w.Drop, p.Digest) {
			digests, bodies = append(digests, p.Digest), append(bodies, raw(p.Body))
		}
	}
	drop := []string{}
	for _, digest := range w.Drop {
		if isText(digest) {
			drop = append(drop, digest)
		}
	}
	entries := make([][]byte, len(w.Entries))
	for i, entry := range w.Entries {
		entries[i] = raw(entry)
	}
	return append(columns, w.Base, digests, bodies, drop, entries), nil
}

// raw returns bytes that are not NULL.
func raw[T string | []byte](s T) []byte {
	if len(s) == 0 {
		return []byte{}
	}
	return []byte(s)
}

// write takes one round trip. Outside a transaction the batch is one.
func (t tables) write(ctx context.Context, w lifecycle.Write, args []any) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	save := saveNew
	if w.Base > 0 {
		save = saveChanged
	}
	var saved bool
	var revision *int64
	var holder *[16]byte
	batch := &pgx.Batch{}
	batch.Queue(lockSeller, string(w.Key.Seller), int64(len(w.Entries)))
	batch.Queue(save, args...)
	results := t.on.SendBatch(ctx, batch)
	_, err := results.Exec()
	if err == nil {
		err = results.QueryRow().Scan(&saved, &revision, &holder)
	}
	// Closing commits. Only the first error says what happened.
	if closed := results.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return native(ctx, err)
	}
	if !saved {
		return refusal(w, revision, holder)
	}
	return nil
}

// refusal tells why nothing was written, by the revision that the record has and the
// other listing that has the product, or nil.
func refusal(w lifecycle.Write, revision *int64, holder *[16]byte) error {
	switch {
	case w.Base == 0 && revision != nil:
		return lifecycle.ErrExists
	case w.Base > 0 && revision == nil:
		return lifecycle.ErrNotFound
	case w.Base > 0 && w.Base != *revision:
		return fmt.Errorf("%w: it is at %d and not at %d: load it again", lifecycle.ErrStale, *revision, w.Base)
	case holder != nil:
		return fmt.Errorf("product %s: %w: listing %s has it", w.Summary.Product, lifecycle.ErrExists, uuid.UUID(*holder))
	}
	return errors.New("nothing was written, though nothing is in the way")
}
