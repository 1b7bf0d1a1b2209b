package storetest

import (
	"maps"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

// awkwardJSON are texts that stores which read what they keep have been seen to
// change: blanks, the order and repetition of names, numbers beyond a float's
// digits, escapes, and letters outside of the basic plane.
var awkwardJSON = []string{
	"  { \"b\" : 1 ,\n\t\"a\":2, \"a\":3 }\r\n",
	`{"n":12345678901234567890.12345678901234567890,"e":1E+2,"z":-0}`,
	`"\u0000\ud83d\ude80\/ 模型 🚀 é \u2028` + "\u2028\u202e\ufffd" + `<a href=\"x\">&amp;</a> O'Brien \\ %s ?1 :id $1"`,
	`null`, `[]`, `""`, `{}`,
}

var bytesCases = []testCase{
	{"absent is not found", func(t tester, s lifecycle.Store) {
		requireAbsent(t, s, writes.NewKey())
	}},
	{"heads, parts and entries come back byte for byte", func(t tester, s lifecycle.Store) {
		r := writes.Absent(writes.NewKey())
		for i, text := range awkwardJSON {
			w := r.Next(2, "Awkward")
			w.Head = []byte(text)
			w.Put = []lifecycle.Part{{Digest: writes.Digest(string(rune('a' + i))), Body: []byte(text)}}
			w.Entries = [][]byte{[]byte(text), []byte(text)}
			r = save(t, s, r, w)
			requireKept(t, s, r)
		}
	}},
	{"sellers do not see each other's records", func(t tester, s lifecycle.Store) {
		mine := create(t, s, writes.NewKey())
		theirs := writes.Absent(lifecycle.Key{Seller: writes.NewSeller(), Listing: mine.Key.Listing})
		requireAbsent(t, s, theirs.Key)
		later := mine.Next(1, "By somebody else")
		later.Key = theirs.Key
		requireAnswer(t, s.Save(background, later), lifecycle.ErrNotFound, theirs.Key)
		requireAbsent(t, s, theirs.Key)

		w := theirs.Next(1, "Under the same id")
		w.Put = append(w.Put, writes.Part("2.0"))
		theirs = save(t, s, theirs, w)
		w = theirs.Next(2, "Under the same id")
		w.Drop = []string{writes.Digest("1.0")}
		theirs = save(t, s, theirs, w)
		requireKept(t, s, theirs)
		requireKept(t, s, mine)
	}},
	{"account ids keep their leading zeros", func(t tester, s lifecycle.Store) {
		key := writes.NewKey()
		key.Seller = "000" + key.Seller[3:]
		requireKept(t, s, create(t, s, key))
		key.Seller = key.Seller[3:]
		requireAbsent(t, s, key)
	}},
	{"nothing is shared with the caller", func(t tester, s lifecycle.Store) {
		r := writes.Absent(writes.NewKey())
		w := r.Next(2, "Before")
		w.Summary.Request = &lifecycle.RequestSummary{Kind: lifecycle.EventSubmit, ChangeSet: "before"}
		w.Summary.Unsuccessful = &lifecycle.OutcomeSummary{Kind: lifecycle.EventSubmit, ChangeSet: "before"}
		r = save(t, s, r, w)
		for _, each := range slices.Concat([][]byte{w.Head, w.Put[0].Body}, w.Entries) {
			clear(each)
		}
		clear(w.Put)
		clear(w.Entries)
		w.Summary.Request.ChangeSet, w.Summary.Unsuccessful.ChangeSet = "after", "after"
		requireKept(t, s, r)

		stored, err := s.Load(background, r.Key)
		require.NoError(t, err)
		clear(stored.Head)
		parts, err := s.Parts(background, r.Key, slices.Collect(maps.Keys(r.Parts)))
		require.NoError(t, err)
		for _, body := range parts {
			clear(body)
		}
		clear(parts)
		journal, err := s.Journal(background, r.Key, 0, 2)
		require.NoError(t, err)
		fed, err := s.Feed(background, r.Key.Seller, "", 2)
		require.NoError(t, err)
		for i := range 2 {
			clear(journal[i])
			clear(fed[i].Entry)
		}
		clear(journal)
		clear(fed)
		all, err := s.List(background, lifecycle.Query{Seller: r.Key.Seller, Limit: 1})
		require.NoError(t, err)
		all[0].Request.ChangeSet, all[0].Unsuccessful.ChangeSet = "after", "after"
		clear(all)
		requireKept(t, s, r)
	}},
}

var partCases = []testCase{
	{"parts are put, kept and dropped", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		for _, step := range []struct{ put, drop []string }{
			{put: []string{"2.0", "3.0"}},
			{},
			{drop: []string{"2.0"}},
			{put: []string{"4.0"}, drop: []string{"1.0", "3.0"}},
			{put: []string{"1.0"}}, // again
			{drop: []string{"1.0", "4.0", "never put"}},
			{put: []string{"5.0"}},
		} {
			w := r.Next(1, "Another title")
			for _, each := range step.put {
				w.Put = append(w.Put, writes.Part(each))
			}
			for _, each := range step.drop {
				w.Drop = append(w.Drop, writes.Digest(each))
			}
			r = save(t, s, r, w)
			requireKept(t, s, r)
		}
	}},
	{"a part that is there stays as it is", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		w := r.Next(1, "Put again")
		w.Put = []lifecycle.Part{{Digest: writes.Digest("1.0"), Body: []byte(`"another body"`)}, writes.Part("2.0")}
		requireKept(t, s, save(t, s, r, w))
	}},
	{"digests differ by the case of a letter", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		w := r.Next(1, "Two parts")
		name := writes.Digest("")[1:]
		w.Put = []lifecycle.Part{{Digest: "a" + name, Body: []byte(`"small"`)}, {Digest: "A" + name, Body: []byte(`"large"`)}, {Digest: "-" + name, Body: []byte(`"hyphen"`)}}
		r = save(t, s, r, w)
		requireKept(t, s, r)
		w = r.Next(1, "One of them dropped")
		w.Drop = []string{"A" + name}
		requireKept(t, s, save(t, s, r, w))
	}},
	{"parts are found by what was asked for", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		w := r.Next(1, "Two parts more")
		w.Put = []lifecycle.Part{writes.Part("2.0"), writes.Part("3.0")}
		r = save(t, s, r, w)
		one, two, never := writes.Digest("1.0"), writes.Digest("2.0"), writes.Digest("never put")
		for _, asked := range [][]string{nil, {two}, {two, two}, {never}, {"", "'", `"`, "%"}, {one, never, two}} {
			want := map[string][]byte{}
			for _, digest := range asked {
				if body, has := r.Parts[digest]; has {
					want[digest] = body
				}
			}
			got, err := s.Parts(background, r.Key, asked)
			require.NoError(t, err)
			require.Equal(t, want, got, "parts of %q", asked)
		}
		got, err := s.Parts(background, writes.NewKey(), []string{one})
		require.NoError(t, err)
		require.Empty(t, got, "an absent record has no parts")
		got, err = s.Parts(background, lifecycle.Key{Seller: writes.NewSeller(), Listing: r.Key.Listing}, []string{one})
		require.NoError(t, err)
		require.Empty(t, got, "parts of another seller")
	}},
	{"parts of listings are apart", func(t tester, s lifecycle.Store) {
		seller := writes.NewSeller()
		a := create(t, s, lifecycle.Key{Seller: seller, Listing: writes.NewKey().Listing})
		b := create(t, s, lifecycle.Key{Seller: seller, Listing: writes.NewKey().Listing}) // with the same part
		w := a.Next(1, "Without it")
		w.Drop = []string{writes.Digest("1.0")}
		requireKept(t, s, save(t, s, a, w))
		requireKept(t, s, b)
	}},
	{"a record grows to 1,000 versions", func(t tester, s lifecycle.Store) {
		r := create(t, s, writes.NewKey())
		for i := range 999 {
			number := writes.Part(string(rune('0'+i/500)) + "." + string(rune('a'+i%500)))
			w := r.Next(1, "One version more")
			w.Put = []lifecycle.Part{number}
			r = save(t, s, r, w)
		}
		require.Len(t, r.Parts, 1000)
		requireKept(t, s, r)
		requireKept(t, s, edit(t, s, r, 1, "One version restricted")) // the head alone says so
	}},
}
