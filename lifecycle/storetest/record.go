package storetest

import (
	"reflect"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

var recordCases = []testCase{
	{"absent is not found", func(t tester, s lifecycle.Store) {
		requireAbsent(t, s, newKey())
	}},
	{"every field comes back as it was", func(t tester, s lifecycle.Store) {
		r, entries := full(newKey())
		require.NoError(t, s.Save(background, r, entries))
		requireKept(t, s, r, entries)
		requireListed(t, s, r)
	}},
	{"what is not there stays away", func(t tester, s lifecycle.Store) {
		key := newKey()
		r := lifecycle.Record{ID: key.Listing, Seller: key.Seller, Revision: 1}
		entries := []lifecycle.Entry{{Revision: 1}}
		require.NoError(t, s.Save(background, r, entries))
		requireKept(t, s, r, entries)
		requireListed(t, s, r)
	}},
	{"a large document comes back as it was", func(t tester, s lifecycle.Store) {
		l := listing.Listing{Versions: []version.Version{{Number: "1.0", ReleaseNotes: letters(1 << 20)}}}
		r, entries := draftOf(newKey(), l)
		require.NoError(t, s.Save(background, r, entries))
		requireKept(t, s, r, entries)
		requireListed(t, s, r)
		r, more := edit(t, s, r, 1, "Twice as large in the journal")
		requireKept(t, s, r, append(entries, more...))
	}},
	{"sellers do not see each other's records", func(t tester, s lifecycle.Store) {
		mine := newKey()
		theirs := lifecycle.Key{Seller: newSeller(), Listing: mine.Listing}
		r, journal := create(t, s, mine)
		requireAbsent(t, s, theirs)
		next, entries := edited(r, 1, "By somebody else")
		next.Seller = theirs.Seller
		requireAnswer(t, s.Save(background, next, entries), lifecycle.ErrNotFound, theirs)
		requireAbsent(t, s, theirs)

		other, otherJournal := create(t, s, theirs)
		other, more := edit(t, s, other, 2, "Under the same id")
		requireKept(t, s, other, append(otherJournal, more...))
		requireKept(t, s, r, journal)
		requireListed(t, s, other)
		requireListed(t, s, r)
	}},
	{"account ids keep their leading zeros", func(t tester, s lifecycle.Store) {
		key := newKey()
		key.Seller = "000" + key.Seller[3:]
		r, journal := create(t, s, key)
		requireKept(t, s, r, journal)
		requireListed(t, s, r)
		key.Seller = key.Seller[3:]
		requireAbsent(t, s, key)
	}},
	{"nothing is shared with the caller", func(t tester, s lifecycle.Store) {
		r, entries := full(newKey())
		want, _ := full(r.Key())
		wantEntries := []lifecycle.Entry{copied(t, entries[0])}
		require.NoError(t, s.Save(background, r, entries))
		spoil(reflect.ValueOf(&r).Elem())
		spoil(reflect.ValueOf(entries))
		requireKept(t, s, want, wantEntries)

		loaded, err := s.Load(background, want.Key())
		require.NoError(t, err)
		spoil(reflect.ValueOf(&loaded).Elem())
		listed, err := s.List(background, lifecycle.Query{Seller: want.Seller, Limit: 1})
		require.NoError(t, err)
		spoil(reflect.ValueOf(listed))
		read, err := s.Journal(background, want.Key(), 0, 1)
		require.NoError(t, err)
		spoil(reflect.ValueOf(read))
		requireKept(t, s, want, wantEntries)
		requireListed(t, s, want)
	}},
}

// requireListed asks for the record as the only one of its seller.
func requireListed(t tester, s lifecycle.Store, want lifecycle.Record) {
	t.Helper()
	records, err := s.List(background, lifecycle.Query{Seller: want.Seller, Limit: 2})
	require.NoError(t, err)
	require.Len(t, records, 1)
	requireRecord(t, want, records[0])
}

func copied(t tester, e lifecycle.Entry) lifecycle.Entry {
	t.Helper()
	other, err := lifecycle.DecodeEntry(encodeEntry(t, e))
	require.NoError(t, err)
	return other
}
