package sqlitestore_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

var key = lifecycle.Key{Seller: "111122223333", Listing: uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")}

// kept returns what the store has of the key's listing, and an absent record if it
// has none.
func kept(ctx context.Context, s lifecycle.Store) (writes.Record, error) {
	r := writes.Absent(key)
	var err error
	if r.Stored, err = s.Load(ctx, key); err != nil {
		if errors.Is(err, lifecycle.ErrNotFound) {
			err = nil
		}
		return r, err
	}
	all, err := s.List(ctx, lifecycle.Query{Seller: key.Seller, Limit: math.MaxInt})
	if err != nil {
		return r, err
	}
	for _, each := range all {
		if each.ID == key.Listing {
			r.Summary, r.Revision = each, each.Revision
		}
	}
	r.Journal, err = s.Journal(ctx, key, 0, math.MaxInt)
	return r, err
}

func TestAnyFileName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"listings.db", "with space.db", "what?mode=memory.db", "100%.db", "%41.db", "#1.db", "a&b=c;d.db", "o'brien \"x\".db",
		"模型 🚀.db", ":memory:", "file:x.db", "a+b.db", "-.db", "back\\slash.db", "?", "no ending",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			s, err := sqlitestore.Open(t.Context(), path)
			require.NoError(t, err)
			require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
			require.NoError(t, s.Close())

			files, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, files, 1, "one file and nothing beside it")
			require.Equal(t, name, files[0].Name())
			r, err := kept(t.Context(), open(t, path))
			require.NoError(t, err)
			require.Equal(t, int64(1), r.Revision)
		})
	}
}

// Connections are opened when they are needed, wherever the process is by then.
func TestRelativePathStaysWhereItWas(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	t.Chdir(first)
	s := open(t, "listings.db")
	t.Chdir(second)
	require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := s.Load(t.Context(), key)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	require.FileExists(t, filepath.Join(first, "listings.db"))
	require.NoFileExists(t, filepath.Join(second, "listings.db"))
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := sqlitestore.Open(t.Context(), "")
	require.ErrorContains(t, err, "path is empty")
	_, err = sqlitestore.Open(t.Context(), "a\x00b")
	require.ErrorContains(t, err, "NUL")

	missing := filepath.Join(t.TempDir(), "missing", "listings.db")
	_, err = sqlitestore.Open(t.Context(), missing)
	require.ErrorContains(t, err, missing)
	require.ErrorContains(t, err, "folder must exist")

	text := filepath.Join(t.TempDir(), "notes.txt")
	content := []byte("These are notes, and longer than the header of a database would be.\nThey stay as they are.\n")
	require.NoError(t, os.WriteFile(text, content, 0o600))
	_, err = sqlitestore.Open(t.Context(), text)
	require.ErrorIs(t, err, sqlitestore.ErrNotDatabase)
	require.ErrorContains(t, err, text)
	kept, err := os.ReadFile(text)
	require.NoError(t, err)
	require.Equal(t, content, kept)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sqlitestore.Open(ended, filepath.Join(t.TempDir(), "listings.db"))
	require.ErrorIs(t, err, context.Canceled)
}

// migrated returns a database with the schema, open for everything, and its path.
func migrated(t *testing.T) (path string, db *sql.DB) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "listings.db")
	s, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	dsn, err := sqlitestore.DSN(path)
	require.NoError(t, err)
	db, err = sql.Open("sqlite", dsn)
	require.NoError(t, err)
	return path, db
}

func TestNewerSchemaIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	path, db := migrated(t)
	_, err := db.ExecContext(t.Context(), "INSERT INTO shelflife_schema (version) VALUES (7)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	_, err = sqlitestore.Open(t.Context(), path)
	var newer *sqlitestore.SchemaError
	require.ErrorAs(t, err, &newer)
	require.Equal(t, "7", newer.Version)
	require.True(t, newer.Newer)
	require.Equal(t, 1, newer.Known)
	real, err2 := filepath.EvalSymlinks(path)
	require.NoError(t, err2)
	require.Contains(t, []string{path, real}, newer.File)
	require.ErrorContains(t, err, "listings.db")
	require.ErrorContains(t, err, "use a newer release")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// A start must not need the lock that a busy neighbour holds.
func TestOpenDoesNotWaitForAWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	open(t, path)
	tx, err := openSQL(t, path).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	open(t, path, sqlitestore.WithBusyTimeout(0))
	require.NoError(t, tx.Rollback())
}

// Several times, because it takes some luck for them to meet.
func TestManyOpenANewFileAtOnce(t *testing.T) {
	t.Parallel()
	for range 10 {
		path := filepath.Join(t.TempDir(), "listings.db")
		stores := make([]*sqlitestore.Store, 8)
		var wg sync.WaitGroup
		for i := range stores {
			wg.Go(func() {
				var err error
				stores[i], err = sqlitestore.Open(context.Background(), path)
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		for _, s := range stores {
			require.NotNil(t, s)
			_, err := s.Load(t.Context(), key)
			require.ErrorIs(t, err, lifecycle.ErrNotFound)
			require.NoError(t, s.Close())
		}
	}
}

func TestEveryConnectionHasTheSettings(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]string{
		sqlitestore.DefaultBusyTimeout: "5000", 1500 * time.Microsecond: "2", 0: "0", -time.Hour: "0", math.MaxInt64: "2147483647",
	} {
		dsn, err := sqlitestore.DSN(filepath.Join(t.TempDir(), "listings.db"), sqlitestore.WithBusyTimeout(timeout))
		require.NoError(t, err)
		db, err := sql.Open("sqlite", dsn)
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()
		for range 3 {
			conn, err := db.Conn(t.Context()) // held, so that the next is another one
			require.NoError(t, err)
			defer func() { require.NoError(t, conn.Close()) }()
			for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": want} {
				var got string
				require.NoError(t, conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
				assert.Equal(t, want, got, pragma)
			}
		}
	}
}

func TestLockedDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	impatient, patient := open(t, path, sqlitestore.WithBusyTimeout(-time.Second)), open(t, path, sqlitestore.WithBusyTimeout(time.Hour))
	create := writes.Absent(key).Next(1, "First")
	require.NoError(t, impatient.Save(t.Context(), create))
	tx, err := openSQL(t, path).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	next := writes.Absent(key).After(create).Next(1, "Second")

	err = impatient.Save(t.Context(), next)
	require.ErrorIs(t, err, sqlitestore.ErrLocked)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	require.ErrorContains(t, err, key.Listing.String())
	for _, answer := range []error{lifecycle.ErrNotFound, lifecycle.ErrExists, lifecycle.ErrStale} {
		require.NotErrorIs(t, err, answer)
	}

	// One waits for the other process, the rest for the one.
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	for range 4 {
		go func() { errs <- patient.Save(ctx, next) }()
	}
	r, err := kept(t.Context(), patient)
	require.NoError(t, err, "reading does not wait")
	require.Equal(t, int64(1), r.Revision)
	cancel()
	for range 4 {
		require.ErrorIs(t, <-errs, context.Canceled)
	}

	require.NoError(t, tx.Rollback())
	require.NoError(t, impatient.Save(t.Context(), next), "nothing was left behind")
}

func TestFeedRefusesCursorsOfOthers(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "listings.db"))
	for _, cursor := range []lifecycle.Cursor{"x", "-1", "1.5", " 1", "99999999999999999999"} {
		_, err := s.Feed(t.Context(), key.Seller, cursor, 1)
		require.ErrorIs(t, err, lifecycle.ErrCursor)
	}
}

// Instants that the columns cannot hold are refused, by name, before anything is
// written; queries may have any.
func TestInstantsOutsideTheYears(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "listings.db"))
	for _, at := range []time.Time{time.Unix(1<<50, 0), time.Unix(-1<<50, 0)} {
		w := writes.Absent(key).Next(1, "First")
		w.Summary.Request = &lifecycle.RequestSummary{Due: at}
		err := s.Save(t.Context(), w)
		require.ErrorIs(t, err, lifecycle.ErrCannotKeep)
		require.ErrorContains(t, err, key.Listing.String())
		_, err = s.Load(t.Context(), key)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s := open(t, path)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	require.ErrorContains(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")), key.Listing.String())
	_, err := s.Load(t.Context(), key)
	require.Error(t, err)
	require.NotErrorIs(t, err, lifecycle.ErrNotFound)
}
