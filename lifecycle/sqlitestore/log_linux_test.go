package sqlitestore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// Looking at the first page takes no lock away that this process has on the file: the
// system drops them all when any descriptor of the file is closed.
func TestLookingForAForeignLogKeepsLocks(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s := open(t, path)
	require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	var file syscall.Stat_t
	require.NoError(t, syscall.Stat(path, &file))
	locks := func() (n int) {
		all, err := os.ReadFile("/proc/locks")
		require.NoError(t, err)
		for line := range strings.Lines(string(all)) {
			// Another process may have a file of the same number on another file system.
			if strings.Contains(line, fmt.Sprintf(" %d ", os.Getpid())) && strings.Contains(line, fmt.Sprintf(":%d ", file.Ino)) {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, locks())
	other, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, 1, locks())
	require.NoError(t, other.Close())
	other, err = sqlitestore.OpenReadOnly(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, other.Close())
	require.Equal(t, 1, locks())
}
