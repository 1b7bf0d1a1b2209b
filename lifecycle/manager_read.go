package lifecycle

import (
	"context"
	"fmt"
	"iter"

	"github.com/google/uuid"
)

const readPage = 200

// Listings returns the summaries of the seller's listings that the query
// chooses, in the order of their ids. Query.Seller is set by the manager, and
// Query.Limit bounds how many are returned; 0 is all. A summary that cannot be read,
// or is that of another seller, comes as its ID with an error that matches
// [ErrUnreadable], and the sequence goes on after it; any other error ends it. A
// summary is not compared with its record: [Manager.Load] does that.
func (m *Manager) Listings(ctx context.Context, q Query) iter.Seq2[Summary, error] {
	return observed(ctx, m, "Listings", uuid.Nil, func(ctx context.Context) iter.Seq2[Summary, error] { return m.listings(ctx, q) })
}

func (m *Manager) listings(ctx context.Context, q Query) iter.Seq2[Summary, error] {
	return func(yield func(Summary, error) bool) {
		q, left := q, q.Limit
		q.Seller = m.seller
		for all := left <= 0; all || left > 0; {
			q.Limit = readPage
			if !all {
				q.Limit = min(left, readPage)
			}
			page, err := m.store.List(ctx, q)
			if err != nil {
				yield(Summary{}, err)
				return
			}
			for _, s := range page {
				if compareIDs(s.ID, q.After) <= 0 { // or there would be no end
					yield(Summary{}, fmt.Errorf("listings of %s: the store returned %s where an id above %s was asked for", m.seller, s.ID, q.After))
					return
				}
				q.After = s.ID
				if err = s.own(m.seller); err != nil {
					s = Summary{ID: s.ID}
				}
				if !yield(s, err) {
					return
				}
			}
			if left -= len(page); len(page) < q.Limit {
				return
			}
		}
	}
}

// Journal returns the entries of the listing, oldest first. The first error ends
// the sequence: one that matches [ErrNotFound] when the seller has no such listing,
// or [ErrUnreadable].
func (m *Manager) Journal(ctx context.Context, id uuid.UUID) iter.Seq2[Entry, error] {
	return observed(ctx, m, "Journal", id, func(ctx context.Context) iter.Seq2[Entry, error] { return m.journal(ctx, id, 0) })
}

// JournalAfter is Journal for the entries with a revision above after, such as the
// latest of a long history. A negative after is 0.
func (m *Manager) JournalAfter(ctx context.Context, id uuid.UUID, after int64) iter.Seq2[Entry, error] {
	return observed(ctx, m, "JournalAfter", id, func(ctx context.Context) iter.Seq2[Entry, error] { return m.journal(ctx, id, after) })
}

func (m *Manager) journal(ctx context.Context, id uuid.UUID, after int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for after := max(after, 0); ; {
			page, err := m.store.Journal(ctx, m.key(id), after, readPage)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, data := range page {
				after++
				e, err := decodeEntry(m.key(id), after, data)
				if !yield(e, err) || err != nil {
					return
				}
			}
			if len(page) < readPage {
				return
			}
		}
	}
}

// FeedEntry is one entry of [Manager.Feed].
type FeedEntry struct {
	// Cursor is the place after the entry: keep it to go on from there.
	Cursor Cursor `json:"cursor"`
	// Listing is the id of the listing that the entry is about.
	Listing uuid.UUID `json:"listing"`
	// Entry is what happened.
	Entry Entry `json:"entry"`
}

// Feed returns the entries of all listings of the seller that were saved after the
// cursor, in the order of saving, until there are no more; the zero cursor starts
// at the first. An entry that cannot be read comes with an error that matches
// [ErrUnreadable] and its Cursor, and the sequence goes on after it; any other
// error ends it, such as one that matches [ErrCursor].
func (m *Manager) Feed(ctx context.Context, after Cursor) iter.Seq2[FeedEntry, error] {
	return observed(ctx, m, "Feed", uuid.Nil, func(ctx context.Context) iter.Seq2[FeedEntry, error] { return m.feed(ctx, after) })
}

// FeedEnd returns the cursor after the latest entry of the seller's feed, for a
// [Manager.Feed] of what is saved later. It reads no entry.
func (m *Manager) FeedEnd(ctx context.Context) (end Cursor, err error) {
	ctx, op := m.begin(ctx, "FeedEnd", uuid.Nil, nil)
	defer op.end(&err)
	return m.store.FeedEnd(ctx, m.seller)
}

func (m *Manager) feed(ctx context.Context, after Cursor) iter.Seq2[FeedEntry, error] {
	return func(yield func(FeedEntry, error) bool) {
		for {
			start := after
			page, err := m.store.Feed(ctx, m.seller, start, readPage)
			if err != nil {
				yield(FeedEntry{Cursor: after}, err)
				return
			}
			for _, f := range page {
				e, err := decodeEntry(m.key(f.Listing), f.Revision, f.Entry)
				after = f.Cursor
				if !yield(FeedEntry{Cursor: f.Cursor, Listing: f.Listing, Entry: e}, err) {
					return
				}
			}
			if len(page) < readPage {
				return
			}
			if after == start { // or there would be no end
				yield(FeedEntry{Cursor: after}, fmt.Errorf("feed of %s: the store returned the entries before the cursor %q again", m.seller, after))
				return
			}
		}
	}
}
