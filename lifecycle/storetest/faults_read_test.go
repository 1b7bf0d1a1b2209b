package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

var journalFaults = []fault{
	{"reads the journal backwards", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
		entries, err := s.Journal(ctx, key, after, limit)
		slices.Reverse(entries)
		return entries, err
	}), []string{"journal is in order and can be paged"}},
	{"starts the journal at the revision", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
		return s.Journal(ctx, key, max(after, 1)-1, limit)
	}), []string{"journal begins above the revision that is given"}},
	{"starts the journal at the beginning", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, _ int64, limit int) ([][]byte, error) {
		return s.Journal(ctx, key, 0, limit)
	}), []string{"journal begins above the revision that is given"}},
	{"reads the whole journal", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
		return s.Journal(ctx, key, after, max(limit, 1_000_000))
	}), []string{"journal is in order and can be paged", "journal needs a limit of at least 1"}},
	{"reads short pages", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
		return s.Journal(ctx, key, after, min(limit, 10))
	}), []string{"journal is in order and can be paged"}},
	{"reads no limit as all", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
		if limit < 1 {
			limit = math.MaxInt
		}
		return s.Journal(ctx, key, after, limit)
	}), []string{"journal needs a limit of at least 1"}},
	{"has an empty journal of what is absent", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
		entries, err := s.Journal(ctx, key, after, limit)
		if errors.Is(err, lifecycle.ErrNotFound) {
			return [][]byte{}, nil
		}
		return entries, err
	}), []string{"journal of what is absent is not found", "absent is not found"}},
	{"does not find a journal that has no more", reads(func(s lifecycle.Store, ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
		entries, err := s.Journal(ctx, key, after, limit)
		if err == nil && len(entries) == 0 {
			err = fmt.Errorf("%v: %w", key, lifecycle.ErrNotFound)
		}
		return entries, err
	}), []string{"journal begins above the revision that is given", "journal is in order and can be paged"}},
}

var listFaults = []fault{
	{"lists nothing as nil", lists(func(_ lifecycle.Query, all []lifecycle.Summary) []lifecycle.Summary {
		if len(all) == 0 {
			return nil
		}
		return all
	}), []string{"list of nothing is empty"}},
	{"lists backwards", lists(func(_ lifecycle.Query, all []lifecycle.Summary) []lifecycle.Summary {
		slices.Reverse(all)
		return all
	}), []string{"list is in the order of the ids and can be paged"}},
	{"orders ids by their second half", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			all, err := s.List(ctx, q)
			slices.SortStableFunc(all, func(a, b lifecycle.Summary) int { return slices.Compare(a.ID[8:], b.ID[8:]) })
			return all, err
		}}
	}, []string{"list is in the order of the ids and can be paged"}},
	{"starts the list at the beginning", asks(func(q *lifecycle.Query) { q.After = uuid.Nil }),
		[]string{"list is in the order of the ids and can be paged", "list begins above an id that nothing has"}},
	{"starts the list behind a record only", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
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
	{"lists one Save late", func(s lifecycle.Store) lifecycle.Store {
		stale, newest := map[uuid.UUID]lifecycle.Summary{}, map[uuid.UUID]lifecycle.Summary{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			if before, known := newest[w.Key.Listing]; known {
				stale[w.Key.Listing] = before
			}
			newest[w.Key.Listing] = w.Summary
			return s.Save(ctx, w)
		}, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			all, err := s.List(ctx, q)
			for i, each := range all {
				if before, found := stale[each.ID]; found {
					all[i] = before
				}
			}
			return all, err
		}}
	}, []string{"list shows what was saved last"}},
	{"never takes a request off the list", func(s lifecycle.Store) lifecycle.Store {
		had := map[uuid.UUID]bool{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			had[w.Key.Listing] = had[w.Key.Listing] || w.Summary.Request != nil
			return s.Save(ctx, w)
		}, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			filter := q.InFlight
			q.InFlight = false
			all, err := s.List(ctx, q)
			return slices.DeleteFunc(all, func(each lifecycle.Summary) bool { return filter && !had[each.ID] }), err
		}}
	}, []string{"list shows what was saved last"}},
	{"lists other sellers' records", func(s lifecycle.Store) lifecycle.Store {
		var all []lifecycle.Summary
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			all = append(all, w.Summary)
			return s.Save(ctx, w)
		}, list: func(_ context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			page := slices.DeleteFunc(slices.Clone(all), func(each lifecycle.Summary) bool { return !q.Matches(each) })
			return page[:min(q.Limit, len(page))], nil
		}}
	}, []string{"list keeps sellers apart"}},
	{"lists discarded drafts", func(s lifecycle.Store) lifecycle.Store {
		var gone []lifecycle.Summary
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			if w.Summary.State == "" {
				gone = append(gone, w.Summary)
			}
			return s.Save(ctx, w)
		}, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			all, err := s.List(ctx, q)
			return append(all, gone...), err
		}}
	}, []string{"a discarded draft is in no list"}},
	{"forgets discarded drafts", func(s lifecycle.Store) lifecycle.Store {
		gone := map[lifecycle.Key]bool{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			gone[w.Key] = w.Summary.State == ""
			return s.Save(ctx, w)
		}, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
			if gone[key] {
				return lifecycle.Stored{}, fmt.Errorf("%v: %w", key, lifecycle.ErrNotFound)
			}
			return s.Load(ctx, key)
		}}
	}, []string{"a discarded draft is in no list"}},
}

var filterFaults = []fault{
	{"does not filter by state", asks(func(q *lifecycle.Query) { q.State = "" }), []string{"list can choose by state", "filters can be combined"}},
	{"does not filter by name", asks(func(q *lifecycle.Query) { q.Name = "" }), []string{"list can choose by name", "filters can be combined"}},
	{"does not filter by title", asks(func(q *lifecycle.Query) { q.Title = "" }), []string{"list can choose by title", "filters can be combined"}},
	{"finds a title in any case", lists(func(q lifecycle.Query, all []lifecycle.Summary) []lifecycle.Summary {
		all = slices.DeleteFunc(all, func(s lifecycle.Summary) bool {
			title := s.Title
			if strings.EqualFold(title, q.Title) {
				s.Title = q.Title
			}
			return !q.Matches(s)
		})
		return all[:min(q.Limit, len(all))]
	}), []string{"list can choose by title"}},
	{"does not filter by product", asks(func(q *lifecycle.Query) { q.Product = "" }), []string{"list can choose by product", "filters can be combined"}},
	{"lists what has no request", asks(func(q *lifecycle.Query) { q.InFlight = false }),
		[]string{"list can leave out what has no request", "list shows what was saved last", "filters can be combined"}},
	{"does not filter by what is due", asks(func(q *lifecycle.Query) { q.DueBefore = time.Time{} }), []string{"list can choose what is due", "filters can be combined"}},
	{"lists what is due at the instant", asks(func(q *lifecycle.Query) {
		if !q.DueBefore.IsZero() {
			q.DueBefore = q.DueBefore.Add(1)
		}
	}), []string{"list can choose what is due", "instants keep the nanosecond in all years"}},
	{"compares instants to the microsecond", asks(func(q *lifecycle.Query) { q.DueBefore = q.DueBefore.Truncate(time.Microsecond) }), []string{"list can choose what is due"}},
	{"compares the clock on the wall", asks(func(q *lifecycle.Query) {
		if q.DueBefore.Location() != time.UTC {
			_, offset := q.DueBefore.Zone()
			q.DueBefore = q.DueBefore.Add(time.Duration(offset) * time.Second)
		}
	}), []string{"list can choose what is due"}},
	{"lists whatever its latest request came to", asks(func(q *lifecycle.Query) { q.Unsuccessful = false }),
		[]string{"list can choose what ended without success", "filters can be combined"}},
	{"never takes an outcome off the list", func(s lifecycle.Store) lifecycle.Store {
		had := map[uuid.UUID]bool{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			had[w.Key.Listing] = had[w.Key.Listing] || w.Summary.Unsuccessful != nil
			return s.Save(ctx, w)
		}, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			filter, limit := q.Unsuccessful, q.Limit
			q.Unsuccessful, q.Limit = false, math.MaxInt
			all, err := s.List(ctx, q)
			all = slices.DeleteFunc(all, func(each lifecycle.Summary) bool { return filter && !had[each.ID] })
			return all[:min(limit, len(all))], err
		}}
	}, []string{"list can choose what ended without success"}},
	{"takes one filter at a time", asks(func(q *lifecycle.Query) {
		if q.State != "" {
			q.Name, q.Title, q.Product, q.InFlight, q.DueBefore, q.Unsuccessful = "", "", "", false, time.Time{}, false
		}
	}), []string{"filters can be combined"}},
	{"compares names without case", lists(func(q lifecycle.Query, all []lifecycle.Summary) []lifecycle.Summary {
		all = slices.DeleteFunc(all, func(s lifecycle.Summary) bool {
			name := s.Name
			if strings.EqualFold(name, q.Name) {
				s.Name = q.Name
			}
			return !q.Matches(s)
		})
		return all[:min(q.Limit, len(all))]
	}), []string{"list can choose by name"}},
	{"cuts the list before it filters", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			all, err := s.List(ctx, lifecycle.Query{Seller: q.Seller, After: q.After, Limit: q.Limit})
			return slices.DeleteFunc(all, func(each lifecycle.Summary) bool { return !q.Matches(each) }), err
		}}
	}, []string{"list can leave out what has no request", "list can choose by state", "list can choose by name", "list can choose by product", "list can choose what is due", "list can choose what ended without success"}},
}

var summaryFaults = []fault{
	{"keeps microseconds", keeps(func(w *lifecycle.Write) { w.Summary.UpdatedAt = w.Summary.UpdatedAt.Truncate(time.Microsecond) }),
		[]string{"every field of a summary comes back as it was", "instants keep the nanosecond in all years"}},
	{"keeps microseconds of what is due", keeps(func(w *lifecycle.Write) {
		if q := w.Summary.Request; q != nil {
			q.Due = q.Due.Truncate(time.Microsecond)
		}
	}), []string{"every field of a summary comes back as it was", "instants keep the nanosecond in all years"}},
	{"counts nanoseconds in 64 bits", keeps(func(w *lifecycle.Write) {
		if at := w.Summary.CreatedAt; !at.IsZero() {
			w.Summary.CreatedAt = time.Unix(0, at.UnixNano()).UTC()
		}
	}), []string{"instants keep the nanosecond in all years"}},
	{"keeps another zone", keeps(func(w *lifecycle.Write) {
		w.Summary.CreatedAt = w.Summary.CreatedAt.In(time.FixedZone("", 3600))
	}), []string{"every field of a summary comes back as it was", "save creates and moves on"}},
	{"cuts text at a NUL", keeps(func(w *lifecycle.Write) { w.Summary.Title, _, _ = strings.Cut(w.Summary.Title, "\x00") }),
		[]string{"every field of a summary comes back as it was"}},
	{"trims text", keeps(func(w *lifecycle.Write) { w.Summary.Name = strings.TrimSpace(w.Summary.Name) }),
		[]string{"every field of a summary comes back as it was"}},
	{"forgets who created it", keeps(func(w *lifecycle.Write) { w.Summary.Creator = "" }), []string{"every field of a summary comes back as it was"}},
	{"forgets that it is being cancelled", keeps(func(w *lifecycle.Write) {
		if w.Summary.Request != nil {
			w.Summary.Request.Cancelling = false
		}
	}), []string{"every field of a summary comes back as it was"}},
	{"shows a request that is not there", lists(func(_ lifecycle.Query, all []lifecycle.Summary) []lifecycle.Summary {
		for i := range all {
			if all[i].Request == nil {
				all[i].Request = &lifecycle.RequestSummary{}
			}
		}
		return all
	}), []string{"what is not in a summary stays away"}},
	{"takes an empty request for none", keeps(func(w *lifecycle.Write) {
		if q := w.Summary.Request; q != nil && *q == (lifecycle.RequestSummary{}) {
			w.Summary.Request = nil
		}
	}), []string{"what is not in a summary stays away"}},
	{"forgets how a request ended", keeps(func(w *lifecycle.Write) { w.Summary.Unsuccessful = nil }),
		[]string{"every field of a summary comes back as it was", "list can choose what ended without success"}},
	{"takes an empty outcome for none", keeps(func(w *lifecycle.Write) {
		if o := w.Summary.Unsuccessful; o != nil && *o == (lifecycle.OutcomeSummary{}) {
			w.Summary.Unsuccessful = nil
		}
	}), []string{"what is not in a summary stays away"}},
	{"makes the zero instant the epoch", keeps(func(w *lifecycle.Write) {
		if w.Summary.CreatedAt.IsZero() {
			w.Summary.CreatedAt = time.Unix(0, 0).UTC()
		}
	}), []string{"what is not in a summary stays away", "instants keep the nanosecond in all years"}},
}

var feedFaults = []fault{
	{"begins again at a strange cursor", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		if errors.Is(err, lifecycle.ErrCursor) {
			return s.Feed(ctx, seller, "", limit)
		}
		return all, err
	}), []string{"feed refuses a cursor that it never gave"}},
	{"feeds nothing as nil", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		if len(all) == 0 {
			return nil, err
		}
		return all, err
	}), []string{"feed of nothing is empty", "feed goes on from any cursor"}},
	{"feeds listing by listing", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		slices.SortStableFunc(all, func(a, b lifecycle.StoredEntry) int { return slices.Compare(a.Listing[:], b.Listing[:]) })
		return all, err
	}), []string{"feed is in the order of saving and can be paged"}},
	{"feeds the newest first", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		slices.Reverse(all)
		return all, err
	}), []string{"feed is in the order of saving and can be paged"}},
	{"feeds no revisions", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		for i := range all {
			all[i].Revision = 0
		}
		return all, err
	}), []string{"feed is in the order of saving and can be paged", "feed goes on from any cursor", "feed keeps sellers apart"}},
	{"feeds short pages", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		return s.Feed(ctx, seller, after, min(limit, 4))
	}), []string{"feed is in the order of saving and can be paged"}},
	{"feeds no limit as all", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		if limit < 1 {
			limit = math.MaxInt
		}
		return s.Feed(ctx, seller, after, limit)
	}), []string{"feed needs a limit of at least 1"}},
	{"feeds from the beginning", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, _ lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		return s.Feed(ctx, seller, "", limit)
	}), []string{"feed goes on from any cursor"}},
	{"gives a page one cursor", feeds(func(s lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		all, err := s.Feed(ctx, seller, after, limit)
		for i := range all {
			all[i].Cursor = all[len(all)-1].Cursor
		}
		return all, err
	}), []string{"feed goes on from any cursor"}},
	{"ends the feed at its beginning", ends(func(lifecycle.Cursor, int) lifecycle.Cursor { return "" }), []string{"feed goes on from its end"}},
	{"ends the feed behind the entries of all sellers", ends(func(_ lifecycle.Cursor, all int) lifecycle.Cursor { return lifecycle.Cursor(fmt.Sprint(all)) }),
		[]string{"feed goes on from its end"}},
	{"feeds what other sellers save", func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		var all []lifecycle.StoredEntry
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			mu.Lock()
			defer mu.Unlock()
			for i, e := range w.Entries {
				all = append(all, lifecycle.StoredEntry{Cursor: lifecycle.Cursor(fmt.Sprint(len(all) + 1)), Listing: w.Key.Listing, Revision: w.Base + int64(i) + 1, Entry: e})
			}
			return s.Save(ctx, w)
		}, feed: func(_ context.Context, _ listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
			mu.Lock()
			defer mu.Unlock()
			start := 0
			_, _ = fmt.Sscan(string(after), &start)
			return slices.Clone(all[start:min(start+limit, len(all))]), nil
		}}
	}, []string{"feed keeps sellers apart", "feed is in the order of saving and can be paged"}},
	{"feeds one entry of a Save", func(s lifecycle.Store) lifecycle.Store {
		return feeds(func(_ lifecycle.Store, ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
			all, err := s.Feed(ctx, seller, after, limit)
			return slices.CompactFunc(all, func(a, b lifecycle.StoredEntry) bool { return a.Listing == b.Listing }), err
		})(s)
	}, []string{"feed is in the order of saving and can be paged"}},
	{"numbers a Save before it is seen", numberedEarly, []string{"feed misses nothing while many save"}},
}

// ends alters the end of a feed, given the number of entries of all sellers.
func ends(alter func(end lifecycle.Cursor, all int) lifecycle.Cursor) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		var all atomic.Int64
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			all.Add(int64(len(w.Entries)))
			return s.Save(ctx, w)
		}, feedEnd: func(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
			end, err := s.FeedEnd(ctx, seller)
			return alter(end, int(all.Load())), err
		}}
	}
}

// numberedEarly is a store that gives the entries of a Save their places when it
// begins, and shows them when it ends, as a sequence of a database server does: a
// Save that was slow appears behind a reader's back.
func numberedEarly(s lifecycle.Store) lifecycle.Store {
	var mu sync.Mutex
	var late *lifecycle.Write
	places := map[int]lifecycle.StoredEntry{}
	next := 0
	show := func(w lifecycle.Write, place int) {
		places[place] = lifecycle.StoredEntry{Cursor: lifecycle.Cursor(fmt.Sprint(place + 1)), Listing: w.Key.Listing, Revision: w.Revision, Entry: w.Entries[0]}
	}
	return broken{Store: s, save: func(_ context.Context, w lifecycle.Write) error {
		mu.Lock()
		defer mu.Unlock()
		place := next
		next++
		if place == 0 { // the first Save is seen once a reader has passed it by
			late = &w
			return nil
		}
		show(w, place)
		return nil
	}, feed: func(_ context.Context, _ listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
		mu.Lock()
		defer mu.Unlock()
		start := 0
		_, _ = fmt.Sscan(string(after), &start)
		page := []lifecycle.StoredEntry{}
		for place := start; place < next && len(page) < limit; place++ {
			if e, seen := places[place]; seen {
				page = append(page, e)
			}
		}
		if len(page) > 0 && late != nil {
			show(*late, 0)
			late = nil
		}
		return page, nil
	}}
}
