package sqlitestore

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/rule"
)

const (
	insertRecord = `
		INSERT INTO shelflife_records (seller, id, owner, revision, state, name, title, kind, visibility, creator, product,
			created_at, updated_at, request_due, request_kind, request_phase, request_change_set, request_cancelling, request_recorded_at,
			outcome_kind, outcome_result, outcome_change_set, outcome_revision, outcome_recorded_at, head)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)
		ON CONFLICT (seller, id) DO NOTHING`
	updateRecord = `
		UPDATE shelflife_records SET owner = ?3, revision = ?4, state = ?5, name = ?6, title = ?7, kind = ?8, visibility = ?9, creator = ?10,
			product = ?11, created_at = ?12, updated_at = ?13, request_due = ?14, request_kind = ?15, request_phase = ?16,
			request_change_set = ?17, request_cancelling = ?18, request_recorded_at = ?19,
			outcome_kind = ?20, outcome_result = ?21, outcome_change_set = ?22, outcome_revision = ?23, outcome_recorded_at = ?24, head = ?25
		WHERE seller = ?1 AND id = ?2 AND revision = ?26`
	selectSummary = `
		SELECT id, owner, revision, state, name, title, kind, visibility, creator, product,
			created_at, updated_at, request_due, request_kind, request_phase, request_change_set, request_cancelling, request_recorded_at,
			outcome_kind, outcome_result, outcome_change_set, outcome_revision, outcome_recorded_at
		FROM shelflife_records`
)

// columnsOf returns the columns of a record in the order of insertRecord.
func columnsOf(w lifecycle.Write) ([]any, error) {
	s := w.Summary
	// The columns of a request and of an outcome are NULL without one.
	var due, kind, phase, changeSet, cancelling, recorded any
	var ended, result, endedChangeSet, endedRevision, endedAt any
	var t texts
	if q := s.Request; q != nil {
		due, kind, phase, changeSet, cancelling, recorded = t.of(q.Due), string(q.Kind), string(q.Phase), q.ChangeSet, q.Cancelling, t.of(q.RecordedAt)
	}
	if o := s.Unsuccessful; o != nil {
		ended, result, endedChangeSet, endedRevision, endedAt = string(o.Kind), string(o.Result), o.ChangeSet, o.Revision, t.of(o.RecordedAt)
	}
	columns := []any{
		string(w.Key.Seller), w.Key.Listing.String(), string(s.Seller), w.Revision, string(s.State), s.Name, s.Title, string(s.Kind), string(s.Visibility), s.Creator, s.Product,
		t.of(s.CreatedAt), t.of(s.UpdatedAt), due, kind, phase, changeSet, cancelling, recorded,
		ended, result, endedChangeSet, endedRevision, endedAt, string(w.Head),
	}
	return columns, t.err
}

// scanSummary returns the summary of a row, or its id alone where an instant was
// damaged.
func scanSummary(rows *sql.Rows) (lifecycle.Summary, error) {
	var s lifecycle.Summary
	var id, created, updated string
	var due, kind, phase, changeSet, recorded, ended, result, endedChangeSet, endedAt sql.NullString
	var cancelling, endedRevision sql.NullInt64
	// Texts are read as strings: a type of its own takes database/sql three times as long.
	err := rows.Scan(&id, (*string)(&s.Seller), &s.Revision, (*string)(&s.State), &s.Name, &s.Title, (*string)(&s.Kind), (*string)(&s.Visibility), &s.Creator, &s.Product,
		&created, &updated, &due, &kind, &phase, &changeSet, &cancelling, &recorded,
		&ended, &result, &endedChangeSet, &endedRevision, &endedAt)
	if err != nil {
		return s, err
	}
	if s.ID, err = listingID(id); err != nil {
		return s, err
	}
	var t instants
	s.CreatedAt, s.UpdatedAt = t.of(created), t.of(updated)
	if due.Valid {
		s.Request = &lifecycle.RequestSummary{
			Kind: lifecycle.Event(kind.String), Phase: lifecycle.Phase(phase.String), ChangeSet: changeSet.String,
			Cancelling: cancelling.Int64 != 0, RecordedAt: t.of(recorded.String), Due: t.of(due.String),
		}
	}
	if result.Valid {
		s.Unsuccessful = &lifecycle.OutcomeSummary{
			Kind: lifecycle.Event(ended.String), Result: lifecycle.Result(result.String), ChangeSet: endedChangeSet.String,
			Revision: endedRevision.Int64, RecordedAt: t.of(endedAt.String),
		}
	}
	if t.damaged {
		return lifecycle.Summary{ID: s.ID}, nil
	}
	return s, nil
}

// listingID reads an id as it is written, and in no other of the forms of a UUID:
// no key would find it.
func listingID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return uuid.UUID{}, fmt.Errorf("listing %q: %w: its id is no UUID of lower-case digits", rule.Shorten(text), lifecycle.ErrUnreadable)
	}
	return id, nil
}

// selection returns the statement that finds what the query chooses. It names the
// index that leaves the fewest rows to look at, since SQLite knows too little of
// them to tell; conditions are written as the partial indexes have them.
func selection(q lifecycle.Query) (statement string, args []any) {
	index, conditions := "", []string{"seller = ?", "id > ?", "state <> ''"}
	args = []any{string(q.Seller), q.After.String()}
	and := func(by, condition string, values ...any) {
		index = " INDEXED BY " + by
		conditions, args = append(conditions, condition), append(args, values...)
	}
	if q.State != "" {
		and("shelflife_records_state", "state = ?", string(q.State))
	}
	if q.Unsuccessful {
		and("shelflife_records_unsuccessful", "outcome_result IS NOT NULL")
	}
	if q.InFlight || !q.DueBefore.IsZero() {
		and("shelflife_records_in_flight", "request_due IS NOT NULL")
	}
	if !q.DueBefore.IsZero() {
		and("shelflife_records_in_flight", "request_due < ?", bound(q.DueBefore))
	}
	if q.Title != "" {
		and("shelflife_records_title", "title = ?", q.Title)
	}
	if q.Name != "" {
		and("shelflife_records_name", "name <> '' AND name = ?", q.Name)
	}
	if q.Product != "" {
		and("shelflife_records_product", "product <> '' AND product = ?", q.Product)
	}
	return selectSummary + index + " WHERE " + strings.Join(conditions, " AND ") + " ORDER BY id LIMIT ?", append(args, q.Limit)
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

func (t *instants) of(text string) time.Time {
	at, err := time.Parse(layout, text)
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
