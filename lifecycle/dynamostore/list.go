package dynamostore

import (
	"context"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Ids are followed by characters below and above these two in no key.
const (
	above = " "
	last  = "~"
)

// list reads by the pointers that leave the fewest records to look at, or without one
// the records of the seller.
func (s *Store) list(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	c := &chosen{q: q, summaries: []lifecycle.Summary{}}
	over := span{from: q.After.String() + above, to: last}
	switch {
	case q.Product != "":
		return s.listProduct(ctx, c)
	case q.Name != "":
		over.partition = namedOf(q.Seller, q.Name)
	case q.Title != "":
		over.partition = titledOf(q.Seller, q.Title)
	case !q.DueBefore.IsZero():
		over.partition, over.dueBefore = inFlightOf(q.Seller), bound(q.DueBefore)
	case q.InFlight:
		over.partition = inFlightOf(q.Seller)
	case q.Unsuccessful:
		over.partition = unsuccessfulOf(q.Seller)
	default:
		over.partition = recordsOf(q.Seller)
		if q.State == "" {
			over.page = q.Limit
		}
		err := s.each(ctx, over, c.add)
		return c.summaries, err
	}
	return c.summaries, s.listPointers(ctx, c, over)
}

// chosen gathers the summaries that a query chooses.
type chosen struct {
	q         lifecycle.Query
	summaries []lifecycle.Summary
}

// add adds the record if the query chooses it, and reports whether there is room for
// more. A damaged one is added with its id: nobody can tell what it was.
func (c *chosen) add(record item) (bool, error) {
	s, err := summaryOf(record)
	if err != nil {
		return false, err
	}
	if c.q.Matches(s) || s == (lifecycle.Summary{ID: s.ID}) {
		c.summaries = append(c.summaries, s)
	}
	return len(c.summaries) < c.q.Limit, nil
}

func (s *Store) listProduct(ctx context.Context, c *chosen) ([]lifecycle.Summary, error) {
	pointer, err := s.fetch(ctx, []place{productPlace(c.q.Seller, c.q.Product)})
	if err != nil {
		return nil, err
	}
	for _, i := range pointer {
		if id := textIn(i, listingName); id > c.q.After.String() {
			_, err := s.addAll(ctx, c, []string{id})
			return c.summaries, err
		}
	}
	return c.summaries, nil
}

// listPointers follows the pointers of the span, as many at a time as one batch has.
func (s *Store) listPointers(ctx context.Context, c *chosen, over span) error {
	var ids []string
	more := true
	err := s.each(ctx, over, func(pointer item) (bool, error) {
		var err error
		if ids = append(ids, textIn(pointer, sortKey)); len(ids) == min(maxBatch, max(10, c.q.Limit)) {
			more, err = s.addAll(ctx, c, ids)
			ids = ids[:0]
		}
		return more, err
	})
	if err == nil && more {
		_, err = s.addAll(ctx, c, ids)
	}
	return err
}

// addAll adds those of the records that are there and chosen, in the order of the ids.
func (s *Store) addAll(ctx context.Context, c *chosen, ids []string) (more bool, err error) {
	places := make([]place, len(ids))
	for i, id := range ids {
		places[i] = place{recordsOf(c.q.Seller), id}
	}
	found, err := s.fetch(ctx, places)
	if err != nil {
		return false, err
	}
	for _, p := range places {
		if record := found[p]; record != nil {
			if more, err := c.add(record); err != nil || !more {
				return false, err
			}
		}
	}
	return true, nil
}

// bound returns the text of an instant to compare with. What lies outside the
// years that are kept comes before, or after, every text.
func bound(at time.Time) string {
	switch at = at.UTC(); {
	case at.Year() < 0:
		return " "
	case at.Year() > 9999:
		return "A"
	}
	return at.Format(layout)
}
