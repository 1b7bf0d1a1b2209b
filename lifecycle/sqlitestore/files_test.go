//go:build unix

package sqlitestore_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// contents returns what the files of a folder hold, those of subfolders included.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if d.Type() == fs.ModeSymlink {
			target, err := os.Readlink(path)
			all[path] = "-> " + target
			return err
		}
		if !d.Type().IsRegular() { // reading a pipe would wait for its other end
			all[path] = d.Type().String()
			return nil
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		return err
	}))
	return all
}

// backup writes a database with one record of revision 1 to the path.
func backup(t *testing.T, path string) {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	require.NoError(t, s.Close())
}

// A file that is removed, moved or replaced while it is open is noticed by every
// call, nothing is written into what is there now, and after the remedy all goes on.
func TestFilesThatAreReplaced(t *testing.T) {
	t.Parallel()
	move := func(t *testing.T, from, to string) { require.NoError(t, os.Rename(from, to)) }
	remove := func(t *testing.T, names ...string) {
		for _, name := range names {
			require.NoError(t, os.Remove(name))
		}
	}
	for name, replace := range map[string]func(t *testing.T, path string){
		"removed":       func(t *testing.T, path string) { remove(t, path) },
		"moved away":    func(t *testing.T, path string) { move(t, path, path+".old") },
		"all removed":   func(t *testing.T, path string) { remove(t, path, path+"-wal", path+"-shm") },
		"log removed":   func(t *testing.T, path string) { remove(t, path+"-wal") },
		"index removed": func(t *testing.T, path string) { remove(t, path+"-shm") },
		"folder moved":  func(t *testing.T, path string) { move(t, filepath.Dir(path), filepath.Dir(path)+".old") },
		"a backup":      func(t *testing.T, path string) { backup(t, path+".new"); move(t, path+".new", path) },
		"an empty file": func(t *testing.T, path string) { remove(t, path); require.NoError(t, os.WriteFile(path, nil, 0o600)) },
		"a folder":      func(t *testing.T, path string) { remove(t, path); require.NoError(t, os.Mkdir(path, 0o700)) },
		"a pipe":        func(t *testing.T, path string) { remove(t, path); require.NoError(t, syscall.Mkfifo(path, 0o600)) },
		"another log": func(t *testing.T, path string) {
			remove(t, path+"-wal")
			require.NoError(t, os.WriteFile(path+"-wal", []byte("x"), 0o600))
		},
		"a link to both": func(t *testing.T, path string) {
			move(t, path, path+".old")
			require.NoError(t, os.Symlink(path+".old", path))
		},
		"a link to it": func(t *testing.T, path string) {
			backup(t, path+".new")
			remove(t, path)
			require.NoError(t, os.Symlink(path+".new", path))
		},
		"a link to none":   func(t *testing.T, path string) { remove(t, path); require.NoError(t, os.Symlink(path+".none", path)) },
		"a link to itself": func(t *testing.T, path string) { remove(t, path); require.NoError(t, os.Symlink(path, path)) },
		"a backup of three": func(t *testing.T, path string) {
			backup(t, path+".new")
			remove(t, path+"-wal", path+"-shm")
			move(t, path+".new", path)
			require.NoError(t, os.WriteFile(path+"-wal", []byte("the backup's"), 0o600))
			require.NoError(t, os.WriteFile(path+"-shm", []byte("the backup's"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top := t.TempDir()
			dir := filepath.Join(top, "data")
			require.NoError(t, os.Mkdir(dir, 0o700))
			path := filepath.Join(dir, "listings.db")
			s, create := begun(t, path)
			next := writes.Absent(key).After(create).Next(1, "Second")

			replace(t, path)
			before := contents(t, top)
			requireReplaced(t, s, next)
			require.Equal(t, before, contents(t, top), "nothing is written into anything that has a name")
			_ = s.Close()
		})
	}
}

func requireReplaced(t *testing.T, s *sqlitestore.Store, w lifecycle.Write) {
	t.Helper()
	_, load := s.Load(t.Context(), w.Key)
	_, journal := s.Journal(t.Context(), w.Key, 0, 1)
	_, list := s.List(t.Context(), lifecycle.Query{Seller: w.Key.Seller, Limit: 1})
	_, feed := s.Feed(t.Context(), w.Key.Seller, "", 1)
	_, end := s.FeedEnd(t.Context(), w.Key.Seller)
	for what, err := range map[string]error{"FeedEnd": end, "Save": s.Save(t.Context(), w), "Load": load, "Journal": journal, "List": list, "Feed": feed} {
		require.ErrorIs(t, err, sqlitestore.ErrReplaced, what)
		require.ErrorContains(t, err, string(w.Key.Seller), what)
		require.ErrorContains(t, err, "open it again", what)
		require.NotContains(t, err.Error(), "\n", what)
		for _, other := range []error{lifecycle.ErrNotFound, lifecycle.ErrStale, lifecycle.ErrExists, lifecycle.ErrUnavailable} {
			require.NotErrorIs(t, err, other, what)
		}
	}
}

// What was saved before the log was removed is brought into the file by Close.
func TestCloseAfterTheLogWasRemoved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s, create := begun(t, path)
	require.NoError(t, os.Remove(path+"-wal"))
	next := writes.Absent(key).After(create).Next(1, "Second")
	require.ErrorIs(t, s.Save(t.Context(), next), sqlitestore.ErrReplaced)
	require.NoError(t, s.Close())

	s = open(t, path)
	r, err := kept(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, "First", r.Summary.Title)
	require.NoError(t, s.Save(t.Context(), next))
}

// Close leaves a backup alone that was put in place meanwhile.
func TestCloseBesideABackup(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "Lost")))
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		require.NoError(t, os.WriteFile(name+".new", []byte("the backup's"), 0o600))
		require.NoError(t, os.Rename(name+".new", name))
	}
	require.NoError(t, s.Close())
	require.Equal(t, map[string]string{path: "the backup's", path + "-wal": "the backup's", path + "-shm": "the backup's"}, contents(t, filepath.Dir(path)))
}

// A backup is restored as the documentation of the package says.
func TestRestoreABackup(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s, create := begun(t, path)
	_, err := openSQL(t, path).ExecContext(t.Context(), "VACUUM INTO '"+path+".backup'")
	require.NoError(t, err)
	later := writes.Absent(key).After(create).Next(1, "Later")
	require.NoError(t, s.Save(t.Context(), later))
	require.NoError(t, os.Rename(path+".backup", path))
	requireReplaced(t, s, writes.Absent(key).After(create).After(later).Next(1, "Lost"))

	require.NoError(t, s.Close())
	for _, ending := range []string{"-wal", "-shm"} {
		require.NoError(t, os.Remove(path+ending))
	}
	s = open(t, path)
	r, err := kept(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, writes.Absent(key).After(create).Summary, r.Summary)
	require.NoError(t, s.Save(t.Context(), later))
}

// A path may lead to the file by links; they are watched, too.
func TestFilesBehindLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	current := filepath.Join(dir, "current")
	require.NoError(t, os.Symlink("one", current))
	s := open(t, filepath.Join(current, "listings.db"))
	create := writes.Absent(key).Next(1, "First")
	require.NoError(t, s.Save(t.Context(), create))
	require.FileExists(t, filepath.Join(dir, "one", "listings.db-wal"))

	link := func(target string) {
		require.NoError(t, os.Symlink(target, current+".new"))
		require.NoError(t, os.Rename(current+".new", current))
	}
	next := writes.Absent(key).After(create).Next(1, "Second")
	link("two")
	requireReplaced(t, s, next)
	require.Empty(t, contents(t, filepath.Join(dir, "two")))
	link("one")
	require.NoError(t, s.Save(t.Context(), next), "all is where it was")
}

// Another process that opens, saves and closes, or that makes a backup the right way,
// replaces nothing.
func TestOthersAtTheSameFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s := open(t, path)
	r := writes.Absent(key)
	db := openSQL(t, path)
	for _, statement := range []string{
		"SELECT 1", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM INTO '" + path + ".backup'", "PRAGMA optimize",
	} {
		other, err := sqlitestore.Open(t.Context(), path)
		require.NoError(t, err)
		for _, store := range []lifecycle.Store{s, other} {
			w := r.Next(1, statement)
			require.NoError(t, store.Save(t.Context(), w))
			r = r.After(w)
		}
		require.NoError(t, other.Close())
		_, err = db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	got, err := kept(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, r.Revision, got.Revision)
	_, err = kept(t.Context(), open(t, path+".backup"))
	require.NoError(t, err)
}

// Open waits for nothing that is no regular file.
func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "listings.db")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, path := range []string{pipe, t.TempDir(), os.DevNull} {
		_, err := sqlitestore.Open(t.Context(), path)
		require.ErrorIs(t, err, sqlitestore.ErrNotDatabase, path)
		require.ErrorContains(t, err, path)
	}
}
