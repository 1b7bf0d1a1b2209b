package storetest

import (
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

var wholeCases = []testCase{
	{"a listing lives its whole life", func(t tester, s lifecycle.Store) {
		m := newShop(t, s)
		id, draft := m.ID("invoice"), m.document()
		requireWhole(t, m, m.do(t, id, lifecycle.Create{Name: "invoice", Listing: draft}))
		draft.Title = "Invoice reader"
		draft.Versions[0].ReleaseNotes = "What is new, told anew."
		requireWhole(t, m, m.do(t, id, lifecycle.Edit{Listing: draft}))
		requireWhole(t, m, m.do(t, id, lifecycle.Submit{}))
		r, err := m.Await(background, id)
		require.NoError(t, err)
		requireWhole(t, m, r)
		for _, c := range []lifecycle.Command{
			lifecycle.SignOff{},
			lifecycle.AddVersion{Version: m.version("2.0")},
			lifecycle.AddVersion{Version: m.version("3.0")},
			lifecycle.RestrictVersion{Number: "1.0"},
			lifecycle.UpdateInformation{Information: draft.Information, Promotion: draft.Promotion, Support: *draft.Support},
			lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced by a newer model."},
		} {
			if u, ok := c.(lifecycle.UpdateInformation); ok {
				u.Information.Title = "Invoice reader, second edition"
				c = u
			}
			requireWhole(t, m, m.finish(t, id, c))
		}
	}},
	{"a clock that runs backwards does no harm", func(t tester, s lifecycle.Store) {
		m := newShop(t, s)
		id, back := m.ID("invoice"), func() { m.clock.Advance(-3 * time.Hour) }
		draft := m.document()
		m.do(t, id, lifecycle.Create{Name: "invoice", Listing: draft})
		back()
		draft.Title = "Invoice reader"
		requireWhole(t, m, m.do(t, id, lifecycle.Edit{Listing: draft}))
		back()
		requireWhole(t, m, m.do(t, id, lifecycle.Submit{}))
		back()
		r, err := m.Await(background, id)
		require.NoError(t, err)
		requireWhole(t, m, r)
		back()
		requireWhole(t, m, m.finish(t, id, lifecycle.SignOff{}))
	}},
	{"two managers lose nothing of each other's", func(t tester, s lifecycle.Store) {
		m := newShop(t, s)
		id := uuid.New()
		r := m.do(t, id, lifecycle.Create{Listing: m.document()})
		errs := together(func(int) error {
			_, err := m.Do(background, id, lifecycle.Submit{}, lifecycle.Once("release"))
			return err
		})
		for _, err := range errs {
			require.NoError(t, err, "the same key gives the same decision")
		}
		_, err := m.Do(background, id, lifecycle.Edit{Listing: r.Draft}, lifecycle.IfRevision(r.Revision))
		require.ErrorIs(t, err, lifecycle.ErrStale)
		r, err = m.Load(background, id)
		require.NoError(t, err)
		require.Equal(t, int64(2), r.Revision)
		requireWhole(t, m, r)
	}},
}

// requireWhole asks that whatever the manager reads tells of the same record.
func requireWhole(t tester, m shop, want lifecycle.Record) {
	t.Helper()
	m = m.elsewhere(t)
	got, err := m.Load(background, want.ID)
	require.NoError(t, err)
	requireBytes(t, encoded(t, want), encoded(t, got), "the record")

	var journal, fed []lifecycle.Entry
	for e, err := range m.Journal(background, want.ID) {
		require.NoError(t, err)
		journal = append(journal, e)
	}
	for e, err := range m.Feed(background, "") {
		require.NoError(t, err)
		fed = append(fed, e.Entry)
	}
	requireBytes(t, encoded(t, journal), encoded(t, fed), "the feed")
	replayed, err := lifecycle.Replay(journal)
	require.NoError(t, err)
	requireBytes(t, encoded(t, want), encoded(t, replayed), "the replayed journal")

	of := want.Summary()
	for _, q := range []lifecycle.Query{{}, {State: of.State, Name: of.Name, Product: of.Product, InFlight: of.Request != nil, Unsuccessful: of.Unsuccessful != nil}} {
		n := 0
		for s, err := range m.Listings(background, q) {
			require.NoError(t, err)
			requireSummary(t, of, s)
			n++
		}
		require.Equal(t, 1, n, "listings that the query chooses")
	}
}
