package lifecycle

import (
	"bytes"
	"sync"

	"github.com/shelflife-go/shelflife/version"
)

// kept is what a store has of a record: as the next Write needs to know it, and so
// that it need not be read and decoded again. It never changes once it was made.
type kept struct {
	revision int64
	parts    map[string]keptPart // by digest
	numbers  map[string][]string // the digests of each version number
	head     []byte
	record   Record // shares memory with parts: hand out copies
	size     int
}

// keptPart is a body with its digest and the length of its JSON.
type keptPart struct {
	digest string
	size   int
	part   part
}

func (k *kept) add(p keptPart) {
	if _, has := k.parts[p.digest]; has {
		return
	}
	if k.parts == nil {
		k.parts, k.numbers = map[string]keptPart{}, map[string][]string{}
	}
	number := p.part.Version.Number
	k.parts[p.digest], k.numbers[number] = p, append(k.numbers[number], p.digest)
	k.size += p.size
}

// find returns the body that is equal to p.
func (k *kept) find(p part) (keptPart, bool) {
	for _, digest := range k.numbers[p.Version.Number] {
		each := k.parts[digest]
		if each.part.Version.Equal(p.Version) && samePointee(each.part.InstanceTypes, p.InstanceTypes, InstanceTypes.equal) {
			return each, true
		}
	}
	return keptPart{}, false
}

func (k *kept) has(digest string) bool {
	_, has := k.parts[digest]
	return has
}

// remember adds the head, and the record that it makes with the bodies, which are all
// there.
func (k *kept) remember(data []byte, h head) {
	k.head, k.size = data, k.size+len(data)
	r := h.Record
	r.Draft.Versions = k.versions(h.Versions, &r.InstanceTypes)
	if p := h.Published; p != nil {
		r.Published = &Content{Listing: r.Draft, AllowList: p.Accounts, Rates: p.Rates, Other: p.Other}
		if p.Document != nil {
			r.Published.Listing = *p.Document
			r.Published.Listing.Versions = k.versions(p.Versions, &r.InstanceTypes)
		}
		if p.Stated {
			r.Published.Rates = statedRates(r.Published.Listing)
		}
	}
	if r.Request != nil {
		r.Request.Delta.Versions = k.versions(h.Requested, &r.InstanceTypes)
	}
	k.record = r
}

func (k *kept) versions(x index, types *map[version.ARN]InstanceTypes) []version.Version {
	if len(x.Numbers) == 0 {
		return nil
	}
	versions := make([]version.Version, len(x.Numbers))
	for i, s := range x.slots() {
		p := k.parts[s.digest].part
		versions[i] = p.Version
		versions[i].Status = s.status
		if p.InstanceTypes != nil {
			if *types == nil {
				*types = map[version.ARN]InstanceTypes{}
			}
			(*types)[p.Version.Resource] = *p.InstanceTypes
		}
	}
	return versions
}

// recent remembers the records that were read and written last, so that one step
// after another decodes nothing twice. It is safe for concurrent use.
type recent struct {
	mu   sync.Mutex
	size int
	all  map[Key]*kept
}

// maxRecent bounds the bytes of JSON whose records are remembered.
const maxRecent = 64 << 20

// find returns what is remembered of the record, or nothing.
func (c *recent) find(key Key) *kept {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.all[key]; k != nil {
		return k
	}
	return &kept{}
}

func (c *recent) add(key Key, k *kept) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before := c.all[key]; before != nil {
		c.size -= before.size
	}
	if c.size += k.size; c.all == nil || c.size > maxRecent {
		c.all, c.size = map[Key]*kept{}, k.size
	}
	c.all[key] = k
}

// is reports whether it was made of these bytes.
func (k *kept) is(s Stored) bool {
	return k.revision == s.Revision && k.head != nil && bytes.Equal(k.head, s.Head)
}
