package dynamostore

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// A feed has one item for each Save, numbered from 1 without gaps. It says where the
// entries are, which are kept once.

// cursor is a place in a feed: the number of the Save to read next, and how many of
// its entries have been read.
type cursor struct {
	number int64
	passed int
}

func (c cursor) text() lifecycle.Cursor {
	if c.passed == 0 {
		return lifecycle.Cursor(strconv.FormatInt(c.number, 10))
	}
	return lifecycle.Cursor(fmt.Sprintf("%d.%d", c.number, c.passed))
}

func parseCursor(text lifecycle.Cursor) (cursor, error) {
	if text == "" {
		return cursor{number: 1}, nil
	}
	number, passed, parted := strings.Cut(string(text), ".")
	var c cursor
	var err error
	if c.number, err = strconv.ParseInt(number, 10, 64); err == nil && parted {
		c.passed, err = strconv.Atoi(passed)
	}
	if err != nil || c.number < 1 || c.passed < 0 || c.text() != text {
		return cursor{}, fmt.Errorf("%.100q: %w", string(text), lifecycle.ErrCursor)
	}
	return c, nil
}

// feedSaves is how many Saves of a feed are read at a time.
const feedSaves = 100

func (s *Store) feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	at, err := parseCursor(after)
	if err != nil {
		return nil, err
	}
	entries := []lifecycle.StoredEntry{}
	for {
		asked := min(limit-len(entries), feedSaves)
		saves, err := s.saves(ctx, seller, at.number, asked)
		if err != nil {
			return nil, err
		}
		if entries, at, err = s.addSaves(ctx, seller, entries, saves, at, limit); err != nil {
			return nil, err
		}
		if len(saves) < asked || len(entries) == limit {
			return entries, nil
		}
	}
}

// save is an item of the feed.
type save struct {
	number  int64
	listing uuid.UUID
	entries place
	first   int64
}

// saves returns the Saves from the number on, limit at the most, without a gap.
func (s *Store) saves(ctx context.Context, seller listing.AccountID, number int64, limit int) ([]save, error) {
	var saves []save
	add := func(i item) error {
		if err := readable(i); err != nil {
			return err
		}
		id, err := listingID(textIn(i, listingName))
		if err != nil {
			return err
		}
		key := lifecycle.Key{Seller: seller, Listing: id}
		saves = append(saves, save{number, id, entriesPlace(key, numberIn(i, lastName)), numberIn(i, firstName)})
		number++
		return nil
	}
	over := span{partition: feedOf(seller), from: feedPlace(seller, number).sort, to: feedPlace(seller, math.MaxInt64).sort, page: limit}
	err := s.each(ctx, over, func(i item) (bool, error) {
		// A Save that DynamoDB is still carrying out may come later than the next one.
		for digits(number) != textIn(i, sortKey) {
			p := feedPlace(seller, number)
			late, err := s.settled(ctx, p)
			if err != nil {
				return false, err
			}
			if late[p] == nil {
				return false, unreadable(p, errDamaged)
			}
			if err := add(late[p]); err != nil {
				return false, err
			}
		}
		return len(saves)+1 < limit, add(i)
	})
	return saves[:min(len(saves), limit)], err
}

// addSaves adds the entries of the Saves, up to the limit, and returns the place
// after them.
func (s *Store) addSaves(ctx context.Context, seller listing.AccountID, entries []lifecycle.StoredEntry, saves []save, at cursor, limit int) ([]lifecycle.StoredEntry, cursor, error) {
	places := make([]place, len(saves))
	for i, each := range saves {
		places[i] = each.entries
	}
	found, err := s.fetchSettled(ctx, places)
	if err != nil {
		return nil, at, err
	}
	for _, each := range saves {
		i := found[each.entries]
		if i == nil {
			return nil, at, unreadable(each.entries, errDamaged)
		}
		all, err := s.entriesIn(ctx, i)
		if err != nil {
			return nil, at, fmt.Errorf("%v: %w", lifecycle.Key{Seller: seller, Listing: each.listing}, err)
		}
		for n := at.passed; n < len(all) && len(entries) < limit; n++ {
			if at = (cursor{each.number, n + 1}); n+1 == len(all) {
				at = cursor{number: each.number + 1}
			}
			entries = append(entries, lifecycle.StoredEntry{Cursor: at.text(), Listing: each.listing, Revision: each.first + int64(n), Entry: all[n]})
		}
	}
	return entries, at, nil
}
