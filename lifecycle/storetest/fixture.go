package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// background is the context of whatever is not about contexts.
var background = context.Background()

// create saves a listing with one entry and one part.
func create(t tester, s lifecycle.Store, key lifecycle.Key) writes.Record {
	t.Helper()
	r := writes.Absent(key)
	return save(t, s, r, r.Next(1, "Invoice field extractor"))
}

// edit saves n more entries and a title.
func edit(t tester, s lifecycle.Store, r writes.Record, n int, title string) writes.Record {
	t.Helper()
	return save(t, s, r, r.Next(n, title))
}

// save saves the Write and returns what the store should have then.
func save(t tester, s lifecycle.Store, r writes.Record, w lifecycle.Write) writes.Record {
	t.Helper()
	require.NoError(t, s.Save(background, w), "saving revision %d on %d", w.Revision, w.Base)
	return r.After(w)
}

// with saves one more entry and the summary as change leaves it.
func with(t tester, s lifecycle.Store, r writes.Record, change func(*lifecycle.Summary)) writes.Record {
	t.Helper()
	w := r.Next(1, r.Summary.Title)
	w.Summary = writes.Copy(w.Summary)
	change(&w.Summary)
	return save(t, s, r, w)
}

// requireKept asks for all that the store should have of the record.
func requireKept(t tester, s lifecycle.Store, want writes.Record) {
	t.Helper()
	got, err := s.Load(background, want.Key)
	require.NoError(t, err)
	requireBytes(t, want.Stored.Head, got.Head, "the head")
	require.Equal(t, want.Revision, got.Revision, "the revision of the head")
	asked := slices.Concat(slices.Sorted(maps.Keys(want.Parts)), want.Dropped, []string{writes.Digest("not there")})
	parts := map[string][]byte{}
	for some := range slices.Chunk(asked, 200) {
		bodies, err := s.Parts(background, want.Key, some)
		require.NoError(t, err)
		maps.Copy(parts, bodies)
	}
	require.Equal(t, slices.Sorted(maps.Keys(want.Parts)), slices.Sorted(maps.Keys(parts)), "the digests of the parts")
	for digest, body := range want.Parts {
		requireBytes(t, body, parts[digest], "part "+digest)
	}
	journal, err := s.Journal(background, want.Key, 0, math.MaxInt)
	require.NoError(t, err)
	requireEntries(t, want.Journal, journal, "the journal")
	requireListed(t, s, want)
	requireEntries(t, want.Journal, fedOf(t, s, want.Key), "the feed")
}

// requireListed asks a list for the summary as it was saved.
func requireListed(t tester, s lifecycle.Store, want writes.Record) {
	t.Helper()
	all, err := s.List(background, lifecycle.Query{Seller: want.Key.Seller, Limit: math.MaxInt})
	require.NoError(t, err)
	i := slices.Index(ids(all), want.Key.Listing)
	if want.Summary.State == "" {
		require.Equal(t, -1, i, "a discarded draft is in a list")
		return
	}
	require.NotEqual(t, -1, i, "the list does not have the listing")
	requireSummary(t, want.Summary, all[i])
}

func requireSummary(t tester, want, got lifecycle.Summary) {
	t.Helper()
	requireBytes(t, encoded(t, want), encoded(t, got), "the summary")
}

func encoded(t tester, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return data
}

func requireEntries(t tester, want, got [][]byte, what string) {
	t.Helper()
	require.Len(t, got, len(want), "entries of %s", what)
	for i := range want {
		requireBytes(t, want[i], got[i], fmt.Sprintf("entry %d of %s", i+1, what))
	}
}

// requireBytes says where the two part, because a whole document on the screen
// helps nobody.
func requireBytes(t tester, want, got []byte, what string) {
	t.Helper()
	if bytes.Equal(want, got) {
		return
	}
	first := 0
	for first < min(len(want), len(got)) && want[first] == got[first] {
		first++
	}
	from := max(first-60, 0)
	require.Fail(t, what+" did not come back as it was saved", "from byte %d\nsaved: %s\n  got: %s",
		from, want[from:min(first+60, len(want))], got[from:min(first+60, len(got))])
}

// requireAbsent asks for no trace of the listing.
func requireAbsent(t tester, s lifecycle.Store, key lifecycle.Key) {
	t.Helper()
	_, err := s.Load(background, key)
	requireAnswer(t, err, lifecycle.ErrNotFound, key)
	_, err = s.Journal(background, key, 0, 1)
	requireAnswer(t, err, lifecycle.ErrNotFound, key)
	all, err := s.List(background, lifecycle.Query{Seller: key.Seller, Limit: math.MaxInt})
	require.NoError(t, err)
	require.NotContains(t, ids(all), key.Listing, "the list has a record that Load does not find")
	require.Empty(t, fedOf(t, s, key), "the feed has a record that Load does not find")
}

// requireAnswer asks for exactly one of the contract's answers, and for the
// listing's id in the text. A want of nil is a refusal that is none of them.
func requireAnswer(t tester, err, want error, key lifecycle.Key) {
	t.Helper()
	require.Error(t, err)
	for _, answer := range []error{lifecycle.ErrNotFound, lifecycle.ErrExists, lifecycle.ErrStale, lifecycle.ErrUnavailable} {
		if errors.Is(want, answer) {
			require.ErrorIs(t, err, answer)
		} else {
			require.NotErrorIs(t, err, answer)
		}
	}
	require.ErrorContains(t, err, key.Listing.String(), "the error does not say which listing it is about")
}

func ids(all []lifecycle.Summary) []uuid.UUID {
	out := make([]uuid.UUID, len(all))
	for i, s := range all {
		out[i] = s.ID
	}
	return out
}

// fedOf returns the entries of one listing in the feed of its seller.
func fedOf(t tester, s lifecycle.Store, key lifecycle.Key) [][]byte {
	t.Helper()
	all, err := s.Feed(background, key.Seller, "", math.MaxInt)
	require.NoError(t, err)
	var own [][]byte
	for _, e := range all {
		if e.Listing == key.Listing {
			own = append(own, e.Entry)
		}
	}
	return own
}

// shop is a manager on the store that is judged, for a seller of its own.
type shop struct {
	*lifecycle.Manager
	store  lifecycle.Store
	seller listing.AccountID
	clock  *lifecycletest.Clock
	market *lifecycletest.Market
}

func newShop(t tester, s lifecycle.Store) shop {
	t.Helper()
	clock, seller := &lifecycletest.Clock{}, writes.NewSeller()
	market := lifecycletest.NewMarket(clock)
	return shop{nil, s, seller, clock, market}.elsewhere(t)
}

// elsewhere returns the shop as another process sees it, which has read nothing yet.
func (m shop) elsewhere(t tester) shop {
	t.Helper()
	manager, err := lifecycle.New(m.seller, m.store, m.market, lifecycle.WithClock(m.clock),
		lifecycle.WithResources(resources{}), lifecycle.WithAssets(lifecycletest.Assets{}),
		lifecycle.WithSellers(*lifecycletest.Facts(listing.Listing{}).Seller))
	require.NoError(t, err)
	m.Manager = manager
	return m
}

// resources has every resource of every account.
type resources struct{ lifecycletest.Resources }

// Describe leaves out the images, which are in the registry of one account.
func (r resources) Describe(ctx context.Context, arn version.ARN) (lifecycle.Resource, error) {
	found, err := r.Resources.Describe(ctx, arn)
	found.InferenceImages, found.TrainingImage = nil, ""
	return found, err
}

// document returns a listing that the seller may submit.
func (m shop) document() listing.Listing {
	l := lifecycletest.ModelPackage()
	l.Versions = []version.Version{m.version("1.0")}
	return l
}

func (m shop) version(number string) version.Version {
	v := lifecycletest.Version(number, version.ModelPackage)
	own := strings.NewReplacer(string(lifecycletest.Seller), string(m.seller))
	v.Resource, v.AccessRole = version.ARN(own.Replace(string(v.Resource))), version.Role(own.Replace(string(v.AccessRole)))
	return v
}

func (m shop) key(id uuid.UUID) lifecycle.Key { return lifecycle.Key{Seller: m.seller, Listing: id} }

func (m shop) do(t tester, id uuid.UUID, c lifecycle.Command) lifecycle.Record {
	t.Helper()
	d, err := m.Do(background, id, c)
	require.NoError(t, err, "%s", c.Event())
	return d.Record
}

// finish carries a command out to the end of its request.
func (m shop) finish(t tester, id uuid.UUID, c lifecycle.Command) lifecycle.Record {
	t.Helper()
	m.do(t, id, c)
	r, err := m.Await(background, id)
	require.NoError(t, err, "%s", c.Event())
	return r
}

// found returns what the store has of a listing, for Writes beside the manager.
func (m shop) found(t tester, s lifecycle.Store, id uuid.UUID) writes.Record {
	t.Helper()
	r, err := m.Load(background, id)
	require.NoError(t, err)
	stored, err := s.Load(background, m.key(id))
	require.NoError(t, err)
	parts, err := writes.Parts(background, s, m.key(id), stored.Head)
	require.NoError(t, err)
	journal, err := s.Journal(background, m.key(id), 0, math.MaxInt)
	require.NoError(t, err)
	return writes.Record{Key: m.key(id), Revision: r.Revision, Summary: r.Summary(), Stored: stored, Parts: parts, Journal: journal}
}
