package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

var saveFaults = []fault{
	{"does nothing at all", nothing, []string{
		"save creates and moves on", "save creates with several entries", "absent is not found",
		"listings do not get in each other's way", "readers see a Save whole",
	}},
	{"creates over what is there", func(lifecycle.Store) lifecycle.Store {
		return newUnchecked(func(there bool, revision, base int64) error {
			if base == 0 {
				return nil
			}
			return checked(there, revision, base)
		})
	}, []string{"save refuses to create twice", "one of many creations wins"}},
	{"calls what exists stale", answers(map[error]error{lifecycle.ErrExists: lifecycle.ErrStale}),
		[]string{"save refuses to create twice", "one of many creations wins", "one of many listings gets a product"}},
	{"calls what is absent stale", answers(map[error]error{lifecycle.ErrNotFound: lifecycle.ErrStale}),
		[]string{"save of a later revision does not find what was never created", "sellers do not see each other's records"}},
	{"calls what is stale absent", answers(map[error]error{lifecycle.ErrStale: lifecycle.ErrNotFound}),
		[]string{"save refuses a revision that has passed", "save refuses a revision that is yet to come", "one of many saves on one revision wins"}},
	{"calls what is stale absent as well", answers(map[error]error{lifecycle.ErrStale: errors.Join(lifecycle.ErrStale, lifecycle.ErrNotFound)}),
		[]string{"save refuses a revision that has passed"}},
	{"has an answer of its own for what is stale", answers(map[error]error{lifecycle.ErrStale: errSomething}),
		[]string{"save refuses a revision that has passed"}},
	{"creates on any revision", func(lifecycle.Store) lifecycle.Store {
		return newUnchecked(func(there bool, revision, base int64) error {
			if !there {
				return nil
			}
			return checked(there, revision, base)
		})
	}, []string{"save of a later revision does not find what was never created"}},
	{"lets the last one win", func(lifecycle.Store) lifecycle.Store {
		return newUnchecked(func(bool, int64, int64) error { return nil })
	}, []string{"save refuses a revision that has passed", "save refuses a revision that is yet to come"}},
	{"takes revisions that are yet to come", func(lifecycle.Store) lifecycle.Store {
		return newUnchecked(func(there bool, revision, base int64) error {
			if there && base > revision {
				return nil
			}
			return checked(there, revision, base)
		})
	}, []string{"save refuses a revision that is yet to come"}},
	{"writes the entries of a Save that it refuses", afterRefusal((*unchecked).feedOf), []string{"save refuses a revision that has passed", "save that is refused leaves nothing behind"}},
	{"puts the parts of a Save that it refuses", afterRefusal(func(u *unchecked, w lifecycle.Write) {
		for _, p := range w.Put {
			if parts := u.parts[w.Key]; parts != nil {
				parts[p.Digest] = p.Body
			}
		}
	}), []string{"save that is refused leaves nothing behind"}},
	{"drops the parts of a Save that it refuses", afterRefusal(func(u *unchecked, w lifecycle.Write) {
		for _, digest := range w.Drop {
			delete(u.parts[w.Key], digest)
		}
	}), []string{"save that is refused leaves nothing behind"}},
	{"keeps one entry of a Save only", keeps(func(w *lifecycle.Write) { w.Entries = w.Entries[len(w.Entries)-1:] }),
		[]string{"save creates and moves on", "save creates with several entries"}},
	{"does not say which listing", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
			stored, err := s.Load(ctx, key)
			if err != nil {
				err = lifecycle.ErrNotFound
			}
			return stored, err
		}, save: func(ctx context.Context, w lifecycle.Write) error {
			err := s.Save(ctx, w)
			for _, answer := range []error{lifecycle.ErrExists, lifecycle.ErrStale, lifecycle.ErrNotFound} {
				if errors.Is(err, answer) {
					return answer
				}
			}
			return err
		}}
	}, []string{"absent is not found", "save refuses to create twice", "save refuses a revision that has passed"}},
	{"calls a refusal a fault that passes", answers(map[error]error{lifecycle.ErrStale: errors.Join(lifecycle.ErrStale, lifecycle.ErrUnavailable)}),
		[]string{"save refuses a revision that has passed"}},
	{"has no room for a large head", refusesAbove(func(w lifecycle.Write) int { return len(w.Head) }, 300_000), []string{"save takes what is as large as allowed"}},
	{"has no room for a large part", refusesAbove(func(w lifecycle.Write) int {
		if len(w.Put) == 0 {
			return 0
		}
		return len(w.Put[0].Body)
	}, 1_000_000), []string{"save takes what is as large as allowed"}},
	{"cuts a large entry", keeps(func(w *lifecycle.Write) { w.Entries[0] = w.Entries[0][:min(len(w.Entries[0]), 1<<20)] }),
		[]string{"save takes what is as large as allowed"}},
}

// afterRefusal is a store that writes something of a Save that it refuses.
func afterRefusal(write func(u *unchecked, w lifecycle.Write)) func(lifecycle.Store) lifecycle.Store {
	return func(lifecycle.Store) lifecycle.Store {
		u := newUnchecked(checked)
		return broken{Store: u, save: func(ctx context.Context, w lifecycle.Write) error {
			err := u.Save(ctx, w)
			if err != nil {
				u.mu.Lock()
				defer u.mu.Unlock()
				write(u, w)
			}
			return err
		}}
	}
}

func refusesAbove(size func(w lifecycle.Write) int, most int) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			if size(w) > most {
				return fmt.Errorf("%v: %w", w.Key, errSomething)
			}
			return s.Save(ctx, w)
		}}
	}
}

var productFaults = []fault{
	{"lets two listings have a product", func(s lifecycle.Store) lifecycle.Store {
		return showsProduct(func(*lifecycle.Write) {})(s)
	}, []string{"a product has one listing of a seller", "save that is refused leaves nothing behind", "one of many listings gets a product"}},
	{"does not say which listing has the product", answers(map[error]error{lifecycle.ErrExists: lifecycle.ErrExists}),
		[]string{"a product has one listing of a seller"}},
	{"lets one of all sellers have a product", func(s lifecycle.Store) lifecycle.Store {
		owners := map[string]lifecycle.Key{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			if owner, taken := owners[w.Summary.Product]; taken && owner != w.Key && w.Summary.Product != "" {
				return fmt.Errorf("%v: %w: %v", w.Key, lifecycle.ErrExists, owner)
			}
			owners[w.Summary.Product] = w.Key
			return s.Save(ctx, w)
		}}
	}, []string{"a product of another seller is another product"}},
	{"takes a listing's own product for another's", func(s lifecycle.Store) lifecycle.Store {
		has := map[string]bool{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			if name := string(w.Key.Seller) + w.Summary.Product; w.Summary.Product != "" {
				if has[name] {
					return fmt.Errorf("%v: %w", w.Key, lifecycle.ErrExists)
				}
				has[name] = true
			}
			return s.Save(ctx, w)
		}}
	}, []string{"a listing keeps its product"}},
	{"never frees a product", func(s lifecycle.Store) lifecycle.Store {
		owners := map[string]lifecycle.Key{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			name := string(w.Key.Seller) + w.Summary.Product
			if owner, taken := owners[name]; taken && owner != w.Key && w.Summary.Product != "" {
				return fmt.Errorf("%v: %w: %v", w.Key, lifecycle.ErrExists, owner)
			}
			owners[name] = w.Key
			return s.Save(ctx, w)
		}}
	}, []string{"a product is free when no listing has it"}},
	{"compares products without case", func(s lifecycle.Store) lifecycle.Store {
		return showsProduct(func(w *lifecycle.Write) { w.Summary.Product = strings.ToLower(w.Summary.Product) })(s)
	}, []string{"a product has one listing of a seller"}},
}

// showsProduct is a store that keeps another product than the one that it shows.
// With the product left as it is, what is kept is of the listing's own.
func showsProduct(alter func(*lifecycle.Write)) func(lifecycle.Store) lifecycle.Store {
	return func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		shown := map[uuid.UUID]string{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			product := w.Summary.Product
			if alter(&w); w.Summary.Product == product && product != "" {
				w.Summary.Product += w.Key.Listing.String()
			}
			err := s.Save(ctx, w)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				shown[w.Key.Listing] = product
			}
			return err
		}, list: func(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
			all, err := s.List(ctx, q)
			mu.Lock()
			defer mu.Unlock()
			for i := range all {
				all[i].Product = shown[all[i].ID]
			}
			return all, err
		}}
	}
}

var bytesFaults = []fault{
	{"keeps heads as values", keeps(func(w *lifecycle.Write) { w.Head = reordered(w.Head) }), []string{"heads, parts and entries come back byte for byte"}},
	{"keeps parts as values", keeps(func(w *lifecycle.Write) {
		for i := range w.Put {
			w.Put[i].Body = reordered(w.Put[i].Body)
		}
	}), []string{"heads, parts and entries come back byte for byte"}},
	{"keeps entries as values", keeps(func(w *lifecycle.Write) {
		for i := range w.Entries {
			w.Entries[i] = reordered(w.Entries[i])
		}
	}), []string{"heads, parts and entries come back byte for byte"}},
	{"trims a head", keeps(func(w *lifecycle.Write) { w.Head = bytes.TrimSpace(w.Head) }), []string{"heads, parts and entries come back byte for byte"}},
	{"goes by the listing's id alone", func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		owner := map[uuid.UUID]listing.AccountID{}
		real := func(key lifecycle.Key) lifecycle.Key {
			mu.Lock()
			defer mu.Unlock()
			if seller, found := owner[key.Listing]; found {
				key.Seller = seller
			}
			return key
		}
		return broken{Store: s, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
			return s.Load(ctx, real(key))
		}, save: func(ctx context.Context, w lifecycle.Write) error {
			w.Key = real(w.Key)
			mu.Lock()
			owner[w.Key.Listing] = w.Key.Seller
			mu.Unlock()
			return s.Save(ctx, w)
		}}
	}, []string{"sellers do not see each other's records"}},
	{"reads account ids as numbers", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, load: func(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
			key.Seller = listing.AccountID(fmt.Sprintf("%012s", key.Seller))
			return s.Load(ctx, key)
		}}
	}, []string{"account ids keep their leading zeros"}},
	{"shares with the caller", func(lifecycle.Store) lifecycle.Store { return newUnchecked(checked) },
		[]string{"nothing is shared with the caller"}},
}

func reordered(data []byte) []byte {
	var value any
	if json.Unmarshal(data, &value) != nil {
		return data
	}
	out, err := json.Marshal(value)
	if err != nil {
		return data
	}
	return out
}

var partFaults = []fault{
	{"puts one part only", keeps(func(w *lifecycle.Write) { w.Put = w.Put[:min(len(w.Put), 1)] }), []string{"parts are put, kept and dropped"}},
	{"drops nothing", keeps(func(w *lifecycle.Write) { w.Drop = nil }), []string{"parts are put, kept and dropped", "parts of listings are apart", "readers see a Save whole"}},
	{"keeps the parts of the last Save only", func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		put := map[lifecycle.Key]map[string]bool{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			err := s.Save(ctx, w)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				put[w.Key] = map[string]bool{}
				for _, p := range w.Put {
					put[w.Key][p.Digest] = true
				}
			}
			return err
		}, parts: func(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
			parts, err := s.Parts(ctx, key, digests)
			mu.Lock()
			defer mu.Unlock()
			maps.DeleteFunc(parts, func(digest string, _ []byte) bool { return !put[key][digest] })
			return parts, err
		}}
	}, []string{"parts are put, kept and dropped", "a record grows to 1,000 versions", "a listing lives its whole life"}},
	{"replaces a part that is there", func(lifecycle.Store) lifecycle.Store { return newUnchecked(checked) }, []string{"a part that is there stays as it is"}},
	{"reads a page of parts", bodies(func(_ lifecycle.Key, parts map[string][]byte) {
		maps.DeleteFunc(parts, func(string, []byte) bool { return len(parts) > 100 })
	}), []string{"a record grows to 1,000 versions"}},
	{"compares digests without case", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			seen := map[string]bool{}
			w.Put = slices.DeleteFunc(slices.Clone(w.Put), func(p lifecycle.Part) bool {
				was := seen[strings.ToLower(p.Digest)]
				seen[strings.ToLower(p.Digest)] = true
				return was
			})
			return s.Save(ctx, w)
		}}
	}, []string{"digests differ by the case of a letter"}},
	{"has one shelf of parts for all listings", func(s lifecycle.Store) lifecycle.Store {
		var mu sync.Mutex
		dropped := map[string]bool{}
		return broken{Store: s, save: func(ctx context.Context, w lifecycle.Write) error {
			err := s.Save(ctx, w)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				for _, digest := range w.Drop {
					dropped[digest] = true
				}
			}
			return err
		}, parts: func(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
			parts, err := s.Parts(ctx, key, digests)
			mu.Lock()
			defer mu.Unlock()
			maps.DeleteFunc(parts, func(digest string, _ []byte) bool { return dropped[digest] })
			return parts, err
		}}
	}, []string{"parts of listings are apart"}},
	{"gives all parts, whatever was asked for", func(lifecycle.Store) lifecycle.Store {
		u := newUnchecked(checked)
		return broken{Store: u, parts: func(_ context.Context, key lifecycle.Key, _ []string) (map[string][]byte, error) {
			u.mu.Lock()
			defer u.mu.Unlock()
			return maps.Clone(u.parts[key]), nil
		}}
	}, []string{"parts are found by what was asked for"}},
	{"gives an empty body for a part that is not there", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, parts: func(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
			parts, err := s.Parts(ctx, key, digests)
			for _, digest := range digests {
				parts[digest] = append(parts[digest], ""...)
			}
			return parts, err
		}}
	}, []string{"parts are found by what was asked for", "parts are put, kept and dropped"}},
	{"knows parts of records only that are there", func(s lifecycle.Store) lifecycle.Store {
		return broken{Store: s, parts: func(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
			if _, err := s.Load(ctx, key); err != nil {
				return nil, err
			}
			return s.Parts(ctx, key, digests)
		}}
	}, []string{"parts are found by what was asked for"}},
}
