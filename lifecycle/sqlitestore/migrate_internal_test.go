package sqlitestore

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func openFile(t *testing.T) *sql.DB {
	t.Helper()
	dsn, err := DSN(filepath.Join(t.TempDir(), "listings.db"))
	require.NoError(t, err)
	db, err := sql.Open("sqlite", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	files, err := schema.ReadDir("schema")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, f := range files {
		assert.True(t, strings.HasPrefix(f.Name(), fmt.Sprintf("%03d_", i+1)), f.Name())
	}
}

func TestMigrationIsAllOrNothing(t *testing.T) {
	t.Parallel()
	db := openFile(t)
	steps, err := migrations()
	require.NoError(t, err)
	versionAndTables := func() (version, tables int) {
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close()) }()
		version, err = schemaVersion(t.Context(), conn, 100)
		require.NoError(t, err)
		require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema WHERE type = 'table'").Scan(&tables))
		return version, tables
	}

	err = migrate(t.Context(), db, slices.Concat(steps, []string{"CREATE TABLE half (a TEXT) STRICT; CREATE TABLE half (a TEXT) STRICT"}))
	require.ErrorContains(t, err, "schema version 2")
	version, tables := versionAndTables()
	require.Zero(t, version)
	require.Zero(t, tables)

	require.NoError(t, migrate(t.Context(), db, steps))
	version, tables = versionAndTables()
	require.Equal(t, len(steps), version)
	require.Equal(t, 4, tables)

	later := slices.Concat(steps, []string{"CREATE TABLE later (a TEXT) STRICT"})
	for range 2 { // the second time there is nothing to do
		require.NoError(t, migrate(t.Context(), db, later))
		version, tables = versionAndTables()
		require.Equal(t, len(later), version)
		require.Equal(t, 5, tables)
	}

	_, err = OpenDB(t.Context(), db)
	var newer *SchemaError
	require.ErrorAs(t, err, &newer)
	require.Equal(t, SchemaError{File: newer.File, Version: strconv.Itoa(len(later)), Newer: true, Known: len(steps)}, *newer)
}

// Nothing may read, or sort, more than it returns.
func TestReadingUsesAnIndex(t *testing.T) {
	t.Parallel()
	db := openFile(t)
	_, err := OpenDB(t.Context(), db)
	require.NoError(t, err)
	requirePlan := func(index, query string, args ...any) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		require.NoError(t, err)
		defer func() { require.NoError(t, rows.Close()) }()
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
			plan = append(plan, detail)
		}
		require.NoError(t, rows.Err())
		require.Len(t, plan, 1, "no sorting")
		assert.Contains(t, plan[0], index)
	}
	const (
		byID      = "USING INDEX sqlite_autoindex_shelflife_records_1 (seller=? AND id>?)"
		byState   = "USING INDEX shelflife_records_state (seller=? AND state=? AND id>?)"
		byName    = "USING INDEX shelflife_records_name (seller=? AND name=? AND id>?)"
		byTitle   = "USING INDEX shelflife_records_title (seller=? AND title=? AND id>?)"
		byProduct = "USING INDEX shelflife_records_product (seller=? AND product=?)"
		inFlight  = "USING INDEX shelflife_records_in_flight (seller=? AND id>?)"
	)
	const unsuccessful = "USING INDEX shelflife_records_unsuccessful (seller=? AND id>?)"
	now := time.Now()
	for _, each := range []struct {
		index string
		query lifecycle.Query
	}{
		{byID, lifecycle.Query{}},
		{byState, lifecycle.Query{State: lifecycle.Live}},
		{byName, lifecycle.Query{Name: "churn"}},
		{byTitle, lifecycle.Query{Title: "Churn forecaster"}},
		{byTitle, lifecycle.Query{Title: "Churn forecaster", State: lifecycle.Live, InFlight: true, DueBefore: now}},
		{byProduct, lifecycle.Query{Product: "prod-a"}},
		{inFlight, lifecycle.Query{InFlight: true}},
		{inFlight, lifecycle.Query{DueBefore: now}},
		{inFlight, lifecycle.Query{DueBefore: now, InFlight: true}},
		{unsuccessful, lifecycle.Query{Unsuccessful: true}},
		{unsuccessful, lifecycle.Query{Unsuccessful: true, State: lifecycle.Live}},
		{byName, lifecycle.Query{Name: "churn", State: lifecycle.Live, InFlight: true, DueBefore: now}},
		{byProduct, lifecycle.Query{Product: "prod-a", Name: "churn", State: lifecycle.Live, InFlight: true, DueBefore: now}},
	} {
		each.query.Seller, each.query.Limit = "111122223333", 10
		query, args := selection(each.query)
		requirePlan(each.index, query, args...)
		assert.NotContains(t, query, "head")
	}
	requirePlan("USING COVERING INDEX shelflife_entries_feed (seller=?)", readFeedEnd, "111122223333")
	requirePlan("USING INDEX shelflife_entries_feed (seller=? AND seq>?)", readFeed, "111122223333", 0, 10)
}
