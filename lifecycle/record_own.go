package lifecycle

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// What a store gives is compared with the key and the revision that it was asked
// for. A row that was damaged, or copied from another listing, is never taken for
// the listing's own: deciding on it would write over somebody's record. What is
// written is judged by the same functions.

// own returns an error that names the field unless the record is that of the key,
// at the revision, with what every record in its state has.
func (r Record) own(key Key, revision int64) error {
	if err := owned(key, Key{r.Seller, r.ID}, revision, r.Revision); err != nil {
		return err
	}
	switch {
	case r.CreatedAt.IsZero():
		return missing("createdAt")
	case r.UpdatedAt.IsZero():
		return missing("updatedAt")
	case r.State == "" && (r.Request != nil || r.Published != nil || !r.Draft.Equal(listing.Listing{})):
		return missing("state")
	case r.State == Submitted && r.Request == nil:
		return missing("request")
	case r.State != "" && r.State != Draft && r.State != Submitted && r.Published == nil:
		return missing("published")
	case r.State == Unpublished && r.UnpublishedAt == nil:
		return missing("unpublishedAt")
	}
	for i, k := range r.Keys {
		if k.Revision < 1 || k.Revision > revision {
			return fmt.Errorf("keys[%d].revision: is %d, the record has %d", i, k.Revision, revision)
		}
	}
	return nil
}

// own returns an error that names the field unless the entry says what happened to
// the listing of the key, and has the revision.
func (e Entry) own(key Key, revision int64) error {
	if e.ID == nil {
		return missing("id")
	}
	if err := owned(key, Key{e.Seller, *e.ID}, revision, e.Revision); err != nil {
		return err
	}
	if e.Event == "" {
		return missing("event")
	}
	return nil
}

// own returns an error unless the summary can be that of a listing of the seller.
func (s Summary) own(seller listing.AccountID) error {
	key := Key{Seller: seller, Listing: s.ID}
	err := owned(key, Key{s.Seller, s.ID}, s.Revision, s.Revision)
	if !slices.Contains(States(), s.State) {
		err = errors.New("what lists show of it is damaged")
	}
	if err != nil {
		return fmt.Errorf("%v: %w: %w", key, ErrUnreadable, err)
	}
	return nil
}

func owned(key, found Key, revision, at int64) error {
	switch {
	case found.Listing != key.Listing:
		return fmt.Errorf("id: is %s, which is another listing", found.Listing)
	case found.Seller != key.Seller:
		return fmt.Errorf("seller: is %q, which is another seller", rule.Shorten(string(found.Seller)))
	case at != revision || at < 1:
		return fmt.Errorf("revision: is %d, not %d", at, revision)
	}
	return nil
}

func missing(field string) error { return fmt.Errorf("%s: is missing", field) }

// names reports whether entries of the event carry the names of the listing.
func (e Event) names() bool {
	switch e {
	case EventCreate, EventAdoptTest, EventAdoptLive, EventAdoptUnpublished:
		return true
	}
	return false
}

// named returns the entry with the names of its listing, as every entry is kept.
func (e Entry) named(key Key) Entry {
	if e.Event.names() {
		return e
	}
	if e.ID == nil {
		e.ID = &key.Listing
	}
	if e.Seller == "" {
		e.Seller = key.Seller
	}
	return e
}

// unnamed returns the entry as [Replay] takes it: see [Entry.ID].
func (e Entry) unnamed() Entry {
	if !e.Event.names() {
		e.ID, e.Seller = nil, ""
	}
	return e
}
