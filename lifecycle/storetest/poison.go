package storetest

import (
	"encoding/json"
	"slices"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// unreadable are heads, parts and entries that this release cannot read.
var unreadable = []string{`{"format":99}`, `{"shelves":[]}`, `"text"`, `[]`}

// spoiler returns Writes after which a record cannot be read any more. Their entries
// are replaced by one that can.
type spoiler func(r writes.Record) []lifecycle.Write

var poisonCases = []testCase{
	{"a head that cannot be read harms no other listing", poisoned(each(unreadable, func(text string) spoiler {
		return head(func(writes.Record, lifecycle.Write) []byte { return []byte(text) })
	})...)},
	{"a part that cannot be read harms no other listing", poisoned(each(unreadable, func(text string) spoiler {
		return func(r writes.Record) []lifecycle.Write {
			drop := r.Next(1, r.Summary.Title)
			drop.Head = member(r.Stored.Head, "revision", drop.Revision)
			for digest := range r.Parts {
				drop.Drop = append(drop.Drop, digest)
			}
			put := r.After(drop).Next(1, r.Summary.Title) // a Write of its own, since a part that is there stays
			put.Head, put.Put = member(r.Stored.Head, "revision", put.Revision), []lifecycle.Part{{Digest: drop.Drop[0], Body: []byte(text)}}
			return []lifecycle.Write{drop, put}
		}
	})...)},
	{"a head that is not that of its row harms no other listing", poisoned(
		head(func(writes.Record, lifecycle.Write) []byte { return []byte(`{}`) }),
		head(func(writes.Record, lifecycle.Write) []byte { return []byte(`{"format":1}`) }),
		head(func(r writes.Record, _ lifecycle.Write) []byte { return r.Stored.Head }), // of the revision before
		head(func(r writes.Record, w lifecycle.Write) []byte {
			return member(r.Stored.Head, "revision", w.Revision+1)
		}),
		headWith("id", uuid.New()),
		headWith("seller", writes.NewSeller()),
		headWith("state", ""),
	)},
	{"a row that was copied from another seller is not taken", func(t tester, s lifecycle.Store) {
		theirs, m, id := newShop(t, s), newShop(t, s), uuid.New()
		theirs.do(t, id, lifecycle.Create{Listing: theirs.document()})
		theirs.do(t, id, lifecycle.Submit{})
		r := theirs.found(t, s, id)
		w := lifecycle.Write{Key: m.key(id), Revision: r.Revision, Summary: r.Summary, Head: r.Stored.Head, Entries: r.Journal}
		for digest, body := range r.Parts {
			w.Put = append(w.Put, lifecycle.Part{Digest: digest, Body: body})
		}
		copied := save(t, s, writes.Absent(w.Key), w)

		_, err := m.Load(background, id)
		requireUnreadable(t, err, id)
		_, err = m.Do(background, id, lifecycle.Cancel{})
		requireUnreadable(t, err, id)
		_, err = m.Do(background, id, lifecycle.Create{Listing: m.document()})
		requireUnreadable(t, err, id)
		_, err = m.Sweep(background)
		requireUnreadable(t, err, id)
		shown := 0
		for summary, err := range m.Listings(background, lifecycle.Query{}) {
			requireUnreadable(t, err, id)
			require.Equal(t, lifecycle.Summary{ID: id}, summary)
			shown++
		}
		require.Equal(t, 1, shown)
		for _, err := range m.Journal(background, id) {
			requireUnreadable(t, err, id)
		}
		for _, err := range m.Feed(background, "") {
			requireUnreadable(t, err, id)
		}
		requireKept(t, s, copied)
		requireKept(t, s, r)
	}},
	{"an entry that cannot be read harms no other", func(t tester, s lifecycle.Store) {
		m := newShop(t, s)
		first, bad, last := uuid.New(), uuid.New(), uuid.New()
		m.do(t, first, lifecycle.Create{Listing: m.document()})
		m.do(t, bad, lifecycle.Create{Listing: m.document()})
		r := m.found(t, s, bad)
		other := m.found(t, s, first)
		spoilt := [][]byte{r.Journal[0], member(other.Journal[0], "revision", 3), member(r.Journal[0], "seller", writes.NewSeller()), []byte(`{}`)}
		for _, text := range unreadable {
			spoilt = append(spoilt, []byte(text))
		}
		w := r.Next(len(spoilt), r.Summary.Title)
		w.Head, w.Entries = member(r.Stored.Head, "revision", w.Revision), spoilt
		save(t, s, r, w)
		m.do(t, last, lifecycle.Create{Listing: m.document()})

		read := 0
		var journalErr error
		for _, err := range m.Journal(background, bad) {
			if journalErr = err; err == nil {
				read++
			}
		}
		require.Equal(t, 1, read, "the entry before it can be read")
		requireUnreadable(t, journalErr, bad)

		var fed []uuid.UUID
		var refused []error
		for e, err := range m.Feed(background, "") {
			if err != nil {
				refused = append(refused, err)
				continue
			}
			fed = append(fed, e.Listing)
		}
		require.Equal(t, []uuid.UUID{first, bad, last}, fed)
		require.Len(t, refused, len(spoilt))
		for _, err := range refused {
			requireUnreadable(t, err, bad)
		}
	}},
}

func each(texts []string, of func(string) spoiler) []spoiler {
	all := make([]spoiler, len(texts))
	for i, text := range texts {
		all[i] = of(text)
	}
	return all
}

// head spoils the head alone.
func head(spoil func(r writes.Record, w lifecycle.Write) []byte) spoiler {
	return func(r writes.Record) []lifecycle.Write {
		w := r.Next(1, r.Summary.Title)
		w.Head = spoil(r, w)
		return []lifecycle.Write{w}
	}
}

// headWith spoils one member of the head.
func headWith(name string, value any) spoiler {
	return head(func(r writes.Record, w lifecycle.Write) []byte {
		return member(member(r.Stored.Head, "revision", w.Revision), name, value)
	})
}

// member returns the JSON object with another value for the member.
func member(object []byte, name string, value any) []byte {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(object, &members); err != nil {
		panic(err) // the suite spoils only what can be read
	}
	members[name] = writes.Bytes(value)
	return writes.Bytes(members)
}

// poisoned asks what becomes of listings under way among which is one that cannot
// be read.
func poisoned(spoilers ...spoiler) func(t tester, s lifecycle.Store) {
	return func(t tester, s lifecycle.Store) {
		for _, spoil := range spoilers {
			m := newShop(t, s)
			all := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
			slices.SortFunc(all, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
			for _, id := range all {
				m.do(t, id, lifecycle.Create{Listing: m.document()})
				m.do(t, id, lifecycle.Submit{})
			}
			bad := all[1]
			r := m.found(t, s, bad)
			for _, w := range spoil(r) {
				w.Entries = [][]byte{member(r.Journal[0], "revision", w.Revision)}
				r = save(t, s, r, w)
			}

			m = m.elsewhere(t)
			_, err := m.Load(background, bad)
			requireUnreadable(t, err, bad)
			var listed []uuid.UUID
			for summary, err := range m.Listings(background, lifecycle.Query{InFlight: true}) {
				require.NoError(t, err)
				listed = append(listed, summary.ID)
			}
			require.Equal(t, all, listed)
			fed := 0
			for _, err := range m.Feed(background, "") {
				require.NoError(t, err)
				fed++
			}
			require.GreaterOrEqual(t, fed, 2*len(all))

			found, err := m.Sweep(background)
			requireUnreadable(t, err, bad)
			require.Equal(t, len(all), found.InFlight)
			require.Positive(t, found.Wait)
			for _, id := range []uuid.UUID{all[0], all[2]} {
				r, err := m.Await(background, id)
				require.NoError(t, err)
				require.Equal(t, lifecycle.TestProduct, r.State)
			}
			_, err = m.Do(background, bad, lifecycle.Cancel{})
			requireUnreadable(t, err, bad)
		}
	}
}

// requireUnreadable asks for an error that names the one that cannot be read.
func requireUnreadable(t tester, err error, id uuid.UUID) {
	t.Helper()
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	require.ErrorContains(t, err, id.String())
	require.NotErrorIs(t, err, lifecycle.ErrNotFound)
}
