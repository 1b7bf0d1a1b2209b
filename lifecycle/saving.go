package lifecycle

import (
	"fmt"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Saving is a call of [Store.Save], checked and encoded: what a store has to
// write. Make one with [EncodeSave].
type Saving struct {
	// Key names the record.
	Key Key
	// Base is the revision that the record must have; 0 if it must be absent.
	Base int64
	// Revision is the record's afterwards.
	Revision int64
	// InFlight reports a request under way, for [Query].
	InFlight bool
	// Record is the record as [DecodeRecord] reads it.
	Record []byte
	// Entries are the entries as [DecodeEntry] reads them; the first has the
	// revision Base+1.
	Entries [][]byte
}

// EncodeSave checks the arguments of a [Store.Save] and encodes them, for those
// who implement stores. It refuses entries that do not lead to the record, and
// a record or an entry that would be too large to be read again; the error
// names the listing.
func EncodeSave(next Record, appended []Entry) (Saving, error) {
	s := Saving{
		Key: next.Key(), Base: next.Revision - int64(len(appended)),
		Revision: next.Revision, InFlight: next.Request != nil,
	}
	fail := func(err error) (Saving, error) { return Saving{}, fmt.Errorf("%v: %w", s.Key, err) }
	if len(appended) == 0 || s.Base < 0 {
		return fail(fmt.Errorf("%w: %d entries cannot lead to revision %d: give one for each revision", ErrJournal, len(appended), next.Revision))
	}
	var err error
	if s.Record, err = EncodeRecord(next); err != nil {
		return fail(err)
	}
	for i, e := range appended {
		if want := s.Base + int64(i) + 1; e.Revision != want {
			return fail(fmt.Errorf("%w: entries[%d].revision is %d, want %d", ErrJournal, i, e.Revision, want))
		}
		data, err := EncodeEntry(e)
		if err != nil {
			return fail(fmt.Errorf("entries[%d]: %w", i, err))
		}
		s.Entries = append(s.Entries, data)
	}
	return s, nil
}

// readable refuses what no decoder would read again.
func readable(data []byte, err error) ([]byte, error) {
	if err == nil && len(data) > document.MaxSize {
		return nil, &document.Error{Problem: fmt.Sprintf("has %d bytes, %d are allowed: shorten its texts", len(data), document.MaxSize)}
	}
	return data, err
}
