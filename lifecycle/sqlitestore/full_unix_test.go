//go:build unix

package sqlitestore_test

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// fullFile names, in another process of this test, the file of its database.
const fullFile = "SQLITESTORE_TEST_FULL_FILE"

// The log grows up to a limit of the process, as it does on a disk that fills up.
// The limit is that of the whole process, so the test runs in one of its own.
func TestFullLog(t *testing.T) {
	path := os.Getenv(fullFile)
	if path == "" {
		alone(t, fullFile+"="+filepath.Join(t.TempDir(), "listings.db"))
		return
	}
	signal.Ignore(syscall.SIGXFSZ) // the write fails instead
	s, create := begun(t, path)

	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	log, err := os.Stat(path + "-wal")
	require.NoError(t, err)
	tight := before
	tight.Cur = 1 // a type that differs between systems
	for tight.Cur < before.Cur && int64(tight.Cur) < log.Size()+100_000 {
		tight.Cur *= 2
	}
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &tight))
	r := writes.Absent(key).After(create)
	requireNoRoom(t, s, r, func() { require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)) })
	require.NoError(t, s.Close())
}

// requireNoRoom asserts that a large Save fails and leaves nothing, twice, that
// reading goes on, and that the same Save succeeds once there is room.
func requireNoRoom(t *testing.T, s *sqlitestore.Store, r writes.Record, makeRoom func()) {
	t.Helper()
	next := large(r)
	for range 2 {
		err := s.Save(t.Context(), next)
		require.ErrorIs(t, err, sqlitestore.ErrFull)
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		require.ErrorContains(t, err, key.Listing.String())
		requireKept(t, s, r, next)
	}
	makeRoom()
	require.NoError(t, s.Save(t.Context(), next))
	requireKept(t, s, r.After(next), lifecycle.Write{})
}

// alone runs the test in a process of its own.
func alone(t *testing.T, variables ...string) {
	t.Helper()
	runAlone(t, &exec.Cmd{Env: variables})
}

// runAlone runs the test as the command says, in which all but the program and its
// arguments may be set.
func runAlone(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd.Path, cmd.Args = self, []string{self, "-test.run=^" + t.Name() + "$", "-test.v"}
	cmd.Env = append(os.Environ(), cmd.Env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name())
}
