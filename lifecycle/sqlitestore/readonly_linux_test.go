package sqlitestore_test

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// asNobody calls the function with the permissions of a user who owns nothing. Root
// gives them up for one thread, which ends with the function; another user has none
// that the modes of the files do not give.
func asNobody(call func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if os.Geteuid() == 0 {
			runtime.LockOSThread() // it is never let go, and ends with the goroutine
			const nobody = 65534
			if err := syscall.Setfsuid(nobody); err != nil {
				panic(err)
			}
		}
		call()
	}()
	<-done
}

// In a folder that cannot be written a file with a log is read while somebody who may
// write has it open; without one, a copy without a log is.
func TestReadOnlyInAFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755)) // the test's own
	path := filepath.Join(dir, "listings.db")
	create := writes.Absent(key).Next(1, "First")
	r := writes.Absent(key).After(create)
	writer, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, writer.Save(t.Context(), create))
	copied := filepath.Join(dir, "copy.db")
	require.NoError(t, writer.Backup(t.Context(), copied))
	for _, ending := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Chmod(path+ending, 0o444))
	}
	require.NoError(t, os.Chmod(copied, 0o444))
	require.NoError(t, os.Chmod(dir, 0o555))
	defer func() { require.NoError(t, os.Chmod(dir, 0o755)) }()

	read := func(path string) (got writes.Record, save, err error) {
		asNobody(func() {
			var s *sqlitestore.Store
			if s, err = sqlitestore.OpenReadOnly(t.Context(), path); err != nil {
				return
			}
			defer func() { assert.NoError(t, s.Close()) }()
			got, err = kept(t.Context(), s)
			save = s.Save(t.Context(), r.Next(1, "Second"))
		})
		return got, save, err
	}
	requireRead := func(path string) {
		t.Helper()
		got, save, err := read(path)
		require.NoError(t, err)
		require.Equal(t, r.Stored, got.Stored)
		require.Equal(t, r.Journal, got.Journal)
		require.ErrorIs(t, save, sqlitestore.ErrReadOnly)
	}
	requireRead(path)
	requireRead(copied)

	// A store of Open reads as well, where the file cannot be written.
	asNobody(func() {
		s, err := sqlitestore.Open(t.Context(), path)
		if !assert.NoError(t, err) {
			return
		}
		defer func() { assert.NoError(t, s.Close()) }()
		save := s.Save(t.Context(), r.Next(1, "Second"))
		assert.ErrorIs(t, save, sqlitestore.ErrReadOnly)
		assert.NotErrorIs(t, save, lifecycle.ErrUnavailable)
		got, err := kept(t.Context(), s)
		assert.NoError(t, err)
		assert.Equal(t, r.Stored, got.Stored)
	})

	require.NoError(t, os.Chmod(dir, 0o755))
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, os.Chmod(path+"-wal", 0o644))
	require.NoError(t, os.Chmod(path+"-shm", 0o644))
	require.NoError(t, writer.Close())
	require.NoFileExists(t, path+"-wal")
	require.NoError(t, os.Chmod(path, 0o444))
	require.NoError(t, os.Chmod(dir, 0o555))
	_, _, err = read(path)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "let this process read the file and write its folder")
	requireRead(copied)
}
