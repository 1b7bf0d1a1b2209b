package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// crowd is how many goroutines work on a store at once.
const crowd = 16

var concurrencyCases = []testCase{
	{"one of many saves on one revision wins", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		for round := range 8 {
			next := make([]lifecycle.Write, crowd)
			for i := range crowd {
				// Of different lengths and with parts, so that a mix of two shows.
				next[i] = r.Next(1+i%3, fmt.Sprintf("round %d, goroutine %d", round, i))
				next[i].Put = []lifecycle.Part{writes.Part(fmt.Sprintf("%d of %d", i, round))}
			}
			errs := together(func(i int) error { return s.Save(background, next[i]) })
			r = r.After(next[requireOneWinner(t, errs, lifecycle.ErrStale, r.Key)])
			requireKept(t, s, r)
		}
	}},
	{"one of many creations wins", func(t tester, s lifecycle.Store) {
		for range 8 {
			absent := writes.Absent(writes.NewKey())
			next := make([]lifecycle.Write, crowd)
			for i := range crowd {
				next[i] = absent.Next(1+i%3, fmt.Sprintf("goroutine %d", i))
			}
			errs := together(func(i int) error { return s.Save(background, next[i]) })
			requireKept(t, s, absent.After(next[requireOneWinner(t, errs, lifecycle.ErrExists, absent.Key)]))
		}
	}},
	{"one of many listings gets a product", func(t tester, s lifecycle.Store) {
		seller := writes.NewSeller()
		for round := range 4 {
			records, next := make([]writes.Record, crowd), make([]lifecycle.Write, crowd)
			for i := range crowd {
				records[i] = writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()})
				if i%2 == 0 {
					records[i] = create(t, s, records[i].Key)
				}
				next[i] = records[i].Next(1, "With a product")
				next[i].Summary.Product = fmt.Sprintf("prod-%d", round)
			}
			errs := together(func(i int) error { return s.Save(background, next[i]) })
			won := 0
			for i, err := range errs {
				if err == nil {
					won++
					requireKept(t, s, records[i].After(next[i]))
					continue
				}
				requireAnswer(t, err, lifecycle.ErrExists, records[i].Key)
			}
			require.Equal(t, 1, won, "listings with the product")
		}
	}},
	{"listings do not get in each other's way", func(t tester, s lifecycle.Store) {
		seller := writes.NewSeller()
		last := make([]writes.Record, crowd)
		errs := together(func(i int) error {
			r := writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()})
			for step := range 10 {
				w := r.Next(1+step%2, fmt.Sprintf("step %d", step))
				if err := s.Save(background, w); err != nil {
					return err
				}
				r = r.After(w)
				stored, err := s.Load(background, r.Key)
				if err != nil {
					return err
				}
				if string(stored.Head) != string(r.Stored.Head) {
					return fmt.Errorf("saved %s, read %s", r.Stored.Head, stored.Head)
				}
			}
			last[i] = r
			return nil
		})
		require.NoError(t, errors.Join(errs...))
		for i := range crowd {
			requireKept(t, s, last[i])
		}
		all, err := s.List(background, lifecycle.Query{Seller: seller, Limit: crowd + 1})
		require.NoError(t, err)
		require.Len(t, all, crowd)
	}},
	{"readers see a Save whole", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		key := r.Key
		errs := together(func(i int) error {
			if i == 0 {
				for step := range 10 {
					w := r.Next(3, fmt.Sprintf("step %d", step))
					w.Put = []lifecycle.Part{writes.Part(fmt.Sprint(w.Revision))}
					w.Drop = []string{writes.Digest(fmt.Sprint(w.Base)), writes.Digest("1.0")}
					if err := s.Save(background, w); err != nil {
						return err
					}
					r = r.After(w)
				}
				return nil
			}
			for range 10 {
				if err := readWhole(s, key); err != nil {
					return err
				}
			}
			return nil
		})
		require.NoError(t, errors.Join(errs...))
		requireKept(t, s, r)
	}},
}

// readWhole reads a record whose every Save adds three entries and has one part,
// named after the revision. The part may be gone once the record has moved on.
func readWhole(s lifecycle.Store, key lifecycle.Key) error {
	stored, err := s.Load(background, key)
	if err != nil {
		return err
	}
	var head struct{ Revision int64 }
	if err := json.Unmarshal(stored.Head, &head); err != nil {
		return err
	}
	part := writes.Digest(fmt.Sprint(head.Revision))
	if head.Revision == 1 {
		part = writes.Digest("1.0")
	}
	parts, err := s.Parts(background, key, []string{part})
	if err != nil {
		return err
	}
	latest, err := s.Load(background, key)
	if err != nil {
		return err
	}
	summaries, err := s.List(background, lifecycle.Query{Seller: key.Seller, Limit: 1})
	if err != nil {
		return err
	}
	journal, err := s.Journal(background, key, 0, math.MaxInt)
	if err != nil {
		return err
	}
	feed, err := s.Feed(background, key.Seller, "", math.MaxInt)
	if err != nil {
		return err
	}
	switch n := int64(len(journal)); {
	case head.Revision%3 != 1:
		return fmt.Errorf("revision %d was never saved", head.Revision)
	case head.Revision != stored.Revision || latest.Revision < stored.Revision:
		return fmt.Errorf("the head of revision %d as that of %d, and later revision %d", head.Revision, stored.Revision, latest.Revision)
	case latest.Revision == stored.Revision && len(parts) != 1:
		return fmt.Errorf("the head of revision %d without its part", head.Revision)
	case len(summaries) != 1 || summaries[0].Revision < head.Revision:
		return fmt.Errorf("a list behind a record at revision %d", head.Revision)
	case n%3 != 1 || len(feed)%3 != 1:
		return fmt.Errorf("%d and %d entries: a Save was seen in part", n, len(feed))
	case n < summaries[0].Revision || len(feed) < len(journal):
		return fmt.Errorf("%d and %d entries behind a record at revision %d", n, len(feed), summaries[0].Revision)
	}
	return nil
}

// together runs work in a crowd of goroutines that begin at once, and waits
// for them.
func together(work func(i int) error) []error {
	errs := make([]error, crowd)
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i := range crowd {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-begin
			errs[i] = work(i)
		}()
	}
	close(begin)
	wg.Wait()
	return errs
}

// requireOneWinner asks for exactly one success and the answer for all others.
func requireOneWinner(t tester, errs []error, answer error, key lifecycle.Key) (winner int) {
	t.Helper()
	winner = -1
	for i, err := range errs {
		if err == nil {
			require.Equal(t, -1, winner, "two Saves on one revision succeeded")
			winner = i
			continue
		}
		requireAnswer(t, err, answer, key)
	}
	require.NotEqual(t, -1, winner, "no Save succeeded")
	return winner
}
