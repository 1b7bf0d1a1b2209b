package folder_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
)

// Files are written whole, with the mode that they had, in the folder alone, and never
// through a link.
func TestFiles(t *testing.T) {
	dir := write(t, "listing.yaml", "title: x\n", "texts/o.md", "old\n")
	outside := filepath.Join(filepath.Dir(dir), "outside.md")
	require.NoError(t, os.WriteFile(outside, []byte("outside"), 0o600))
	require.NoError(t, os.Chmod(filepath.Join(dir, "texts", "o.md"), 0o640))
	require.NoError(t, os.Symlink("o.md", filepath.Join(dir, "texts", "in.md")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "out.md")))
	require.NoError(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "away")))

	f, err := folder.OpenFiles(filepath.Join(dir, "listing.yaml"))
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // nothing is lost
	assert.Equal(t, "listing.yaml", f.Document)
	for name, want := range map[string]bool{"listing.yaml": true, "texts/o.md": true, "texts/in.md": true, "texts": false, "no.md": false, "out.md": false, "away/outside.md": false, "../outside.md": false, outside: false} {
		assert.Equal(t, want, f.Has(name), name)
		_, err := f.Read(name)
		assert.Equal(t, want, err == nil, name)
	}
	require.NoError(t, f.Replace("texts/o.md", []byte("new\n")))
	data, err := f.Read("texts/o.md")
	require.NoError(t, err)
	assert.Equal(t, "new\n", string(data))
	info, err := os.Stat(filepath.Join(dir, "texts", "o.md"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	for _, name := range []string{"texts/in.md", "out.md", "away/outside.md", "../outside.md", "no.md", "texts"} {
		assert.Error(t, f.Replace(name, []byte("bad")), name)
	}
	assert.ErrorContains(t, f.Replace("texts/in.md", nil), filepath.Join(dir, "texts", "in.md")+": is a link")
	data, err = os.ReadFile(outside)
	require.NoError(t, err)
	assert.Equal(t, "outside", string(data))

	left, err := filepath.Glob(filepath.Join(dir, "*", "*.new"))
	require.NoError(t, err)
	assert.Empty(t, left)
	_, err = folder.OpenFiles(filepath.Join(dir, "texts"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// Members are known by the path to them.
func TestFields(t *testing.T) {
	assert.Contains(t, folder.Fields(), "testers")
	assert.Contains(t, folder.Fields(), "shortDescription")
	assert.Equal(t, []string{"text", "url"}, folder.Fields("versions", "input", "batch"))
	assert.Contains(t, folder.Fields("offer"), "trialDays")
	for _, path := range [][]string{{"offer", "rates"}, {"title"}, {"nothing"}, {"regions"}} {
		assert.Nil(t, folder.Fields(path...), path)
	}
}
