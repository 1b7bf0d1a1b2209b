package storetest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
)

var saveCases = []testCase{
	{"save creates and moves on", func(t tester, s lifecycle.Store) {
		r, journal := create(t, s, newKey())
		requireKept(t, s, r, journal)
		for _, n := range []int{1, 3, 1} {
			var entries []lifecycle.Entry
			r, entries = edit(t, s, r, n, "Another title")
			journal = append(journal, entries...)
			requireKept(t, s, r, journal)
		}
	}},
	{"save creates with several entries", func(t tester, s lifecycle.Store) {
		r, journal := draft(newKey())
		r, more := edited(r, 2, "Edited before it was saved")
		journal = append(journal, more...)
		require.NoError(t, s.Save(background, r, journal))
		requireKept(t, s, r, journal)
	}},
	{"save refuses to create twice", func(t tester, s lifecycle.Store) {
		r, journal := create(t, s, newKey())
		requireAnswer(t, s.Save(background, r, journal), lifecycle.ErrExists, r.Key())
		other, entries := draft(r.Key())
		other.Draft.Title = "Quite another"
		requireAnswer(t, s.Save(background, other, entries), lifecycle.ErrExists, r.Key())
		requireKept(t, s, r, journal)

		r, more := edit(t, s, r, 1, "Moved on")
		requireAnswer(t, s.Save(background, other, entries), lifecycle.ErrExists, r.Key())
		requireKept(t, s, r, append(journal, more...))
	}},
	{"save of a later revision does not find what was never created", func(t tester, s lifecycle.Store) {
		r, _ := draft(newKey())
		next, entries := edited(r, 1, "Of nothing")
		requireAnswer(t, s.Save(background, next, entries), lifecycle.ErrNotFound, r.Key())
		requireAbsent(t, s, r.Key())
	}},
	{"save refuses a revision that has passed", func(t tester, s lifecycle.Store) {
		first, journal := create(t, s, newKey())
		r, more := edit(t, s, first, 1, "The first to move on")
		journal = append(journal, more...)
		for _, n := range []int{1, 2, 5} { // ends on, above, and far above what is there
			late, entries := edited(first, n, "Too late")
			requireAnswer(t, s.Save(background, late, entries), lifecycle.ErrStale, r.Key())
			requireKept(t, s, r, journal)
		}
		requireAnswer(t, s.Save(background, r, more), lifecycle.ErrStale, r.Key())
		requireKept(t, s, r, journal)
	}},
	{"save refuses a revision that is yet to come", func(t tester, s lifecycle.Store) {
		r, journal := create(t, s, newKey())
		ahead, _ := edited(r, 1, "Never saved")
		next, entries := edited(ahead, 1, "Too early")
		requireAnswer(t, s.Save(background, next, entries), lifecycle.ErrStale, r.Key())
		requireKept(t, s, r, journal)
	}},
	{"save refuses entries that do not fit", func(t tester, s lifecycle.Store) {
		r, journal := create(t, s, newKey())
		for _, m := range misfits {
			next, entries := edited(r, 3, m.name)
			entries = m.spoil(&next, entries)
			requireAnswer(t, s.Save(background, next, entries), nil, r.Key())
			requireKept(t, s, r, journal)
		}
		absent, _ := draft(newKey())
		absent.Revision = 0
		for _, m := range misfits {
			next, entries := edited(absent, 3, m.name)
			entries = m.spoil(&next, entries)
			requireAnswer(t, s.Save(background, next, entries), nil, absent.Key())
			requireAbsent(t, s, absent.Key())
		}
	}},
	{"save passes on what cannot be encoded", func(t tester, s lifecycle.Store) {
		r, journal := create(t, s, newKey())
		never := time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) // beyond what JSON can say
		requireRefused := func(next lifecycle.Record, entries []lifecycle.Entry) {
			t.Helper()
			err := s.Save(background, next, entries)
			requireAnswer(t, err, nil, r.Key())
			var cause *json.MarshalerError
			require.ErrorAs(t, err, &cause)
			requireKept(t, s, r, journal)
		}
		next, entries := edited(r, 2, "A record that has no encoding")
		next.RaisedAt = &never
		requireRefused(next, entries)
		next, entries = edited(r, 2, "An entry that has no encoding")
		entries[1].At = never
		requireRefused(next, entries)
	}},
	{"save refuses what would be too large to read", func(t tester, s lifecycle.Store) {
		r, journal := create(t, s, newKey())
		tooLong := strings.Repeat("x", document.MaxSize)

		next, entries := edited(r, 1, "Next")
		next.Draft.Overview = tooLong
		requireAnswer(t, s.Save(background, next, entries), nil, r.Key())
		requireKept(t, s, r, journal)

		next, entries = edited(r, 1, "Next")
		entries[0].Draft.Overview = tooLong
		requireAnswer(t, s.Save(background, next, entries), nil, r.Key())
		requireKept(t, s, r, journal)
	}},
}

// misfits spoil a record with the three entries that lead to it.
var misfits = []struct {
	name  string
	spoil func(next *lifecycle.Record, entries []lifecycle.Entry) []lifecycle.Entry
}{
	{"nil", func(_ *lifecycle.Record, _ []lifecycle.Entry) []lifecycle.Entry { return nil }},
	{"empty", func(_ *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { return e[:0] }},
	{"nothing new", func(r *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { r.Revision -= 3; return e[:0] }},
	{"first missing", func(_ *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { e[0].Revision++; return e }},
	{"gap", func(_ *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { return append(e[:1], e[2]) }},
	{"one twice", func(_ *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { e[1] = e[0]; return e }},
	{"out of order", func(_ *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { e[0], e[1] = e[1], e[0]; return e }},
	{"record behind", func(r *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { r.Revision--; return e }},
	{"record ahead", func(r *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { r.Revision++; return e }},
	{"record at zero", func(r *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry { r.Revision = 0; return e }},
	{"below zero", func(r *lifecycle.Record, e []lifecycle.Entry) []lifecycle.Entry {
		r.Revision, e[0].Revision = -1, -1
		return e[:1]
	}},
}
