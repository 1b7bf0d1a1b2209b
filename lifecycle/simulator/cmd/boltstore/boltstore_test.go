package boltstore_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
)

func TestTheStateIsKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.db")
	arn := "arn:aws:sagemaker:us-east-2:111122223333:model-package/m"
	for i := range 3 {
		store, err := boltstore.Open(file)
		require.NoError(t, err)
		sim, err := simulator.New(simulator.Config{Store: store})
		require.NoError(t, err)
		assert.Equal(t, time.Date(2026, 1, 5, 9+i, 0, 0, 0, time.UTC), sim.Now())
		require.NoError(t, sim.Advance(time.Hour))
		status := []string{"Completed", "Deleted", "Failed"}[i]
		require.NoError(t, sim.PutModelPackage(simulator.ModelPackage{ARN: arn, Status: status}))
		records, err := store.Load()
		require.NoError(t, err)
		assert.Equal(t, i != 1, records["model-package/"+arn] != nil, "a record that is removed is gone")
		_, err = boltstore.Open(file)
		require.ErrorIs(t, err, boltstore.ErrFile, "one process at a time")
		require.NoError(t, store.Close())
		require.Error(t, sim.Advance(time.Hour), "what is not written is not done")
	}
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestWhatIsNoFileOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	require.NoError(t, os.WriteFile(text, []byte(`{"Format":1}`), 0o600))
	for _, file := range []string{dir, text, os.DevNull} {
		_, err := boltstore.Open(file)
		require.ErrorIs(t, err, boltstore.ErrFile, file)
	}
	_, err := boltstore.Open(filepath.Join(dir, "no", "folder"))
	require.Error(t, err)
}

// A file that was removed, or exchanged for a backup, takes nothing more.
func TestAFileThatIsReplaced(t *testing.T) {
	for name, replace := range map[string]func(t *testing.T, file string){
		"removed": func(t *testing.T, file string) { require.NoError(t, os.Remove(file)) },
		"moved":   func(t *testing.T, file string) { require.NoError(t, os.Rename(file, file+".old")) },
		"a backup in its place": func(t *testing.T, file string) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file+".backup", data, 0o600))
			require.NoError(t, os.Rename(file+".backup", file))
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "marketplace.db")
			s, err := boltstore.Open(file)
			require.NoError(t, err)
			require.NoError(t, s.Save(map[string][]byte{"a": []byte("1")}))
			replace(t, file)
			require.ErrorIs(t, s.Save(map[string][]byte{"a": []byte("2")}), boltstore.ErrReplaced)
			require.NoError(t, s.Close())
		})
	}
}
