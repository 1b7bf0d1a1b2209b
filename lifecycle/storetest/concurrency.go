package storetest

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// crowd is how many goroutines work on a store at once.
const crowd = 16

var concurrencyCases = []testCase{
	{"one of many saves on one revision wins", func(t tester, s lifecycle.Store) {
		r, journal := create(t, s, newKey())
		for round := range 8 {
			next := make([]lifecycle.Record, crowd)
			entries := make([][]lifecycle.Entry, crowd)
			for i := range crowd {
				// Of different lengths, so that a mix of two shows as a gap.
				next[i], entries[i] = edited(r, 1+i%3, fmt.Sprintf("round %d, goroutine %d", round, i))
			}
			errs := together(func(i int) error { return s.Save(background, next[i], entries[i]) })
			winner := requireOneWinner(t, errs, lifecycle.ErrStale, r.Key())
			r, journal = next[winner], append(journal, entries[winner]...)
			requireKept(t, s, r, journal)
		}
	}},
	{"one of many creations wins", func(t tester, s lifecycle.Store) {
		for range 8 {
			key := newKey()
			next := make([]lifecycle.Record, crowd)
			entries := make([][]lifecycle.Entry, crowd)
			for i := range crowd {
				r, first := draft(key)
				var more []lifecycle.Entry
				next[i], more = edited(r, i%3, fmt.Sprintf("goroutine %d", i))
				entries[i] = append(first, more...)
			}
			errs := together(func(i int) error { return s.Save(background, next[i], entries[i]) })
			winner := requireOneWinner(t, errs, lifecycle.ErrExists, key)
			requireKept(t, s, next[winner], entries[winner])
		}
	}},
	{"listings do not get in each other's way", func(t tester, s lifecycle.Store) {
		seller := newSeller()
		last := make([]lifecycle.Record, crowd)
		journals := make([][]lifecycle.Entry, crowd)
		errs := together(func(i int) error {
			r, journal := draft(lifecycle.Key{Seller: seller, Listing: uuid.New()})
			entries := journal
			for step := range 10 {
				if err := s.Save(background, r, entries); err != nil {
					return err
				}
				loaded, err := s.Load(background, r.Key())
				if err != nil {
					return err
				}
				if loaded.Revision != r.Revision {
					return fmt.Errorf("saved revision %d, read revision %d", r.Revision, loaded.Revision)
				}
				last[i], journals[i] = r, journal
				r, entries = edited(r, 1+step%2, fmt.Sprintf("step %d", step))
				journal = append(journal, entries...)
			}
			return nil
		})
		require.NoError(t, errors.Join(errs...))
		for i := range crowd {
			requireKept(t, s, last[i], journals[i])
		}
		records, err := s.List(background, lifecycle.Query{Seller: seller, Limit: crowd + 1})
		require.NoError(t, err)
		require.Len(t, records, crowd)
	}},
	{"readers see a record and its journal whole", func(t tester, s lifecycle.Store) {
		r, _ := create(t, s, newKey())
		key := r.Key()
		errs := together(func(i int) error {
			if i == 0 {
				for step := range 10 {
					next, entries := edited(r, 3, fmt.Sprintf("step %d", step))
					if err := s.Save(background, next, entries); err != nil {
						return err
					}
					r = next
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
	}},
}

// readWhole reads a record whose every Save adds three entries.
func readWhole(s lifecycle.Store, key lifecycle.Key) error {
	loaded, err := s.Load(background, key)
	if err != nil {
		return err
	}
	journal, err := s.Journal(background, key, 0, math.MaxInt)
	if err != nil {
		return err
	}
	switch n := int64(len(journal)); {
	case loaded.Revision%3 != 1:
		return fmt.Errorf("revision %d was never saved", loaded.Revision)
	case n%3 != 1:
		return fmt.Errorf("%d entries: a Save was seen in part", n)
	case n < loaded.Revision:
		return fmt.Errorf("%d entries behind a record at revision %d", n, loaded.Revision)
	}
	for i, e := range journal {
		if e.Revision != int64(i)+1 {
			return fmt.Errorf("entry %d stands where %d belongs", e.Revision, i+1)
		}
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
