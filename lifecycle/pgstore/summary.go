package pgstore

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// columnsOf returns the columns of a record in the order of insertRecord.
func columnsOf(w lifecycle.Write) ([]any, error) {
	s := w.Summary
	// The columns of a request and of an outcome are NULL without one.
	var due, kind, phase, changeSet, cancelling, recorded any
	var ended, result, endedChangeSet, endedRevision, endedAt any
	var t texts
	if q := s.Request; q != nil {
		due, kind, phase, changeSet, cancelling, recorded = t.of(q.Due), raw(string(q.Kind)), raw(string(q.Phase)), raw(q.ChangeSet), q.Cancelling, t.of(q.RecordedAt)
	}
	if o := s.Unsuccessful; o != nil {
		ended, result, endedChangeSet, endedRevision, endedAt = raw(string(o.Kind)), raw(string(o.Result)), raw(o.ChangeSet), o.Revision, t.of(o.RecordedAt)
	}
	columns := []any{
		string(w.Key.Seller), uuidOf(w.Key.Listing), raw(string(s.Seller)), w.Revision, raw(string(s.State)), raw(s.Name), raw(s.Title),
		raw(string(s.Kind)), raw(string(s.Visibility)), raw(s.Creator), raw(s.Product),
		t.of(s.CreatedAt), t.of(s.UpdatedAt), due, kind, phase, changeSet, cancelling, recorded,
		ended, result, endedChangeSet, endedRevision, endedAt, raw(w.Head),
	}
	return columns, t.err
}

// uuidOf returns an id in a type that pgx knows in each of its modes.
func uuidOf(id uuid.UUID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// text is a text that is kept as bytes. NULL is the empty text.
type text string

// ScanBytes implements the interface of pgx for columns of bytes.
func (t *text) ScanBytes(v []byte) error {
	*t = text(v)
	return nil
}

const selectSummary = `
	SELECT id, owner, revision, state, name, title, kind, visibility, creator, product,
		created_at, updated_at, request_due, request_kind, request_phase, request_change_set, request_cancelling, request_recorded_at,
		outcome_kind, outcome_result, outcome_change_set, outcome_revision, outcome_recorded_at
	FROM shelflife_records`

// scanSummary returns the summary of a row, or its id alone where an instant was
// damaged.
func scanSummary(rows pgx.Rows) (lifecycle.Summary, error) {
	var s lifecycle.Summary
	var created, updated string
	var due, recorded, endedAt *string
	var kind, phase, changeSet, ended, endedChangeSet text
	var result *text
	var cancelling *bool
	var endedRevision *int64
	err := rows.Scan((*[16]byte)(&s.ID), (*text)(&s.Seller), &s.Revision, (*text)(&s.State), (*text)(&s.Name), (*text)(&s.Title), (*text)(&s.Kind), (*text)(&s.Visibility), (*text)(&s.Creator), (*text)(&s.Product),
		&created, &updated, &due, &kind, &phase, &changeSet, &cancelling, &recorded,
		&ended, &result, &endedChangeSet, &endedRevision, &endedAt)
	if err != nil {
		return s, err
	}
	var t instants
	s.CreatedAt, s.UpdatedAt = t.of(&created), t.of(&updated)
	if due != nil {
		s.Request = &lifecycle.RequestSummary{
			Kind: lifecycle.Event(kind), Phase: lifecycle.Phase(phase), ChangeSet: string(changeSet),
			Cancelling: cancelling != nil && *cancelling, RecordedAt: t.of(recorded), Due: t.of(due),
		}
	}
	if result != nil {
		s.Unsuccessful = &lifecycle.OutcomeSummary{Kind: lifecycle.Event(ended), Result: lifecycle.Result(*result), ChangeSet: string(endedChangeSet), RecordedAt: t.of(endedAt)}
		if endedRevision != nil {
			s.Unsuccessful.Revision = *endedRevision
		}
	}
	if t.damaged {
		return lifecycle.Summary{ID: s.ID}, nil
	}
	return s, nil
}

// selection returns the statement that finds what the query chooses, and its
// arguments after the seller. Conditions are written as the indexes have them.
func selection(q lifecycle.Query) (statement string, args []any) {
	conditions := []string{"seller = $1"}
	// A condition has %[1]d for the number of its argument.
	and := func(condition string, value any) {
		args = append(args, value)
		conditions = append(conditions, fmt.Sprintf(condition, len(args)+1))
	}
	and("id > $%[1]d AND state <> ''", uuidOf(q.After))
	if q.State != "" {
		and("sha256(state) = sha256($%[1]d::bytea) AND state = $%[1]d::bytea", raw(string(q.State)))
	}
	if q.Unsuccessful {
		conditions = append(conditions, "outcome_result IS NOT NULL")
	}
	if q.InFlight {
		conditions = append(conditions, "request_due IS NOT NULL")
	}
	if !q.DueBefore.IsZero() {
		and("request_due IS NOT NULL AND request_due < $%[1]d", bound(q.DueBefore))
	}
	if q.Title != "" {
		and("sha256(title) = sha256($%[1]d::bytea) AND title = $%[1]d::bytea", raw(q.Title))
	}
	if q.Name != "" {
		and("name <> '' AND sha256(name) = sha256($%[1]d::bytea) AND name = $%[1]d::bytea", raw(q.Name))
	}
	if q.Product != "" {
		and("product <> '' AND sha256(product) = sha256($%[1]d::bytea) AND product = $%[1]d::bytea", raw(q.Product))
	}
	args = append(args, q.Limit)
	return fmt.Sprintf("%s WHERE %s ORDER BY id LIMIT $%d", selectSummary, strings.Join(conditions, " AND "), len(args)+1), args
}

// layout has a fixed width, so that texts sort as instants do: RFC 3339 with nine
// decimals.
const layout = "2006-01-02T15:04:05.000000000Z"

// texts turns instants into texts and keeps the first error.
type texts struct{ err error }

func (t *texts) of(at time.Time) string {
	at = at.UTC()
	if year := at.Year(); (year < 0 || year > 9999) && t.err == nil {
		t.err = fmt.Errorf("%w: an instant in the year %d: years 0 to 9999 are allowed", lifecycle.ErrCannotKeep, year)
	}
	return at.Format(layout)
}

// instants turns texts into instants, and remembers whether one was none.
type instants struct{ damaged bool }

func (t *instants) of(text *string) time.Time {
	if text == nil {
		t.damaged = true
		return time.Time{}
	}
	at, err := time.Parse(layout, *text)
	t.damaged = t.damaged || err != nil
	return at.UTC()
}

// bound returns the text of an instant to compare with. What lies outside the
// years that are kept comes before, or after, every text.
func bound(at time.Time) string {
	switch at = at.UTC(); {
	case at.Year() < 0:
		return ""
	case at.Year() > 9999:
		return "A"
	}
	return at.Format(layout)
}
