package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

const (
	// doubt is how long a request may be on its way before it is in doubt.
	doubt = time.Minute
	// retention is for how long AWS keeps change sets.
	retention = 60 * 24 * time.Hour
	// maxWatched bounds how many requests under way the catalogue looks at.
	maxWatched = 1_000
	// maxAttention bounds how many listings it shows as needing attention.
	maxAttention = 20
)

// note says why a listing needs attention: the word for it, and a sentence.
type note struct {
	Rank       int
	Word, Text string
}

// noteOf returns why the request under way needs attention, or nil.
func noteOf(s lifecycle.Summary, at time.Time) *note {
	q := s.Request
	if q == nil {
		return nil
	}
	age := at.Sub(q.RecordedAt)
	switch {
	case age >= retention:
		return &note{0, "Forgotten", fmt.Sprintf("under way for %s: AWS may have deleted its change set; a person must look at the portal", spell(age))}
	case at.After(s.Estimate(at).Latest):
		return &note{1, "Overdue", fmt.Sprintf("the request to %s is under way for %s; ask AWS Marketplace Seller Operations", q.Kind, spell(age))}
	case q.Phase == lifecycle.Sending && at.Sub(s.UpdatedAt) >= doubt:
		return &note{2, "In doubt", fmt.Sprintf("whether AWS has the request to %s is not known for %s", q.Kind, spell(at.Sub(s.UpdatedAt)))}
	}
	return nil
}

// noteOfEnd returns what is to be said of a request that did not succeed.
func noteOfEnd(o lifecycle.Outcome) *note {
	text := fmt.Sprintf("the request to %s %s", o.Kind, o.Result)
	if len(o.Problems) > 0 {
		text += ": " + o.Problems[0].String()
	}
	if len(o.Problems) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(o.Problems)-1)
	}
	word := "Refused"
	if o.Result == lifecycle.Cancelled {
		word = "Cancelled"
	}
	return &note{3, word, text}
}

// attention returns the rows of listings that need it, the most urgent first, and
// whether there may be more.
func (q *request) attention(ctx context.Context, k known) (rows []row, more bool, err error) {
	at := q.Manager.Now()
	seen := 0
	for s, err := range q.Manager.Listings(ctx, lifecycle.Query{InFlight: true, Limit: maxWatched}) {
		if err != nil && !errors.Is(err, lifecycle.ErrUnreadable) {
			return nil, false, err
		}
		seen++
		if n := noteOf(s, at); err == nil && n != nil {
			rows = append(rows, rowOf(s, n, at))
		}
	}
	more = seen == maxWatched
	ids := make([]uuid.UUID, 0, len(k.refused))
	for id, r := range k.refused {
		if r.outcome.Result == lifecycle.Failed { // who cancelled knows it
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int {
		if c := k.refused[b].at.Compare(k.refused[a].at); c != 0 {
			return c
		}
		return bytes.Compare(a[:], b[:])
	})
	if len(ids) > maxAttention {
		ids, more = ids[:maxAttention], true
	}
	for _, id := range ids {
		s, found, err := q.summary(ctx, id)
		if err != nil {
			return nil, false, err
		}
		if found && s.Request == nil {
			rows = append(rows, rowOf(s, noteOfEnd(k.refused[id].outcome), at))
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.Note.Rank - b.Note.Rank })
	if len(rows) > maxAttention {
		rows, more = rows[:maxAttention], true
	}
	return rows, more, nil
}

// summary returns the summary of a listing, and whether there is one that can be read.
func (q *request) summary(ctx context.Context, id uuid.UUID) (lifecycle.Summary, bool, error) {
	for s, err := range q.Manager.Listings(ctx, lifecycle.Query{After: before(id), Limit: 1}) {
		if errors.Is(err, lifecycle.ErrUnreadable) || err == nil && s.ID != id {
			break
		}
		return s, err == nil, err
	}
	return lifecycle.Summary{}, false, nil
}

// before returns the id just below.
func before(id uuid.UUID) uuid.UUID {
	for i := len(id) - 1; i >= 0; i-- {
		id[i]--
		if id[i] != 0xff {
			break
		}
	}
	return id
}
