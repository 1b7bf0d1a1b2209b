package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

var digestsInHead = regexp.MustCompile(`"numbers":\["1.0"\],"digests":"([\w-]{43})"`)

// spoilt is a store that returns something else than what it keeps.
type spoilt struct {
	lifecycle.Store
	load func(lifecycle.Stored) lifecycle.Stored
	list func([]lifecycle.Summary) []lifecycle.Summary
	feed func([]lifecycle.StoredEntry) []lifecycle.StoredEntry
}

func (s spoilt) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	stored, err := s.Store.Load(ctx, key)
	if err == nil && s.load != nil {
		stored = s.load(stored)
	}
	return stored, err
}

func (s spoilt) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	all, err := s.Store.List(ctx, q)
	if s.list != nil {
		all = s.list(all)
	}
	return all, err
}

func (s spoilt) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	all, err := s.Store.Feed(ctx, seller, after, limit)
	if s.feed != nil {
		all = s.feed(all)
	}
	return all, err
}

// member returns the JSON object with the member set, or without it if the value
// is nil.
func member(t testing.TB, object []byte, name string, value any) []byte {
	t.Helper()
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(object, &members))
	delete(members, name)
	if value != nil {
		data, err := json.Marshal(value)
		require.NoError(t, err)
		members[name] = data
	}
	data, err := json.Marshal(members)
	require.NoError(t, err)
	return data
}

// A head that is not the record that was asked for is refused with the name of the
// field, and is never written over.
func TestAHeadIsThatOfItsKey(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	ids := map[lifecycle.State]uuid.UUID{}
	for _, state := range lifecycle.States() {
		ids[state] = b.Listing(t, lifecycletest.ModelPackage(), state, state == lifecycle.Submitted)
	}
	with := func(name string, value any) func(lifecycle.Stored) lifecycle.Stored {
		return func(s lifecycle.Stored) lifecycle.Stored {
			s.Head = member(t, s.Head, name, value)
			return s
		}
	}
	head := func(text string) func(lifecycle.Stored) lifecycle.Stored {
		return func(s lifecycle.Stored) lifecycle.Stored {
			s.Head = []byte(text)
			return s
		}
	}
	twice := func(s lifecycle.Stored) lifecycle.Stored {
		s.Head = digestsInHead.ReplaceAll(s.Head, []byte(`"numbers":["1.0","2.0"],"digests":"$1$1"`))
		return s
	}
	bare := fmt.Sprintf(`{"format":2,"id":%q,"seller":%q,"revision":1}`, ids[lifecycle.Draft], lifecycletest.Seller)
	for name, c := range map[string]struct {
		state lifecycle.State
		load  func(lifecycle.Stored) lifecycle.Stored
		says  string
	}{
		"nothing":            {lifecycle.Draft, head(``), "is empty"},
		"null":               {lifecycle.Draft, head(`null`), "null"},
		"an empty object":    {lifecycle.Draft, head(`{}`), "format 0"},
		"a format alone":     {lifecycle.Draft, head(`{"format":2}`), "id: is 00000000"},
		"names alone":        {lifecycle.Draft, head(bare), "createdAt: is missing"},
		"no format":          {lifecycle.Live, with("format", nil), "format 0"},
		"format -1":          {lifecycle.Live, with("format", -1), "format -1"},
		"format 4":           {lifecycle.Live, with("format", 4), "format 4"},
		"an earlier format":  {lifecycle.Draft, head(`{"format":1}`), "id: is 00000000"},
		"a digest of before": {lifecycle.Draft, head(`{"format":1,"versions":[{"number":"1.0","digest":"short"}]}`), `version "1.0": its digest has 5 characters`},
		"an old index":       {lifecycle.Draft, head(`{"format":2,"versions":[{"number":"1.0"}]}`), "versions"},
		"no digests":         {lifecycle.Live, with("versions", map[string]any{"numbers": []string{"1.0"}}), "1 numbers, 0 statuses and digests of 0 characters"},
		"half a digest":      {lifecycle.Live, with("versions", map[string]any{"numbers": []string{"1.0"}, "digests": strings.Repeat("x", 42)}), "digests of 42 characters"},
		"too few statuses":   {lifecycle.Live, with("versions", map[string]any{"numbers": []string{"1.0", "2.0"}, "statuses": []string{"restricted"}, "digests": strings.Repeat("x", 86)}), "2 numbers, 1 statuses"},
		"no body":            {lifecycle.Live, with("versions", map[string]any{"numbers": []string{"1.0"}, "digests": strings.Repeat("x", 43)}), `version "1.0": its body ` + strings.Repeat("x", 43) + " is missing"},
		"a body twice":       {lifecycle.Live, twice, "its body is that of version \"1.0\""},
		"format 1.5":         {lifecycle.Live, with("format", 1.5), "format"},
		"format one":         {lifecycle.Live, with("format", "1"), "format"},
		"no id":              {lifecycle.Live, with("id", nil), "id: is 00000000"},
		"another id":         {lifecycle.Live, with("id", ids[lifecycle.Draft]), "id: is " + ids[lifecycle.Draft].String()},
		"no seller":          {lifecycle.Live, with("seller", nil), `seller: is ""`},
		"another seller":     {lifecycle.Live, with("seller", "999988887777"), `seller: is "999988887777"`},
		"a long seller":      {lifecycle.Live, with("seller", "\n"+strings.Repeat("9", 400)), `seller: is "\n999`},
		"no revision":        {lifecycle.Live, with("revision", nil), "revision: is 0, not "},
		"revision -1":        {lifecycle.Live, with("revision", -1), "revision: is -1, not "},
		"a later revision":   {lifecycle.Live, with("revision", 999), "revision: is 999, not "},
		"a row of before":    {lifecycle.Live, func(s lifecycle.Stored) lifecycle.Stored { s.Revision++; return s }, "revision: is "},
		"a row of nothing":   {lifecycle.Live, func(s lifecycle.Stored) lifecycle.Stored { s.Revision = 0; return s }, "not 0"},
		"no state":           {lifecycle.Live, with("state", nil), "state: is missing"},
		"no state of a plan": {lifecycle.Draft, with("state", nil), "state: is missing"},
		"an unknown state":   {lifecycle.Live, with("state", "Shelved"), `"Shelved" is no state`},
		"no creation":        {lifecycle.Live, with("createdAt", nil), "createdAt: is missing"},
		"no update":          {lifecycle.Live, with("updatedAt", nil), "updatedAt: is missing"},
		"no request":         {lifecycle.Submitted, with("request", nil), "request: is missing"},
		"not previewed":      {lifecycle.TestProduct, with("published", nil), "published: is missing"},
		"not published":      {lifecycle.Live, with("published", nil), "published: is missing"},
		"never published":    {lifecycle.Unpublished, with("published", nil), "published: is missing"},
		"not taken off":      {lifecycle.Unpublished, with("unpublishedAt", nil), "unpublishedAt: is missing"},
		"a key of later":     {lifecycle.Live, with("keys", []lifecycle.UsedKey{{Key: "k", Command: "c", Revision: 999}}), "keys[0].revision: is 999"},
		"a key of nothing":   {lifecycle.Live, with("keys", []lifecycle.UsedKey{{Key: "k", Command: "c"}}), "keys[0].revision: is 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, id := b.With(spoilt{Store: b.Store, load: c.load}), ids[c.state]
			_, err := m.Load(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrUnreadable)
			require.ErrorContains(t, err, id.String())
			require.ErrorContains(t, err, c.says)
			assert.Less(t, len(err.Error()), 400)
			assert.NotContains(t, err.Error(), "\n")
			for _, command := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Edit{Listing: lifecycletest.ModelPackage()}, lifecycle.Cancel{}} {
				_, err = m.Do(ctx, id, command, lifecycle.Once("k"))
				require.ErrorIs(t, err, lifecycle.ErrUnreadable, command.Event())
			}
			_, err = m.Advance(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrUnreadable)
			_, err = m.Plan(ctx, id, lifecycle.Submit{})
			require.ErrorIs(t, err, lifecycle.ErrUnreadable)
		})
	}
}

// The row of one seller under the key of another is neither's to read or to change.
func TestARowOfAnotherSellerIsNotTaken(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	const other = listing.AccountID("999988887777")
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
	theirs := lifecycle.Key{Seller: lifecycletest.Seller, Listing: id}
	stored, err := b.Store.Load(ctx, theirs)
	require.NoError(t, err)
	journal, err := b.Store.Journal(ctx, theirs, 0, 100)
	require.NoError(t, err)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	w := lifecycle.Write{Key: lifecycle.Key{Seller: other, Listing: id}, Revision: stored.Revision, Summary: r.Summary(), Head: stored.Head, Entries: journal}
	parts, err := writes.Parts(ctx, b.Store, theirs, stored.Head)
	require.NoError(t, err)
	for digest, body := range parts {
		w.Put = append(w.Put, lifecycle.Part{Digest: digest, Body: body})
	}
	require.NoError(t, b.Store.Save(ctx, w), "the row is copied")

	m, err := lifecycle.New(other, b.Store, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	requireRefused := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, lifecycle.ErrUnreadable)
		require.ErrorContains(t, err, `seller: is "`+string(lifecycletest.Seller)+`"`)
		require.ErrorContains(t, err, id.String())
	}
	_, err = m.Load(ctx, id)
	requireRefused(err)
	_, err = m.Do(ctx, id, lifecycle.Cancel{})
	requireRefused(err)
	_, err = m.Sweep(ctx)
	requireRefused(err)
	listed := 0
	for s, err := range m.Listings(ctx, lifecycle.Query{}) {
		listed++
		requireRefused(err)
		require.Equal(t, lifecycle.Summary{ID: id}, s, "nothing of it is shown")
	}
	require.Equal(t, 1, listed)
	read := 0
	for e, err := range m.Journal(ctx, id) {
		read++
		requireRefused(err)
		require.Zero(t, e)
	}
	require.Equal(t, 1, read, "the first error ends a journal")
	fed := 0
	for e, err := range m.Feed(ctx, "") {
		fed++
		requireRefused(err)
		require.Zero(t, e.Entry)
	}
	require.Equal(t, len(journal), fed)
	again, err := b.Store.Load(ctx, theirs)
	require.NoError(t, err)
	require.Equal(t, stored, again, "theirs is as it was")
}

// An entry says which listing it is of, and has the revision that it is kept under.
func TestAnEntryIsThatOfItsKey(t *testing.T) {
	t.Parallel()
	key := lifecycle.Key{Seller: lifecycletest.Seller, Listing: uuid.UUID{1}}
	sound := fmt.Appendf(nil, `{"revision":2,"event":"edit","id":%q,"seller":%q}`, key.Listing, key.Seller)
	e, err := lifecycle.DecodeEntry(key, 2, sound)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Entry{Revision: 2, Event: lifecycle.EventEdit}, e, "the names are those of the key, and of no use")
	for name, c := range map[string]struct {
		revision int64
		data     []byte
		says     string
	}{
		"nothing":           {2, nil, "is empty"},
		"null":              {2, []byte(`null`), "null"},
		"an empty object":   {2, []byte(`{}`), "id: is missing"},
		"a list":            {2, []byte(`[]`), "document"},
		"no event":          {2, member(t, sound, "event", nil), "event: is missing"},
		"an unknown event":  {2, member(t, sound, "event", "vanish"), `"vanish" is no event`},
		"no revision":       {2, member(t, sound, "revision", nil), "revision: is 0, not 2"},
		"revision 0":        {0, member(t, sound, "revision", 0), "revision: is 0, not 0"},
		"revision -1":       {-1, member(t, sound, "revision", -1), "revision: is -1, not -1"},
		"an entry of later": {1, sound, "revision: is 2, not 1"},
		"no id":             {2, member(t, sound, "id", nil), "id: is missing"},
		"another id":        {2, member(t, sound, "id", uuid.UUID{2}), "id: is 02"},
		"no seller":         {2, member(t, sound, "seller", nil), `seller: is ""`},
		"another seller":    {2, member(t, sound, "seller", "999988887777"), `seller: is "999988887777"`},
	} {
		e, err := lifecycle.DecodeEntry(key, c.revision, c.data)
		require.ErrorIs(t, err, lifecycle.ErrUnreadable, name)
		require.ErrorContains(t, err, key.String(), name)
		require.ErrorContains(t, err, c.says, name)
		require.Zero(t, e, name)
	}
}

// What a step writes is of one listing of one seller, at the revisions that follow;
// anything else is refused by the name of the field.
func TestAWriteIsOfOneListing(t *testing.T) {
	t.Parallel()
	journal, r := liveJournal(t)
	_, err := lifecycle.Encoded(r, journal...)
	require.NoError(t, err)
	other := uuid.New()
	for name, c := range map[string]struct {
		spoil func(r *lifecycle.Record, j []lifecycle.Entry)
		kind  error
		says  string
	}{
		"another seller created it": {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[0].Seller = "999988887777" }, lifecycle.ErrJournal, "entries[0].seller: is \"999988887777\""},
		"nobody created it":         {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[0].Seller = "" }, lifecycle.ErrJournal, "entries[0].seller: is \"\""},
		"another was created":       {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[0].ID = &other }, lifecycle.ErrJournal, "entries[0].id: is " + other.String()},
		"nothing was created":       {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[0].ID = nil }, lifecycle.ErrJournal, "entries[0].id: is missing"},
		"a step of another seller":  {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[2].Seller = "999988887777" }, lifecycle.ErrJournal, "entries[2].seller: is \"999988887777\""},
		"a step of another listing": {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[2].ID = &other }, lifecycle.ErrJournal, "entries[2].id: is " + other.String()},
		"a step too early":          {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[1].Revision = 1 }, lifecycle.ErrJournal, "entries[1].revision: is 1, not 2"},
		"a step too late":           {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[1].Revision = 7 }, lifecycle.ErrJournal, "entries[1].revision: is 7, not 2"},
		"nothing happened":          {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[1].Event = "" }, lifecycle.ErrJournal, "entries[1].event: is missing"},
		"it ends elsewhere": {func(_ *lifecycle.Record, j []lifecycle.Entry) { j[len(j)-1].State = lifecycle.Draft }, lifecycle.ErrJournal,
			fmt.Sprintf("entries[%d].state: is \"Draft\", the record's is \"Live\"", len(journal)-1)},
		"a record that nobody made": {func(r *lifecycle.Record, _ []lifecycle.Entry) { r.State = "" }, lifecycle.ErrCannotKeep, "state: is missing"},
		"a request of no state": {func(r *lifecycle.Record, _ []lifecycle.Entry) {
			r.State, r.Draft, r.Published, r.Request = "", listing.Listing{}, nil, &lifecycle.Request{}
		}, lifecycle.ErrCannotKeep, "state: is missing"},
		"published in no state": {func(r *lifecycle.Record, _ []lifecycle.Entry) { r.State, r.Draft = "", listing.Listing{} }, lifecycle.ErrCannotKeep, "state: is missing"},
		"a record of no seller": {func(r *lifecycle.Record, _ []lifecycle.Entry) { r.Seller = "" }, lifecycle.ErrJournal, "seller: is \"" + string(lifecycletest.Seller)},
	} {
		r, j := r, append([]lifecycle.Entry(nil), journal...)
		c.spoil(&r, j)
		w, err := lifecycle.Encoded(r, j...)
		require.ErrorIs(t, err, c.kind, name)
		require.ErrorContains(t, err, c.says, name)
		require.Zero(t, w, name)
	}
}

// Every entry is kept with the names of its listing, so that it is known wherever
// it is found, and is read as it was written.
func TestEntriesAreKeptWithTheirNames(t *testing.T) {
	t.Parallel()
	journal, r := liveJournal(t)
	w, err := lifecycle.Encoded(r, journal...)
	require.NoError(t, err)
	for i, data := range w.Entries {
		assert.Contains(t, string(data), fmt.Sprintf(`"id":%q,"seller":%q`, r.ID, r.Seller))
		e, err := lifecycle.DecodeEntry(r.Key(), int64(i)+1, data)
		require.NoError(t, err)
		require.Equal(t, encoded(t, journal[i]), encoded(t, e))
		assert.Equal(t, i > 0, e.ID == nil)
	}
}

// A journal is that of one listing, also where a draft was discarded and the id is
// used again.
func TestReplayRefusesOtherNames(t *testing.T) {
	t.Parallel()
	b, ctx, id := lifecycletest.NewBench(t), context.Background(), uuid.New()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: freeListing()}, lifecycle.Discard{}, lifecycle.Create{Listing: freeListing()}} {
		_, err := b.Do(ctx, id, c)
		require.NoError(t, err)
	}
	journal, other := journalOf(t, b.Manager, id), uuid.New()
	_, err := lifecycle.Replay(journal)
	require.NoError(t, err)
	for says, spoil := range map[string]func(e *lifecycle.Entry){
		"id: is " + other.String():   func(e *lifecycle.Entry) { e.ID = &other },
		`seller: is "999988887777"`:  func(e *lifecycle.Entry) { e.Seller = "999988887777" },
		`entry 3 (create): seller: `: func(e *lifecycle.Entry) { e.Seller = "" },
	} {
		j := append([]lifecycle.Entry(nil), journal...)
		spoil(&j[2])
		_, err := lifecycle.Replay(j)
		require.ErrorIs(t, err, lifecycle.ErrJournal)
		require.ErrorContains(t, err, says)
	}
}

// A journal that has lost its end does not answer for a command that was accepted.
func TestAJournalThatLostItsEnd(t *testing.T) {
	t.Parallel()
	b, ctx, id := lifecycletest.NewBench(t), context.Background(), uuid.New()
	_, err := b.Do(ctx, id, lifecycle.Create{Listing: freeListing()})
	require.NoError(t, err)
	edited := freeListing()
	edited.Overview = "Another overview of it."
	_, err = b.Do(ctx, id, lifecycle.Edit{Listing: edited}, lifecycle.Once("edit"))
	require.NoError(t, err)
	_, err = b.With(shortened{b.Store}).Do(ctx, id, lifecycle.Edit{Listing: edited}, lifecycle.Once("edit"))
	require.ErrorIs(t, err, lifecycle.ErrJournal)
	require.ErrorContains(t, err, "entry 2 is missing")
}

// shortened is a store that has only the first entry of each journal.
type shortened struct{ lifecycle.Store }

func (s shortened) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	page, err := s.Store.Journal(ctx, key, after, limit)
	if after == 0 {
		return page[:min(1, len(page))], err
	}
	return nil, err
}

// A summary that is damaged comes as its id with an error, and those after it come
// all the same, also to a sweep.
func TestADamagedSummaryHarmsNoOther(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*lifecycle.Summary){
		"all is lost":      func(s *lifecycle.Summary) { *s = lifecycle.Summary{ID: s.ID} },
		"another seller":   func(s *lifecycle.Summary) { s.Seller = "999988887777" },
		"no seller":        func(s *lifecycle.Summary) { s.Seller = "" },
		"no revision":      func(s *lifecycle.Summary) { s.Revision = 0 },
		"a revision of -1": func(s *lifecycle.Summary) { s.Revision = -1 },
		"no state":         func(s *lifecycle.Summary) { s.State = "" },
		"an unknown state": func(s *lifecycle.Summary) { s.State = "Shelved" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, ctx := lifecycletest.NewBench(t), context.Background()
			for range 3 {
				b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
			}
			bad := listings(t, b.Manager, lifecycle.Query{})[1].ID
			m := b.With(spoilt{Store: b.Store, list: func(all []lifecycle.Summary) []lifecycle.Summary {
				for i := range all {
					if all[i].ID == bad {
						spoil(&all[i])
					}
				}
				return all
			}})
			var good int
			for s, err := range m.Listings(ctx, lifecycle.Query{}) {
				if err == nil {
					good++
					continue
				}
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				require.ErrorContains(t, err, bad.String())
				require.Equal(t, lifecycle.Summary{ID: bad}, s)
			}
			require.Equal(t, 2, good)
			_, err := m.Sweep(ctx)
			require.ErrorIs(t, err, lifecycle.ErrUnreadable)
			require.Len(t, b.Market.Sent(), 2, "the others are sent")
		})
	}
}

// A store whose pages do not go on ends a sequence instead of keeping it for ever.
func TestPagesThatDoNotGoOn(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	for range 201 { // more than a page
		b.Listing(t, freeListing(), lifecycle.Draft, false)
	}
	first, err := b.Store.List(ctx, lifecycle.Query{Seller: lifecycletest.Seller, Limit: 200})
	require.NoError(t, err)
	fed, err := b.Store.Feed(ctx, lifecycletest.Seller, "", 200)
	require.NoError(t, err)
	m := b.With(spoilt{
		Store: b.Store,
		list:  func([]lifecycle.Summary) []lifecycle.Summary { return first },
		feed:  func([]lifecycle.StoredEntry) []lifecycle.StoredEntry { return fed },
	})
	var all int
	var last error
	for _, err := range m.Listings(ctx, lifecycle.Query{}) {
		all++
		last = err
	}
	require.Equal(t, 201, all)
	require.ErrorContains(t, last, "where an id above")
	all = 0
	for _, err := range m.Feed(ctx, "") {
		all++
		last = err
	}
	require.Equal(t, 401, all, "the page again, since its last cursor was new")
	require.ErrorContains(t, last, "again")
}
