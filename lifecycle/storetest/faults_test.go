package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// fault is a store that breaks the contract in one way, and the cases that
// must notice.
type fault struct {
	name     string
	store    func(lifecycle.Store) lifecycle.Store
	caughtBy []string
}

// faults are sorted by the part of the contract that they break.
var faults = slices.Concat(saveFaults, productFaults, bytesFaults, partFaults, journalFaults, listFaults, filterFaults, summaryFaults,
	feedFaults, poisonFaults, contextFaults, concurrencyFaults, wholeFaults)

// broken is a store with some of its methods replaced.
type broken struct {
	lifecycle.Store
	load    func(context.Context, lifecycle.Key) (lifecycle.Stored, error)
	parts   func(context.Context, lifecycle.Key, []string) (map[string][]byte, error)
	save    func(context.Context, lifecycle.Write) error
	journal func(context.Context, lifecycle.Key, int64, int) ([][]byte, error)
	list    func(context.Context, lifecycle.Query) ([]lifecycle.Summary, error)
	feed    func(context.Context, listing.AccountID, lifecycle.Cursor, int) ([]lifecycle.StoredEntry, error)
	feedEnd func(context.Context, listing.AccountID) (lifecycle.Cursor, error)
}

func (b broken) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	if b.load != nil {
		return b.load(ctx, key)
	}
	return b.Store.Load(ctx, key)
}

func (b broken) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	if b.parts != nil {
		return b.parts(ctx, key, digests)
	}
	return b.Store.Parts(ctx, key, digests)
}

func (b broken) Save(ctx context.Context, w lifecycle.Write) error {
	if b.save != nil {
		return b.save(ctx, w)
	}
	return b.Store.Save(ctx, w)
}

func (b broken) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	if b.journal != nil {
		return b.journal(ctx, key, after, limit)
	}
	return b.Store.Journal(ctx, key, after, limit)
}

func (b broken) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	if b.list != nil {
		return b.list(ctx, q)
	}
	return b.Store.List(ctx, q)
}

func (b broken) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	if b.feed != nil {
		return b.feed(ctx, seller, after, limit)
	}
	return b.Store.Feed(ctx, seller, after, limit)
}

func (b broken) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	if b.feedEnd != nil {
		return b.feedEnd(ctx, seller)
	}
	return b.Store.FeedEnd(ctx, seller)
}

// answers replaces one answer of Save by another.
func answers(instead map[error]error) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			err := s.Save(ctx, w)
			for answer, other := range instead {
				if errors.Is(err, answer) {
					return fmt.Errorf("%v: %w", w.Key, other)
				}
			}
			return err
		}}
	}
}

// keeps alters what is kept of a Write.
func keeps(alter func(*lifecycle.Write)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			w.Put, w.Drop, w.Entries = slices.Clone(w.Put), slices.Clone(w.Drop), slices.Clone(w.Entries)
			if q := w.Summary.Request; q != nil {
				request := *q
				w.Summary.Request = &request
			}
			if o := w.Summary.Unsuccessful; o != nil {
				outcome := *o
				w.Summary.Unsuccessful = &outcome
			}
			alter(&w)
			return s.Save(ctx, w)
		}}
	}
}

// loads alters what Load returns.
func loads(alter func(key lifecycle.Key, stored *lifecycle.Stored)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
			stored, err := s.Load(ctx, key)
			if err == nil {
				alter(key, &stored)
			}
			return stored, err
		}}
	}
}

// bodies alters what Parts returns.
func bodies(alter func(key lifecycle.Key, parts map[string][]byte)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, parts: func(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
			parts, err := s.Parts(ctx, key, digests)
			alter(key, parts)
			return parts, err
		}}
	}
}

// asks alters the query of List.
func asks(alter func(*lifecycle.Query)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			alter(&q)
			return s.List(ctx, q)
		}}
	}
}

// lists alters what List returns of all that the seller has.
func lists(alter func(q lifecycle.Query, all []lifecycle.Summary) []lifecycle.Summary) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			all, err := s.List(ctx, lifecycle.Query{Seller: q.Seller, Limit: math.MaxInt})
			return alter(q, all), err
		}}
	}
}

type (
	journalQuestion func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error)
	feedQuestion    func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error)
)

// reads alters the question to Journal.
func reads(ask journalQuestion) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, journal: func(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
			return ask(s, ctx, key, after, limit)
		}}
	}
}

// feeds alters the question to Feed.
func feeds(ask feedQuestion) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, feed: func(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
			return ask(s, ctx, seller, after, limit)
		}}
	}
}

var errSomething = errors.New("something went wrong")

func nothing(lifecycle.Store) lifecycle.Store {
	return broken{
		load: func(context.Context, lifecycle.Key) (lifecycle.Stored, error) { return lifecycle.Stored{}, nil },
		parts: func(context.Context, lifecycle.Key, []string) (map[string][]byte, error) {
			return map[string][]byte{}, nil
		},
		save:    func(context.Context, lifecycle.Write) error { return nil },
		journal: func(context.Context, lifecycle.Key, int64, int) ([][]byte, error) { return [][]byte{}, nil },
		list: func(context.Context, lifecycle.Query) ([]lifecycle.Summary, error) {
			return []lifecycle.Summary{}, nil
		},
		feed: func(context.Context, listing.AccountID, lifecycle.Cursor, int) ([]lifecycle.StoredEntry, error) {
			return []lifecycle.StoredEntry{}, nil
		},
		feedEnd: func(context.Context, listing.AccountID) (lifecycle.Cursor, error) { return "", nil },
	}
}

// unchecked is a store in memory that can be told to forget its manners. It shares
// everything with its callers.
type unchecked struct {
	mu    sync.Mutex
	last  map[lifecycle.Key]lifecycle.Write
	parts map[lifecycle.Key]map[string][]byte
	fed   map[listing.AccountID][]lifecycle.StoredEntry
	check func(there bool, revision, base int64) error
	// meet, unless nil, is passed between looking and writing, without a lock.
	meet func(w lifecycle.Write)
}

func newUnchecked(check func(there bool, revision, base int64) error) *unchecked {
	return &unchecked{
		last: map[lifecycle.Key]lifecycle.Write{}, parts: map[lifecycle.Key]map[string][]byte{},
		fed: map[listing.AccountID][]lifecycle.StoredEntry{}, check: check,
	}
}

func checked(there bool, revision, base int64) error {
	switch {
	case base == 0 && there:
		return lifecycle.ErrExists
	case base > 0 && !there:
		return lifecycle.ErrNotFound
	case revision != base:
		return lifecycle.ErrStale
	}
	return nil
}

func (u *unchecked) Load(_ context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	w, found := u.last[key]
	if !found {
		return lifecycle.Stored{}, fmt.Errorf("%v: %w", key, lifecycle.ErrNotFound)
	}
	return lifecycle.Stored{Revision: w.Revision, Head: w.Head}, nil
}

func (u *unchecked) Parts(_ context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	parts := map[string][]byte{}
	for _, digest := range digests {
		if body, has := u.parts[key][digest]; has {
			parts[digest] = body
		}
	}
	return parts, nil
}

func (u *unchecked) Save(_ context.Context, w lifecycle.Write) error {
	u.mu.Lock()
	r, found := u.last[w.Key]
	taken := false
	for key, other := range u.last {
		taken = taken || key.Seller == w.Key.Seller && key != w.Key && w.Summary.Product != "" && other.Summary.Product == w.Summary.Product
	}
	u.mu.Unlock()
	if err := u.check(found, r.Revision, w.Base); err != nil {
		return fmt.Errorf("%v: %w", w.Key, err)
	}
	if taken {
		return fmt.Errorf("%v: %w", w.Key, lifecycle.ErrExists)
	}
	if u.meet != nil {
		u.meet(w)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.put(w)
	return nil
}

// put writes without looking.
func (u *unchecked) put(w lifecycle.Write) {
	u.last[w.Key] = w
	if u.parts[w.Key] == nil {
		u.parts[w.Key] = map[string][]byte{}
	}
	for _, p := range w.Put {
		u.parts[w.Key][p.Digest] = p.Body
	}
	for _, digest := range w.Drop {
		delete(u.parts[w.Key], digest)
	}
	u.feedOf(w)
}

func (u *unchecked) feedOf(w lifecycle.Write) {
	for i, e := range w.Entries {
		all := u.fed[w.Key.Seller]
		u.fed[w.Key.Seller] = append(all, lifecycle.StoredEntry{Cursor: lifecycle.Cursor(fmt.Sprint(len(all) + 1)), Listing: w.Key.Listing, Revision: w.Base + int64(i) + 1, Entry: e})
	}
}

func (u *unchecked) Journal(_ context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, found := u.last[key]; !found {
		return nil, fmt.Errorf("%v: %w", key, lifecycle.ErrNotFound)
	}
	page := [][]byte{}
	revision := int64(0)
	for _, e := range u.fed[key.Seller] {
		if e.Listing == key.Listing {
			if revision++; revision > after && len(page) < limit {
				page = append(page, e.Entry)
			}
		}
	}
	return page, nil
}

func (u *unchecked) List(_ context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	page := []lifecycle.Summary{}
	for key, w := range u.last {
		if key.Seller == q.Seller && len(page) < q.Limit && q.Matches(w.Summary) {
			page = append(page, w.Summary)
		}
	}
	return page, nil
}

func (u *unchecked) Feed(_ context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	start := 0
	_, _ = fmt.Sscan(string(after), &start)
	page := u.fed[seller][min(start, len(u.fed[seller])):]
	return slices.Clone(page[:min(limit, len(page))]), nil
}

func (u *unchecked) FeedEnd(_ context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return lifecycle.Cursor(fmt.Sprint(len(u.fed[seller]))), nil
}

// twoAtOnce is a store whose first two Saves that suit have both looked before
// either writes.
func twoAtOnce(suits func(w lifecycle.Write) bool) func(lifecycle.Store) lifecycle.Store {
	return func(lifecycle.Store) lifecycle.Store {
		u := newUnchecked(checked)
		var once sync.Once
		first, second := make(chan struct{}, 1), make(chan struct{})
		first <- struct{}{}
		u.meet = func(w lifecycle.Write) {
			if !suits(w) {
				return
			}
			select {
			case <-first:
				<-second
			default:
				once.Do(func() { close(second) })
			}
		}
		return u
	}
}
