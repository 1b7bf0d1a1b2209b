package sqlitestore_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/alike"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

func open(t testing.TB, path string, options ...sqlitestore.Option) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(context.Background(), path, options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// begun opens the file and saves a first revision of the listing that the tests use. The
// test has to close the store.
func begun(t *testing.T, path string) (*sqlitestore.Store, lifecycle.Write) {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	create := writes.Absent(key).Next(1, "First")
	require.NoError(t, s.Save(t.Context(), create))
	return s, create
}

// openSQL opens the file beside the store.
func openSQL(t testing.TB, path string) *sql.DB {
	t.Helper()
	dsn, err := sqlitestore.DSN(path)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) lifecycle.Store { return open(t, filepath.Join(t.TempDir(), "listings.db")) }, storetest.Named("SQLite, modernc.org/sqlite"))
}

// What one process saves, another sees at once: each call goes to the other
// one of two stores on the same file.
func TestTwoStoresOnOneFile(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		path := filepath.Join(t.TempDir(), "listings.db")
		return alike.InTurns(open(t, path), open(t, path))
	})
}

func TestStoreInACallersDatabase(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		s, err := sqlitestore.OpenDB(t.Context(), openSQL(t, filepath.Join(t.TempDir(), "service.db")))
		require.NoError(t, err)
		return s
	})
}

func TestStoreInATransaction(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		db := openSQL(t, filepath.Join(t.TempDir(), "service.db"))
		s, err := sqlitestore.OpenDB(t.Context(), db)
		require.NoError(t, err)
		tx, err := db.BeginTx(context.Background(), nil)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, tx.Commit()) })
		return s.Tx(tx)
	})
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, open(b, filepath.Join(b.TempDir(), "listings.db")))
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	versions := 200
	if testing.Short() {
		versions = 50
	}
	storetest.Growth(t, open(t, filepath.Join(t.TempDir(), "listings.db")), versions)
}

// The cursors of one seller tell nothing of what others have saved.
func TestCursorsCountTheSellersOwnEntries(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "listings.db"))
	for range 2 {
		r := writes.Absent(writes.NewKey())
		require.NoError(t, s.Save(t.Context(), r.Next(3, "Three entries")))
		fed, err := s.Feed(t.Context(), r.Key.Seller, "", 10)
		require.NoError(t, err)
		var cursors []lifecycle.Cursor
		for _, e := range fed {
			cursors = append(cursors, e.Cursor)
		}
		require.Equal(t, []lifecycle.Cursor{"1", "2", "3"}, cursors)
	}
}
