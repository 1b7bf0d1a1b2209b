package sqltest

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// Transactions tests the store within transactions that others began.
func Transactions(t *testing.T, open Open) {
	t.Run("the rows of the caller", func(t *testing.T) {
		t.Parallel()
		callersRows(t, open)
	})
	t.Run("a manager", func(t *testing.T) {
		t.Parallel()
		managerInATransaction(t, open)
	})
	t.Run("refusals", func(t *testing.T) {
		t.Parallel()
		refusalsInATransaction(t, open)
	})
}

// releases is a database with a table of the caller's.
func releases(t *testing.T, open Open) Database {
	t.Helper()
	db := open(t)
	_, err := db.Exec("CREATE TABLE releases (model TEXT NOT NULL)")
	require.NoError(t, err)
	return db
}

// release writes a row of the caller's and what save does, and ends the transaction.
func (db Database) release(t *testing.T, commit bool, save func(bound lifecycle.Store)) {
	t.Helper()
	tx, err := db.Begin()
	require.NoError(t, err)
	require.NoError(t, tx.Exec("INSERT INTO releases (model) VALUES ('invoice')"))
	save(tx.Store)
	if commit {
		require.NoError(t, tx.Commit())
	} else {
		require.NoError(t, tx.Rollback())
	}
}

// requireReleases requires that there are n rows of the caller's.
func (db Database) requireReleases(t *testing.T, n int) {
	t.Helper()
	rows, err := db.Count("SELECT count(*) FROM releases")
	require.NoError(t, err)
	require.EqualValues(t, n, rows)
}

// A write goes with the caller's own rows, or not at all.
func callersRows(t *testing.T, open Open) {
	db := releases(t, open)
	next := writes.Absent(key).Next(1, "First")
	save := func(bound lifecycle.Store) {
		require.NoError(t, bound.Save(t.Context(), next))
		require.ErrorIs(t, bound.Save(t.Context(), next), lifecycle.ErrExists, "it sees its own")
		_, err := db.Store.Load(t.Context(), key)
		require.ErrorIs(t, err, lifecycle.ErrNotFound, "others do not see it yet")
	}

	db.release(t, false, save)
	_, err := db.Store.Load(t.Context(), key)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	db.requireReleases(t, 0)

	db.release(t, true, save)
	stored, err := db.Store.Load(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, int64(1), stored.Revision)
	db.requireReleases(t, 1)
}

// A manager that is bound to a transaction changes a listing and the caller's own
// row together, or neither.
func managerInATransaction(t *testing.T, open Open) {
	db := releases(t, open)
	manager := lifecycletest.NewBench(t).With(db.Store)
	id := manager.ID("invoice")
	publish := func(bound lifecycle.Store) {
		inTx := manager.With(bound)
		_, err := inTx.Do(t.Context(), id, lifecycle.Create{Name: "invoice", Listing: lifecycletest.ModelPackage()})
		require.NoError(t, err)
		_, err = inTx.Do(t.Context(), id, lifecycle.Submit{})
		require.NoError(t, err)
		r, err := inTx.Load(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, lifecycle.Submitted, r.State, "it sees its own")
		_, err = manager.Load(t.Context(), id)
		require.ErrorIs(t, err, lifecycle.ErrNotFound, "others do not see it yet")
	}
	requireThere := func(listings int) {
		t.Helper()
		db.requireReleases(t, listings)
		kept := 0
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
	db.release(t, false, publish)
	requireThere(0)
	db.release(t, true, publish)
	requireThere(1)
	r, err := manager.Await(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TestProduct, r.State)
}

// A refusal in a transaction has written nothing, and the transaction goes on.
func refusalsInATransaction(t *testing.T, open Open) {
	db := open(t)
	other := writes.Absent(lifecycle.Key{Seller: key.Seller, Listing: uuid.New()})
	taken := other.Next(1, "With a product")
	taken.Summary.Product = "prod-a"
	require.NoError(t, db.Store.Save(t.Context(), taken))

	tx, err := db.Begin()
	require.NoError(t, err)
	create := writes.Absent(key).Next(1, "First")
	taking := create
	taking.Summary.Product = "prod-a"
	err = tx.Store.Save(t.Context(), taking)
	require.ErrorIs(t, err, lifecycle.ErrExists)
	require.ErrorContains(t, err, other.Key.Listing.String())
	require.NoError(t, tx.Store.Save(t.Context(), create))
	r := writes.Absent(key).After(create)
	taking = r.Next(1, "Second")
	taking.Summary.Product = "prod-a"
	require.ErrorIs(t, tx.Store.Save(t.Context(), taking), lifecycle.ErrExists)
	require.ErrorIs(t, tx.Store.Save(t.Context(), r.After(taking).Next(1, "Third")), lifecycle.ErrStale)
	require.NoError(t, tx.Store.Save(t.Context(), r.Next(1, "Second")))
	require.NoError(t, tx.Commit())
	stored, err := db.Store.Load(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, int64(2), stored.Revision)
}
