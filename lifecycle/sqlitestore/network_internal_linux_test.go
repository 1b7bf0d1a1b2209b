package sqlitestore

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNetworkFileSystems(t *testing.T) {
	t.Parallel()
	for name, magic := range map[string]uint32{
		"NFS": 0x6969, "SMB": 0x517B, "CIFS": 0xFF534D42, "SMB2": 0xFE534D42, "FUSE": 0x65735546, "9P": 0x01021997, "Ceph": 0x00C36400,
	} {
		err := judgeFileSystem(magic)
		require.ErrorIs(t, err, ErrNetwork, name)
		require.ErrorContains(t, err, "("+name+")")
		require.ErrorContains(t, err, "WithNetworkFileSystem")
	}
	for name, magic := range map[string]uint32{
		"ext4": 0xEF53, "XFS": 0x58465342, "Btrfs": 0x9123683E, "tmpfs": 0x01021994, "overlay": 0x794C7630, "F2FS": 0xF2F52010, "ZFS": 0x2FC12FC1, "none": 0,
	} {
		require.NoError(t, judgeFileSystem(magic), name)
	}
}

// A file that is to be made is judged by its folder, and nothing is made when it is
// refused. /proc stands for a network here.
func TestOpenRefusesNetworkFileSystems(t *testing.T) {
	const proc = 0x9fa0
	var s syscall.Statfs_t
	require.NoError(t, syscall.Statfs("/proc", &s))
	require.Equal(t, uint32(proc), uint32(s.Type))
	networks[proc] = "proc"
	defer delete(networks, proc)

	for _, path := range []string{"/proc/self/listings.db", "/proc/self/status"} {
		for _, open := range []func() (*Store, error){
			func() (*Store, error) { return Open(t.Context(), path) },
			func() (*Store, error) { return OpenReadOnly(t.Context(), path) },
		} {
			_, err := open()
			require.ErrorIs(t, err, ErrNetwork)
			require.ErrorContains(t, err, path)
		}
		_, err := Open(t.Context(), path, WithNetworkFileSystem())
		require.Error(t, err, "there is no writing in /proc")
		require.NotErrorIs(t, err, ErrNetwork)
	}

	require.NoError(t, syscall.Statfs(t.TempDir(), &s))
	networks[uint32(s.Type)] = "here"
	defer delete(networks, uint32(s.Type))
	path := filepath.Join(t.TempDir(), "listings.db")
	_, err := Open(t.Context(), path)
	require.ErrorIs(t, err, ErrNetwork)
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Empty(t, left)
	store, err := Open(t.Context(), path, WithNetworkFileSystem())
	require.NoError(t, err)
	require.NoError(t, store.Close())
}
