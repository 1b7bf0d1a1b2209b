//go:build linux && mounts

package sqlitestore_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// fullFolder names, in another process of this test, a folder to mount a disk at.
const fullFolder = "SQLITESTORE_TEST_FULL_FOLDER"

// A file system of half a megabyte fills up for real. It is mounted in a namespace of
// its own and gone with the process. Not every system lets one mount it: full_disk in
// .ci/servers runs this.
func TestFullDisk(t *testing.T) {
	dir := os.Getenv(fullFolder)
	if dir == "" {
		cmd := &exec.Cmd{Env: []string{fullFolder + "=" + t.TempDir()}, SysProcAttr: &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}}
		if os.Geteuid() != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
		}
		runAlone(t, cmd)
		return
	}
	require.NoError(t, syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""))
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"))
	path := filepath.Join(dir, "listings.db")
	s, create := begun(t, path)
	requireNoRoom(t, s, writes.Absent(key).After(create), func() {
		require.ErrorIs(t, s.Backup(t.Context(), path+".copy"), sqlitestore.ErrFull)
		require.Len(t, contents(t, dir), 3, "no part of a backup is left")
		require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"))
	})
	require.NoError(t, s.Close())

	// Where not even the files of an empty database fit.
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"))
	_, err := sqlitestore.Open(t.Context(), path)
	require.ErrorIs(t, err, sqlitestore.ErrFull)
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"))
	s, err = sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), create))
	require.NoError(t, s.Close())
}
