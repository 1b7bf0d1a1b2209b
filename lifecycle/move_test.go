package lifecycle_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
)

// household is a bench with a listing in every state, two discarded drafts, one of them
// created again, and a long history.
func household(t *testing.T) *lifecycletest.Bench {
	t.Helper()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	for _, l := range []listing.Listing{lifecycletest.ModelPackage(), lifecycletest.Algorithm()} {
		for _, s := range lifecycle.States() {
			b.Listing(t, l, s, false)
			b.Listing(t, l, s, true)
		}
	}
	for range 2 {
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
		_, err := b.Do(ctx, id, lifecycle.Discard{}, lifecycle.Once("discard"))
		require.NoError(t, err)
		if _, again := b.Do(ctx, id, lifecycle.Discard{}); again == nil {
			t.Fatal("a discarded draft is discarded twice")
		}
	}
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	l := lifecycletest.ModelPackage()
	for i := range 300 {
		l.SKU = fmt.Sprint("SKU-", i)
		_, err := b.Do(ctx, id, lifecycle.Edit{Listing: l}, lifecycle.By("somebody"))
		require.NoError(t, err)
	}
	return b
}

func exported(t *testing.T, s lifecycle.Store) (string, lifecycle.Moved) {
	t.Helper()
	var out bytes.Buffer
	moved, err := lifecycle.Export(context.Background(), s, lifecycletest.Seller, &out)
	require.NoError(t, err)
	return out.String(), moved
}

func requireVerified(t *testing.T, s lifecycle.Store, listings int) {
	t.Helper()
	n := 0
	for id, err := range lifecycle.Verify(context.Background(), s, lifecycletest.Seller) {
		require.NoError(t, err, id)
		n++
	}
	require.Equal(t, listings, n)
}

func importInto(s lifecycle.Store, text string) (lifecycle.Moved, error) {
	return lifecycle.Import(context.Background(), s, lifecycletest.Seller, strings.NewReader(text))
}

// What moves is there, to the byte, and moves back.
func TestMovingHouse(t *testing.T) {
	t.Parallel()
	b := household(t)
	text, moved := exported(t, b.Store)
	assert.Equal(t, strings.Count(text, "\n")-2, int(moved.Entries))
	requireVerified(t, b.Store, moved.Listings)

	s := memstore.New()
	arrived, err := importInto(s, text)
	require.NoError(t, err)
	assert.Equal(t, moved, arrived)
	requireVerified(t, s, moved.Listings)
	back, _ := exported(t, s)
	require.Equal(t, text, back)

	there, err := lifecycle.New(lifecycletest.Seller, s, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	assert.Equal(t, encoded(t, listings(t, b.Manager, lifecycle.Query{})), encoded(t, listings(t, there, lifecycle.Query{})))
	for _, summary := range listings(t, there, lifecycle.Query{InFlight: true}) { // and goes on there
		_, err := there.Advance(context.Background(), summary.ID)
		require.NoError(t, err)
	}

	again, err := importInto(s, text)
	require.NoError(t, err, "what has moved on since is left alone")
	assert.Equal(t, moved.Entries, again.Known)
}

// fragile is a store that takes n Saves, and few entries at once.
type fragile struct {
	lifecycle.Store
	saves, most int
}

func (s *fragile) Save(ctx context.Context, w lifecycle.Write) error {
	if s.most > 0 && len(w.Entries) > s.most {
		return fmt.Errorf("%v: %w: it has %d entries, %d are allowed", w.Key, lifecycle.ErrCannotKeep, len(w.Entries), s.most)
	}
	if s.saves--; s.saves < 0 {
		return fmt.Errorf("%v: %w", w.Key, lifecycle.ErrUnavailable)
	}
	return s.Store.Save(ctx, w)
}

// An Import that was interrupted, wherever, is done again, and gives the same.
func TestAnImportIsDoneAgain(t *testing.T) {
	t.Parallel()
	b := household(t)
	text, moved := exported(t, b.Store)
	for _, most := range []int{0, 1, 7} {
		s := &fragile{Store: memstore.New(), most: most}
		tries := 0
		for {
			s.saves = 20
			tries++
			_, err := importInto(s, text)
			if err == nil {
				break
			}
			require.ErrorIs(t, err, lifecycle.ErrUnavailable)
			require.Less(t, tries, 100)
		}
		back, _ := exported(t, s.Store)
		require.Equal(t, text, back, "at most %d entries at once, %d tries", most, tries)
		requireVerified(t, s.Store, moved.Listings)
	}
}

// Simulated listings and others are told apart by their exports.
func TestSimulatedListingsMoveByThemselves(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := household(t)
	plain, _ := exported(t, b.Store)
	var marked bytes.Buffer
	_, err := lifecycle.Export(ctx, b.Store, lifecycletest.Seller, &marked, lifecycle.Simulated())
	require.NoError(t, err)
	s := memstore.New()
	_, err = importInto(s, marked.String())
	require.ErrorIs(t, err, lifecycle.ErrExport)
	_, err = lifecycle.Import(ctx, s, lifecycletest.Seller, strings.NewReader(plain), lifecycle.Simulated())
	require.ErrorIs(t, err, lifecycle.ErrExport)
	requireVerified(t, s, 0)
	_, err = lifecycle.Import(ctx, s, lifecycletest.Seller, &marked, lifecycle.Simulated())
	require.NoError(t, err)
	again, _ := exported(t, s)
	require.Equal(t, plain, again)
}

func TestWhatIsNoExportIsRefused(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	first := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	b.Listing(t, lifecycletest.Algorithm(), lifecycle.TestProduct, true)
	text, _ := exported(t, b.Store)
	lines := strings.SplitAfter(text, "\n")
	lines = lines[:len(lines)-1]
	join := func(all ...string) string { return strings.Join(all, "") }
	for name, c := range map[string]struct {
		text string
		want error
		says string
	}{
		"nothing":             {"", lifecycle.ErrExport, "the first line"},
		"something else":      {"{\"a\":1}\n", lifecycle.ErrExport, "the first line does not say so: document"},
		"nothing of it":       {"{}\n", lifecycle.ErrExport, "format 0"},
		"another seller":      {strings.Replace(text, string(lifecycletest.Seller), "999988887777", 1), lifecycle.ErrExport, "999988887777"},
		"a later format":      {strings.Replace(text, `"export":1`, `"export":2`, 1), lifecycle.ErrExport, "format 2"},
		"no end":              {join(lines[:len(lines)-1]...), lifecycle.ErrExport, fmt.Sprintf("line %d: unexpected EOF", len(lines))},
		"half a line":         {text[:len(text)/2], lifecycle.ErrExport, "unexpected EOF"},
		"a line is missing":   {join(append(append([]string{}, lines[:3]...), lines[4:]...)...), lifecycle.ErrExport, "line 4: "},
		"a line twice":        {join(lines[0], lines[1], lines[1]), lifecycle.ErrExport, "entry 1 stands where 2 should"},
		"a listing twice":     {join(append(append([]string{}, lines[:len(lines)-1]...), lines[1])...), lifecycle.ErrExport, "do not stand together"},
		"a line of nonsense":  {join(lines[0], "{\"revision\":1}\n"), lifecycle.ErrExport, "no entry of seller"},
		"a line is no JSON":   {join(lines[0], "?\n"), lifecycle.ErrUnreadable, "line 2"},
		"a listing is left":   {join(append(append([]string{}, lines[0]), lines[len(lines)-1])...), lifecycle.ErrExport, "0 listings with 0 entries"},
		"an entry is altered": {strings.Replace(text, "Invoice", "Invoices", 1), lifecycle.ErrExport, "another digest"},
		"a step is impossible": {join(lines[0], lines[1], strings.Replace(lines[2], `"state":"Submitted"`, `"state":"Live"`, 1), lines[len(lines)-1]),
			lifecycle.ErrJournal, `not "Live"`},
		"a long line": {join(lines[0], strings.Repeat("x", lifecycle.MaxEntry+100_000)), lifecycle.ErrExport, "16777216 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := importInto(memstore.New(), c.text)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			assert.Less(t, len(err.Error()), 500)
			assert.NotContains(t, err.Error(), "%!")
		})
	}

	// A store with another history of the listing.
	s := memstore.New()
	m, err := lifecycle.New(lifecycletest.Seller, s, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	_, err = m.Do(context.Background(), first, lifecycle.Create{Listing: lifecycletest.Algorithm()})
	require.NoError(t, err)
	_, err = importInto(s, text)
	require.ErrorIs(t, err, lifecycle.ErrExists)
	require.ErrorContains(t, err, first.String())
}

// Each way in which a store can have something else than its journal gives is named,
// with the listing, and with no other.
func TestVerifyNamesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	key := func(id uuid.UUID) lifecycle.Key { return lifecycle.Key{Seller: lifecycletest.Seller, Listing: id} }
	for name, c := range map[string]struct {
		spoil func(t *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store
		want  error
		says  string
	}{
		"sound": {func(_ *testing.T, b *lifecycletest.Bench, _ uuid.UUID) lifecycle.Store { return b.Store }, nil, ""},
		"the head": {func(_ *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			return spoiltOf{Store: b.Store, id: id, load: func(s lifecycle.Stored) lifecycle.Stored {
				s.Head = bytes.Replace(s.Head, []byte("Invoice field"), []byte("Invoice fields"), 1)
				return s
			}}
		}, lifecycle.ErrJournal, "draft of the record"},
		"an unreadable head": {func(_ *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			return spoiltOf{Store: b.Store, id: id, load: func(s lifecycle.Stored) lifecycle.Stored { s.Head = []byte("{}"); return s }}
		}, lifecycle.ErrUnreadable, "format"},
		"an entry": {func(_ *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			return spoiltOf{Store: b.Store, id: id, journal: func(page [][]byte) [][]byte {
				page[0] = bytes.Replace(page[0], []byte("Invoice field"), []byte("Invoice fields"), 1)
				return page
			}}
		}, lifecycle.ErrJournal, "draft of the record"},
		"an entry is missing": {func(_ *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			return spoiltOf{Store: b.Store, id: id, journal: func(page [][]byte) [][]byte { return page[:0] }}
		}, lifecycle.ErrJournal, "ends after entry 0"},
		"the summary": {func(_ *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			return spoiltOf{Store: b.Store, id: id, list: func(s lifecycle.Summary) lifecycle.Summary { s.Product = "prod-other"; return s }}
		}, lifecycle.ErrJournal, "product of what lists show"},
		"no list has it": {func(_ *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			return spoiltOf{Store: b.Store, id: id, list: func(lifecycle.Summary) lifecycle.Summary { return lifecycle.Summary{} }}
		}, lifecycle.ErrJournal, "lists show it: false"},
		"the feed": {func(_ *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			return spoiltOf{Store: b.Store, id: id, feed: func(e lifecycle.StoredEntry) bool { return e.Revision != 2 }}
		}, lifecycle.ErrJournal, "in the feed, entry 3 follows entry 1"},
		"no feed has it": {func(_ *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			return spoiltOf{Store: b.Store, id: id, feed: func(lifecycle.StoredEntry) bool { return false }}
		}, lifecycle.ErrJournal, "the feed has none"},
		"a body": {func(t *testing.T, b *lifecycletest.Bench, id uuid.UUID) lifecycle.Store {
			stored, err := b.Store.Load(ctx, key(id))
			require.NoError(t, err)
			journal, err := b.Store.Journal(ctx, key(id), 0, 100)
			require.NoError(t, err)
			r, err := b.Load(ctx, id)
			require.NoError(t, err)
			s := memstore.New()
			require.NoError(t, s.Save(ctx, lifecycle.Write{Key: key(id), Revision: stored.Revision, Summary: r.Summary(), Head: stored.Head, Entries: journal}))
			return s
		}, lifecycle.ErrUnreadable, "is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := lifecycletest.NewBench(t)
			id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
			for range 3 {
				b.Listing(t, lifecycletest.Algorithm(), lifecycle.Live, true)
			}
			s := c.spoil(t, b, id)
			bad := 0
			for at, err := range lifecycle.Verify(ctx, s, lifecycletest.Seller) {
				if err != nil {
					bad++
					require.ErrorIs(t, err, c.want)
					require.ErrorContains(t, err, c.says)
					require.ErrorContains(t, err, id.String())
					assert.Equal(t, id, at)
				}
			}
			if c.want == nil {
				assert.Zero(t, bad)
				return
			}
			assert.Equal(t, 1, bad)
			_, err := lifecycle.Export(ctx, s, lifecycletest.Seller, &bytes.Buffer{})
			if name != "no feed has it" { // and so no export does
				require.ErrorIs(t, err, c.want, "it is not exported either")
			}
		})
	}
}

// spoiltOf is a store that gives something else for one listing.
type spoiltOf struct {
	lifecycle.Store
	id      uuid.UUID
	load    func(lifecycle.Stored) lifecycle.Stored
	journal func([][]byte) [][]byte
	list    func(lifecycle.Summary) lifecycle.Summary
	feed    func(lifecycle.StoredEntry) bool
}

func (s spoiltOf) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	stored, err := s.Store.Load(ctx, key)
	if s.load != nil && key.Listing == s.id {
		stored = s.load(stored)
	}
	return stored, err
}

func (s spoiltOf) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	page, err := s.Store.Journal(ctx, key, after, limit)
	if s.journal != nil && key.Listing == s.id {
		page = s.journal(page)
	}
	return page, err
}

func (s spoiltOf) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	page, err := s.Store.List(ctx, q)
	if s.list == nil {
		return page, err
	}
	var out []lifecycle.Summary
	for _, each := range page {
		if each.ID == s.id {
			if each = s.list(each); each.State == "" {
				continue
			}
		}
		out = append(out, each)
	}
	return out, err
}

func (s spoiltOf) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	page, err := s.Store.Feed(ctx, seller, after, limit)
	if s.feed == nil {
		return page, err
	}
	for len(page) > 0 {
		var out []lifecycle.StoredEntry
		for _, e := range page {
			if e.Listing != s.id || s.feed(e) {
				out = append(out, e)
			}
		}
		if len(out) > 0 || len(page) < limit {
			return out, err
		}
		page, err = s.Store.Feed(ctx, seller, page[len(page)-1].Cursor, limit)
	}
	return page, err
}
