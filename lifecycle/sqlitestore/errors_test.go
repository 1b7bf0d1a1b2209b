package sqlitestore_test

import (
	"context"
	"database/sql"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// large moves a record on by more bytes than a nearly full disk has.
func large(r writes.Record) lifecycle.Write {
	w := r.Next(2, "Large")
	p := writes.Part("large")
	p.Body = writes.Bytes(strings.Repeat("x", 1<<20))
	w.Put = append(w.Put, p)
	return w
}

// requireKept asserts that the store has the record, and nothing of the Write.
func requireKept(t *testing.T, s lifecycle.Store, r writes.Record, without lifecycle.Write) {
	t.Helper()
	got, err := kept(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, r.Stored, got.Stored)
	require.Equal(t, r.Summary, got.Summary)
	require.Equal(t, r.Journal, got.Journal)
	for _, p := range without.Put {
		parts, err := s.Parts(t.Context(), r.Key, []string{p.Digest})
		require.NoError(t, err)
		require.Empty(t, parts)
	}
	feed, err := s.Feed(t.Context(), r.Key.Seller, "", math.MaxInt)
	require.NoError(t, err)
	require.Len(t, feed, len(r.Journal))
}

// with opens the file of the store with further settings, which hold for each of its
// connections.
func with(t *testing.T, path string, pragmas ...string) *sql.DB {
	t.Helper()
	dsn, err := sqlitestore.DSN(path)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", dsn+"&_pragma="+strings.Join(pragmas, "&_pragma="))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestFullDatabase(t *testing.T) {
	t.Parallel()
	db := with(t, filepath.Join(t.TempDir(), "service.db"), "max_page_count(60)")
	db.SetMaxOpenConns(1)
	s, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	create := writes.Absent(key).Next(1, "First")
	require.NoError(t, s.Save(t.Context(), create))
	r := writes.Absent(key).After(create)

	next := large(r)
	err = s.Save(t.Context(), next)
	require.ErrorIs(t, err, sqlitestore.ErrFull)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	require.ErrorContains(t, err, key.Listing.String())
	require.ErrorContains(t, err, "free space on the disk")
	requireKept(t, s, r, next)

	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.ErrorIs(t, s.Tx(tx).Save(t.Context(), next), sqlitestore.ErrFull)
	_ = tx.Rollback() // SQLite may have rolled it back already
	requireKept(t, s, r, next)

	_, err = db.ExecContext(t.Context(), "PRAGMA max_page_count = 100000")
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), next))
	requireKept(t, s, r.After(next), lifecycle.Write{})
}

func TestReadOnlyConnection(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "service.db")
	create := writes.Absent(key).Next(1, "First")
	require.NoError(t, open(t, path).Save(t.Context(), create))
	r := writes.Absent(key).After(create)
	db := with(t, path, "query_only(ON)")
	db.SetMaxOpenConns(1)
	s, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)

	next := r.Next(1, "Second")
	err = s.Save(t.Context(), next)
	require.ErrorIs(t, err, sqlitestore.ErrReadOnly)
	require.NotErrorIs(t, err, lifecycle.ErrUnavailable, "it does not pass by itself")
	require.ErrorContains(t, err, key.Listing.String())
	require.ErrorContains(t, err, "let this process write")
	requireKept(t, s, r, lifecycle.Write{})

	_, err = db.ExecContext(t.Context(), "PRAGMA query_only = OFF")
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), next))
}

// A page that was overwritten is found by what reads it, whatever method it is; the
// file stays as it is, and a backup in its place works on.
func TestCorruptPages(t *testing.T) {
	t.Parallel()
	const page = 4096
	for name, c := range map[string]struct {
		root string // the table or index whose first page is overwritten; none for the file's first
		call func(ctx context.Context, s *sqlitestore.Store, next lifecycle.Write) error
	}{
		"Load": {"shelflife_records", func(ctx context.Context, s *sqlitestore.Store, _ lifecycle.Write) error {
			_, err := s.Load(ctx, key)
			return err
		}},
		"Parts": {"shelflife_parts", func(ctx context.Context, s *sqlitestore.Store, next lifecycle.Write) error {
			_, err := s.Parts(ctx, key, []string{writes.Part("1.0").Digest})
			return err
		}},
		"List": {"shelflife_records", func(ctx context.Context, s *sqlitestore.Store, _ lifecycle.Write) error {
			_, err := s.List(ctx, lifecycle.Query{Seller: key.Seller, Limit: 1})
			return err
		}},
		"Journal": {"shelflife_entries", func(ctx context.Context, s *sqlitestore.Store, _ lifecycle.Write) error {
			_, err := s.Journal(ctx, key, 0, 1)
			return err
		}},
		"Feed": {"shelflife_entries_feed", func(ctx context.Context, s *sqlitestore.Store, _ lifecycle.Write) error {
			_, err := s.Feed(ctx, key.Seller, "", 1)
			return err
		}},
		"FeedEnd": {"shelflife_entries_feed", func(ctx context.Context, s *sqlitestore.Store, _ lifecycle.Write) error {
			_, err := s.FeedEnd(ctx, key.Seller)
			return err
		}},
		"Save":         {"shelflife_records", func(ctx context.Context, s *sqlitestore.Store, next lifecycle.Write) error { return s.Save(ctx, next) }},
		"Save at last": {"shelflife_entries_feed", func(ctx context.Context, s *sqlitestore.Store, next lifecycle.Write) error { return s.Save(ctx, next) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "listings.db")
			s, create := begun(t, path)
			require.NoError(t, s.Close())
			whole, err := os.ReadFile(path)
			require.NoError(t, err)
			db := with(t, path, "query_only(ON)")
			var root int
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = ?", c.root).Scan(&root))
			require.NoError(t, db.Close())
			damaged := append([]byte(nil), whole...)
			copy(damaged[(root-1)*page:root*page], strings.Repeat("\xff", page))
			require.NoError(t, os.WriteFile(path, damaged, 0o600))

			s, err = sqlitestore.Open(t.Context(), path)
			require.NoError(t, err)
			next := writes.Absent(key).After(create).Next(1, "Second")
			err = c.call(t.Context(), s, next)
			require.ErrorIs(t, err, sqlitestore.ErrCorrupt)
			require.NotErrorIs(t, err, lifecycle.ErrUnavailable)
			require.ErrorContains(t, err, string(key.Seller))
			require.ErrorContains(t, err, "restore a backup")
			require.NoError(t, s.Close())
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, damaged, left, "nothing is written")

			require.NoError(t, os.WriteFile(path, whole, 0o600))
			s = open(t, path)
			requireKept(t, s, writes.Absent(key).After(create), lifecycle.Write{})
			require.NoError(t, s.Save(t.Context(), next))
		})
	}
}

func TestCorruptFirstPage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte(strings.Repeat("\xff", 100)), 0)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = sqlitestore.Open(t.Context(), path)
	require.ErrorIs(t, err, sqlitestore.ErrNotDatabase)
	require.ErrorIs(t, err, sqlitestore.ErrCorrupt)
	require.ErrorContains(t, err, "name another file")
	require.ErrorContains(t, err, "restore a backup")
}
