// Package memstore keeps records in memory: for tests, for trying things out,
// and for programs whose listings need not outlive them.
//
//	manager, err := lifecycle.New(seller, memstore.New(), market)
//
// A [Store] behaves as the stores on disk do, errors included: it passes the
// suite in package storetest. What it keeps is gone with the process, and
// other processes see none of it.
package memstore

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Store is a [lifecycle.Store] in memory. It is safe for concurrent use. Make
// one with [New]; the zero value cannot be used.
type Store struct {
	mu       sync.RWMutex
	shelf    map[lifecycle.Key]*kept
	products map[productKey]uuid.UUID
	feeds    map[listing.AccountID][]feedEntry
}

// productKey names a product of a seller.
type productKey struct {
	seller listing.AccountID
	id     string
}

// kept is a record with its journal.
type kept struct {
	revision int64
	summary  lifecycle.Summary
	head     []byte
	parts    map[string][]byte
	journal  [][]byte
}

type feedEntry struct {
	listing  uuid.UUID
	revision int64
	entry    []byte
}

var _ lifecycle.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{
		shelf:    map[lifecycle.Key]*kept{},
		products: map[productKey]uuid.UUID{},
		feeds:    map[listing.AccountID][]feedEntry{},
	}
}

// Load implements [lifecycle.Store].
func (s *Store) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	k, err := s.find(ctx, key)
	if err != nil {
		return lifecycle.Stored{}, err
	}
	return lifecycle.Stored{Revision: k.revision, Head: slices.Clone(k.head)}, nil
}

// Parts implements [lifecycle.Store].
func (s *Store) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	if ctx.Err() != nil {
		return nil, about(key, context.Cause(ctx))
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	parts := map[string][]byte{}
	if k, found := s.shelf[key]; found {
		for _, digest := range digests {
			if body, has := k.parts[digest]; has {
				parts[digest] = slices.Clone(body)
			}
		}
	}
	return parts, nil
}

// Save implements [lifecycle.Store].
func (s *Store) Save(ctx context.Context, w lifecycle.Write) error {
	if ctx.Err() != nil {
		return about(w.Key, context.Cause(ctx))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k, found := s.shelf[w.Key]
	switch {
	case w.Base == 0 && found:
		return about(w.Key, lifecycle.ErrExists)
	case w.Base > 0 && !found:
		return about(w.Key, lifecycle.ErrNotFound)
	case found && k.revision != w.Base:
		return about(w.Key, fmt.Errorf("%w: it is at %d and not at %d: load it again", lifecycle.ErrStale, k.revision, w.Base))
	}
	product := productKey{w.Key.Seller, w.Summary.Product}
	if other, taken := s.products[product]; taken && other != w.Key.Listing {
		return about(w.Key, fmt.Errorf("product %s: %w: listing %s has it", product.id, lifecycle.ErrExists, other))
	}
	if !found {
		k = &kept{parts: map[string][]byte{}}
		s.shelf[w.Key] = k
	}
	delete(s.products, productKey{w.Key.Seller, k.summary.Product})
	if product.id != "" {
		s.products[product] = w.Key.Listing
	}
	k.revision, k.summary, k.head = w.Revision, own(w.Summary), slices.Clone(w.Head)
	k.summary.ID, k.summary.Revision = w.Key.Listing, w.Revision
	for _, p := range w.Put {
		if _, has := k.parts[p.Digest]; !has {
			k.parts[p.Digest] = slices.Clone(p.Body)
		}
	}
	for _, digest := range w.Drop {
		delete(k.parts, digest)
	}
	for i, entry := range w.Entries {
		entry = slices.Clone(entry)
		k.journal = append(k.journal, entry)
		s.feeds[w.Key.Seller] = append(s.feeds[w.Key.Seller], feedEntry{w.Key.Listing, w.Base + int64(i) + 1, entry})
	}
	return nil
}

// Journal implements [lifecycle.Store].
func (s *Store) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	if limit < 1 {
		return nil, about(key, fmt.Errorf("limit is %d: give at least 1", limit))
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k, err := s.find(ctx, key)
	if err != nil {
		return nil, err
	}
	page := k.journal[min(max(after, 0), int64(len(k.journal))):]
	entries := make([][]byte, min(limit, len(page)))
	for i := range entries {
		entries[i] = slices.Clone(page[i])
	}
	return entries, nil
}

// List implements [lifecycle.Store]. It looks at every record of the store.
func (s *Store) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	if err := askable(ctx, q.Seller, q.Limit); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := []lifecycle.Summary{}
	for key, k := range s.shelf {
		if key.Seller == q.Seller && q.Matches(k.summary) {
			all = append(all, own(k.summary))
		}
	}
	slices.SortFunc(all, func(a, b lifecycle.Summary) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return all[:min(q.Limit, len(all))], nil
}

// Feed implements [lifecycle.Store].
func (s *Store) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	if err := askable(ctx, seller, limit); err != nil {
		return nil, err
	}
	start := 0
	if after != "" {
		var err error
		if start, err = strconv.Atoi(string(after)); err != nil || start < 0 {
			return nil, fmt.Errorf("feed of %s: %.100q: %w", seller, string(after), lifecycle.ErrCursor)
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	feed := s.feeds[seller]
	entries := []lifecycle.StoredEntry{}
	for i := start; i < len(feed) && len(entries) < limit; i++ {
		entries = append(entries, lifecycle.StoredEntry{
			Cursor: lifecycle.Cursor(strconv.Itoa(i + 1)), Listing: feed[i].listing, Revision: feed[i].revision, Entry: slices.Clone(feed[i].entry),
		})
	}
	return entries, nil
}

// FeedEnd implements [lifecycle.Store].
func (s *Store) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	if ctx.Err() != nil {
		return "", fmt.Errorf("feed of %s: %w", seller, context.Cause(ctx))
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return lifecycle.Cursor(strconv.Itoa(len(s.feeds[seller]))), nil
}

func (s *Store) find(ctx context.Context, key lifecycle.Key) (*kept, error) {
	if ctx.Err() != nil {
		return nil, about(key, context.Cause(ctx))
	}
	k, found := s.shelf[key]
	if !found {
		return nil, about(key, lifecycle.ErrNotFound)
	}
	return k, nil
}

func askable(ctx context.Context, seller listing.AccountID, limit int) error {
	if limit < 1 {
		return fmt.Errorf("listings of %s: limit is %d: give at least 1", seller, limit)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("listings of %s: %w", seller, context.Cause(ctx))
	}
	return nil
}

func own(s lifecycle.Summary) lifecycle.Summary {
	if s.Request != nil {
		request := *s.Request
		s.Request = &request
	}
	if s.Unsuccessful != nil {
		outcome := *s.Unsuccessful
		s.Unsuccessful = &outcome
	}
	return s
}

func about(key lifecycle.Key, err error) error { return fmt.Errorf("%v: %w", key, err) }
