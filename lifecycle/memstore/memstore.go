// Package memstore keeps records in memory: for tests, for trying things out,
// and for programs whose listings need not outlive them.
//
//	manager, err := lifecycle.New(seller, memstore.New(), market)
//
// A [Store] behaves as the stores on disk do, errors included: it passes the
// suite in package storetest. What it keeps is gone with the process, and
// other processes see none of it. Every record and journal entry is kept
// encoded, so that memory grows with the length of the journals.
package memstore

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Store is a [lifecycle.Store] in memory. It is safe for concurrent use. Make
// one with [New]; the zero value cannot be used.
type Store struct {
	mu    sync.RWMutex
	shelf map[lifecycle.Key]kept
}

// kept is a record with its journal. The bytes are never changed in place, so
// that readers may decode them without the lock.
type kept struct {
	revision int64
	inFlight bool
	record   []byte
	journal  [][]byte
}

var _ lifecycle.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store { return &Store{shelf: map[lifecycle.Key]kept{}} }

// Load implements [lifecycle.Store].
func (s *Store) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
	k, err := s.find(ctx, key)
	if err != nil {
		return lifecycle.Record{}, err
	}
	return decodeRecord(key, k.record)
}

// Save implements [lifecycle.Store]. A record or an entry of more than
// [document.MaxSize] bytes is refused, since it could not be read again.
func (s *Store) Save(ctx context.Context, next lifecycle.Record, appended []lifecycle.Entry) error {
	if ctx.Err() != nil {
		return about(next.Key(), context.Cause(ctx))
	}
	saving, err := lifecycle.EncodeSave(next, appended)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k, found := s.shelf[saving.Key]
	switch {
	case saving.Base == 0 && found:
		return about(saving.Key, lifecycle.ErrExists)
	case saving.Base > 0 && !found:
		return about(saving.Key, lifecycle.ErrNotFound)
	case k.revision != saving.Base:
		return about(saving.Key, fmt.Errorf("%w: it is at %d and not at %d: load it again", lifecycle.ErrStale, k.revision, saving.Base))
	}
	s.shelf[saving.Key] = kept{
		revision: saving.Revision,
		inFlight: saving.InFlight,
		record:   saving.Record,
		journal:  append(k.journal, saving.Entries...),
	}
	return nil
}

// Journal implements [lifecycle.Store].
func (s *Store) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
	if limit < 1 {
		return nil, about(key, fmt.Errorf("limit is %d: give at least 1", limit))
	}
	k, err := s.find(ctx, key)
	if err != nil {
		return nil, err
	}
	page := k.journal[min(max(after, 0), int64(len(k.journal))):]
	page = page[:min(limit, len(page))]
	entries := make([]lifecycle.Entry, len(page))
	for i, data := range page {
		if entries[i], err = lifecycle.DecodeEntry(data); err != nil {
			return nil, about(key, err)
		}
	}
	return entries, nil
}

// List implements [lifecycle.Store]. It looks at every record of the store.
func (s *Store) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
	if q.Limit < 1 {
		return nil, fmt.Errorf("listings of %s: limit is %d: give at least 1", q.Seller, q.Limit)
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("listings of %s: %w", q.Seller, context.Cause(ctx))
	}
	type row struct {
		key    lifecycle.Key
		record []byte
	}
	var rows []row
	s.mu.RLock()
	for key, k := range s.shelf {
		if key.Seller == q.Seller && bytes.Compare(key.Listing[:], q.After[:]) > 0 && (k.inFlight || !q.InFlight) {
			rows = append(rows, row{key, k.record})
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(rows, func(a, b row) int { return bytes.Compare(a.key.Listing[:], b.key.Listing[:]) })
	rows = rows[:min(q.Limit, len(rows))]
	records := make([]lifecycle.Record, len(rows))
	for i, r := range rows {
		var err error
		if records[i], err = decodeRecord(r.key, r.record); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func (s *Store) find(ctx context.Context, key lifecycle.Key) (kept, error) {
	if ctx.Err() != nil {
		return kept{}, about(key, context.Cause(ctx))
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k, found := s.shelf[key]
	if !found {
		return kept{}, about(key, lifecycle.ErrNotFound)
	}
	return k, nil
}

func decodeRecord(key lifecycle.Key, data []byte) (lifecycle.Record, error) {
	r, err := lifecycle.DecodeRecord(data)
	if err != nil {
		return lifecycle.Record{}, about(key, err)
	}
	return r, nil
}

func about(key lifecycle.Key, err error) error {
	return fmt.Errorf("%v: %w", key, err)
}
