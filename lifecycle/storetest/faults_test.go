package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

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

// broken is a store with some of its methods replaced.
type broken struct {
	lifecycle.Store
	load    func(context.Context, lifecycle.Key) (lifecycle.Record, error)
	save    func(context.Context, lifecycle.Record, []lifecycle.Entry) error
	journal func(context.Context, lifecycle.Key, int64, int) ([]lifecycle.Entry, error)
	list    func(context.Context, lifecycle.Query) ([]lifecycle.Record, error)
}

func (b broken) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
	if b.load != nil {
		return b.load(ctx, key)
	}
	return b.Store.Load(ctx, key)
}

func (b broken) Save(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
	if b.save != nil {
		return b.save(ctx, next, entries)
	}
	return b.Store.Save(ctx, next, entries)
}

func (b broken) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
	if b.journal != nil {
		return b.journal(ctx, key, after, limit)
	}
	return b.Store.Journal(ctx, key, after, limit)
}

func (b broken) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
	if b.list != nil {
		return b.list(ctx, q)
	}
	return b.Store.List(ctx, q)
}

// answers replaces one answer of Save by another.
func answers(instead map[error]error) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			err := s.Save(ctx, next, entries)
			for answer, other := range instead {
				if errors.Is(err, answer) {
					return fmt.Errorf("listing %s: %w", next.ID, other)
				}
			}
			return err
		}}
	}
}

// keeps alters what is kept of a record.
func keeps(alter func(*lifecycle.Record)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			alter(&next)
			return s.Save(ctx, next, entries)
		}}
	}
}

// keepsEntries alters what is kept of an entry.
func keepsEntries(alter func(*lifecycle.Entry)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			entries = slices.Clone(entries)
			for i := range entries {
				alter(&entries[i])
			}
			return s.Save(ctx, next, entries)
		}}
	}
}

// asks alters the query of List.
func asks(alter func(*lifecycle.Query)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
			alter(&q)
			return s.List(ctx, q)
		}}
	}
}

// lists alters what List returns.
func lists(alter func(q lifecycle.Query, records []lifecycle.Record) []lifecycle.Record) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
			records, err := s.List(ctx, lifecycle.Query{Seller: q.Seller, Limit: math.MaxInt})
			return alter(q, records), err
		}}
	}
}

// reads alters the question to Journal.
func reads(ask func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, journal: func(ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
			return ask(s, ctx, key, after, limit)
		}}
	}
}

var errSomething = errors.New("something went wrong")

func nothing(lifecycle.Store) lifecycle.Store {
	return broken{
		load: func(context.Context, lifecycle.Key) (lifecycle.Record, error) { return lifecycle.Record{}, nil },
		save: func(context.Context, lifecycle.Record, []lifecycle.Entry) error { return nil },
		journal: func(context.Context, lifecycle.Key, int64, int) ([]lifecycle.Entry, error) {
			return []lifecycle.Entry{}, nil
		},
		list: func(context.Context, lifecycle.Query) ([]lifecycle.Record, error) { return []lifecycle.Record{}, nil },
	}
}

// unchecked is a store in memory that can be told to forget its manners.
type unchecked struct {
	mu      sync.Mutex
	records map[lifecycle.Key]lifecycle.Record
	entries map[lifecycle.Key][]lifecycle.Entry
	check   func(there bool, revision, base int64) error
	// meet, unless nil, is passed between looking and writing, without a lock.
	meet func()
}

func newUnchecked(check func(there bool, revision, base int64) error) *unchecked {
	return &unchecked{records: map[lifecycle.Key]lifecycle.Record{}, entries: map[lifecycle.Key][]lifecycle.Entry{}, check: check}
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

func (u *unchecked) Load(_ context.Context, key lifecycle.Key) (lifecycle.Record, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r, found := u.records[key]
	if !found {
		return r, fmt.Errorf("listing %s: %w", key.Listing, lifecycle.ErrNotFound)
	}
	return r, nil
}

func (u *unchecked) Save(_ context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
	u.mu.Lock()
	r, found := u.records[next.Key()]
	u.mu.Unlock()
	base := next.Revision - int64(len(entries))
	if err := u.check(found, r.Revision, base); err != nil {
		return fmt.Errorf("listing %s: %w", next.ID, err)
	}
	if u.meet != nil && base > 0 {
		u.meet()
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.records[next.Key()] = next
	u.entries[next.Key()] = append(u.entries[next.Key()], entries...)
	return nil
}

func (u *unchecked) Journal(_ context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	all, found := u.entries[key]
	if !found {
		return nil, fmt.Errorf("listing %s: %w", key.Listing, lifecycle.ErrNotFound)
	}
	page := []lifecycle.Entry{}
	for _, e := range all {
		if e.Revision > after && len(page) < limit {
			page = append(page, e)
		}
	}
	return page, nil
}

func (u *unchecked) List(_ context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	page := []lifecycle.Record{}
	for key, r := range u.records {
		if key.Seller == q.Seller && len(page) < q.Limit {
			page = append(page, r)
		}
	}
	return page, nil
}

// twoAtOnce is a store whose first two Saves on a revision have both looked
// before either writes.
func twoAtOnce(lifecycle.Store) lifecycle.Store {
	u := newUnchecked(checked)
	var once sync.Once
	first, second := make(chan struct{}, 1), make(chan struct{})
	first <- struct{}{}
	u.meet = func() {
		select {
		case <-first:
			<-second
		default:
			once.Do(func() { close(second) })
		}
	}
	return u
}

// faults are sorted by the part of the contract that they break.
var faults = slices.Concat(saveFaults, recordFaults, journalFaults, listFaults, contextFaults, concurrencyFaults)

var saveFaults = []fault{
	{"does nothing at all", nothing, []string{
		"save creates and moves on", "save creates with several entries", "absent is not found",
		"listings do not get in each other's way", "readers see a record and its journal whole",
	}},
	{"creates over what is there", func(lifecycle.Store) lifecycle.Store {
		return newUnchecked(func(there bool, revision, base int64) error {
			if base == 0 {
				return nil
			}
			return checked(there, revision, base)
		})
	}, []string{"save refuses to create twice", "one of many creations wins"}},
	{"calls what exists stale", answers(map[error]error{lifecycle.ErrExists: lifecycle.ErrStale}),
		[]string{"save refuses to create twice", "one of many creations wins"}},
	{"calls what is absent stale", answers(map[error]error{lifecycle.ErrNotFound: lifecycle.ErrStale}),
		[]string{"save of a later revision does not find what was never created", "sellers do not see each other's records"}},
	{"calls what is stale absent", answers(map[error]error{lifecycle.ErrStale: lifecycle.ErrNotFound}),
		[]string{"save refuses a revision that has passed", "save refuses a revision that is yet to come", "one of many saves on one revision wins"}},
	{"calls what is stale absent as well", answers(map[error]error{lifecycle.ErrStale: errors.Join(lifecycle.ErrStale, lifecycle.ErrNotFound)}),
		[]string{"save refuses a revision that has passed"}},
	{"has an answer of its own for what is stale", answers(map[error]error{lifecycle.ErrStale: errSomething}),
		[]string{"save refuses a revision that has passed"}},
	{"creates on any revision", func(lifecycle.Store) lifecycle.Store {
		return newUnchecked(func(there bool, revision, base int64) error {
			if !there {
				return nil
			}
			return checked(there, revision, base)
		})
	}, []string{"save of a later revision does not find what was never created"}},
	{"lets the last one win", func(lifecycle.Store) lifecycle.Store {
		return newUnchecked(func(bool, int64, int64) error { return nil })
	}, []string{"save refuses a revision that has passed", "save refuses a revision that is yet to come"}},
	{"takes revisions that are yet to come", func(lifecycle.Store) lifecycle.Store {
		return newUnchecked(func(there bool, revision, base int64) error {
			if there && base > revision {
				return nil
			}
			return checked(there, revision, base)
		})
	}, []string{"save refuses a revision that is yet to come"}},
	{"takes entries that do not fit", func(lifecycle.Store) lifecycle.Store { return newUnchecked(checked) },
		[]string{"save refuses entries that do not fit", "save passes on what cannot be encoded", "save refuses what would be too large to read"}},
	{"writes the entries of a Save that it refuses", func(lifecycle.Store) lifecycle.Store {
		u := newUnchecked(checked)
		return broken{Store: u, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			err := u.Save(ctx, next, entries)
			if errors.Is(err, lifecycle.ErrStale) {
				u.mu.Lock()
				defer u.mu.Unlock()
				u.entries[next.Key()] = append(u.entries[next.Key()], entries...)
			}
			return err
		}}
	}, []string{"save refuses a revision that has passed"}},
	{"keeps one entry of a Save only", func(lifecycle.Store) lifecycle.Store {
		u := newUnchecked(checked)
		return broken{Store: u, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			err := u.Save(ctx, next, entries)
			u.mu.Lock()
			defer u.mu.Unlock()
			if all := u.entries[next.Key()]; err == nil && len(entries) > 1 {
				u.entries[next.Key()] = append(all[:len(all)-len(entries)], entries[len(entries)-1])
			}
			return err
		}}
	}, []string{"save creates and moves on", "save creates with several entries"}},
	{"hides why there is no encoding", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			if _, err := lifecycle.EncodeRecord(next); err != nil {
				return fmt.Errorf("listing %s: %w", next.ID, errSomething)
			}
			return s.Save(ctx, next, entries)
		}}
	}, []string{"save passes on what cannot be encoded"}},
	{"does not say which listing", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
			r, err := s.Load(ctx, key)
			if err != nil {
				err = lifecycle.ErrNotFound
			}
			return r, err
		}, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			err := s.Save(ctx, next, entries)
			for _, answer := range []error{lifecycle.ErrExists, lifecycle.ErrStale, lifecycle.ErrNotFound} {
				if errors.Is(err, answer) {
					return answer
				}
			}
			return err
		}}
	}, []string{"absent is not found", "save refuses to create twice", "save refuses a revision that has passed"}},
}

var recordFaults = []fault{
	{"keeps microseconds", keeps(func(r *lifecycle.Record) { r.UpdatedAt = r.UpdatedAt.Truncate(time.Microsecond) }),
		[]string{"every field comes back as it was"}},
	{"keeps microseconds in the journal", keepsEntries(func(e *lifecycle.Entry) { e.At = e.At.Truncate(time.Microsecond) }),
		[]string{"every field comes back as it was"}},
	{"keeps another zone", keeps(func(r *lifecycle.Record) { r.CreatedAt = r.CreatedAt.In(time.FixedZone("", 3600)) }),
		[]string{"every field comes back as it was", "save creates and moves on"}},
	{"cuts text at a NUL", keeps(func(r *lifecycle.Record) { r.Draft.Title = cutAt(r.Draft.Title, "\x00") }),
		[]string{"every field comes back as it was"}},
	{"trims text", keeps(func(r *lifecycle.Record) { r.Draft.SKU = cutAt(r.Draft.SKU, " \x00") }),
		[]string{"every field comes back as it was"}},
	{"forgets a field", keeps(func(r *lifecycle.Record) { r.SupportEndedAt = nil }),
		[]string{"every field comes back as it was"}},
	{"forgets who asked", keepsEntries(func(e *lifecycle.Entry) { e.By = "" }),
		[]string{"every field comes back as it was"}},
	{"fills in what is not there", keeps(func(r *lifecycle.Record) { r.Restricted = map[string]time.Time{"": {}} }),
		[]string{"what is not there stays away"}},
	{"keeps 64 KiB of text", keeps(func(r *lifecycle.Record) {
		r.Draft = r.Draft.Clone()
		for i, v := range r.Draft.Versions {
			r.Draft.Versions[i].ReleaseNotes = v.ReleaseNotes[:min(len(v.ReleaseNotes), 1<<16)]
		}
	}), []string{"a large document comes back as it was"}},
	{"goes by the listing's id alone", func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		owner := map[uuid.UUID]listing.AccountID{}
		real := func(key lifecycle.Key) lifecycle.Key {
			mu.Lock()
			defer mu.Unlock()
			if seller, found := owner[key.Listing]; found {
				key.Seller = seller
			}
			return key
		}
		return broken{Store: s, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
			return s.Load(ctx, real(key))
		}, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			next.Seller = real(next.Key()).Seller
			mu.Lock()
			owner[next.ID] = next.Seller
			mu.Unlock()
			return s.Save(ctx, next, entries)
		}}
	}, []string{"sellers do not see each other's records"}},
	{"reads account ids as numbers", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
			key.Seller = listing.AccountID(fmt.Sprintf("%012s", key.Seller))
			return s.Load(ctx, key)
		}}
	}, []string{"account ids keep their leading zeros"}},
	{"shares with the caller", func(lifecycle.Store) lifecycle.Store { return newUnchecked(checked) },
		[]string{"nothing is shared with the caller"}},
}

var journalFaults = []fault{
	{"reads the journal backwards", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
		entries, err := s.Journal(ctx, key, after, limit)
		slices.Reverse(entries)
		return entries, err
	}), []string{"journal is in order and can be paged"}},
	{"starts the journal at the revision", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
		return s.Journal(ctx, key, max(after, 1)-1, limit)
	}), []string{"journal begins above the revision that is given"}},
	{"starts the journal at the beginning", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, _ int64, limit int) ([]lifecycle.Entry, error) {
		return s.Journal(ctx, key, 0, limit)
	}), []string{"journal begins above the revision that is given"}},
	{"reads the whole journal", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
		return s.Journal(ctx, key, after, max(limit, 1_000_000))
	}), []string{"journal is in order and can be paged", "journal needs a limit of at least 1"}},
	{"reads short pages", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
		return s.Journal(ctx, key, after, min(limit, 10))
	}), []string{"journal is in order and can be paged"}},
	{"reads no limit as all", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
		if limit < 1 {
			limit = math.MaxInt
		}
		return s.Journal(ctx, key, after, limit)
	}), []string{"journal needs a limit of at least 1"}},
	{"has an empty journal of what is absent", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
		entries, err := s.Journal(ctx, key, after, limit)
		if errors.Is(err, lifecycle.ErrNotFound) {
			return []lifecycle.Entry{}, nil
		}
		return entries, err
	}), []string{"journal of what is absent is not found", "absent is not found"}},
	{"does not find a journal that has no more", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
		entries, err := s.Journal(ctx, key, after, limit)
		if err == nil && len(entries) == 0 {
			err = fmt.Errorf("listing %s: %w", key.Listing, lifecycle.ErrNotFound)
		}
		return entries, err
	}), []string{"journal begins above the revision that is given", "journal is in order and can be paged"}},
}

var listFaults = []fault{
	{"lists nothing as nil", lists(func(_ lifecycle.Query, records []lifecycle.Record) []lifecycle.Record {
		if len(records) == 0 {
			return nil
		}
		return records
	}), []string{"list of nothing is empty"}},
	{"lists backwards", lists(func(_ lifecycle.Query, records []lifecycle.Record) []lifecycle.Record {
		slices.Reverse(records)
		return records
	}), []string{"list is in the order of the ids and can be paged"}},
	{"orders ids by their second half", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
			records, err := s.List(ctx, q)
			slices.SortStableFunc(records, func(a, b lifecycle.Record) int { return slices.Compare(a.ID[8:], b.ID[8:]) })
			return records, err
		}}
	}, []string{"list is in the order of the ids and can be paged"}},
	{"starts the list at the beginning", asks(func(q *lifecycle.Query) { q.After = uuid.Nil }),
		[]string{"list is in the order of the ids and can be paged", "list begins above an id that nothing has"}},
	{"starts the list behind a record only", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
			if _, err := s.Load(ctx, lifecycle.Key{Seller: q.Seller, Listing: q.After}); err != nil {
				q.After = uuid.Nil
			}
			return s.List(ctx, q)
		}}
	}, []string{"list begins above an id that nothing has"}},
	{"lists short pages", asks(func(q *lifecycle.Query) { q.Limit = min(q.Limit, 4) }),
		[]string{"list is in the order of the ids and can be paged"}},
	{"lists everything", asks(func(q *lifecycle.Query) { q.Limit = math.MaxInt }),
		[]string{"list needs a limit of at least 1", "list is in the order of the ids and can be paged"}},
	{"lists what has no request", asks(func(q *lifecycle.Query) { q.InFlight = false }),
		[]string{"list can leave out what has no request", "list shows what was saved last"}},
	{"cuts the list before it filters", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
			filter := q.InFlight
			q.InFlight = false
			records, err := s.List(ctx, q)
			return slices.DeleteFunc(records, func(r lifecycle.Record) bool { return filter && r.Request == nil }), err
		}}
	}, []string{"list can leave out what has no request"}},
	{"never takes a request off the list", func(s lifecycle.Store) lifecycle.Store {
		had := map[lifecycle.Key]bool{}
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			had[next.Key()] = had[next.Key()] || next.Request != nil
			return s.Save(ctx, next, entries)
		}, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
			filter := q.InFlight
			q.InFlight = false
			records, err := s.List(ctx, q)
			return slices.DeleteFunc(records, func(r lifecycle.Record) bool { return filter && !had[r.Key()] }), err
		}}
	}, []string{"list shows what was saved last"}},
	{"lists one Save late", func(s lifecycle.Store) lifecycle.Store {
		stale := map[lifecycle.Key]lifecycle.Record{}
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			if before, err := s.Load(ctx, next.Key()); err == nil {
				stale[next.Key()] = before
			}
			return s.Save(ctx, next, entries)
		}, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
			records, err := s.List(ctx, q)
			for i, r := range records {
				if before, found := stale[r.Key()]; found {
					records[i] = before
				}
			}
			return records, err
		}}
	}, []string{"list shows what was saved last"}},
	{"lists other sellers' records", func(s lifecycle.Store) lifecycle.Store {
		var all []lifecycle.Record
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			all = append(all, next)
			return s.Save(ctx, next, entries)
		}, list: func(_ context.Context, q lifecycle.Query) ([]lifecycle.Record, error) {
			page := slices.DeleteFunc(slices.Clone(all), func(r lifecycle.Record) bool { return slices.Compare(r.ID[:], q.After[:]) <= 0 })
			return page[:min(q.Limit, len(page))], nil
		}}
	}, []string{"list keeps sellers apart"}},
}

var contextFaults = []fault{
	{"does not look at the context", func(s lifecycle.Store) lifecycle.Store {
		return broken{
			load: func(_ context.Context, key lifecycle.Key) (lifecycle.Record, error) { return s.Load(background, key) },
			save: func(_ context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
				return s.Save(background, next, entries)
			},
			journal: func(_ context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
				return s.Journal(background, key, after, limit)
			},
			list: func(_ context.Context, q lifecycle.Query) ([]lifecycle.Record, error) { return s.List(background, q) },
		}
	}, []string{"a cancelled context does nothing", "a deadline that has passed does nothing"}},
	{"writes before it looks at the context", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			return errors.Join(s.Save(background, next, entries), ctx.Err())
		}}
	}, []string{"a cancelled context does nothing", "a deadline that has passed does nothing"}},
	{"calls a deadline a cancellation", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			if ctx.Err() != nil {
				return context.Canceled
			}
			return s.Save(ctx, next, entries)
		}}
	}, []string{"a deadline that has passed does nothing"}},
}

var concurrencyFaults = []fault{
	{"looks, and writes later", twoAtOnce, []string{"one of many saves on one revision wins"}},
	{"shows the record before its journal", func(lifecycle.Store) lifecycle.Store {
		u := newUnchecked(checked)
		return broken{Store: u, journal: func(ctx context.Context, key lifecycle.Key, after int64, limit int) ([]lifecycle.Entry, error) {
			entries, err := u.Journal(ctx, key, after, limit)
			return entries[:max(len(entries)-1, 0)], err
		}}
	}, []string{"readers see a record and its journal whole"}},
	{"mixes listings up", func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		var last lifecycle.Key
		return broken{Store: s, save: func(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
			mu.Lock()
			defer mu.Unlock()
			last = next.Key()
			return s.Save(ctx, next, entries)
		}, load: func(ctx context.Context, _ lifecycle.Key) (lifecycle.Record, error) {
			mu.Lock()
			defer mu.Unlock()
			return s.Load(ctx, last)
		}}
	}, []string{"listings do not get in each other's way"}},
}

func cutAt(text, mark string) string {
	for i := range len(text) - len(mark) + 1 {
		if text[i:i+len(mark)] == mark {
			return text[:i]
		}
	}
	return text
}
