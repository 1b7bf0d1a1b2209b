// Package store is a store of one's own for listings, on a database that this library
// has none for: bbolt, a file of sorted keys. Copy it to begin with yours. Its test is
// the suite that every store of the library passes.
package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"go.etcd.io/bbolt"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Store is a [lifecycle.Store] in a file of bbolt, which one process at a time can have
// open. It is safe for concurrent use. Make one with [Open].
type Store struct{ db *bbolt.DB }

var _ lifecycle.Store = (*Store)(nil)

// Open opens the file, or makes it. It returns an error when another process has it open.
func Open(file string) (*Store, error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", file, err)
	}
	return &Store{db}, nil
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// Each seller has a bucket with these in it, so that nobody sees what is another's.
var (
	heads     = []byte("heads")     // id → revision and head
	summaries = []byte("summaries") // id → summary, as encoding/gob writes it
	parts     = []byte("parts")     // id and digest → body
	entries   = []byte("entries")   // id and revision → entry
	feed      = []byte("feed")      // number → id and revision
	products  = []byte("products")  // product → id
)

// Load implements [lifecycle.Store].
func (s *Store) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	var out lifecycle.Stored
	err := s.view(ctx, key.String(), key.Seller, func(b *bbolt.Bucket) (err error) {
		out, err = load(b, key)
		return err
	})
	return out, err
}

func load(b *bbolt.Bucket, key lifecycle.Key) (lifecycle.Stored, error) {
	data := get(b, heads, key.Listing[:])
	if data == nil {
		return lifecycle.Stored{}, lifecycle.ErrNotFound
	}
	return lifecycle.Stored{Revision: int64(binary.BigEndian.Uint64(data)), Head: bytes.Clone(data[8:])}, nil
}

// Parts implements [lifecycle.Store].
func (s *Store) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := s.view(ctx, key.String(), key.Seller, func(b *bbolt.Bucket) error {
		for _, digest := range digests {
			if body := get(b, parts, join(key.Listing[:], []byte(digest))); body != nil {
				out[digest] = bytes.Clone(body)
			}
		}
		return nil
	})
	return out, err
}

// Save implements [lifecycle.Store]. bbolt lets one writer in at a time: what is looked
// up here stays so until the end of the transaction.
func (s *Store) Save(ctx context.Context, w lifecycle.Write) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%v: %w", w.Key, context.Cause(ctx))
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte(w.Key.Seller))
		if err != nil {
			return err
		}
		for _, name := range [][]byte{heads, summaries, parts, entries, feed, products} {
			if _, err := b.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return write(b, w)
	})
	if err != nil {
		return fmt.Errorf("%v: %w", w.Key, err)
	}
	return nil
}

func write(b *bbolt.Bucket, w lifecycle.Write) error {
	id := w.Key.Listing
	stored, err := load(b, w.Key)
	switch absent := errors.Is(err, lifecycle.ErrNotFound); {
	case w.Base == 0 && !absent:
		return lifecycle.ErrExists
	case w.Base > 0 && absent:
		return lifecycle.ErrNotFound
	case stored.Revision != w.Base:
		return fmt.Errorf("%w: it is at %d and not at %d: load it again", lifecycle.ErrStale, stored.Revision, w.Base)
	}
	if err := product(b, w); err != nil {
		return err
	}
	w.Summary.ID, w.Summary.Revision = id, w.Revision
	var summary bytes.Buffer
	if err := gob.NewEncoder(&summary).Encode(w.Summary); err != nil {
		return err
	}
	p := putter{bucket: b}
	p.put(heads, id[:], join(number(w.Revision), w.Head))
	p.put(summaries, id[:], summary.Bytes())
	for _, each := range w.Put {
		if at := join(id[:], []byte(each.Digest)); get(b, parts, at) == nil {
			p.put(parts, at, each.Body)
		}
	}
	for _, digest := range w.Drop {
		p.delete(parts, join(id[:], []byte(digest)))
	}
	for i, entry := range w.Entries {
		at := join(id[:], number(w.Base+int64(i)+1))
		seq, err := b.Bucket(feed).NextSequence()
		if err != nil {
			return err
		}
		p.put(entries, at, entry)
		p.put(feed, number(int64(seq)), at)
	}
	return p.err
}

// decoded reads a summary. Its texts may be any, which its JSON does not allow.
func decoded(data []byte) (s lifecycle.Summary, err error) {
	err = gob.NewDecoder(bytes.NewReader(data)).Decode(&s)
	return s, err
}

// product makes the product the listing's, unless another listing has it.
func product(b *bbolt.Bucket, w lifecycle.Write) error {
	id, p := w.Key.Listing, putter{bucket: b}
	var before lifecycle.Summary
	if data := get(b, summaries, id[:]); data != nil {
		var err error
		if before, err = decoded(data); err != nil {
			return err
		}
	}
	if w.Summary.Product == before.Product {
		return nil
	}
	if before.Product != "" {
		p.delete(products, []byte(before.Product))
	}
	if w.Summary.Product != "" {
		if other := get(b, products, []byte(w.Summary.Product)); other != nil {
			return fmt.Errorf("product %s: %w: listing %s has it", w.Summary.Product, lifecycle.ErrExists, uuid.UUID(other))
		}
		p.put(products, []byte(w.Summary.Product), id[:])
	}
	return p.err
}

// Journal implements [lifecycle.Store].
func (s *Store) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	out := [][]byte{}
	err := s.view(ctx, key.String(), key.Seller, func(b *bbolt.Bucket) error {
		if _, err := load(b, key); err != nil {
			return err
		}
		if limit < 1 {
			return fmt.Errorf("limit is %d: give at least 1", limit)
		}
		c := b.Bucket(entries).Cursor()
		for k, v := c.Seek(join(key.Listing[:], number(max(after, 0)+1))); bytes.HasPrefix(k, key.Listing[:]) && len(out) < limit; k, v = c.Next() {
			out = append(out, bytes.Clone(v))
		}
		return nil
	})
	return out, err
}

// List implements [lifecycle.Store]. It looks at the summaries of all listings of the
// seller behind q.After; a store for many listings keeps indexes.
func (s *Store) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	out := []lifecycle.Summary{}
	err := s.page(ctx, q.Seller, q.Limit, func(b *bbolt.Bucket) error {
		c := b.Bucket(summaries).Cursor()
		for k, v := c.Seek(q.After[:]); k != nil && len(out) < q.Limit; k, v = c.Next() {
			each, err := decoded(v)
			if err != nil {
				out = append(out, lifecycle.Summary{ID: uuid.UUID(k)}) // damaged: its id alone
			} else if q.Matches(each) {
				out = append(out, each)
			}
		}
		return nil
	})
	return out, err
}

// Feed implements [lifecycle.Store].
func (s *Store) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	out := []lifecycle.StoredEntry{}
	err := s.page(ctx, seller, limit, func(b *bbolt.Bucket) error {
		start := int64(0)
		if after != "" {
			var err error
			if start, err = strconv.ParseInt(string(after), 10, 64); err != nil || start < 0 {
				return fmt.Errorf("%.100q: %w", string(after), lifecycle.ErrCursor)
			}
		}
		c := b.Bucket(feed).Cursor()
		for k, v := c.Seek(number(start + 1)); k != nil && len(out) < limit; k, v = c.Next() {
			out = append(out, lifecycle.StoredEntry{
				Cursor:  lifecycle.Cursor(fmt.Sprint(binary.BigEndian.Uint64(k))),
				Listing: uuid.UUID(v[:16]), Revision: int64(binary.BigEndian.Uint64(v[16:])),
				Entry: bytes.Clone(get(b, entries, v)),
			})
		}
		return nil
	})
	return out, err
}

// FeedEnd implements [lifecycle.Store].
func (s *Store) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	var end uint64
	err := s.view(ctx, "feed of "+string(seller), seller, func(b *bbolt.Bucket) error {
		if b != nil {
			end = b.Bucket(feed).Sequence()
		}
		return nil
	})
	return lifecycle.Cursor(fmt.Sprint(end)), err
}

// view reads the bucket of the seller, in one transaction. Errors say what they are about.
func (s *Store) view(ctx context.Context, what string, seller listing.AccountID, read func(*bbolt.Bucket) error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	err := s.db.View(func(tx *bbolt.Tx) error { return read(tx.Bucket([]byte(seller))) })
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// page reads the bucket of the seller, if there is one and the limit makes sense.
func (s *Store) page(ctx context.Context, seller listing.AccountID, limit int, read func(*bbolt.Bucket) error) error {
	return s.view(ctx, "listings of "+string(seller), seller, func(b *bbolt.Bucket) error {
		if limit < 1 {
			return fmt.Errorf("limit is %d: give at least 1", limit)
		}
		if b == nil {
			return nil
		}
		return read(b)
	})
}

// get returns the value of the key, nil if there is none. It belongs to the transaction.
func get(b *bbolt.Bucket, name, key []byte) []byte {
	if b == nil {
		return nil
	}
	return b.Bucket(name).Get(key)
}

// putter writes until something fails.
type putter struct {
	bucket *bbolt.Bucket
	err    error
}

func (p *putter) put(name, key, value []byte) {
	if p.err == nil {
		p.err = p.bucket.Bucket(name).Put(key, value)
	}
}

func (p *putter) delete(name, key []byte) {
	if p.err == nil {
		p.err = p.bucket.Bucket(name).Delete(key)
	}
}

// number returns n so that it sorts as numbers do.
func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func join(a, b []byte) []byte { return append(bytes.Clone(a), b...) }
