package lifecycle

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
)

var (
	// ErrNotFound is a thing that does not exist, or belongs to another seller.
	ErrNotFound = errors.New("not found")
	// ErrExists is a listing whose id is taken already.
	ErrExists = errors.New("exists already")
	// ErrStale is a record that has moved on since it was read; read it again and
	// decide again.
	ErrStale = errors.New("stale revision")
)

// Store keeps records and their journals. Package storetest has the suite
// that an implementation must pass.
//
// For implementers. Every method may be called from many goroutines and many
// processes at once. What starts after a Save has returned sees what it saved,
// whichever method it is. A context that ends makes a method return the
// context's error or its cause, with either nothing or everything done. Records
// and entries that a method was given, or has returned, belong to the caller:
// keep copies. Use [EncodeSave], [DecodeRecord] and [DecodeEntry], and pass their
// errors on. Errors wrap their cause, and say which key they are about.
type Store interface {
	// Load returns the record with the key, as the latest Save left it. It
	// returns an error that matches ErrNotFound when there is none; the record
	// of another seller with the same listing id is none.
	Load(ctx context.Context, key Key) (Record, error)

	// Save writes next and appends the entries to its journal, both or
	// neither. The entries are one or more, in order, and the last has the
	// revision of next; base is the revision before the first of them.
	//
	// When base is 0 the record must be absent, else Save returns an error
	// that matches ErrExists. When base is above 0 the record must be there
	// with exactly that revision: absent is ErrNotFound, any other revision is
	// ErrStale. The three never stand for each other. Of several Saves with
	// one base, exactly one succeeds. Entries whose revisions do not fit are
	// refused with an error, before anything is written.
	Save(ctx context.Context, next Record, appended []Entry) error

	// Journal returns the entries with a revision above after, in order, limit
	// at the most; limit is at least 1. It returns an empty slice when there
	// are no more, and an error that matches ErrNotFound when there is no
	// record.
	Journal(ctx context.Context, key Key, after int64, limit int) ([]Entry, error)

	// List returns records of one seller in the order of their ids, compared
	// as bytes. It returns an empty slice when there are none.
	List(ctx context.Context, query Query) ([]Record, error)
}

// Query chooses records of one seller.
type Query struct {
	// Seller is the account that owns the listings.
	Seller listing.AccountID
	// After leaves out ids up to and including this one, for paging. The zero
	// value starts at the beginning.
	After uuid.UUID
	// Limit is how many records to return at the most; at least 1.
	Limit int
	// InFlight leaves out records without a request.
	InFlight bool
}
