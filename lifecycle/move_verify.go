package lifecycle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
)

// Verify walks through all that a store has of a seller and yields every listing: with
// nil, or with an error that says what of it does not fit together. The journal is
// replayed, and the record and what lists show of it must be what it adds up to; the
// feed must have each entry once, in order. Discarded drafts are verified too. The error
// of a listing matches [ErrJournal] when its journal does not give what is stored, and
// [ErrUnreadable] when something cannot be read. An error of the store ends the sequence,
// with the id uuid.Nil.
//
// Verify reads everything and writes nothing. A listing that changes while it is being
// read is read again.
func Verify(ctx context.Context, s Store, seller listing.AccountID) iter.Seq2[uuid.UUID, error] {
	return func(yield func(uuid.UUID, error) bool) {
		m := reader(s, seller)
		fed, err := m.fed(ctx)
		if err != nil {
			yield(uuid.Nil, err)
			return
		}
		for _, id := range fed.ids {
			err := m.verify(ctx, id, nil)
			if err == nil {
				err = fed.whole(id)
			}
			if ctx.Err() != nil {
				yield(uuid.Nil, context.Cause(ctx))
				return
			}
			if !yield(id, err) {
				return
			}
		}
		for summary, err := range m.Listings(ctx, Query{}) {
			if summary.ID == uuid.Nil && err != nil {
				yield(uuid.Nil, err)
				return
			}
			if _, known := fed.last[summary.ID]; known {
				continue
			}
			if err = m.verify(ctx, summary.ID, nil); err == nil { // it was created since, or
				if fed, err = m.fed(ctx); err == nil {
					err = fed.whole(summary.ID)
				}
			}
			if !yield(summary.ID, err) {
				return
			}
		}
	}
}

// reader returns a manager that reads and saves, and has no marketplace.
func reader(s Store, seller listing.AccountID) *Manager {
	return &Manager{seller: seller, store: s, recent: &recent{}}
}

// fed is what a feed has: its listings in their order, and the last entry of each.
type fed struct {
	ids  []uuid.UUID
	last map[uuid.UUID]int64
	bad  map[uuid.UUID]error
}

func (m *Manager) fed(ctx context.Context) (fed, error) {
	f := fed{last: map[uuid.UUID]int64{}, bad: map[uuid.UUID]error{}}
	for after := Cursor(""); ; {
		page, err := m.store.Feed(ctx, m.seller, after, readPage)
		if err != nil {
			return fed{}, err
		}
		for _, e := range page {
			last, known := f.last[e.Listing]
			if !known {
				f.ids = append(f.ids, e.Listing)
			}
			if e.Revision != last+1 && f.bad[e.Listing] == nil {
				f.bad[e.Listing] = fmt.Errorf("%v: %w: in the feed, entry %d follows entry %d", m.key(e.Listing), ErrJournal, e.Revision, last)
			}
			f.last[e.Listing] = e.Revision
			if e.Cursor == after {
				return fed{}, fmt.Errorf("feed of %s: the store returned the entries before the cursor %q again", m.seller, after)
			}
			after = e.Cursor
		}
		if len(page) < readPage {
			slices.SortFunc(f.ids, compareIDs)
			return f, nil
		}
	}
}

// whole returns an error unless the feed has every entry of the listing.
func (f fed) whole(id uuid.UUID) error {
	if err := f.bad[id]; err != nil {
		return err
	}
	if f.last[id] == 0 {
		return fmt.Errorf("listing %s: %w: the feed has none of its entries", id, ErrJournal)
	}
	return nil
}

// verify replays the journal of a listing, gives visit each entry as it is stored, and
// compares what it adds up to with the record and the summary.
func (m *Manager) verify(ctx context.Context, id uuid.UUID, visit func(entry []byte) error) error {
	key := m.key(id)
	stored, _, err := m.find(ctx, id)
	if err != nil {
		return err
	}
	if stored.Revision == 0 {
		return fmt.Errorf("%v: %w", key, ErrNotFound)
	}
	r := Record{}
	for r.Revision < stored.Revision { // entries that came since are left alone
		page, err := m.store.Journal(ctx, key, r.Revision, int(min(readPage, stored.Revision-r.Revision)))
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return fmt.Errorf("%v: %w: it ends after entry %d, the record is at %d", key, ErrJournal, r.Revision, stored.Revision)
		}
		for _, data := range page {
			e, err := decodeEntry(key, r.Revision+1, data)
			if err != nil {
				return err
			}
			if r, err = replayed(r, e); err != nil {
				return fmt.Errorf("%v: %w", key, err)
			}
			if visit != nil {
				if err := visit(data); err != nil {
					return err
				}
			}
		}
	}
	if err := same(key, "the record", r, stored); err != nil {
		return err
	}
	return m.verifySummary(ctx, r)
}

func (m *Manager) verifySummary(ctx context.Context, r Record) error {
	page, err := m.store.List(ctx, Query{Seller: m.seller, Limit: 1, After: idBefore(r.ID)})
	if err != nil {
		return err
	}
	switch found := len(page) == 1 && page[0].ID == r.ID; {
	case found && r.State != "":
		err = same(r.Key(), "what lists show", summaryOf(r), page[0])
	case found || r.State != "":
		err = fmt.Errorf("%v: %w: its state is %q, and lists show it: %t", r.Key(), ErrJournal, r.State, found)
	}
	if err == nil {
		return nil
	}
	if latest, e := m.store.Load(ctx, r.Key()); e == nil && latest.Revision > r.Revision {
		return nil // it has changed since the record was read
	}
	return err
}

// idBefore returns the id before, in the order of lists.
func idBefore(id uuid.UUID) uuid.UUID {
	for i := len(id) - 1; i >= 0; i-- {
		id[i]--
		if id[i] != 0xff {
			break
		}
	}
	return id
}

// same returns an error that names the first field in which the values differ.
func same[T any](key Key, what string, replayed, stored T) error {
	var a, b map[string]json.RawMessage
	for value, into := range map[*T]*map[string]json.RawMessage{&replayed: &a, &stored: &b} {
		data, err := json.Marshal(value)
		if err == nil {
			err = json.Unmarshal(data, into)
		}
		if err != nil {
			return fmt.Errorf("%v: %w", key, err)
		}
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(names)
	for _, name := range names {
		if !bytes.Equal(a[name], b[name]) {
			return fmt.Errorf("%v: %w: %s of %s is not what the entries add up to", key, ErrJournal, name, what)
		}
	}
	return nil
}
