package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// understands reports whether bytes look like what this release writes.
func understands(data []byte) bool {
	for _, text := range unreadable {
		if bytes.Equal(data, []byte(text)) {
			return false
		}
	}
	return true
}

func revisionOf(data []byte) int64 {
	var of struct{ Revision int64 }
	_ = json.Unmarshal(data, &of)
	return of.Revision
}

var poisonFaults = []fault{
	{"reads heads for a list", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			all, err := s.List(ctx, q)
			for _, each := range all {
				stored, loadErr := s.Load(ctx, lifecycle.Key{Seller: q.Seller, Listing: each.ID})
				if loadErr == nil && !understands(stored.Head) {
					return nil, fmt.Errorf("listing %s: %w", each.ID, lifecycle.ErrUnreadable)
				}
			}
			return all, err
		}}
	}, []string{"a head that cannot be read harms no other listing"}},
	{"takes parts that it cannot read for absent", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, parts: func(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
			parts, err := s.Parts(ctx, key, digests)
			for _, body := range parts {
				if !understands(body) {
					return nil, fmt.Errorf("%v: %w", key, lifecycle.ErrNotFound)
				}
			}
			return parts, err
		}}
	}, []string{"a part that cannot be read harms no other listing"}},
	{"takes only heads that it understands", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			var head struct{ Format int }
			if err := json.Unmarshal(w.Head, &head); err != nil || head.Format != 1 {
				return fmt.Errorf("%v: %w", w.Key, errSomething)
			}
			return s.Save(ctx, w)
		}}
	}, []string{"a head that cannot be read harms no other listing"}},
	{"takes the revision from the head", loads(func(_ lifecycle.Key, stored *lifecycle.Stored) { stored.Revision = revisionOf(stored.Head) }),
		[]string{"a head that is not that of its row harms no other listing"}},
	{"takes the revision from the entry", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		for i := range all {
			all[i].Revision = revisionOf(all[i].Entry)
		}
		return all, err
	}), []string{"an entry that cannot be read harms no other"}},
	{"takes the seller of a summary from the key", lists(func(q lifecycle.Query, all []lifecycle.Summary) []lifecycle.Summary {
		for i := range all {
			all[i].Seller = q.Seller
		}
		return all
	}), []string{"a row that was copied from another seller is not taken"}},
	{"leaves out entries that it cannot read", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		var readable []lifecycle.StoredEntry
		for _, e := range all {
			if understands(e.Entry) {
				readable = append(readable, e)
			}
		}
		return readable, err
	}), []string{"an entry that cannot be read harms no other"}},
	{"ends a feed at an entry that it cannot read", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		for _, e := range all {
			if !understands(e.Entry) {
				return nil, errSomething
			}
		}
		return all, err
	}), []string{"an entry that cannot be read harms no other"}},
}

var contextFaults = []fault{
	{"does not look at the context", func(s lifecycle.Store) lifecycle.Store {
		return broken{
			load: func(_ context.Context, key lifecycle.Key) (lifecycle.Stored, error) { return s.Load(background, key) },
			parts: func(_ context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
				return s.Parts(background, key, digests)
			},
			save: func(_ context.Context, w lifecycle.Write) error { return s.Save(background, w) },
			journal: func(_ context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
				return s.Journal(background, key, after, limit)
			},
			list: func(_ context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) { return s.List(background, q) },
			feed: func(_ context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
				return s.Feed(background, seller, after, limit)
			},
			feedEnd: func(_ context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
				return s.FeedEnd(background, seller)
			},
		}
	}, []string{"a cancelled context does nothing", "a deadline that has passed does nothing"}},
	{"feeds without looking at the context", feeds(func(s lifecycle.Store, _ context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		return s.Feed(background, seller, after, limit)
	}), []string{"a cancelled context does nothing"}},
	{"writes before it looks at the context", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			return errors.Join(s.Save(background, w), ctx.Err())
		}}
	}, []string{"a cancelled context does nothing", "a deadline that has passed does nothing"}},
	{"calls a deadline a cancellation", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			if ctx.Err() != nil {
				return context.Canceled
			}
			return s.Save(ctx, w)
		}}
	}, []string{"a deadline that has passed does nothing"}},
}

var concurrencyFaults = []fault{
	{"looks, and writes later", twoAtOnce(func(w lifecycle.Write) bool { return w.Base > 0 }), []string{"one of many saves on one revision wins", "two managers lose nothing of each other's"}},
	{"looks for the product, and writes later", twoAtOnce(func(w lifecycle.Write) bool { return w.Summary.Product != "" }), []string{"one of many listings gets a product"}},
	{"shows the record before its journal", func(lifecycle.Store) lifecycle.Store {
		u := newUnchecked(checked)
		return broken{Store: u, journal: func(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
			entries, err := u.Journal(ctx, key, after, limit)
			return entries[:max(len(entries)-1, 0)], err
		}}
	}, []string{"readers see a Save whole"}},
	{"reads the head and the parts of two Saves", func(lifecycle.Store) lifecycle.Store {
		u := newUnchecked(checked)
		before := map[lifecycle.Key][]byte{}
		var mu sync.Mutex
		return broken{Store: u, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
			stored, err := u.Load(ctx, key)
			mu.Lock()
			defer mu.Unlock()
			if head, known := before[key]; known && err == nil {
				stored.Head, before[key] = head, stored.Head
			} else {
				before[key] = stored.Head
			}
			return stored, err
		}}
	}, []string{"readers see a Save whole"}},
	{"mixes listings up", func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		var last lifecycle.Key
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			mu.Lock()
			defer mu.Unlock()
			last = w.Key
			return s.Save(ctx, w)
		}, load: func(ctx context.Context, _ lifecycle.Key) (lifecycle.Stored, error) {
			mu.Lock()
			defer mu.Unlock()
			return s.Load(ctx, last)
		}}
	}, []string{"listings do not get in each other's way"}},
}

var wholeFaults = []fault{
	{"takes the clock for the order of Saves", func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		latest := map[lifecycle.Key]time.Time{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			mu.Lock()
			defer mu.Unlock()
			if w.Summary.UpdatedAt.Before(latest[w.Key]) {
				return fmt.Errorf("%v: %w", w.Key, lifecycle.ErrStale)
			}
			latest[w.Key] = w.Summary.UpdatedAt
			return s.Save(ctx, w)
		}}
	}, []string{"a clock that runs backwards does no harm"}},
	{"shows another state in lists", keeps(func(w *lifecycle.Write) {
		if w.Summary.State == lifecycle.Live {
			w.Summary.State = lifecycle.TestProduct
		}
	}), []string{"a listing lives its whole life"}},
	{"says that a Save was stale though it took effect", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			return errors.Join(s.Save(ctx, w), fmt.Errorf("%v: %w", w.Key, lifecycle.ErrStale))
		}}
	}, []string{"a listing lives its whole life"}},
}
