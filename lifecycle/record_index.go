package lifecycle

import (
	"bytes"
	"fmt"
	"iter"
	"strconv"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/version"
)

// index names the versions of a document and their bodies, in their order. A listing of
// a thousand versions has a thousand in its head, which is read and written with every
// step: so they stand in few and short texts.
type index struct {
	Numbers []string `json:"numbers,omitempty"`
	// Statuses are those of the versions; nil if all are offered.
	Statuses []version.Status `json:"statuses,omitempty"`
	// Digests are those of the bodies, one after another.
	Digests string `json:"digests,omitempty"`
}

// digestLength is that of SHA-256 in base64.
const digestLength = 43

// slot is one version in an index.
type slot struct {
	number string
	status version.Status
	digest string
}

func newIndex(slots []slot) index {
	var x index
	digests := make([]byte, 0, len(slots)*digestLength)
	for i, s := range slots {
		x.Numbers = append(x.Numbers, s.number)
		digests = append(digests, s.digest...)
		if s.status != version.Offered && x.Statuses == nil {
			x.Statuses = make([]version.Status, i, len(slots))
		}
		if x.Statuses != nil {
			x.Statuses = append(x.Statuses, s.status)
		}
	}
	x.Digests = string(digests)
	return x
}

// whole returns an error unless all of its versions have what a version has.
func (x index) whole() error {
	n := len(x.Numbers)
	if len(x.Digests) != n*digestLength || x.Statuses != nil && len(x.Statuses) != n {
		return fmt.Errorf("an index has %d numbers, %d statuses and digests of %d characters", n, len(x.Statuses), len(x.Digests))
	}
	return nil
}

func (x index) slots() iter.Seq2[int, slot] {
	return func(yield func(int, slot) bool) {
		for i, number := range x.Numbers {
			s := slot{number: number, digest: x.Digests[i*digestLength : (i+1)*digestLength]}
			if x.Statuses != nil {
				s.status = x.Statuses[i]
			}
			if !yield(i, s) {
				return
			}
		}
	}
}

// slots returns the versions of all indexes of the head.
func (h head) slots() []slot {
	var all []slot
	for _, x := range h.indexes() {
		for _, s := range x.slots() {
			all = append(all, s)
		}
	}
	return all
}

func (h head) indexes() []index {
	all := []index{h.Versions, h.Requested}
	if h.Published != nil {
		all = append(all, h.Published.Versions)
	}
	return all
}

// decodeHead reads a head of today's format, or of one before it.
func decodeHead(data []byte) (head, error) {
	if upgrade := upgrades[formatOf(data)]; upgrade != nil {
		return upgrade(data)
	}
	var h head
	if err := document.Decode(data, &h); err != nil {
		return head{}, err
	}
	if h.Format != headFormat && h.Format != format2 {
		return head{}, fmt.Errorf("it has the format %d, this release reads up to %d", h.Format, headFormat)
	}
	h.Format = headFormat
	for _, x := range h.indexes() {
		if err := x.whole(); err != nil {
			return head{}, err
		}
	}
	return h, nil
}

// upgrades read the heads of earlier formats as today's. What a format has that a later
// one has not stands here, in types of its own: a change of the head that earlier
// releases have not written is a new format, with a step here and a file in
// testdata/kept.
var upgrades = map[int]func(data []byte) (head, error){1: upgrade1}

// format2 is today's, but its outcomes do not say when they were written down.
const format2 = 2

// formatOf returns the format that a head begins with, as every release writes it; 0 if
// it begins with something else.
func formatOf(data []byte) int {
	rest, found := bytes.CutPrefix(data, []byte(`{"format":`))
	end := bytes.IndexAny(rest, ",}")
	if !found || end < 0 {
		return 0
	}
	format, err := strconv.Atoi(string(rest[:end]))
	if err != nil {
		return 0
	}
	return format
}

// slot1 is a version in an index of format 1, where each was an object.
type slot1 struct {
	Number string         `json:"number"`
	Status version.Status `json:"status,omitempty"`
	Digest string         `json:"digest"`
}

func upgrade1(data []byte) (head, error) {
	var h struct {
		Format int `json:"format"`
		Record
		Versions  []slot1 `json:"versions,omitempty"`
		Published *struct {
			publishedHead
			Versions []slot1 `json:"versions,omitempty"`
		} `json:"published,omitempty"`
		Requested []slot1 `json:"requested,omitempty"`
	}
	if err := document.Decode(data, &h); err != nil {
		return head{}, err
	}
	var err error
	index1 := func(slots []slot1) index {
		all := make([]slot, len(slots))
		for i, s := range slots {
			if all[i] = (slot{s.Number, s.Status, s.Digest}); len(s.Digest) != digestLength {
				err = fmt.Errorf("version %q: its digest has %d characters", s.Number, len(s.Digest))
			}
		}
		return newIndex(all)
	}
	up := head{Format: headFormat, Record: h.Record, Versions: index1(h.Versions), Requested: index1(h.Requested)}
	if h.Published != nil {
		published := h.Published.publishedHead
		published.Versions = index1(h.Published.Versions)
		up.Published = &published
	}
	return up, err
}
