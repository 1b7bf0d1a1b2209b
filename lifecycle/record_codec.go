package lifecycle

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"

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
	// Versions is the index of the draft's versions, in their order.
	Versions []slot `json:"versions,omitempty"`
	// Published stands for the field of Record.
	Published *publishedHead `json:"published,omitempty"`
	// Requested is the index of the versions of the request's delta.
	Requested []slot `json:"requested,omitempty"`
}

const headFormat = 1

// publishedHead is what the marketplace last accepted, as far as the draft does
// not say the same.
type publishedHead struct {
	// Document is the document without versions; nil if the draft is the same,
	// versions included.
	Document *listing.Listing    `json:"document,omitempty"`
	Versions []slot              `json:"versions,omitempty"`
	Accounts []listing.AccountID `json:"allowList,omitempty"`
	// Rates is the complete rate card, unless Stated: then it is the offer's.
	Rates  pricing.RateCard `json:"rates,omitempty"`
	Stated bool             `json:"stated,omitempty"`
	Other  OtherTerms       `json:"other,omitzero"`
}

// slot is one version in an index.
type slot struct {
	Number string         `json:"number"`
	Status version.Status `json:"status,omitempty"`
	Digest string         `json:"digest"`
}

// part is the body of a version. Its status is in the index, so that restricting
// a version does not write its body again.
type part struct {
	Version       version.Version `json:"version"`
	InstanceTypes *InstanceTypes  `json:"instanceTypes,omitempty"`
}

// kept is what a store has of a record, as far as the next Write needs to know:
// each body with its digest.
type kept struct {
	revision int64
	parts    map[string][]keptPart // by version number
}

type keptPart struct {
	digest string
	part   part
}

func (k *kept) find(p part) (digest string, found bool) {
	for _, each := range k.parts[p.Version.Number] {
		if each.part.Version.Equal(p.Version) && samePointee(each.part.InstanceTypes, p.InstanceTypes, InstanceTypes.equal) {
			return each.digest, true
		}
	}
	return "", false
}

func (k *kept) digests() map[string]bool {
	all := map[string]bool{}
	for _, parts := range k.parts {
		for _, each := range parts {
			all[each.digest] = true
		}
	}
	return all
}

// writer encodes one step.
type writer struct {
	before *kept
	after  *kept
	put    []Part
	has    map[string]bool
}

// encodeWrite returns what a store has to put away so that it has the record and
// its new entries, and what it has then. Whatever it returns can be read again.
func encodeWrite(before *kept, next Record, appended []Entry, reserve int) (Write, *kept, error) {
	w := writer{before: before, after: &kept{revision: next.Revision, parts: map[string][]keptPart{}}, has: before.digests()}
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
	if out.Head, err = encode[head](h, maxHead-reserve, "the record"); err != nil {
		return fail(err)
	}
	for i, e := range appended {
		e = e.named(out.Key)
		if err := e.own(out.Key, out.Base+int64(i)+1); err != nil {
			return fail(fmt.Errorf("%w: entries[%d].%w", ErrJournal, i, err))
		}
		data, err := encode[Entry](e, maxEntry, fmt.Sprintf("entries[%d]", i))
		if err != nil {
			return fail(err)
		}
		out.Entries = append(out.Entries, data)
	}
	out.Put = w.put
	still := w.after.digests()
	for digest := range before.digests() {
		if !still[digest] {
			out.Drop = append(out.Drop, digest)
		}
	}
	slices.Sort(out.Drop)
	return out, w.after, nil
}

// encode returns the JSON of the value, unless no reader would take it.
func encode[T any](value T, limit int, what string) ([]byte, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("%s %w: %w", what, ErrCannotKeep, err)
	}
	if len(data) > limit {
		return nil, fmt.Errorf("%s %w: it has %d bytes, %d are allowed", what, ErrCannotKeep, len(data), limit)
	}
	if replaced(data) {
		return nil, fmt.Errorf("%s %w: a text in it is not UTF-8", what, ErrCannotKeep)
	}
	var back T
	if err := document.Decode(data, &back); err != nil {
		return nil, fmt.Errorf("%s %w: %w", what, ErrCannotKeep, err)
	}
	return data, nil
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

func (w *writer) index(versions []version.Version, types map[version.ARN]InstanceTypes) ([]slot, error) {
	slots := make([]slot, len(versions))
	for i, v := range versions {
		s := slot{Number: v.Number, Status: v.Status}
		v.Status = version.Offered
		p := part{Version: v}
		if known, ok := types[v.Resource]; ok {
			p.InstanceTypes = &known
		}
		var err error
		if s.Digest, err = w.digest(p); err != nil {
			return nil, fmt.Errorf("version %q: %w", v.Number, err)
		}
		slots[i] = s
	}
	return slots, nil
}

// digest returns the name of the body, and adds it to what is put if the store
// does not have it.
func (w *writer) digest(p part) (string, error) {
	if digest, found := w.after.find(p); found {
		return digest, nil
	}
	digest, found := w.before.find(p)
	if !found {
		body, err := encode[part](p, maxPart, "the version")
		if err != nil {
			return "", err
		}
		digest = digestOf(body)
		if !w.has[digest] {
			w.has[digest] = true
			w.put = append(w.put, Part{Digest: digest, Body: body})
		}
	}
	number := p.Version.Number
	w.after.parts[number] = append(w.after.parts[number], keptPart{digest, p})
	return digest, nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// bodies remembers decoded bodies of versions. A body never changes, so that one
// that was decoded once need not be decoded again. It is safe for concurrent use;
// nil remembers nothing.
type bodies struct {
	mu   sync.Mutex
	size int
	all  map[bodyKey]part
}

// bodyKey names a body. The listing is part of it, so that what can be read of one
// does not depend on what was read of another.
type bodyKey struct {
	listing uuid.UUID
	digest  string
}

// maxBodies bounds the bytes of JSON whose bodies are remembered.
const maxBodies = 64 << 20

func (b *bodies) find(key bodyKey) (part, bool) {
	if b == nil {
		return part{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, found := b.all[key]
	return p, found
}

func (b *bodies) add(key bodyKey, p part, size int) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.size += size; b.all == nil || b.size > maxBodies {
		b.all, b.size = map[bodyKey]part{}, size
	}
	b.all[key] = p
}

// decodeStored puts the record together from its head and its parts.
func decodeStored(key Key, s Stored, known *bodies) (Record, *kept, error) {
	var h head
	err := document.Decode(s.Head, &h)
	if err == nil && h.Format != headFormat {
		err = fmt.Errorf("it has the format %d, this release reads %d", h.Format, headFormat)
	}
	reader := reader{listing: key.Listing, stored: s, known: known, parts: map[string]part{}, kept: &kept{revision: h.Revision, parts: map[string][]keptPart{}}}
	var r Record
	if err == nil {
		r, err = reader.record(h)
	}
	if err == nil {
		err = r.own(key, s.Revision)
	}
	if err != nil {
		return Record{}, nil, fmt.Errorf("%v: %w: %w", key, ErrUnreadable, err)
	}
	return r, reader.kept, nil
}

type reader struct {
	listing uuid.UUID
	stored  Stored
	known   *bodies
	parts   map[string]part
	kept    *kept
}

func (d reader) record(h head) (Record, error) {
	r := h.Record
	var err error
	if r.Draft.Versions, err = d.versions(h.Versions, &r.InstanceTypes); err != nil {
		return Record{}, err
	}
	if p := h.Published; p != nil {
		r.Published = &Content{AllowList: p.Accounts, Rates: p.Rates, Other: p.Other}
		if p.Document != nil {
			r.Published.Listing = *p.Document
			if r.Published.Listing.Versions, err = d.versions(p.Versions, &r.InstanceTypes); err != nil {
				return Record{}, err
			}
		} else {
			r.Published.Listing = r.Draft.Clone()
		}
		if p.Stated {
			r.Published.Rates = statedRates(r.Published.Listing)
		}
	}
	if r.Request != nil {
		delta := &r.Request.Delta
		if delta.Versions, err = d.versions(h.Requested, &r.InstanceTypes); err != nil {
			return Record{}, err
		}
	}
	return r, nil
}

func (d reader) versions(slots []slot, types *map[version.ARN]InstanceTypes) ([]version.Version, error) {
	if len(slots) == 0 {
		return nil, nil
	}
	versions := make([]version.Version, len(slots))
	for i, s := range slots {
		p, err := d.part(s)
		if err != nil {
			return nil, fmt.Errorf("version %q: %w", s.Number, err)
		}
		versions[i] = p.Version.Clone() // the body is shared with other records
		versions[i].Status = s.Status
		if p.InstanceTypes != nil {
			if *types == nil {
				*types = map[version.ARN]InstanceTypes{}
			}
			(*types)[p.Version.Resource] = *p.InstanceTypes
		}
	}
	return versions, nil
}

func (d reader) part(s slot) (part, error) {
	if p, known := d.parts[s.Digest]; known {
		return p, nil
	}
	body, found := d.stored.Parts[s.Digest]
	if !found {
		return part{}, fmt.Errorf("its body %s is missing", s.Digest)
	}
	key := bodyKey{d.listing, s.Digest}
	p, known := d.known.find(key)
	if !known {
		if digestOf(body) != s.Digest {
			return part{}, fmt.Errorf("its body %s is damaged", s.Digest)
		}
		if err := document.Decode(body, &p); err != nil {
			return part{}, err
		}
		d.known.add(key, p, len(body))
	}
	if p.Version.Number != s.Number {
		return part{}, fmt.Errorf("its body is that of version %q", p.Version.Number)
	}
	d.parts[s.Digest] = p
	d.kept.parts[s.Number] = append(d.kept.parts[s.Number], keptPart{s.Digest, p})
	return p, nil
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
