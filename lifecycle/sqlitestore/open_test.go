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
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing/document"
)

var key = lifecycle.Key{Seller: "111122223333", Listing: uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")}

// following is what to save for the key's record to move on from r by n
// entries.
func following(r lifecycle.Record, n int) (lifecycle.Record, []lifecycle.Entry) {
	r.ID, r.Seller, r.State = key.Listing, key.Seller, lifecycle.Draft
	entries := make([]lifecycle.Entry, n)
	for i := range entries {
		r.Revision++
		entries[i] = lifecycle.Entry{Revision: r.Revision, Event: lifecycle.EventEdit, State: lifecycle.Draft}
	}
	return r, entries
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
			next, entries := following(lifecycle.Record{}, 1)
			require.NoError(t, s.Save(t.Context(), next, entries))
			require.NoError(t, s.Close())

			files, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, files, 1, "one file and nothing beside it")
			require.Equal(t, name, files[0].Name())
			r, err := open(t, path).Load(t.Context(), key)
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
	next, entries := following(lifecycle.Record{}, 1)
	require.NoError(t, s.Save(t.Context(), next, entries))
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

func TestNewerSchemaIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	dsn, err := sqlitestore.DSN(path)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", dsn)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "INSERT INTO shelflife_schema (version) VALUES (7)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	_, err = sqlitestore.Open(t.Context(), path)
	var newer *sqlitestore.SchemaError
	require.ErrorAs(t, err, &newer)
	require.Equal(t, 7, newer.Version)
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
	first, entries := following(lifecycle.Record{}, 1)
	require.NoError(t, impatient.Save(t.Context(), first, entries))
	tx, err := openSQL(t, path).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	next, entries := following(first, 1)

	err = impatient.Save(t.Context(), next, entries)
	require.ErrorIs(t, err, sqlitestore.ErrLocked)
	require.ErrorContains(t, err, key.Listing.String())
	for _, answer := range []error{lifecycle.ErrNotFound, lifecycle.ErrExists, lifecycle.ErrStale} {
		require.NotErrorIs(t, err, answer)
	}

	// One waits for the other process, the rest for the one.
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	for range 4 {
		go func() { errs <- patient.Save(ctx, next, entries) }()
	}
	r, err := patient.Load(t.Context(), key)
	require.NoError(t, err, "reading does not wait")
	require.Equal(t, int64(1), r.Revision)
	cancel()
	for range 4 {
		require.ErrorIs(t, <-errs, context.Canceled)
	}

	require.NoError(t, tx.Rollback())
	require.NoError(t, impatient.Save(t.Context(), next, entries), "nothing was left behind")
}

func TestUnreadableRowsAreNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s, db := open(t, path), openSQL(t, path)
	next, entries := following(lifecycle.Record{}, 2)
	require.NoError(t, s.Save(t.Context(), next, entries))
	for _, damage := range []struct{ json, path string }{
		{`{"revision":2,"shelves":[]}`, "shelves"},
		{`{"revision":"two"}`, "revision"},
		{`{"revision":2`, ""},
		{``, ""},
	} {
		for _, statement := range []string{
			"UPDATE shelflife_records SET record = ?",
			"UPDATE shelflife_entries SET entry = ? WHERE revision = 2",
		} {
			_, err := db.ExecContext(t.Context(), statement, damage.json)
			require.NoError(t, err)
		}
		_, loadErr := s.Load(t.Context(), key)
		_, listErr := s.List(t.Context(), lifecycle.Query{Seller: key.Seller, Limit: 1})
		_, journalErr := s.Journal(t.Context(), key, 0, 10)
		require.ErrorContains(t, journalErr, "entry 2")
		for _, err := range []error{loadErr, listErr, journalErr} {
			var cause *document.Error
			require.ErrorAs(t, err, &cause, damage.json)
			require.Equal(t, damage.path, cause.Path)
			require.ErrorContains(t, err, key.Listing.String())
			require.ErrorContains(t, err, string(key.Seller))
			require.NotErrorIs(t, err, lifecycle.ErrNotFound)
		}
		first, err := s.Journal(t.Context(), key, 0, 1)
		require.NoError(t, err, "the entry before it can be read")
		require.Len(t, first, 1)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s := open(t, path)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	next, entries := following(lifecycle.Record{}, 1)
	require.ErrorContains(t, s.Save(t.Context(), next, entries), key.Listing.String())
	_, err := s.Load(t.Context(), key)
	require.Error(t, err)
	require.NotErrorIs(t, err, lifecycle.ErrNotFound)
}

func TestTxGoesWithTheCallersRows(t *testing.T) {
	t.Parallel()
	db := openSQL(t, filepath.Join(t.TempDir(), "service.db"))
	_, err := db.ExecContext(t.Context(), "CREATE TABLE releases (model TEXT NOT NULL) STRICT")
	require.NoError(t, err)
	s, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	next, entries := following(lifecycle.Record{}, 1)

	release := func(finish func(*sql.Tx) error) {
		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), "INSERT INTO releases (model) VALUES ('invoice')")
		require.NoError(t, err)
		bound := s.Tx(tx)
		require.NoError(t, bound.Save(t.Context(), next, entries))
		require.ErrorIs(t, bound.Save(t.Context(), next, entries), lifecycle.ErrExists, "it sees its own")
		_, err = s.Load(t.Context(), key)
		require.ErrorIs(t, err, lifecycle.ErrNotFound, "others do not see it yet")
		require.NoError(t, finish(tx))
	}
	releases := func() (n int) {
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM releases").Scan(&n))
		return n
	}

	release((*sql.Tx).Rollback)
	_, err = s.Load(t.Context(), key)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	require.Zero(t, releases())

	release((*sql.Tx).Commit)
	r, err := s.Load(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, int64(1), r.Revision)
	require.Equal(t, 1, releases())

	require.NoError(t, s.Close())
	require.NoError(t, db.PingContext(t.Context()), "the database is the caller's to close")
}

// A caller's transactions may begin deferred, which SQLite answers with a
// stale snapshot when they read before they write. A Save must not.
func TestSaveInADeferredDatabase(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(t.TempDir(), "service.db"))+"?_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var wg sync.WaitGroup
	for range 4 {
		s, err := sqlitestore.OpenDB(t.Context(), db)
		require.NoError(t, err)
		wg.Go(func() {
			for saved := 0; saved < 25; {
				r, err := s.Load(context.Background(), key)
				if err != nil && !errors.Is(err, lifecycle.ErrNotFound) {
					assert.NoError(t, err)
					return
				}
				next, entries := following(r, 1)
				switch err := s.Save(context.Background(), next, entries); {
				case err == nil:
					saved++
				case !errors.Is(err, lifecycle.ErrStale) && !errors.Is(err, lifecycle.ErrExists):
					assert.NoError(t, err)
					return
				}
			}
		})
	}
	wg.Wait()
	s, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	r, err := s.Load(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, int64(100), r.Revision)
}
