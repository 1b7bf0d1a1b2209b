package lifecycle

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// ErrUnreadable is returned for a stored record, summary or entry that this release
// cannot read: a newer one wrote it, it was damaged, or it is that of another listing.
var ErrUnreadable = errors.New("stored record cannot be read")

// ErrCannotKeep is returned for a command whose result no store can keep: it is
// larger than what is kept of a listing may be, or holds what JSON does not have: text
// that is not UTF-8, or an instant after the year 9999. The message has figure and
// limit. Nothing was written.
var ErrCannotKeep = errors.New("cannot be kept")

// What is kept is bounded, so that whatever was written can be read, by every
// store. The bytes are those of the JSON. Writer and reader have the same limits.
const (
	// maxHead bounds the head of a record: everything but the bodies of its
	// versions, for which it has an index.
	maxHead = 400_000
	// headroom is what a command that leads to a request must leave of maxHead for
	// the steps that follow it: names, instants, and the problems of an outcome.
	// Cancelling it is one of these steps, and must leave cancelRoom.
	headroom   = 100_000
	cancelRoom = 80_000
	// maxPart bounds the body of a version.
	maxPart = 2_000_000
	// maxEntry bounds a journal entry.
	maxEntry = document.MaxSize
)

// head is a record without the bodies of its versions.
type head struct {
	// Format is the number of this shape.
	Format int `json:"format"`
	Record
	// Versions is the index of the draft's versions.
	Versions index `json:"versions,omitzero"`
	// Published stands for the field of Record.
	Published *publishedHead `json:"published,omitempty"`
	// Requested is the index of the versions of the request's delta.
	Requested index `json:"requested,omitzero"`
}

const headFormat = 3

// publishedHead is what the marketplace last accepted, as far as the draft does
// not say the same.
type publishedHead struct {
	// Document is the document without versions; nil if the draft is the same,
	// versions included.
	Document *listing.Listing    `json:"document,omitempty"`
	Versions index               `json:"versions,omitzero"`
	Accounts []listing.AccountID `json:"allowList,omitempty"`
	// Rates is the complete rate card, unless Stated: then it is the offer's.
	Rates  pricing.RateCard `json:"rates,omitempty"`
	Stated bool             `json:"stated,omitempty"`
	Other  OtherTerms       `json:"other,omitzero"`
}

// part is the body of a version. Its status is in the index, so that restricting
// a version does not write its body again.
type part struct {
	Version       version.Version `json:"version"`
	InstanceTypes *InstanceTypes  `json:"instanceTypes,omitempty"`
}

// writer encodes one step.
type writer struct {
	before *kept
	after  *kept
	put    []Part
}

// encodeWrite returns what a store has to put away so that it has the record and
// its new entries, and what it has then. Whatever it returns can be read again.
func encodeWrite(before *kept, next Record, appended []Entry, reserve int) (Write, *kept, error) {
	w := writer{before: before, after: &kept{revision: next.Revision}}
	out := Write{Key: next.Key(), Base: before.revision, Revision: next.Revision, Summary: summaryOf(next)}
	fail := func(err error) (Write, *kept, error) { return Write{}, nil, fmt.Errorf("%v: %w", out.Key, err) }
	if len(appended) == 0 || next.Revision != out.Base+int64(len(appended)) {
		return fail(fmt.Errorf("%w: %d entries cannot lead from revision %d to %d", ErrJournal, len(appended), out.Base, next.Revision))
	}
	if err := next.own(out.Key, out.Revision); err != nil {
		return fail(fmt.Errorf("the record %w: %w", ErrCannotKeep, err))
	}
	if last := appended[len(appended)-1]; last.State != next.State {
		return fail(fmt.Errorf("%w: entries[%d].state: is %q, the record's is %q", ErrJournal, len(appended)-1, last.State, next.State))
	}
	h, err := w.head(next)
	if err != nil {
		return fail(err)
	}
	var back head
	if out.Head, back, err = encode(h, maxHead-reserve, "the record"); err != nil {
		return fail(err)
	}
	w.after.remember(out.Head, back)
	for i, e := range appended {
		e = e.named(out.Key)
		if err := e.own(out.Key, out.Base+int64(i)+1); err != nil {
			return fail(fmt.Errorf("%w: entries[%d].%w", ErrJournal, i, err))
		}
		data, _, err := encode(e, maxEntry, fmt.Sprintf("entries[%d]", i))
		if err != nil {
			return fail(err)
		}
		out.Entries = append(out.Entries, data)
	}
	out.Put = w.put
	for digest := range before.parts {
		if _, still := w.after.parts[digest]; !still {
			out.Drop = append(out.Drop, digest)
		}
	}
	slices.Sort(out.Drop)
	return out, w.after, nil
}

// encode returns the JSON of the value, and what a reader makes of it, unless no
// reader would take it.
func encode[T any](value T, limit int, what string) (data []byte, back T, err error) {
	data, err = json.Marshal(value)
	if err != nil {
		return nil, back, fmt.Errorf("%s %w: %w", what, ErrCannotKeep, err)
	}
	if len(data) > limit {
		return nil, back, fmt.Errorf("%s %w: it has %d bytes, %d are allowed", what, ErrCannotKeep, len(data), limit)
	}
	if replaced(data) {
		return nil, back, fmt.Errorf("%s %w: a text in it is not UTF-8", what, ErrCannotKeep)
	}
	if err := document.Decode(data, &back); err != nil {
		return nil, back, fmt.Errorf("%s %w: %w", what, ErrCannotKeep, err)
	}
	return data, back, nil
}

// replaced reports whether encoding/json has replaced bytes that are not UTF-8,
// which it does without an error. It writes "\ufffd" for them, and a real U+FFFD
// as it is.
func replaced(data []byte) bool {
	for rest := data; ; {
		i := bytes.Index(rest, []byte(`\ufffd`))
		if i < 0 {
			return false
		}
		backslashes := len(rest[:i]) - len(bytes.TrimRight(rest[:i], `\`))
		if backslashes%2 == 0 {
			return true
		}
		rest = rest[i+1:]
	}
}

func (w *writer) head(r Record) (head, error) {
	h := head{Format: headFormat, Record: r}
	var err error
	if h.Versions, err = w.index(r.Draft.Versions, r.InstanceTypes); err != nil {
		return head{}, err
	}
	if p := r.Published; p != nil {
		h.Published = &publishedHead{Accounts: p.AllowList, Other: p.Other}
		if !p.Listing.Equal(r.Draft) {
			document := p.Listing
			document.Versions = nil
			h.Published.Document = &document
			if h.Published.Versions, err = w.index(p.Listing.Versions, r.InstanceTypes); err != nil {
				return head{}, err
			}
		}
		if h.Published.Stated = p.Rates.Equal(statedRates(p.Listing)); !h.Published.Stated {
			h.Published.Rates = p.Rates
		}
	}
	if q := r.Request; q != nil {
		request := *q
		if h.Requested, err = w.index(q.Delta.Versions, r.InstanceTypes); err != nil {
			return head{}, err
		}
		request.Delta.Versions = nil
		h.Request = &request
	}
	h.Draft.Versions, h.Record.Published, h.InstanceTypes = nil, nil, nil
	return h, nil
}

func statedRates(l listing.Listing) pricing.RateCard {
	if l.Offer == nil {
		return nil
	}
	return l.Offer.Rates
}

func (w *writer) index(versions []version.Version, types map[version.ARN]InstanceTypes) (index, error) {
	slots := make([]slot, len(versions))
	for i, v := range versions {
		s := slot{number: v.Number, status: v.Status}
		v.Status = version.Offered
		p := part{Version: v}
		if known, ok := types[v.Resource]; ok {
			p.InstanceTypes = &known
		}
		var err error
		if s.digest, err = w.digest(p); err != nil {
			return index{}, fmt.Errorf("version %q: %w", v.Number, err)
		}
		slots[i] = s
	}
	return newIndex(slots), nil
}

// digest returns the name of the body, and adds it to what is put if the store
// does not have it.
func (w *writer) digest(p part) (string, error) {
	if known, found := w.after.find(p); found {
		return known.digest, nil
	}
	known, found := w.before.find(p)
	if !found {
		body, back, err := encode(p, maxPart, "the version")
		if err != nil {
			return "", err
		}
		known = keptPart{digestOf(body), len(body), back}
		if !w.before.has(known.digest) && !w.after.has(known.digest) {
			w.put = append(w.put, Part{Digest: known.digest, Body: body})
		}
	}
	w.after.add(known)
	return known.digest, nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// errNoBody is returned for a head whose versions have bodies that the store does
// not have, or no longer.
var errNoBody = errors.New("is missing")

// maxBodies is how many bodies a store is asked for at once.
const maxBodies = 200

// decodeStored puts the record together from its head and its bodies: those that are
// known from before, and others by fetch.
func decodeStored(key Key, s Stored, before *kept, fetch func(digests []string) (map[string][]byte, error)) (*kept, error) {
	unreadable := func(err error) error { return fmt.Errorf("%v: %w: %w", key, ErrUnreadable, err) }
	h, err := decodeHead(s.Head)
	if err != nil {
		return nil, unreadable(err)
	}
	k := &kept{revision: h.Revision}
	var missing []string
	slots := h.slots()
	known := map[string]keptPart{}
	for _, each := range slots {
		if p, found := before.parts[each.digest]; found {
			known[each.digest] = p
		} else {
			missing = append(missing, each.digest)
		}
	}
	slices.Sort(missing)
	for some := range slices.Chunk(slices.Compact(missing), maxBodies) {
		bodies, err := fetch(some)
		if err != nil {
			return nil, err
		}
		for digest, body := range bodies {
			if digestOf(body) != digest {
				return nil, unreadable(fmt.Errorf("the body %s of a version is damaged", shown(digest)))
			}
			p := keptPart{digest: digest, size: len(body)}
			if err := document.Decode(body, &p.part); err != nil {
				return nil, unreadable(fmt.Errorf("version body %s: %w", digest, err))
			}
			known[digest] = p
		}
	}
	for _, each := range slots {
		p, found := known[each.digest]
		switch {
		case !found:
			return nil, unreadable(fmt.Errorf("version %q: its body %s %w", each.number, each.digest, errNoBody))
		case p.part.Version.Number != each.number:
			return nil, unreadable(fmt.Errorf("version %q: its body is that of version %q", each.number, p.part.Version.Number))
		}
		k.add(p)
	}
	k.remember(s.Head, h)
	if err := k.record.own(key, s.Revision); err != nil {
		return nil, unreadable(err)
	}
	return k, nil
}

// decodeEntry reads the entry of the listing with the revision.
func decodeEntry(key Key, revision int64, data []byte) (Entry, error) {
	var e Entry
	err := document.Decode(data, &e)
	if err == nil {
		err = e.own(key, revision)
	}
	if err != nil {
		return Entry{}, fmt.Errorf("%v: %w: entry %d: %w", key, ErrUnreadable, revision, err)
	}
	return e.unnamed(), nil
}
