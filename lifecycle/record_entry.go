package lifecycle

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
)

// ErrJournal is returned for a journal that does not add up to a record: an entry
// does not follow from the one before it.
var ErrJournal = errors.New("journal does not add up")

// Entry is one line of a listing's journal: what happened, when, who asked,
// and what it changed. Entries are never altered or removed.
type Entry struct {
	// Revision is the record's revision after the entry.
	Revision int64 `json:"revision"`
	// At is when it was decided, in UTC.
	At time.Time `json:"at"`
	// By names who asked; empty if nobody said.
	By string `json:"by,omitempty"`
	// Event is what happened.
	Event Event `json:"event"`
	// State is the record's state after it.
	State State `json:"state"`
	// Once is the key that a command was given with [Once], if any.
	Once *UsedKey `json:"once,omitempty"`
	// ID, Seller and Name name the listing, with EventCreate and the events of
	// Adopt.
	ID     *uuid.UUID        `json:"id,omitempty"`
	Seller listing.AccountID `json:"seller,omitempty"`
	Name   string            `json:"name,omitempty"`
	// Delta is what a command changes: at once with EventCreate, EventEdit and
	// the events of Adopt, and for other commands once their request succeeds.
	Delta *Delta `json:"delta,omitempty"`
	// Snapshot is what the marketplace had, with the events of Adopt and
	// Reconcile.
	Snapshot *Snapshot `json:"snapshot,omitempty"`
	// KeepsDraft reports, with the events of Reconcile, that the draft stays.
	KeepsDraft bool `json:"keepsDraft,omitempty"`
	// Removal says why, with EventUnpublish.
	Removal *Removal `json:"removal,omitempty"`
	// Known is what was known of caller and seller, with EventSubmit.
	Known *Known `json:"known,omitempty"`
	// ChangeSetName names the change set, with a command that leads to a request
	// and with EventSendAgain.
	ChangeSetName string `json:"changeSetName,omitempty"`
	// ChangeSet is the marketplace's id, with EventSent.
	ChangeSet string `json:"changeSet,omitempty"`
	// StartedAt is when the marketplace started it, in UTC, with EventSent where
	// the change set was found after the answer to sending it was lost.
	StartedAt *time.Time `json:"startedAt,omitempty"`
	// Outcome is how the request ended, with every event that ends one.
	Outcome *Outcome `json:"outcome,omitempty"`
}
