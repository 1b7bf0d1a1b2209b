// Package memstore keeps records in memory: for tests, and for programs whose
// listings need not outlive them. It passes the suite in package storetest.
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
// one with [New].
type Store struct {
	mu    sync.RWMutex
	shelf map[lifecycle.Key]*kept
}

// kept is a record and its journal, encoded, so that nothing is shared with
// callers.
type kept struct {
	revision int64
	inFlight bool
	record   []byte
	journal  [][]byte
}

var _ lifecycle.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store { return &Store{shelf: map[lifecycle.Key]*kept{}} }

// Load implements [lifecycle.Store].
func (s *Store) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
	if ctx.Err() != nil {
		return lifecycle.Record{}, context.Cause(ctx)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k, found := s.shelf[key]
	if !found {
		return lifecycle.Record{}, fmt.Errorf("listing %s of %s: %w", key.Listing, key.Seller, lifecycle.ErrNotFound)
	}
	return lifecycle.DecodeRecord(k.record)
}

// Save implements [lifecycle.Store].
func (s *Store) Save(ctx context.Context, next lifecycle.Record, appended []lifecycle.Entry) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	record, err := lifecycle.EncodeRecord(next)
	if err != nil {
		return err
	}
	base := next.Revision - int64(len(appended))
	journal := make([][]byte, len(appended))
	for i, e := range appended {
		if e.Revision != base+int64(i)+1 {
			return fmt.Errorf("listing %s: entry %d where %d belongs", next.ID, e.Revision, base+int64(i)+1)
		}
		if journal[i], err = lifecycle.EncodeEntry(e); err != nil {
			return err
		}
	}
	if len(appended) == 0 || base < 0 {
		return fmt.Errorf("listing %s: %d entries do not lead to revision %d", next.ID, len(appended), next.Revision)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k, found := s.shelf[next.Key()]
	switch {
	case base == 0 && found:
		return fmt.Errorf("listing %s: %w", next.ID, lifecycle.ErrExists)
	case base > 0 && !found:
		return fmt.Errorf("listing %s: %w", next.ID, lifecycle.ErrNotFound)
	case found && k.revision != base:
		return fmt.Errorf("listing %s: %w: it is at %d, not %d", next.ID, lifecycle.ErrStale, k.revision, base)
	case !found:
		k = &kept{}
		s.shelf[next.Key()] = k
	}
	k.revision, k.inFlight, k.record = next.Revision, next.Request != nil, record
	k.journal = append(k.journal, journal...)
	return nil
}

// Journal implements [lifecycle.Store].
func (s *Store) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if limit < 1 {
		return nil, fmt.Errorf("listing %s: limit %d: give at least 1", key.Listing, limit)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k, found := s.shelf[key]
	if !found {
		return nil, fmt.Errorf("listing %s of %s: %w", key.Listing, key.Seller, lifecycle.ErrNotFound)
	}
	first := min(max(after, 0), int64(len(k.journal)))
	page := k.journal[first:min(first+int64(limit), int64(len(k.journal)))]
	entries := make([]lifecycle.Entry, len(page))
	for i, data := range page {
		var err error
		if entries[i], err = lifecycle.DecodeEntry(data); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// List implements [lifecycle.Store].
func (s *Store) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if q.Limit < 1 {
		return nil, fmt.Errorf("list of %s: limit %d: give at least 1", q.Seller, q.Limit)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var keys []lifecycle.Key
	for key, k := range s.shelf {
		if key.Seller == q.Seller && bytes.Compare(key.Listing[:], q.After[:]) > 0 && (k.inFlight || !q.InFlight) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b lifecycle.Key) int { return bytes.Compare(a.Listing[:], b.Listing[:]) })
	records := make([]lifecycle.Record, 0, min(len(keys), q.Limit))
	for _, key := range keys[:min(len(keys), q.Limit)] {
		r, err := lifecycle.DecodeRecord(s.shelf[key].record)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}
