//go:build unix

package sqlitestore_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
	"github.com/shelflife-go/shelflife/listing"
)

func openReadOnly(t testing.TB, path string) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.OpenReadOnly(context.Background(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// What one store saves, another one that only reads sees at once.
func TestReadOnlyBesideAWriter(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		path := filepath.Join(t.TempDir(), "listings.db")
		return divided{Store: open(t, path), reading: openReadOnly(t, path)}
	})
}

// divided saves to one store and reads from another.
type divided struct {
	lifecycle.Store
	reading lifecycle.Store
}

func (s divided) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	return s.reading.Load(ctx, key)
}

func (s divided) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	return s.reading.Parts(ctx, key, digests)
}

func (s divided) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	return s.reading.Journal(ctx, key, after, limit)
}

func (s divided) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	return s.reading.List(ctx, q)
}

func (s divided) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	return s.reading.Feed(ctx, seller, after, limit)
}

// It reads while another process saves, and no Save in part.
func TestReadOnlyBesideAProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	first, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, first.Close())
	s := openReadOnly(t, path)
	const saves = 40
	cmd, saved := saver(t, path, saves, 0)
	var seen int64
	for saved.Scan() {
		r, err := s.Load(t.Context(), key)
		require.NoError(t, err)
		require.GreaterOrEqual(t, r.Revision, seen)
		require.Zero(t, r.Revision%entriesPerSave)
		journal, err := s.Journal(t.Context(), key, 0, 1<<30)
		require.NoError(t, err)
		require.GreaterOrEqual(t, int64(len(journal)), r.Revision)
		require.Zero(t, len(journal)%entriesPerSave)
		seen = r.Revision
	}
	require.NoError(t, cmd.Wait())
	r, err := s.Load(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, int64(saves*entriesPerSave), r.Revision)
}

func TestReadOnlySavesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	backup(t, path)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	r := writes.Absent(key).After(writes.Absent(key).Next(1, "First"))
	s, err := sqlitestore.OpenReadOnly(t.Context(), path)
	require.NoError(t, err)
	for _, w := range []lifecycle.Write{r.Next(1, "Second"), writes.Absent(writes.NewKey()).Next(1, "Other")} {
		err := s.Save(t.Context(), w)
		require.ErrorIs(t, err, sqlitestore.ErrReadOnly)
		require.ErrorContains(t, err, w.Key.Listing.String())
		require.NotErrorIs(t, err, lifecycle.ErrUnavailable)
	}
	requireKept(t, s, r, lifecycle.Write{})
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)

	again := open(t, path)
	require.NoError(t, again.Save(t.Context(), r.Next(1, "Second")), "it is in nobody's way")
}

func TestReadOnlyNoticesAReplacedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	backup(t, path)
	s := openReadOnly(t, path)
	require.NoError(t, os.Rename(path, path+".old"))
	backup(t, path+".new")
	require.NoError(t, os.Rename(path+".new", path))
	_, err := s.Load(t.Context(), key)
	require.ErrorIs(t, err, sqlitestore.ErrReplaced)
}

// It makes nothing, and says what is missing.
func TestReadOnlyMakesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "listings.db")
	_, err := sqlitestore.OpenReadOnly(t.Context(), path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, path)
	require.Empty(t, contents(t, dir))
	_, err = sqlitestore.OpenReadOnly(t.Context(), "")
	require.ErrorContains(t, err, "path is empty")

	require.NoError(t, os.WriteFile(path, []byte("These are notes, and longer than the header of a database would be. They stay as they are, all of them."), 0o600))
	_, err = sqlitestore.OpenReadOnly(t.Context(), path)
	require.ErrorIs(t, err, sqlitestore.ErrNotDatabase)

	require.NoError(t, os.WriteFile(path, nil, 0o600))
	requireOlder := func() {
		t.Helper()
		before := contents(t, dir)
		_, err := sqlitestore.OpenReadOnly(t.Context(), path)
		var older *sqlitestore.SchemaError
		require.ErrorAs(t, err, &older)
		require.True(t, older.Older)
		require.False(t, older.Newer)
		require.Equal(t, "0", older.Version)
		require.NotZero(t, older.Known)
		require.NotEmpty(t, older.File)
		require.ErrorContains(t, err, "open it once with Open")
		require.Equal(t, before, contents(t, dir))
	}
	requireOlder()
	db := database(t, path)
	_, err = db.ExecContext(t.Context(), "CREATE TABLE mine (a TEXT)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	requireOlder()

	path, db = migrated(t)
	_, err = db.ExecContext(t.Context(), "INSERT INTO shelflife_schema (version) VALUES (7)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = sqlitestore.OpenReadOnly(t.Context(), path)
	var newer *sqlitestore.SchemaError
	require.ErrorAs(t, err, &newer)
	require.True(t, newer.Newer)
}
