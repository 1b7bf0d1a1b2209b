package pgstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
)

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	files, err := pgstore.Migrations.ReadDir("schema")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, f := range files {
		assert.True(t, strings.HasPrefix(f.Name(), fmt.Sprintf("%03d_", i+1)), f.Name())
		data, err := pgstore.Migrations.ReadFile("schema/" + f.Name())
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(string(data), "-- +goose Up\n"), f.Name())
		assert.Equal(t, 1, strings.Count(string(data), "+goose"), "a way down would be run with the way up")
		assert.Contains(t, string(data), fmt.Sprintf("INSERT INTO shelflife_schema (version) VALUES (%d);", i+1))
	}
}

// tables returns how many tables of this package there are.
func tables(t *testing.T, conn *pgx.Conn) (n int) {
	t.Helper()
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'shelflife%'").Scan(&n))
	return n
}

func TestMigrationIsAllOrNothing(t *testing.T) {
	t.Parallel()
	conn := connect(t, database(t))
	steps, err := pgstore.Steps()
	require.NoError(t, err)

	err = pgstore.MigrateBy(t.Context(), conn, slices.Concat(steps, []string{"CREATE TABLE shelflife_half (a text); CREATE TABLE shelflife_half (a text)"}))
	require.ErrorContains(t, err, "schema version 2")
	require.Zero(t, tables(t, conn))

	require.NoError(t, pgstore.Migrate(t.Context(), conn))
	require.Equal(t, 5, tables(t, conn))

	later := slices.Concat(steps, []string{"CREATE TABLE shelflife_later (a text); INSERT INTO shelflife_schema VALUES (2)"})
	for range 2 { // the second time there is nothing to do
		require.NoError(t, pgstore.MigrateBy(t.Context(), conn, later))
		require.Equal(t, 6, tables(t, conn))
	}
	for _, options := range [][]pgstore.Option{nil, {pgstore.Migrated()}} {
		_, err = pgstore.Open(t.Context(), conn, options...)
		var newer *pgstore.SchemaError
		require.ErrorAs(t, err, &newer)
		require.Contains(t, newer.Database, "shelflife_")
		require.Equal(t, pgstore.SchemaError{Database: newer.Database, Version: 2, Newer: true, Known: 1}, *newer)
		require.ErrorContains(t, err, "use a newer release")
	}
}

// Twenty processes start at once on an empty database, and on one that is a version
// behind.
func TestMigratingAtOnce(t *testing.T) {
	t.Parallel()
	url := database(t)
	conn := connect(t, url)
	steps, err := pgstore.Steps()
	require.NoError(t, err)
	together := func(migrate func(pgstore.DB) error) {
		t.Helper()
		const processes = 20
		errs := make([]error, processes)
		begin := make(chan struct{})
		var wg sync.WaitGroup
		for i := range processes {
			own := connect(t, url)
			wg.Go(func() {
				<-begin
				errs[i] = migrate(own)
			})
		}
		close(begin)
		wg.Wait()
		require.NoError(t, errors.Join(errs...))
	}
	for range 3 {
		together(func(db pgstore.DB) error {
			s, err := pgstore.Open(context.Background(), db)
			if err != nil {
				return err
			}
			_, err = s.List(context.Background(), lifecycle.Query{Seller: key.Seller, Limit: 1})
			return err
		})
		require.Equal(t, 5, tables(t, conn))
		_, err := conn.Exec(t.Context(), "DROP TABLE shelflife_schema, shelflife_sellers, shelflife_records, shelflife_parts, shelflife_entries")
		require.NoError(t, err)
	}
	require.NoError(t, pgstore.Migrate(t.Context(), conn))
	later := slices.Concat(steps, []string{"ALTER TABLE shelflife_records ADD COLUMN later text; INSERT INTO shelflife_schema VALUES (2)"})
	together(func(db pgstore.DB) error { return pgstore.MigrateBy(context.Background(), db, later) })
	var version int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT max(version) FROM shelflife_schema").Scan(&version))
	require.Equal(t, 2, version)
}

// Those who migrate with a tool of their own run the files.
func TestMigratedBySomebodyElse(t *testing.T) {
	t.Parallel()
	conn := connect(t, database(t))
	_, err := pgstore.Open(t.Context(), conn, pgstore.Migrated())
	var behind *pgstore.SchemaError
	require.ErrorAs(t, err, &behind)
	require.Equal(t, pgstore.SchemaError{Database: behind.Database, Older: true, Known: 1}, *behind)
	require.ErrorContains(t, err, "call Migrate")
	require.Zero(t, tables(t, conn))

	files, err := pgstore.Migrations.ReadDir("schema")
	require.NoError(t, err)
	for _, f := range files {
		data, err := pgstore.Migrations.ReadFile("schema/" + f.Name())
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), string(data))
		require.NoError(t, err)
	}
	for _, options := range [][]pgstore.Option{{pgstore.Migrated()}, nil} {
		s := open(t, conn, options...)
		key := writes.NewKey()
		require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	}
}

// The tables are where the search path says.
func TestTwoSchemasOfOneDatabase(t *testing.T) {
	t.Parallel()
	url := database(t)
	_, err := connect(t, url).Exec(t.Context(), "CREATE SCHEMA shelf")
	require.NoError(t, err)
	a, b := open(t, pool(t, url)), open(t, pool(t, url, parameter("search_path", "shelf")))
	require.NoError(t, a.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	_, err = b.Load(t.Context(), key)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	require.NoError(t, b.Save(t.Context(), writes.Absent(key).Next(1, "First")))

	_, err = open(t, pool(t, url), pgstore.Migrated()).Load(t.Context(), key)
	require.NoError(t, err)
	db := pool(t, url)
	s := open(t, db)
	_, err = db.Exec(t.Context(), "DROP TABLE shelflife_records")
	require.NoError(t, err)
	_, err = s.Load(t.Context(), key)
	require.ErrorContains(t, err, "correct search_path")
	require.NotErrorIs(t, err, lifecycle.ErrUnavailable)
}

// Schema versions that no release writes are refused, by a typed error, and the
// database stays as it is.
func TestSchemaVersionsThatNoReleaseWrites(t *testing.T) {
	t.Parallel()
	const another = "DROP TABLE shelflife_schema; CREATE TABLE shelflife_schema "
	for name, c := range map[string]struct {
		spoil   string
		version int64
		newer   bool
	}{
		"-1":           {"UPDATE shelflife_schema SET version = -1 WHERE version = 1", 0, false},
		"one too many": {"INSERT INTO shelflife_schema (version) VALUES (-1)", 1, false},
		"2":            {"UPDATE shelflife_schema SET version = 2 WHERE version = 1", 2, true},
		"the largest":  {"UPDATE shelflife_schema SET version = 2147483647 WHERE version = 1", 2147483647, true},
		"1 twice":      {another + "(version integer); INSERT INTO shelflife_schema VALUES (1), (1)", 1, false},
		"a text":       {another + "(version text); INSERT INTO shelflife_schema VALUES ('one')", 0, false},
		"a boolean":    {another + "(version boolean)", 0, false},
		"other table":  {another + "(a text)", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := connect(t, database(t))
			require.NoError(t, pgstore.Migrate(t.Context(), conn))
			_, err := conn.Exec(t.Context(), c.spoil)
			require.NoError(t, err)
			for _, options := range [][]pgstore.Option{nil, {pgstore.Migrated()}} {
				_, err = pgstore.Open(t.Context(), conn, options...)
				var refused *pgstore.SchemaError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, c.version, refused.Version)
				assert.Equal(t, c.newer, refused.Newer)
				assert.False(t, refused.Older)
				var answer *pgconn.PgError
				assert.Equal(t, c.version == 0 && name != "-1", errors.As(err, &answer), "the cause")
				require.ErrorContains(t, err, map[bool]string{true: "use a newer release", false: "restore a backup"}[c.newer])
			}
		})
	}
}
