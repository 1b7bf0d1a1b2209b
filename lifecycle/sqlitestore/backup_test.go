//go:build unix

package sqlitestore_test

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
)

// While four goroutines save, each copy has all that was saved before it was asked for,
// and no Save in part.
func TestBackupWhileOthersSave(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "listings.db"))
	const seller = listing.AccountID("111122223333")
	var keys [4]lifecycle.Key
	var saved [4]atomic.Int64
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i := range keys {
		keys[i] = lifecycle.Key{Seller: seller, Listing: uuid.New()}
		wg.Go(func() {
			for r := writes.Absent(keys[i]); ctx.Err() == nil; {
				w := r.Next(entriesPerSave, "Moved on")
				w.Put = append(w.Put, part(w.Revision))
				if w.Base > 0 {
					w.Drop = []string{part(w.Base).Digest}
				}
				if !assert.NoError(t, s.Save(context.Background(), w)) {
					return
				}
				r = writes.Record{Key: r.Key, Revision: w.Revision, Summary: w.Summary}
				saved[i].Store(w.Revision)
			}
		})
	}
	for i := range saved {
		for saved[i].Load() == 0 {
			require.False(t, t.Failed())
		}
	}
	for _, name := range []string{"first.db", "second.db", "third ' \" %41?mode=memory.db"} {
		var before, after [4]int64
		for i := range saved {
			before[i] = saved[i].Load()
		}
		path := filepath.Join(dir, name)
		require.NoError(t, s.Backup(t.Context(), path))
		for i := range saved {
			after[i] = saved[i].Load() + entriesPerSave
		}
		copied := openReadOnly(t, path)
		var entries int64
		for i, key := range keys {
			got, err := copied.Load(t.Context(), key)
			require.NoError(t, err)
			require.GreaterOrEqual(t, got.Revision, before[i])
			require.LessOrEqual(t, got.Revision, after[i])
			require.Zero(t, got.Revision%entriesPerSave)
			parts, err := copied.Parts(t.Context(), key, []string{part(got.Revision).Digest, part(got.Revision - entriesPerSave).Digest})
			require.NoError(t, err)
			require.Equal(t, map[string][]byte{part(got.Revision).Digest: part(got.Revision).Body}, parts)
			journal, err := copied.Journal(t.Context(), key, 0, math.MaxInt)
			require.NoError(t, err)
			require.Len(t, journal, int(got.Revision))
			entries += got.Revision
		}
		feed, err := copied.Feed(t.Context(), seller, "", math.MaxInt)
		require.NoError(t, err)
		require.Len(t, feed, int(entries))
		requireSound(t, path)
	}
	stop()
	wg.Wait()
}

func requireSound(t *testing.T, path string) {
	t.Helper()
	var check string
	require.NoError(t, database(t, path).QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&check))
	require.Equal(t, "ok", check)
}

// A backup is a store like any other, whatever the one that made it can do: it goes on
// where that one stood, and cursors of feeds go on with it.
func TestBackupOfEveryKindOfStore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "service.db")
	db := openSQL(t, path)
	_, err := db.ExecContext(t.Context(), "CREATE TABLE mine (a TEXT); INSERT INTO mine VALUES ('kept')")
	require.NoError(t, err)
	callers, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	create := writes.Absent(key).Next(3, "First")
	require.NoError(t, callers.Save(t.Context(), create))
	r := writes.Absent(key).After(create)
	feed, err := callers.Feed(t.Context(), key.Seller, "", 2)
	require.NoError(t, err)
	for name, s := range map[string]*sqlitestore.Store{"opened": open(t, path), "read only": openReadOnly(t, path), "caller's": callers} {
		copied := filepath.Join(t.TempDir(), name)
		require.NoError(t, s.Backup(t.Context(), copied))
		info, err := os.Stat(copied)
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, "it is its owner's alone")
		require.Len(t, contents(t, filepath.Dir(copied)), 1)

		again := open(t, copied)
		requireKept(t, again, r, lifecycle.Write{})
		rest, err := again.Feed(t.Context(), key.Seller, feed[1].Cursor, 10)
		require.NoError(t, err)
		require.Len(t, rest, 1)
		require.NoError(t, again.Save(t.Context(), r.Next(1, "Second")))
		var mine string
		require.NoError(t, openSQL(t, copied).QueryRowContext(t.Context(), "SELECT a FROM mine").Scan(&mine))
		require.Equal(t, "kept", mine)
	}
	requireKept(t, callers, r, lifecycle.Write{})
}

// Backup writes over nothing, whatever it is, and leaves nothing when it fails.
func TestBackupLeavesFilesAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "listings.db")
	s := open(t, path)
	require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	names := map[string]func(name string) error{
		"a file":       func(name string) error { return os.WriteFile(name, []byte("x"), 0o600) },
		"an empty one": func(name string) error { return os.WriteFile(name, nil, 0o600) },
		"a folder":     func(name string) error { return os.Mkdir(name, 0o700) },
		"a link":       func(name string) error { return os.Symlink("nowhere", name) },
	}
	for name, make := range names {
		require.NoError(t, make(filepath.Join(dir, name)))
	}
	before := contents(t, dir)
	for name := range names {
		err := s.Backup(t.Context(), filepath.Join(dir, name))
		require.ErrorIs(t, err, fs.ErrExist, name)
		require.ErrorContains(t, err, filepath.Join(dir, name))
	}
	require.ErrorIs(t, s.Backup(t.Context(), path), fs.ErrExist, "the database itself")
	missing := filepath.Join(dir, "missing", "copy.db")
	require.ErrorIs(t, s.Backup(t.Context(), missing), fs.ErrNotExist)
	require.ErrorContains(t, s.Backup(t.Context(), ""), "path is empty")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Backup(ended, filepath.Join(dir, "copy.db")), context.Canceled)
	require.Equal(t, before, contents(t, dir))

	// Of several at once to one name, one makes it.
	var made atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := s.Backup(context.Background(), filepath.Join(dir, "copy.db")); !errors.Is(err, fs.ErrExist) && assert.NoError(t, err) {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	require.Equal(t, int64(1), made.Load())
	require.Len(t, contents(t, dir), len(before)+1)
	requireSound(t, filepath.Join(dir, "copy.db"))
}

// A replaced file is not backed up in place of the one that was opened.
func TestBackupOfAReplacedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	backup(t, path+".new")
	require.NoError(t, os.Rename(path+".new", path))
	require.ErrorIs(t, s.Backup(t.Context(), path+".copy"), sqlitestore.ErrReplaced)
	require.NoFileExists(t, path+".copy")
	_ = s.Close()
}

// leftBehind leaves the files of a database as a process that was killed leaves them: its
// last Save is in the log alone.
func leftBehind(t *testing.T, path string, last lifecycle.Write) {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), last))
	left := map[string][]byte{}
	for _, ending := range []string{"", "-wal", "-shm"} {
		data, err := os.ReadFile(path + ending)
		require.NoError(t, err)
		left[path+ending] = data
	}
	require.NoError(t, s.Close())
	for name, data := range left {
		require.NoError(t, os.WriteFile(name, data, 0o600))
	}
}

// A backup that was put beside the log of another database is refused, the files stay
// as they are, and it can be opened once they are gone. SQLite alone would take the log
// for the backup's.
func TestRestoreBesideAForeignLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "listings.db")
	s := open(t, filepath.Join(t.TempDir(), "listings.db"))
	create := writes.Absent(key).Next(1, "First")
	require.NoError(t, s.Save(t.Context(), create))
	copied := filepath.Join(t.TempDir(), "copy.db")
	require.NoError(t, s.Backup(t.Context(), copied))
	restore := func() {
		leftBehind(t, path, writes.Absent(key).Next(2, "Another"))
		require.NoError(t, os.Remove(path))
		data, err := os.ReadFile(copied)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	restore()
	before := contents(t, dir)
	require.Len(t, before, 3)
	for _, open := range []func(context.Context, string, ...sqlitestore.Option) (*sqlitestore.Store, error){sqlitestore.Open, sqlitestore.OpenReadOnly} {
		_, err := open(t.Context(), path)
		require.ErrorIs(t, err, sqlitestore.ErrForeignLog)
		require.ErrorContains(t, err, path+"-wal")
		require.ErrorContains(t, err, "move it")
		require.Equal(t, before, contents(t, dir))
	}

	link := filepath.Join(t.TempDir(), "link.db")
	require.NoError(t, os.Symlink(path, link))
	_, err := sqlitestore.Open(t.Context(), link)
	require.ErrorIs(t, err, sqlitestore.ErrForeignLog, "SQLite follows the link")

	require.NoError(t, os.Remove(path+"-wal"))
	s = open(t, path) // the index alone does no harm
	requireKept(t, s, writes.Absent(key).After(create), lifecycle.Write{})
	requireSound(t, path)
	require.NoError(t, s.Close())

	require.NoError(t, os.Remove(path))
	restore()
	var title string
	err = database(t, path).QueryRowContext(t.Context(), "SELECT title FROM shelflife_records").Scan(&title)
	require.True(t, err != nil || title == "Another", "without the guard the log would be taken for the backup's: %q", title)
}

// The database's own log, that of a process that was killed, is no other's.
func TestOwnLogIsNoForeignOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	create := writes.Absent(key).Next(1, "First")
	leftBehind(t, path, create)
	requireKept(t, openReadOnly(t, path), writes.Absent(key).After(create), lifecycle.Write{})
	requireKept(t, open(t, path), writes.Absent(key).After(create), lifecycle.Write{})

	require.NoError(t, os.WriteFile(path+".empty", nil, 0o600))
	require.NoError(t, os.WriteFile(path+".empty-wal", []byte(strings.Repeat("x", 5000)), 0o600))
	_, err := open(t, path+".empty").Load(t.Context(), key)
	require.ErrorIs(t, err, lifecycle.ErrNotFound, "an empty file is a new database")
}
