package pgstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

func TestTxGoesWithTheCallersRows(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	_, err := db.Exec(t.Context(), "CREATE TABLE releases (model TEXT NOT NULL)")
	require.NoError(t, err)
	s := open(t, db)
	next := writes.Absent(key).Next(1, "First")

	release := func(finish func(pgx.Tx, context.Context) error) {
		tx, err := db.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "INSERT INTO releases (model) VALUES ('invoice')")
		require.NoError(t, err)
		bound := s.Tx(tx)
		require.NoError(t, bound.Save(t.Context(), next))
		require.ErrorIs(t, bound.Save(t.Context(), next), lifecycle.ErrExists, "it sees its own")
		_, err = s.Load(t.Context(), key)
		require.ErrorIs(t, err, lifecycle.ErrNotFound, "others do not see it yet")
		require.NoError(t, finish(tx, t.Context()))
	}
	releases := func() (n int) {
		require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM releases").Scan(&n))
		return n
	}

	release(pgx.Tx.Rollback)
	_, err = s.Load(t.Context(), key)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	require.Zero(t, releases())

	release(pgx.Tx.Commit)
	r, err := kept(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, int64(1), r.Revision)
	require.Equal(t, 1, releases())

}

// A manager that is bound to a transaction changes a listing and the caller's own
// row together, or neither.
func TestManagerInATransaction(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	_, err := db.Exec(t.Context(), "CREATE TABLE releases (model TEXT NOT NULL)")
	require.NoError(t, err)
	s := open(t, db)
	bench := lifecycletest.NewBench(t)
	manager := bench.With(s)
	id := manager.ID("invoice")

	release := func(finish func(pgx.Tx, context.Context) error) {
		tx, err := db.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "INSERT INTO releases (model) VALUES ('invoice')")
		require.NoError(t, err)
		inTx := manager.With(s.Tx(tx))
		_, err = inTx.Do(t.Context(), id, lifecycle.Create{Name: "invoice", Listing: lifecycletest.ModelPackage()})
		require.NoError(t, err)
		_, err = inTx.Do(t.Context(), id, lifecycle.Submit{})
		require.NoError(t, err)
		r, err := inTx.Load(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, lifecycle.Submitted, r.State, "it sees its own")
		_, err = manager.Load(t.Context(), id)
		require.ErrorIs(t, err, lifecycle.ErrNotFound, "others do not see it yet")
		require.NoError(t, finish(tx, t.Context()))
	}
	requireThere := func(listings int) {
		t.Helper()
		var rows, kept int
		require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM releases").Scan(&rows))
		require.Equal(t, listings, rows)
		for _, err := range manager.Listings(t.Context(), lifecycle.Query{}) {
			require.NoError(t, err)
			kept++
		}
		require.Equal(t, listings, kept)
		fed := 0
		for _, err := range manager.Feed(t.Context(), "") {
			require.NoError(t, err)
			fed++
		}
		require.Equal(t, 2*listings, fed)
	}
	release(pgx.Tx.Rollback)
	requireThere(0)
	release(pgx.Tx.Commit)
	requireThere(1)
	r, err := manager.Await(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TestProduct, r.State)
}

// A refusal in a transaction has written nothing, and the transaction goes on.
func TestRefusalsInATransaction(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	s := open(t, db)
	other := writes.Absent(lifecycle.Key{Seller: key.Seller, Listing: uuid.New()})
	taken := other.Next(1, "With a product")
	taken.Summary.Product = "prod-a"
	require.NoError(t, s.Save(t.Context(), taken))

	tx, err := db.Begin(t.Context())
	require.NoError(t, err)
	inTx := s.Tx(tx)
	create := writes.Absent(key).Next(1, "First")
	taking := create
	taking.Summary.Product = "prod-a"
	err = inTx.Save(t.Context(), taking)
	require.ErrorIs(t, err, lifecycle.ErrExists)
	require.ErrorContains(t, err, other.Key.Listing.String())
	require.NoError(t, inTx.Save(t.Context(), create))
	r := writes.Absent(key).After(create)
	taking = r.Next(1, "Second")
	taking.Summary.Product = "prod-a"
	require.ErrorIs(t, inTx.Save(t.Context(), taking), lifecycle.ErrExists)
	require.ErrorIs(t, inTx.Save(t.Context(), r.After(taking).Next(1, "Third")), lifecycle.ErrStale)
	require.NoError(t, inTx.Save(t.Context(), r.Next(1, "Second")))
	require.NoError(t, tx.Commit(t.Context()))
	r, err = kept(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, int64(2), r.Revision)
}

// While a transaction of the caller's has saved, other Saves of the seller wait for its
// end, whichever that is: a feed never shows what comes after before what comes first.
// Other sellers do not wait.
func TestSavesWaitForATransaction(t *testing.T) {
	t.Parallel()
	for name, finish := range map[string]func(pgx.Tx, context.Context) error{"commit": pgx.Tx.Commit, "rollback": pgx.Tx.Rollback} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pool(t, database(t))
			s := open(t, db)
			tx, err := db.Begin(t.Context())
			require.NoError(t, err)
			require.NoError(t, s.Tx(tx).Save(t.Context(), writes.Absent(key).Next(2, "First")))

			other := lifecycle.Key{Seller: key.Seller, Listing: uuid.New()}
			saved := make(chan error, 1)
			go func() { saved <- s.Save(context.Background(), writes.Absent(other).Next(1, "Second")) }()
			require.Eventually(t, func() bool {
				var waiting int
				err := db.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
				return err == nil && waiting == 1
			}, 10*time.Second, 5*time.Millisecond)
			require.NoError(t, s.Save(t.Context(), writes.Absent(writes.NewKey()).Next(1, "Of another seller")))
			feed := func() (ids []uuid.UUID) {
				entries, err := s.Feed(t.Context(), key.Seller, "", 10)
				require.NoError(t, err)
				for _, e := range entries {
					ids = append(ids, e.Listing)
				}
				return ids
			}
			require.Empty(t, feed())
			require.Empty(t, saved)
			require.NoError(t, finish(tx, t.Context()))
			require.NoError(t, <-saved)
			want := []uuid.UUID{other.Listing}
			if name == "commit" {
				want = []uuid.UUID{key.Listing, key.Listing, other.Listing}
			}
			require.Equal(t, want, feed())
		})
	}
}

// What a column cannot hold is refused before PostgreSQL refuses it, which would end
// the transaction; what cannot be there is not found.
func TestWhatTextsCannotHold(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	s := open(t, db)
	tx, err := db.Begin(t.Context())
	require.NoError(t, err)
	in := s.Tx(tx)
	for _, bad := range []string{"a\x00", "\xff"} {
		hostile := lifecycle.Key{Seller: listing.AccountID(bad), Listing: key.Listing}
		require.ErrorIs(t, in.Save(t.Context(), writes.Absent(hostile).Next(1, "First")), lifecycle.ErrCannotKeep)
		w := writes.Absent(key).Next(1, "First")
		w.Put = append(w.Put, lifecycle.Part{Digest: bad, Body: []byte("{}")})
		require.ErrorIs(t, in.Save(t.Context(), w), lifecycle.ErrCannotKeep)
		w = writes.Absent(key).Next(1, "First")
		w.Summary.UpdatedAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
		require.ErrorIs(t, in.Save(t.Context(), w), lifecycle.ErrCannotKeep)

		_, err := in.Load(t.Context(), hostile)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
		_, err = in.Journal(t.Context(), hostile, 0, 1)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
		parts, err := in.Parts(t.Context(), key, []string{bad})
		require.NoError(t, err)
		require.Empty(t, parts)
		all, err := in.List(t.Context(), lifecycle.Query{Seller: hostile.Seller, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, all)
		feed, err := in.Feed(t.Context(), hostile.Seller, "", 1)
		require.NoError(t, err)
		require.Empty(t, feed)
	}
	w := writes.Absent(key).Next(1, "First")
	w.Drop = []string{"a\x00"}
	require.NoError(t, in.Save(t.Context(), w))
	require.NoError(t, tx.Commit(t.Context()))
}
