package stores

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	_ "github.com/ncruces/go-sqlite3/driver" // "sqlite3"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

// ncruces opens the file with the driver of github.com/ncruces/go-sqlite3, which reads
// the data source names of sqlitestore.DSN, and further settings.
func ncruces(t *testing.T, path string, pragmas ...string) *sql.DB {
	t.Helper()
	name, err := sqlitestore.DSN(path)
	require.NoError(t, err)
	for _, pragma := range pragmas {
		name += "&_pragma=" + url.QueryEscape(pragma)
	}
	db, err := sql.Open("sqlite3", name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func openNcruces(t *testing.T, path string, pragmas ...string) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.OpenDB(context.Background(), ncruces(t, path, pragmas...))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestNcruces(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		return openNcruces(t, filepath.Join(t.TempDir(), "service.db"))
	}, storetest.Named("SQLite, ncruces/go-sqlite3"))
}

func TestNcrucesInATransaction(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		db := ncruces(t, filepath.Join(t.TempDir(), "service.db"))
		s, err := sqlitestore.OpenDB(t.Context(), db)
		require.NoError(t, err)
		tx, err := db.BeginTx(context.Background(), nil)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, tx.Commit()) })
		return s.Tx(tx)
	})
}

var key = lifecycle.Key{Seller: "111122223333", Listing: uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")}

// step moves the key's listing on by one entry, with a head of so many bytes.
func step(base int64, size int) lifecycle.Write {
	return lifecycle.Write{
		Key: key, Base: base, Revision: base + 1,
		Summary: lifecycle.Summary{ID: key.Listing, Seller: key.Seller, Revision: base + 1, State: lifecycle.Draft},
		Head:    []byte(`"` + strings.Repeat("x", size) + `"`), Entries: [][]byte{[]byte(`{}`)},
	}
}

func requireRevision(t *testing.T, s lifecycle.Store, revision int64) {
	t.Helper()
	stored, err := s.Load(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, revision, stored.Revision)
	journal, err := s.Journal(t.Context(), key, 0, 10)
	require.NoError(t, err)
	require.Len(t, journal, int(revision))
}

func TestNcrucesErrors(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "service.db")
	db := ncruces(t, path)
	s, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), step(0, 10)))

	full := openNcruces(t, path, "max_page_count(40)")
	err = full.Save(t.Context(), step(1, 1<<20))
	require.ErrorIs(t, err, sqlitestore.ErrFull)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	requireRevision(t, full, 1)

	readOnly := openNcruces(t, path, "query_only(ON)")
	require.ErrorIs(t, readOnly.Save(t.Context(), step(1, 10)), sqlitestore.ErrReadOnly)
	requireRevision(t, readOnly, 1)

	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	locked := openNcruces(t, path, "busy_timeout(0)")
	require.ErrorIs(t, locked.Save(t.Context(), step(1, 10)), sqlitestore.ErrLocked)
	require.NoError(t, tx.Rollback())
	require.NoError(t, locked.Save(t.Context(), step(1, 10)))
	requireRevision(t, s, 2)
}

func TestNcrucesRefusesItsOwnDefaults(t *testing.T) {
	t.Parallel()
	for pragmas, setting := range map[string]string{"": "journal_mode", "_pragma=journal_mode(WAL)": "synchronous"} {
		db, err := sql.Open("sqlite3", "file:"+filepath.ToSlash(filepath.Join(t.TempDir(), "service.db"))+"?"+pragmas)
		require.NoError(t, err)
		_, err = sqlitestore.OpenDB(t.Context(), db)
		var refused *sqlitestore.SettingError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, setting, refused.Setting)
		require.NoError(t, db.Close())
	}
	db, err := sql.Open("sqlite3", ":memory:")
	require.NoError(t, err)
	_, err = sqlitestore.OpenDB(t.Context(), db)
	require.ErrorContains(t, err, "memstore")
	require.NoError(t, db.Close())
}

// A backup is a database for either driver.
func TestNcrucesBackupAndCorruptPages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "copy.db")
	s := openNcruces(t, filepath.Join(dir, "service.db"))
	require.NoError(t, s.Save(t.Context(), step(0, 10)))
	require.NoError(t, s.Backup(t.Context(), path))
	copied, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	requireRevision(t, copied, 1)
	require.NoError(t, copied.Close())

	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	const page = 4096
	damaged := append([]byte(nil), whole...)
	for at := page; at < len(damaged); at++ {
		damaged[at] = 0xff
	}
	require.NoError(t, os.WriteFile(path, damaged, 0o600))
	_, err = sqlitestore.OpenDB(t.Context(), ncruces(t, path))
	require.ErrorIs(t, err, sqlitestore.ErrCorrupt)
	copy(damaged, strings.Repeat("\xff", page))
	path = filepath.Join(dir, "notes.db")
	require.NoError(t, os.WriteFile(path, damaged, 0o600))
	_, err = sqlitestore.OpenDB(t.Context(), ncruces(t, path))
	require.ErrorIs(t, err, sqlitestore.ErrNotDatabase)
}
