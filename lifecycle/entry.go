package lifecycle

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

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
	// ID and Seller name the listing, with EventCreate and the events of Adopt.
	ID     *uuid.UUID        `json:"id,omitempty"`
	Seller listing.AccountID `json:"seller,omitempty"`
	// Draft is the document, with EventCreate, EventEdit and the events of Adopt.
	Draft *listing.Listing `json:"draft,omitempty"`
	// Adopted is what the marketplace had, with the events of Adopt.
	Adopted *Holding `json:"adopted,omitempty"`
	// Request is the request as it was written down, with a command that led
	// to one and with EventSendAgain.
	Request *Request `json:"request,omitempty"`
	// ChangeSet is the marketplace's id, with EventSent.
	ChangeSet string `json:"changeSet,omitempty"`
	// Outcome is how the request ended, with every event that ends one.
	Outcome *Outcome `json:"outcome,omitempty"`
}

// EncodeEntry writes an entry as JSON that [DecodeEntry] reads back. Equal
// entries give equal bytes. An entry of more than [document.MaxSize] bytes, which
// could not be read back, is refused with a [document.Error].
func EncodeEntry(e Entry) ([]byte, error) { return readable(json.Marshal(e)) }

// DecodeEntry reads what EncodeEntry wrote. Whatever this release does not
// know is refused with a [document.Error] that names it.
func DecodeEntry(data []byte) (Entry, error) {
	var e Entry
	if err := document.Decode(data, &e); err != nil {
		return Entry{}, err
	}
	return e, nil
}
