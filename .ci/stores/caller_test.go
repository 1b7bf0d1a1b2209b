package stores

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

const (
	callers = 8               // goroutines of a process
	shared  = "111122223333"  // the seller of all listings of a history
	pages   = math.MaxInt - 1 // more than there is
)

// caller is one goroutine that calls a store, and the history of its calls.
type caller struct {
	store    lifecycle.Store
	client   int
	listings int
	// now is a clock that all callers of a history share.
	now     func() int64
	history []operation
	calls   int
	// seen is the latest of each listing that this caller knows.
	seen map[int]record
}

// callTogether lets the goroutines of one process make so many calls each, and returns
// the history of them all.
func callTogether(ctx context.Context, s lifecycle.Store, process, listings, calls int, now func() int64) ([]operation, error) {
	all, errs := make([]*caller, callers), make([]error, callers)
	var wg sync.WaitGroup
	for i := range callers {
		all[i] = &caller{store: s, client: process*callers + i, listings: listings, now: now, seen: map[int]record{}}
		wg.Go(func() {
			for errs[i] == nil && all[i].calls < calls {
				errs[i] = all[i].call(ctx)
			}
		})
	}
	wg.Wait()
	var history []operation
	for _, c := range all {
		history = append(history, c.history...)
	}
	return history, errors.Join(errs...)
}

// call makes one call at random, or a few. It returns an error for an answer that no
// history makes right.
func (c *caller) call(ctx context.Context) error {
	n := rand.IntN(c.listings)
	switch rand.IntN(10) {
	case 0, 1:
		return c.load(ctx, n)
	case 2:
		return c.journal(ctx, n)
	case 3:
		return c.list(ctx)
	case 4:
		return c.parts(ctx, n)
	}
	return c.save(ctx, n)
}

func keyOf(n int) lifecycle.Key {
	return lifecycle.Key{Seller: shared, Listing: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, n))}
}

// timed makes the call and writes down when it began and returned.
func (c *caller) timed(in asked, call func() error) (operation, error) {
	c.calls++
	o := operation{Client: c.client, Asked: in, Call: c.now()}
	err := call()
	o.Return = c.now()
	switch {
	case errors.Is(err, lifecycle.ErrUnavailable):
		o.Answered.Error = unknown
	case errors.Is(err, lifecycle.ErrNotFound):
		o.Answered.Error = notFound
	case errors.Is(err, lifecycle.ErrExists):
		o.Answered.Error = exists
	case errors.Is(err, lifecycle.ErrStale):
		o.Answered.Error = stale
		_, found, _ := strings.Cut(err.Error(), "it is at ")
		if _, err := fmt.Sscan(found, &o.Answered.Revision); err != nil {
			return o, fmt.Errorf("%q does not say at which revision the record is: %w", found, err)
		}
	default:
		return o, err
	}
	return o, nil
}

// add adds the operation to the history. A read that was not to be had says nothing.
func (c *caller) add(o operation) {
	if o.Asked.Kind == "Save" || o.Answered.Error != unknown {
		c.history = append(c.history, o)
	}
}

func (c *caller) save(ctx context.Context, n int) error {
	known := c.seen[n]
	base := known.Revision
	switch rand.IntN(20) { // some are sure to be refused
	case 0:
		base = 0
	case 1:
		base += 1000
	case 2:
		base = max(0, base-1)
	}
	in := asked{Kind: "Save", Listing: n, By: fmt.Sprintf("%d.%d", c.client, c.calls), Base: base, Entries: 1 + rand.Int64N(3)}
	w := lifecycle.Write{
		Key: keyOf(n), Base: base, Revision: base + in.Entries,
		Summary: lifecycle.Summary{
			ID: keyOf(n).Listing, Seller: shared, Revision: base + in.Entries, State: lifecycle.Draft, Title: in.By,
			CreatedAt: time.Unix(0, 0).UTC(), UpdatedAt: time.Unix(0, 0).UTC(),
		},
		Head: []byte(headBy(in.By, base+in.Entries)), Put: []lifecycle.Part{{Digest: digestBy(in.By), Body: []byte(bodyBy(in.By))}},
	}
	if base > 0 { // what it knows of any other base is nothing, but those Saves are refused
		w.Drop = []string{digestBy(known.By)}
	}
	for i := range in.Entries {
		w.Entries = append(w.Entries, []byte(entryBy(in.By, base+i+1)))
	}
	o, err := c.timed(in, func() error { return c.store.Save(ctx, w) })
	if err != nil {
		return err
	}
	c.add(o)
	if o.Answered.Error == "" {
		c.seen[n] = record{By: in.By, Revision: w.Revision}
		return nil
	}
	return c.load(ctx, n)
}

// digestBy returns the digest of the part of a Save.
func digestBy(by string) string {
	sum := sha256.Sum256([]byte(by))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (c *caller) load(ctx context.Context, n int) error {
	var stored lifecycle.Stored
	o, err := c.timed(asked{Kind: "Load", Listing: n}, func() (err error) {
		stored, err = c.store.Load(ctx, keyOf(n))
		return err
	})
	if err != nil {
		return err
	}
	o.Answered.Revision, o.Answered.Bytes = stored.Revision, string(stored.Head)
	c.add(o)
	if o.Answered.Error != "" {
		return nil
	}
	var head struct{ By string }
	err = json.Unmarshal(stored.Head, &head)
	c.seen[n] = record{By: head.By, Revision: stored.Revision}
	return err
}

// journal reads from a little before what it knows, to the end.
func (c *caller) journal(ctx context.Context, n int) error {
	in := asked{Kind: "Journal", Listing: n, Base: max(0, c.seen[n].Revision-rand.Int64N(8))}
	var entries [][]byte
	o, err := c.timed(in, func() (err error) {
		entries, err = c.store.Journal(ctx, keyOf(n), in.Base, pages)
		return err
	})
	if err != nil {
		return err
	}
	for i, data := range entries {
		var e struct{ Entry int64 }
		if err := json.Unmarshal(data, &e); err != nil {
			return err
		}
		if e.Entry != in.Base+int64(i)+1 {
			return fmt.Errorf("entry %d is in the place of %d", e.Entry, in.Base+int64(i)+1)
		}
		o.Answered.Entries, o.Answered.Bytes = int64(i)+1, string(data)
	}
	c.add(o)
	return nil
}

// list reads all listings of the seller, and adds what it showed of each.
func (c *caller) list(ctx context.Context) error {
	var all []lifecycle.Summary
	o, err := c.timed(asked{Kind: "List"}, func() (err error) {
		all, err = c.store.List(ctx, lifecycle.Query{Seller: listing.AccountID(shared), Limit: pages})
		return err
	})
	if err != nil {
		return err
	}
	known := map[uuid.UUID]lifecycle.Summary{}
	for _, s := range all {
		known[s.ID] = s
	}
	for n := range c.listings {
		each := o
		s := known[keyOf(n).Listing]
		each.Asked.Listing, each.Answered.Revision, each.Answered.Bytes = n, s.Revision, s.Title
		c.add(each)
		delete(known, keyOf(n).Listing)
	}
	if len(known) > 0 {
		return fmt.Errorf("a list of listings that were never saved: %v", known)
	}
	return nil
}

// parts asks for the part that it knows and one that is nobody's.
func (c *caller) parts(ctx context.Context, n int) error {
	in := asked{Kind: "Parts", Listing: n, By: c.seen[n].By, Base: c.seen[n].Revision}
	digest := digestBy(in.By)
	var found map[string][]byte
	o, err := c.timed(in, func() (err error) {
		found, err = c.store.Parts(ctx, keyOf(n), []string{digest, digestBy("nobody")})
		return err
	})
	if err != nil {
		return err
	}
	o.Answered.Bytes = string(found[digest])
	if delete(found, digest); len(found) > 0 {
		return fmt.Errorf("parts that were never saved: %v", found)
	}
	c.add(o)
	return nil
}
