package sqlitestore_test

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// database opens a file with nothing but the pragmas set.
func database(t *testing.T, path string, pragmas ...string) *sql.DB {
	t.Helper()
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func requireRefused(t *testing.T, db *sql.DB, setting, value string) {
	t.Helper()
	_, err := sqlitestore.OpenDB(t.Context(), db)
	var refused *sqlitestore.SettingError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, setting, refused.Setting)
	require.Equal(t, value, refused.Value)
	require.ErrorContains(t, err, setting)
	require.ErrorContains(t, err, refused.Remedy)
	require.NotEmpty(t, refused.Reason)
	require.NotContains(t, err.Error(), "\n")
}

func TestOpenDBRefusesSettings(t *testing.T) {
	t.Parallel()
	const wal, full = "journal_mode(WAL)", "synchronous(FULL)"
	for name, c := range map[string]struct {
		pragmas        []string
		setting, value string
	}{
		"none at all":         {nil, "journal_mode", "delete"},
		"delete":              {[]string{"journal_mode(DELETE)", full}, "journal_mode", "delete"},
		"truncate":            {[]string{"journal_mode(TRUNCATE)", full}, "journal_mode", "truncate"},
		"persist":             {[]string{"journal_mode(PERSIST)", full}, "journal_mode", "persist"},
		"journal in memory":   {[]string{"journal_mode(MEMORY)", full}, "journal_mode", "memory"},
		"no journal":          {[]string{"journal_mode(OFF)", full}, "journal_mode", "off"},
		"synchronous OFF":     {[]string{wal, "synchronous(OFF)"}, "synchronous", "0"},
		"synchronous NORMAL":  {[]string{wal, "synchronous(NORMAL)"}, "synchronous", "1"},
		"locked for all else": {[]string{wal, full, "locking_mode(EXCLUSIVE)"}, "locking_mode", "exclusive"},
		"dirty reads":         {[]string{wal, full, "read_uncommitted(ON)"}, "read_uncommitted", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "service.db")
			db := database(t, path, c.pragmas...)
			requireRefused(t, db, c.setting, c.value)
			var tables int
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema").Scan(&tables))
			require.Zero(t, tables, "nothing is made")
		})
	}
	for name, pragmas := range map[string][]string{
		"as little as may be": {wal, full, "fullfsync(ON)"},
		"more than asked":     {wal, "synchronous(EXTRA)", "fullfsync(ON)"},
		"no foreign keys":     {wal, full, "fullfsync(ON)", "foreign_keys(OFF)", "busy_timeout(0)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := database(t, filepath.Join(t.TempDir(), "service.db"), pragmas...)
			s, err := sqlitestore.OpenDB(t.Context(), db)
			require.NoError(t, err)
			require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
		})
	}
}

func TestOpenDBRefusesMemory(t *testing.T) {
	t.Parallel()
	for _, name := range []string{":memory:", "", "file::memory:?cache=shared", "file:x?mode=memory&_pragma=journal_mode(WAL)"} {
		db, err := sql.Open("sqlite", name)
		require.NoError(t, err)
		requireRefused(t, db, "file", "")
		_, err = sqlitestore.OpenDB(t.Context(), db)
		require.ErrorContains(t, err, "memstore")
		require.NoError(t, db.Close())
	}
}

// A PRAGMA that was executed on the database holds for one connection of its pool.
func TestOpenDBLooksAtEachConnection(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "service.db")
	good, bad := "PRAGMA synchronous = FULL", "PRAGMA synchronous = OFF"

	db := database(t, path, "journal_mode(WAL)", "synchronous(OFF)", "fullfsync(ON)")
	_, err := db.ExecContext(t.Context(), good)
	require.NoError(t, err)
	requireRefused(t, db, "synchronous", "0")
	db.SetMaxIdleConns(0)
	db.SetMaxIdleConns(1)
	db.SetMaxOpenConns(1) // now there is one
	_, err = db.ExecContext(t.Context(), good)
	require.NoError(t, err)
	_, err = sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)

	db = database(t, path, "journal_mode(WAL)", "synchronous(FULL)", "fullfsync(ON)")
	db.SetMaxIdleConns(3)
	var conns []*sql.Conn
	for range 3 {
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		conns = append(conns, conn)
	}
	_, err = conns[1].ExecContext(t.Context(), bad)
	require.NoError(t, err)
	for _, conn := range conns {
		require.NoError(t, conn.Close())
	}
	requireRefused(t, db, "synchronous", "0")
}

// OpenDB waits for none of the connections that the caller has in use.
func TestOpenDBBesideATransaction(t *testing.T) {
	t.Parallel()
	db := openSQL(t, filepath.Join(t.TempDir(), "service.db"))
	_, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	db.SetMaxOpenConns(2)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	s, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	_, err = s.Load(t.Context(), key)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	require.NoError(t, tx.Rollback())
}

// A caller's database that is refused stays as it is.
func TestRefusedSettingsLeaveTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "service.db")
	db := database(t, path)
	_, err := db.ExecContext(t.Context(), "CREATE TABLE mine (a TEXT)")
	require.NoError(t, err)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	requireRefused(t, db, "journal_mode", "delete")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}
