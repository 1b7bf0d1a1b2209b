package console

import (
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

// noteOf returns why the request under way needs attention, or how the latest ended
// without success; else nil.
func noteOf(s lifecycle.Summary, at time.Time) *note {
	q := s.Request
	if o := s.Unsuccessful; o != nil {
		word, ended := "Refused", "failed"
		if o.Result == lifecycle.Cancelled {
			word, ended = "Cancelled", "was cancelled"
		}
		return &note{3, word, fmt.Sprintf("the request to %s %s", o.Kind, ended)}
	}
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

// because adds the first of the marketplace's reasons to the text.
func (n *note) because(problems []lifecycle.Problem) {
	if len(problems) > 0 {
		n.Text += ": " + problems[0].String()
	}
	if len(problems) > 1 {
		n.Text += fmt.Sprintf(" (and %d more)", len(problems)-1)
	}
}

// attention returns the rows of listings that need it, the most urgent first, and
// whether there may be more.
func (q *request) attention() (rows []row, more bool, err error) {
	at := q.Manager.Now()
	rows, more, err = q.noted(lifecycle.Query{InFlight: true}, at)
	if err != nil {
		return nil, false, err
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.Note.Rank - b.Note.Rank })
	refused, moreRefused, err := q.noted(lifecycle.Query{Unsuccessful: true}, at)
	if err != nil {
		return nil, false, err
	}
	refused = slices.DeleteFunc(refused, func(r row) bool { // who cancelled knows it
		return r.Unsuccessful.Result != lifecycle.Failed
	})
	slices.SortStableFunc(refused, func(a, b row) int { return b.Unsuccessful.RecordedAt.Compare(a.Unsuccessful.RecordedAt) })
	rows, more = append(rows, refused...), more || moreRefused
	if len(rows) > maxAttention {
		rows, more = rows[:maxAttention], true
	}
	for _, r := range rows {
		if o := r.Unsuccessful; o != nil {
			problems, err := q.problems(r.ID, o.Revision)
			if err != nil {
				return nil, false, err
			}
			r.Note.because(problems)
		}
	}
	return rows, more, nil
}

// noted returns the rows with a note of what the query chooses, and whether there may be
// more.
func (q *request) noted(query lifecycle.Query, at time.Time) (rows []row, more bool, err error) {
	query.Limit = maxWatched
	seen := 0
	for s, err := range q.Manager.Listings(q.r.Context(), query) {
		if err != nil && !errors.Is(err, lifecycle.ErrUnreadable) {
			return nil, false, err
		}
		seen++
		if r := rowOf(s, at); r.Note != nil {
			rows = append(rows, r)
		}
	}
	return rows, seen == maxWatched, nil
}

// problems returns the marketplace's reasons in the outcome that the entry with the
// revision wrote down; none if it cannot be read.
func (q *request) problems(id uuid.UUID, revision int64) ([]lifecycle.Problem, error) {
	for e, err := range q.Manager.JournalAfter(q.r.Context(), id, revision-1) {
		if errors.Is(err, lifecycle.ErrUnreadable) || err == nil && e.Outcome == nil {
			break
		}
		if err != nil {
			return nil, err
		}
		return e.Outcome.Problems, nil
	}
	return nil, nil
}

// summary returns the summary of a listing, and whether there is one that can be read.
func (q *request) summary(id uuid.UUID) (lifecycle.Summary, bool, error) {
	for s, err := range q.Manager.Listings(q.r.Context(), lifecycle.Query{After: before(id), Limit: 1}) {
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
