// Package writes makes what tests save to a store, and tells what the store
// should have afterwards.
package writes

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Start is the instant of the first entry of each [Record].
var Start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Record is what a store should have of one listing. A record with revision 0
// is absent. Records share nothing that changes: each method returns a new one.
type Record struct {
	Key      lifecycle.Key
	Revision int64
	Summary  lifecycle.Summary
	Stored   lifecycle.Stored
	Parts    map[string][]byte
	// Dropped are digests of parts that must not be there.
	Dropped []string
	Journal [][]byte
}

// Absent returns the record of a listing that was never saved.
func Absent(key lifecycle.Key) Record { return Record{Key: key} }

// NewSeller returns an account id of twelve digits at random.
func NewSeller() listing.AccountID {
	return listing.AccountID(fmt.Sprintf("%012d", rand.Int64N(1e12)))
}

// NewKey returns a key that no other listing has.
func NewKey() lifecycle.Key { return lifecycle.Key{Seller: NewSeller(), Listing: uuid.New()} }

// Next returns a Write that moves the record on by n entries and gives it the
// title. The first one brings a part. Its bytes are JSON that says which Write it
// was, and nothing that package lifecycle could read: a store need not know more.
func (r Record) Next(n int, title string) lifecycle.Write {
	w := lifecycle.Write{Key: r.Key, Base: r.Revision, Revision: r.Revision + int64(n), Summary: r.Summary}
	w.Summary.ID, w.Summary.Seller = r.Key.Listing, r.Key.Seller
	w.Summary.Revision, w.Summary.Title = w.Revision, title
	w.Summary.UpdatedAt = Start.Add(time.Duration(w.Revision) * time.Minute)
	if r.Revision == 0 {
		w.Summary.State, w.Summary.CreatedAt = lifecycle.Draft, w.Summary.UpdatedAt
		w.Put = []lifecycle.Part{Part("1.0")}
	}
	w.Head = Bytes(map[string]any{"head of": r.Key.String(), "revision": w.Revision, "title": title})
	for i := range n {
		w.Entries = append(w.Entries, Bytes(map[string]any{"entry of": r.Key.String(), "revision": r.Revision + int64(i) + 1, "title": title}))
	}
	return w
}

// After returns what a store should have once it has saved the Write.
func (r Record) After(w lifecycle.Write) Record {
	parts := maps.Clone(r.Parts)
	if parts == nil {
		parts = map[string][]byte{}
	}
	for _, p := range w.Put {
		if _, has := parts[p.Digest]; !has {
			parts[p.Digest] = slices.Clone(p.Body)
		}
	}
	for _, digest := range w.Drop {
		delete(parts, digest)
	}
	return Record{
		Key: r.Key, Revision: w.Revision, Summary: Copy(w.Summary),
		Stored: lifecycle.Stored{Revision: w.Revision, Head: slices.Clone(w.Head)},
		Parts:  parts, Dropped: append(slices.Clip(r.Dropped), w.Drop...),
		Journal: append(slices.Clip(r.Journal), clones(w.Entries)...),
	}
}

func clones(all [][]byte) [][]byte {
	out := make([][]byte, len(all))
	for i, each := range all {
		out[i] = slices.Clone(each)
	}
	return out
}

// Copy returns a summary that shares nothing with s.
func Copy(s lifecycle.Summary) lifecycle.Summary {
	if s.Request != nil {
		request := *s.Request
		s.Request = &request
	}
	if s.Unsuccessful != nil {
		outcome := *s.Unsuccessful
		s.Unsuccessful = &outcome
	}
	return s
}

var digestsInHead = regexp.MustCompile(`"digests":"((?:[\w-]{43})+)"`)

// Parts returns the bodies that the head of a record of package lifecycle names.
func Parts(ctx context.Context, s lifecycle.Store, key lifecycle.Key, head []byte) (map[string][]byte, error) {
	var digests []string
	for _, found := range digestsInHead.FindAllSubmatch(head, -1) {
		for digest := range slices.Chunk(found[1], 43) {
			digests = append(digests, string(digest))
		}
	}
	parts := map[string][]byte{}
	for some := range slices.Chunk(digests, 200) {
		bodies, err := s.Parts(ctx, key, some)
		if err != nil {
			return nil, err
		}
		maps.Copy(parts, bodies)
	}
	return parts, nil
}

// Part returns a part whose digest and body are made from the text.
func Part(text string) lifecycle.Part {
	return lifecycle.Part{Digest: Digest(text), Body: Bytes(map[string]any{"part": text})}
}

// Digest returns a text of the form of a digest, of its own for each text of up
// to 21 bytes.
func Digest(text string) string {
	digest := fmt.Sprintf("%x", text)
	return digest + strings.Repeat("_", 43-len(digest))
}

// Bytes returns the JSON of the value.
func Bytes(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // maps, texts and numbers always encode
	}
	return data
}
