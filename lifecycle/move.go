package lifecycle

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// ErrExport is returned by [Import] for what [Export] has not written, or not all of it.
var ErrExport = errors.New("not a whole export")

// Moved counts what [Export] has written, and what [Import] has read.
type Moved struct {
	// Listings and Entries were written, or read. Discarded drafts are among them.
	Listings int   `json:"listings"`
	Entries  int64 `json:"entries"`
	// Known are the entries among them that the store had already.
	Known int64 `json:"known"`
}

// An export is JSON Lines: exportHead, the entries of one listing after another in
// order, as they are stored, and exportTail.
type exportHead struct {
	Export    int               `json:"export"` // the number of this format
	Seller    listing.AccountID `json:"seller"`
	Simulated bool              `json:"simulated,omitempty"`
}

// MoveOption changes one call of [Export] or [Import].
type MoveOption func(*moving)

type moving struct{ simulated bool }

func movingOf(options []MoveOption) (m moving) {
	for _, option := range options {
		option(&m)
	}
	return m
}

// Simulated says that the listings are those of a simulated marketplace. [Export] marks
// them so, and [Import] takes the marked ones only with it, and others only without it:
// what one marketplace was told, the other does not know.
func Simulated() MoveOption { return func(m *moving) { m.simulated = true } }

const exportFormat = 1

type exportTail struct {
	Listings int    `json:"listings"`
	Entries  int64  `json:"entries"`
	SHA256   string `json:"sha256"` // of the lines with the entries
}

// Export writes all that a store has of a seller, as JSON Lines: the journals, which
// everything else follows from. Each listing is verified as [Verify] does, and the first
// error ends it. Entries that are saved meanwhile may be missing: to move to another
// store, end all that works on the seller's listings first.
//
// The lines are the seller's documents, and who did what: keep them as such.
func Export(ctx context.Context, s Store, seller listing.AccountID, w io.Writer, options ...MoveOption) (Moved, error) {
	m := reader(s, seller)
	fed, err := m.fed(ctx)
	if err != nil {
		return Moved{}, err
	}
	out := bufio.NewWriter(w)
	line := func(data []byte) error {
		_, _ = out.Write(data)
		return out.WriteByte('\n') // which tells of an error before it
	}
	if err := line(must(exportHead{exportFormat, seller, movingOf(options).simulated})); err != nil {
		return Moved{}, err
	}
	var done Moved
	sum := sha256.New()
	for _, id := range fed.ids {
		err := fed.whole(id)
		if err == nil {
			err = m.verify(ctx, id, func(entry []byte) error {
				if bytes.ContainsAny(entry, "\r\n") {
					return fmt.Errorf("%v: %w: an entry has several lines", m.key(id), ErrUnreadable)
				}
				done.Entries++
				digestLine(sum, entry)
				return line(entry)
			})
		}
		if err != nil {
			return done, err
		}
		done.Listings++
	}
	if err := line(must(exportTail{done.Listings, done.Entries, hex.EncodeToString(sum.Sum(nil))})); err != nil {
		return done, err
	}
	return done, out.Flush()
}

func digestLine(sum hash.Hash, data []byte) {
	sum.Write(data)
	sum.Write([]byte{'\n'})
}

// must returns the JSON of a value that always has one.
func must(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// Import brings what [Export] has written into another store, of whatever kind: journal
// by journal, each replayed. What the store has already is compared and left alone, so
// that an Import that was interrupted is done again from the beginning of the file. A
// listing comes with one Save, or with several where the store cannot take so much at
// once. Nothing may work on the seller's listings until Import has returned: a listing
// that is half there can look as if its request were still to be sent.
//
// It returns an error that matches [ErrExport] when r is not an export of the seller,
// ends too early, or is of simulated listings without [Simulated], or of others with it; [ErrExists] when the store has another history of a listing;
// [ErrJournal] and [ErrUnreadable] for entries that do not add up or cannot be read by
// this release, and what the store returns. What came before the error is there.
func Import(ctx context.Context, s Store, seller listing.AccountID, r io.Reader, options ...MoveOption) (Moved, error) {
	i := importing{Manager: reader(s, seller), lines: bufio.NewReader(r), sum: sha256.New()}
	var head exportHead
	data, err := i.line()
	if err == nil {
		err = document.Decode(data, &head)
	}
	if err != nil {
		return Moved{}, fmt.Errorf("%w: the first line does not say so: %w", ErrExport, err)
	}
	if head.Export != exportFormat || head.Seller != seller { // 0 is what has no number
		return Moved{}, fmt.Errorf("%w of %s: it has the format %d, and is of seller %s", ErrExport, seller, head.Export, shown(string(head.Seller)))
	}
	if want := movingOf(options).simulated; head.Simulated != want {
		marked := map[bool]string{true: "simulated listings", false: "listings that are not simulated"}
		return Moved{}, fmt.Errorf("%w of %s: it has %s", ErrExport, marked[want], marked[head.Simulated])
	}
	for {
		data, err := i.line()
		if err != nil {
			return i.done, fmt.Errorf("%w: line %d: %w", ErrExport, i.number, err)
		}
		var tail exportTail
		if document.Decode(data, &tail) == nil && tail.SHA256 != "" {
			return i.end(ctx, tail)
		}
		if err := i.entry(ctx, data); err != nil {
			return i.done, fmt.Errorf("line %d: %w", i.number, err)
		}
	}
}

type importing struct {
	*Manager
	lines  *bufio.Reader
	number int // of the line
	sum    hash.Hash
	done   Moved

	id      uuid.UUID
	seen    map[uuid.UUID]bool
	waiting [][]byte // entries of the listing, not yet in the store
	size    int
	after   int64 // the revision before them
}

// maxWaiting bounds the bytes of entries that wait for the rest of their listing.
const maxWaiting = 64 << 20

func (i *importing) line() ([]byte, error) {
	i.number++
	var data []byte
	for {
		part, err := i.lines.ReadSlice('\n')
		data = append(data, part...)
		switch {
		case err == nil:
			return bytes.TrimSuffix(data, []byte("\n")), nil
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(data) > maxEntry:
			return nil, fmt.Errorf("it has more than %d bytes", maxEntry)
		}
	}
}

func (i *importing) entry(ctx context.Context, data []byte) error {
	var e Entry
	if err := document.Decode(data, &e); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if e.ID == nil || e.Seller != i.seller {
		return fmt.Errorf("%w: it is no entry of seller %s", ErrExport, i.seller)
	}
	if *e.ID != i.id {
		if err := i.flush(ctx); err != nil {
			return err
		}
		if i.seen[*e.ID] {
			return fmt.Errorf("%w: the entries of listing %s do not stand together", ErrExport, *e.ID)
		}
		if i.seen == nil {
			i.seen = map[uuid.UUID]bool{}
		}
		i.id, i.after, i.seen[*e.ID] = *e.ID, 0, true
		i.done.Listings++
	}
	if at := i.after + int64(len(i.waiting)) + 1; e.Revision != at {
		return fmt.Errorf("%w: listing %s: entry %d stands where %d should", ErrExport, i.id, e.Revision, at)
	}
	digestLine(i.sum, data)
	i.waiting, i.size = append(i.waiting, data), i.size+len(data)
	i.done.Entries++
	if i.size > maxWaiting {
		return i.flush(ctx)
	}
	return nil
}

// flush brings the entries that wait into the store.
func (i *importing) flush(ctx context.Context) error {
	if len(i.waiting) == 0 {
		return nil
	}
	r, before, err := i.find(ctx, i.id)
	if err != nil {
		return err
	}
	known := min(max(r.Revision-i.after, 0), int64(len(i.waiting)))
	if err := i.compare(ctx, i.waiting[:known]); err != nil {
		return err
	}
	i.done.Known += known
	rest := i.waiting[known:]
	for size := len(rest); len(rest) > 0; {
		size = min(size, len(rest))
		next, after, err := i.save(ctx, r, before, rest[:size])
		if errors.Is(err, ErrCannotKeep) && size > 1 { // at once
			size = (size + 1) / 2
			continue
		}
		if err != nil {
			return err
		}
		r, before, rest = next, after, rest[size:]
	}
	i.after += int64(len(i.waiting))
	i.waiting, i.size = nil, 0
	return nil
}

// compare returns an error unless the store has these entries after i.after.
func (i *importing) compare(ctx context.Context, entries [][]byte) error {
	key := i.key(i.id)
	for n := 0; n < len(entries); {
		page, err := i.store.Journal(ctx, key, i.after+int64(n), min(readPage, len(entries)-n))
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return fmt.Errorf("%v: %w: entry %d is missing", key, ErrJournal, i.after+int64(n)+1)
		}
		for _, data := range page {
			if !bytes.Equal(data, entries[n]) {
				return fmt.Errorf("%v: %w with another history: entry %d differs", key, ErrExists, i.after+int64(n)+1)
			}
			n++
		}
	}
	return nil
}

// save replays the entries on the record and saves them with it.
func (i *importing) save(ctx context.Context, r Record, before *kept, entries [][]byte) (Record, *kept, error) {
	key := i.key(i.id)
	if r.Revision == 0 {
		r = Record{}
	}
	decoded := make([]Entry, len(entries))
	for n, data := range entries {
		e, err := decodeEntry(key, r.Revision+1, data)
		if err != nil {
			return Record{}, nil, err
		}
		if r, err = replayed(r, e); err != nil {
			return Record{}, nil, fmt.Errorf("%v: %w", key, err)
		}
		decoded[n] = e
	}
	w, after, err := encodeWrite(before, r, decoded, 0)
	if err != nil {
		return Record{}, nil, err
	}
	w.Entries = entries // as they were written, by whatever release
	if err := i.store.Save(ctx, w); err != nil {
		return Record{}, nil, err
	}
	return r, after, nil
}

func (i *importing) end(ctx context.Context, tail exportTail) (Moved, error) {
	if err := i.flush(ctx); err != nil {
		return i.done, err
	}
	if is := (exportTail{i.done.Listings, i.done.Entries, hex.EncodeToString(i.sum.Sum(nil))}); is != tail {
		return i.done, fmt.Errorf("%w: %d listings with %d entries, where its last line has %d with %d and another digest", ErrExport, is.Listings, is.Entries, tail.Listings, tail.Entries)
	}
	return i.done, nil
}
