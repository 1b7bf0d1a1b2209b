package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
)

var (
	// ErrNotFound is returned for what does not exist, or belongs to another
	// seller.
	ErrNotFound = errors.New("not found")
	// ErrExists is returned when a listing is created under an id that is taken,
	// or comes to have a product that another listing of the seller has.
	ErrExists = errors.New("exists already")
	// ErrStale is returned when a record has moved on since it was read. Read it
	// again and decide again.
	ErrStale = errors.New("stale revision")
	// ErrCursor is returned for a cursor that the store has never given.
	ErrCursor = errors.New("no cursor of this store")
)

// Store keeps records and their journals. A Store keeps bytes and never looks
// into them: what a step changes comes checked and encoded as a [Write]. Package
// storetest has the suite that an implementation must pass.
//
// For implementers. Every method may be called from many goroutines and many
// processes at once. What starts after a Save has returned sees what it saved,
// whichever method it is, and a call sees the whole of a Save or nothing of it. A
// context that ends makes a method return the context's error or its cause, with
// either nothing or everything done. Bytes that a method was given, or has
// returned, belong to the caller: keep copies. Errors wrap their cause and say
// which key they are about. One that may pass by itself, such as a lock or a lost
// connection, matches [ErrUnavailable]; whether a Save took effect is not known
// then. Limits are at least 1; a store refuses others with an error.
type Store interface {
	// Load returns the head of the record as the latest Save left it. It returns an
	// error that matches ErrNotFound when there is no record; the record of another
	// seller with the same listing id is none.
	Load(ctx context.Context, key Key) (Stored, error)

	// Parts returns the bodies of the record's versions that have the digests, by
	// digest; 200 are asked for at the most. One that the record does not have is
	// left out, and an absent record has none. A body never changes, so that the
	// caller, who has the digests from the head, asks for those that it does not
	// know yet.
	Parts(ctx context.Context, key Key, digests []string) (map[string][]byte, error)

	// Save puts a step away, whole or not at all.
	//
	// When w.Base is 0 the record must be absent, else Save returns an error
	// that matches ErrExists. When w.Base is above 0 the record must be there
	// with exactly that revision: absent is ErrNotFound, any other revision is
	// ErrStale. The three never stand for each other. Of several Saves with one
	// base, exactly one succeeds. When w.Summary.Product is not empty and the latest
	// summary of another record of the seller has it, Save returns an error that
	// matches ErrExists and names the listing that has it.
	Save(ctx context.Context, w Write) error

	// Journal returns the entries with a revision above after, in order, limit
	// at the most. It returns an empty slice when there are no more, and an
	// error that matches ErrNotFound when there is no record.
	Journal(ctx context.Context, key Key, after int64, limit int) ([][]byte, error)

	// List returns the summaries that the query asks for, as they were saved, in
	// the order of their ids, compared as bytes. It returns an empty slice when
	// there are none. It decodes no record. A summary that was damaged harms no
	// other: it comes with its ID alone.
	List(ctx context.Context, q Query) ([]Summary, error)

	// Feed returns the entries of all listings of a seller that were saved after
	// the cursor, in the order of saving, limit at the most; the zero cursor
	// starts at the first. The entries of one listing are in the order of their
	// revisions. An entry that a Feed has passed by never appears later. A cursor that
	// the store cannot have given is an error that matches ErrCursor.
	Feed(ctx context.Context, seller listing.AccountID, after Cursor, limit int) ([]StoredEntry, error)

	// FeedEnd returns the cursor after the latest entry of the seller's feed: a Feed from
	// there returns what is saved later, and nothing else. It reads no entry.
	FeedEnd(ctx context.Context, seller listing.AccountID) (Cursor, error)
}

// Query chooses listings of one seller. Fields that are zero choose all.
type Query struct {
	// Seller is the account that owns the listings.
	Seller listing.AccountID
	// After leaves out ids up to and including this one, for paging. The zero
	// value starts at the beginning.
	After uuid.UUID
	// Limit is how many summaries to return at the most; at least 1.
	Limit int
	// State, Name, Title and Product choose listings that have exactly this. Several
	// listings can have one title.
	State   State
	Name    string
	Title   string
	Product string
	// InFlight chooses listings with a request under way.
	InFlight bool
	// DueBefore chooses listings whose request is due before the instant.
	DueBefore time.Time
	// Unsuccessful chooses listings whose latest request ended without success: those
	// with a [Summary.Unsuccessful].
	Unsuccessful bool
}

// Matches reports whether the query chooses the summary, its Seller and Limit
// aside.
func (q Query) Matches(s Summary) bool {
	return s.State != "" && compareIDs(s.ID, q.After) > 0 &&
		(q.State == "" || s.State == q.State) &&
		(q.Name == "" || s.Name == q.Name) &&
		(q.Title == "" || s.Title == q.Title) &&
		(q.Product == "" || s.Product == q.Product) &&
		(!q.InFlight || s.Request != nil) &&
		(q.DueBefore.IsZero() || s.Request != nil && s.Request.Due.Before(q.DueBefore)) &&
		(!q.Unsuccessful || s.Unsuccessful != nil)
}

// Cursor is a place in a feed. The zero value is its beginning. Only the store
// that gave a cursor understands it.
type Cursor string

// StoredEntry is one entry of a feed, as a store keeps it.
type StoredEntry struct {
	// Cursor is the place after the entry.
	Cursor Cursor
	// Listing is the id of the listing that the entry is about, Revision the
	// revision under which it was saved.
	Listing  uuid.UUID
	Revision int64
	// Entry is the journal entry.
	Entry []byte
}
