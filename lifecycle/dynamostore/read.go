package dynamostore

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (s *Store) load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	found, err := s.get(ctx, headPlace(key))
	if err != nil {
		return lifecycle.Stored{}, err
	}
	if found == nil {
		return lifecycle.Stored{}, lifecycle.ErrNotFound
	}
	head, err := s.dataIn(ctx, found)
	return lifecycle.Stored{Revision: numberIn(found, revisionName), Head: head}, err
}

// readings is how often to read what others remove meanwhile.
const readings = 5

func (s *Store) parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	parts := map[string][]byte{}
	asked := make(map[place]string, len(digests))
	places := make([]place, 0, len(digests))
	for _, digest := range digests {
		p := partPlace(key, digest)
		asked[p] = digest
		places = append(places, p)
	}
	for range readings {
		found, err := s.fetchSettled(ctx, places)
		if err != nil {
			return nil, err
		}
		places = places[:0]
		for p, i := range found {
			body, err := s.dataIn(ctx, i)
			if err != nil {
				return nil, err
			}
			if body == nil { // it was dropped since: look again
				places = append(places, p)
				continue
			}
			parts[asked[p]] = body
		}
		if len(places) == 0 {
			return parts, nil
		}
	}
	return nil, unreadable(places[0], errDamaged)
}

func (s *Store) journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	record, err := s.get(ctx, recordPlace(key.Seller, key.Listing))
	if err != nil {
		return nil, err
	}
	if record == nil {
		return nil, lifecycle.ErrNotFound
	}
	var saves []item
	next := after + 1 // the revision that comes next
	over := span{partition: partitionOf(key), from: entriesPlace(key, next).sort, to: entriesPlace(key, math.MaxInt64).sort, page: limit}
	err = s.each(ctx, over, func(i item) (bool, error) {
		first, last := numberIn(i, firstName), numberIn(i, lastName)
		if first > next {
			late, err := s.late(ctx, key, next, first-1)
			if err != nil {
				return false, err
			}
			saves = append(saves, late...)
		}
		saves = append(saves, i)
		next = last + 1
		return next-after-1 < int64(limit), nil
	})
	if err == nil && next-after-1 < int64(limit) && next <= numberIn(record, revisionName) {
		var late []item
		late, err = s.late(ctx, key, next, numberIn(record, revisionName))
		saves = append(saves, late...)
	}
	if err != nil {
		return nil, err
	}
	entries := [][]byte{}
	for _, i := range saves {
		all, err := s.entriesIn(ctx, i)
		if err != nil {
			return nil, err
		}
		passed := max(after+1-numberIn(i, firstName), 0) // of a Save that ended above after
		all = all[min(passed, int64(len(all))):]
		entries = append(entries, all[:min(limit-len(entries), len(all))]...)
		if len(entries) == limit {
			break
		}
	}
	return entries, nil
}

// late returns the entries from one revision to another whose Saves DynamoDB was
// still carrying out when they were asked for.
func (s *Store) late(ctx context.Context, key lifecycle.Key, from, to int64) ([]item, error) {
	var saves []item
	for to >= from {
		p := entriesPlace(key, to)
		found, err := s.settled(ctx, p)
		if err != nil {
			return nil, err
		}
		first := numberIn(found[p], firstName)
		if first < 1 || first > to {
			return nil, unreadable(p, errDamaged)
		}
		saves = append(saves, found[p])
		to = first - 1
	}
	slices.Reverse(saves)
	return saves, nil
}

// sizesName is the attribute with the lengths of the entries of a Save.
const sizesName = "sizes"

// joined returns the entries of a Save as one text of bytes, and their lengths.
func joined(entries [][]byte) (all []byte, sizes string) {
	lengths := make([]string, len(entries))
	for i, entry := range entries {
		lengths[i] = strconv.Itoa(len(entry))
	}
	return slices.Concat(entries...), strings.Join(lengths, ",")
}

// entriesIn takes the entries of a Save apart.
func (s *Store) entriesIn(ctx context.Context, i item) ([][]byte, error) {
	all, err := s.dataIn(ctx, i)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	rest := all
	for size := range strings.SplitSeq(textIn(i, sizesName), ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 0 || n > len(rest) {
			return nil, unreadable(placeOf(i), errDamaged)
		}
		entries = append(entries, rest[:n:n])
		rest = rest[n:]
	}
	if len(rest) > 0 || int64(len(entries)) != numberIn(i, lastName)-numberIn(i, firstName)+1 {
		return nil, unreadable(placeOf(i), fmt.Errorf("%w: %d entries", errDamaged, len(entries)))
	}
	return entries, nil
}
