package pgstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
)

// 20 sellers have 500 listings each, of which one in fifty has a request under way.
const crowded = `
	INSERT INTO shelflife_records
	SELECT '1111222233' || s, gen_random_uuid(), '', 1, 'Live', convert_to('name' || n, 'UTF8'), convert_to('title' || n, 'UTF8'), '', '', '', convert_to('prod' || n, 'UTF8'), '2026', '2026',
		CASE WHEN n % 50 = 0 THEN '2026' END, NULL, NULL, NULL, NULL, NULL, NULL, CASE WHEN n % 50 = 1 THEN 'failed'::bytea END, NULL, NULL, NULL, convert_to(repeat('x', 500), 'UTF8')
	FROM generate_series(10, 29) s, generate_series(1, 500) n;
	INSERT INTO shelflife_sellers SELECT '1111222233' || s, 500 FROM generate_series(10, 999) s;
	INSERT INTO shelflife_entries SELECT seller, row_number() OVER (PARTITION BY seller), id, 1, 'x' FROM shelflife_records;
	ANALYZE`

// Nothing may read, or sort, more than it returns.
func TestReadingUsesAnIndex(t *testing.T) {
	t.Parallel()
	conn := connect(t, database(t))
	require.NoError(t, pgstore.Migrate(t.Context(), conn))
	_, err := conn.Exec(t.Context(), crowded)
	require.NoError(t, err)
	plan := func(query string, args ...any) string {
		t.Helper()
		rows, err := conn.Query(t.Context(), "EXPLAIN "+query, args...)
		require.NoError(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		assert.NotContains(t, strings.Join(lines, "\n"), "Seq Scan", query)
		return strings.Join(lines, "\n")
	}
	const byID, byName, byTitle, byProduct, inFlight = "shelflife_records_pkey", "shelflife_records_name", "shelflife_records_title", "shelflife_records_product", "shelflife_records_in_flight"
	const unsuccessful = "shelflife_records_unsuccessful"
	for _, each := range []struct {
		index string
		query lifecycle.Query
	}{
		{byID, lifecycle.Query{}},
		{"shelflife_records_state", lifecycle.Query{State: lifecycle.Draft}},
		{byName, lifecycle.Query{Name: "name7"}},
		{byTitle, lifecycle.Query{Title: "title7"}},
		{byTitle, lifecycle.Query{Title: "title7", State: lifecycle.Live}},
		{byProduct, lifecycle.Query{Product: "prod7"}},
		{inFlight, lifecycle.Query{InFlight: true}},
		{inFlight, lifecycle.Query{DueBefore: time.Now()}},
		{inFlight, lifecycle.Query{DueBefore: time.Now(), InFlight: true}},
		{unsuccessful, lifecycle.Query{Unsuccessful: true}},
	} {
		each.query.Limit = 10
		query, args := pgstore.Selection(each.query)
		p := plan(query, append([]any{"111122223311"}, args...)...)
		assert.Contains(t, p, each.index)
		if each.index == byID || each.index == inFlight || each.index == unsuccessful {
			assert.NotContains(t, p, "Sort", "they come in the order of the list")
		}
		assert.NotContains(t, query, "head")
	}
	id := uuid.New().String()
	assert.Contains(t, plan(pgstore.Statements["load"], "111122223311", id), "shelflife_records_pkey")
	assert.Contains(t, plan(pgstore.Statements["feed end"], "111122223311"), "shelflife_sellers_pkey")
	assert.Contains(t, plan(pgstore.Statements["feed"], "111122223311", 100, 10), "shelflife_entries_feed")
	assert.Contains(t, plan(pgstore.Statements["journal"], "111122223311", id, 0, 10), "shelflife_entries_pkey")
}
