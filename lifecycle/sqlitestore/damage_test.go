package sqlitestore_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
)

// Schema versions that no release writes are refused, by a typed error, wherever
// they come from, and the file stays as it is.
func TestSchemaVersionsThatNoReleaseWrites(t *testing.T) {
	t.Parallel()
	const loose = "DROP TABLE shelflife_schema; CREATE TABLE shelflife_schema (version); "
	for name, c := range map[string]struct {
		spoil   string
		version string
		newer   bool
	}{
		"-1":                {"UPDATE shelflife_schema SET version = -1", "-1", false},
		"0":                 {"UPDATE shelflife_schema SET version = 0", "0", false},
		"the least number":  {"UPDATE shelflife_schema SET version = -9223372036854775808", "-9223372036854775808", false},
		"none":              {"DELETE FROM shelflife_schema", "", false},
		"one too many":      {"INSERT INTO shelflife_schema (version) VALUES (-1)", "1", false},
		"2":                 {"UPDATE shelflife_schema SET version = 2", "2", true},
		"the largest":       {"UPDATE shelflife_schema SET version = 9223372036854775807", "9223372036854775807", true},
		"a text":            {loose + "INSERT INTO shelflife_schema VALUES ('one')", "'one'", false},
		"a number as text":  {loose + "INSERT INTO shelflife_schema VALUES ('1')", "'1'", false},
		"a fraction":        {loose + "INSERT INTO shelflife_schema VALUES (1.5)", "1.5", false},
		"a float":           {loose + "INSERT INTO shelflife_schema VALUES (1.0)", "1.0", false},
		"NULL":              {loose + "INSERT INTO shelflife_schema VALUES (NULL)", "NULL", false},
		"bytes":             {loose + "INSERT INTO shelflife_schema VALUES (x'01')", "X'01'", false},
		"1 twice":           {loose + "INSERT INTO shelflife_schema VALUES (1), (1)", "1", false},
		"another table":     {"DROP TABLE shelflife_schema; CREATE TABLE shelflife_schema (a TEXT)", "", false},
		"a view":            {"DROP TABLE shelflife_schema; CREATE VIEW shelflife_schema AS SELECT 0 AS version", "0", false},
		"a view of nothing": {"DROP TABLE shelflife_schema; CREATE VIEW shelflife_schema AS SELECT version FROM missing", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, db := migrated(t)
			_, err := db.ExecContext(t.Context(), c.spoil)
			require.NoError(t, err)
			_, err = sqlitestore.OpenDB(t.Context(), db)
			var refused *sqlitestore.SchemaError
			require.ErrorAs(t, err, &refused)
			require.NoError(t, db.Close())
			before, err := os.ReadFile(path)
			require.NoError(t, err)

			_, err = sqlitestore.Open(t.Context(), path)
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, c.version, refused.Version)
			assert.Equal(t, c.newer, refused.Newer)
			assert.Equal(t, 1, refused.Known)
			assert.Contains(t, refused.File, "listings.db")
			require.ErrorContains(t, err, map[bool]string{true: "use a newer release", false: "restore a backup"}[c.newer])
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, before, after)
		})
	}
}

// damaged returns a file with three listings under way, the one in the middle, and
// the file's database beside the store.
func damaged(t *testing.T) (*lifecycletest.Bench, *lifecycle.Manager, uuid.UUID, *sql.DB) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "listings.db")
	b := lifecycletest.NewBench(t)
	b.Store = open(t, path)
	m := b.With(b.Store)
	b.Manager = m
	for range 3 {
		b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	}
	var ids []uuid.UUID
	for s, err := range m.Listings(t.Context(), lifecycle.Query{}) {
		require.NoError(t, err)
		ids = append(ids, s.ID)
	}
	require.Len(t, ids, 3)
	return b, m, ids[1], openSQL(t, path)
}

// Rows that somebody has damaged are named, and harm no other.
func TestDamagedRowsHarmNoOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil  string
		listed bool // its summary can still be read
	}{
		"an instant":           {"UPDATE shelflife_records SET created_at = 'yesterday' WHERE id = ?1", false},
		"an empty instant":     {"UPDATE shelflife_records SET updated_at = '' WHERE id = ?1", false},
		"when it is due":       {"UPDATE shelflife_records SET request_due = 'soon' WHERE id = ?1", false},
		"when it was asked":    {"UPDATE shelflife_records SET request_recorded_at = NULL WHERE id = ?1", false},
		"how it ended alone":   {"UPDATE shelflife_records SET outcome_result = 'failed' WHERE id = ?1", false},
		"when it ended":        {"UPDATE shelflife_records SET outcome_result = 'failed', outcome_recorded_at = 'then' WHERE id = ?1", false},
		"the state":            {"UPDATE shelflife_records SET state = 'Shelved' WHERE id = ?1", false},
		"the owner":            {"UPDATE shelflife_records SET owner = '999988887777' WHERE id = ?1", false},
		"the revision":         {"UPDATE shelflife_records SET revision = 1 WHERE id = ?1", true},
		"a later revision":     {"UPDATE shelflife_records SET revision = 9 WHERE id = ?1", true},
		"the whole head":       {"UPDATE shelflife_records SET head = '{}' WHERE id = ?1", true},
		"no head":              {"UPDATE shelflife_records SET head = '' WHERE id = ?1", true},
		"another's head":       {"UPDATE shelflife_records SET head = (SELECT head FROM shelflife_records WHERE id <> ?1) WHERE id = ?1", true},
		"the seller in a head": {"UPDATE shelflife_records SET head = json_set(head, '$.seller', '999988887777') WHERE id = ?1", true},
		"no state in a head":   {"UPDATE shelflife_records SET head = json_remove(head, '$.state') WHERE id = ?1", true},
		"no bodies":            {"DELETE FROM shelflife_parts WHERE id = ?1", true},
		"a body":               {"UPDATE shelflife_parts SET body = '{}' WHERE id = ?1", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, m, bad, db := damaged(t)
			result, err := db.ExecContext(t.Context(), c.spoil, bad.String())
			require.NoError(t, err)
			n, err := result.RowsAffected()
			require.NoError(t, err)
			require.Positive(t, n)

			m, err = lifecycle.New(m.Seller(), b.Store, b.Market, lifecycle.WithClock(b.Clock)) // one that remembers no bodies
			require.NoError(t, err)
			seen := 0
			for s, err := range m.Listings(t.Context(), lifecycle.Query{InFlight: true}) {
				seen++
				if s.ID != bad || c.listed {
					require.NoError(t, err)
					continue
				}
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				require.ErrorContains(t, err, bad.String())
				require.Equal(t, lifecycle.Summary{ID: bad}, s)
			}
			require.Equal(t, 3, seen)
			_, err = m.Sweep(t.Context())
			require.ErrorIs(t, err, lifecycle.ErrUnreadable)
			require.ErrorContains(t, err, bad.String())
			require.Len(t, b.Market.Sent(), 2, "the others are sent")
			if c.listed {
				_, err = m.Load(t.Context(), bad)
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				_, err = m.Do(t.Context(), bad, lifecycle.Cancel{})
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				_, err = m.Do(t.Context(), bad, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
			}
		})
	}
}

// Entries that somebody has damaged end a journal, and not a feed.
func TestDamagedEntriesHarmNoOther(t *testing.T) {
	t.Parallel()
	const its = " WHERE id = ?1 AND revision = 2"
	for name, spoil := range map[string]string{
		"an empty object":   "UPDATE shelflife_entries SET entry = '{}'" + its,
		"another's entry":   "UPDATE shelflife_entries SET entry = (SELECT entry FROM shelflife_entries WHERE id <> ?1 AND revision = 2)" + its,
		"another's seller":  "UPDATE shelflife_entries SET entry = json_set(entry, '$.seller', '999988887777')" + its,
		"the entry before":  "UPDATE shelflife_entries SET entry = (SELECT entry FROM shelflife_entries WHERE id = ?1 AND revision = 1)" + its,
		"another revision":  "UPDATE shelflife_entries SET entry = json_set(entry, '$.revision', 3)" + its,
		"revision as text":  "UPDATE shelflife_entries SET entry = json_set(entry, '$.revision', '2')" + its,
		"nothing happened":  "UPDATE shelflife_entries SET entry = json_remove(entry, '$.event')" + its,
		"the entry at last": "UPDATE shelflife_entries SET entry = entry || '}'" + its,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, m, bad, db := damaged(t)
			_, err := db.ExecContext(t.Context(), spoil, bad.String())
			require.NoError(t, err)
			var last error
			read := 0
			for _, err := range m.Journal(t.Context(), bad) {
				last = err
				read++
			}
			require.ErrorIs(t, last, lifecycle.ErrUnreadable)
			require.ErrorContains(t, last, bad.String())
			require.Equal(t, 2, read)
			good, refused := 0, 0
			for e, err := range m.Feed(t.Context(), "") {
				if err == nil {
					good++
					continue
				}
				refused++
				require.ErrorIs(t, err, lifecycle.ErrUnreadable)
				require.Equal(t, bad, e.Listing)
				require.Zero(t, e.Entry)
			}
			require.Equal(t, 5, good)
			require.Equal(t, 1, refused)
		})
	}
}

// Rows that were copied under the key of another seller are nobody's: the other
// seller's manager refuses them, and the first one's stay as they are.
func TestRowsCopiedToAnotherSeller(t *testing.T) {
	t.Parallel()
	_, theirs, id, db := damaged(t)
	const other = listing.AccountID("999988887777")
	before, err := theirs.Load(t.Context(), id)
	require.NoError(t, err)
	for _, table := range []string{"records", "parts", "entries"} {
		columns := map[string]string{
			"records": "id, owner, revision, state, name, title, kind, visibility, creator, product, created_at, updated_at, request_due, request_kind, request_phase, request_change_set, request_cancelling, request_recorded_at, head",
			"parts":   "id, digest, body", "entries": "seq, id, revision, entry",
		}[table]
		_, err := db.ExecContext(t.Context(), "INSERT INTO shelflife_"+table+" (seller, "+columns+") SELECT ?, "+columns+" FROM shelflife_"+table+" WHERE id = ?", string(other), id.String())
		require.NoError(t, err)
	}
	store, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	m, err := lifecycle.New(other, store, lifecycletest.NewMarket(&lifecycletest.Clock{}))
	require.NoError(t, err)
	_, err = m.Load(t.Context(), id)
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	_, err = m.Do(t.Context(), id, lifecycle.Cancel{})
	require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	errs := []error{}
	for s, err := range m.Listings(t.Context(), lifecycle.Query{}) {
		require.Equal(t, lifecycle.Summary{ID: id}, s)
		errs = append(errs, err)
	}
	for _, err := range m.Journal(t.Context(), id) {
		errs = append(errs, err)
	}
	for e, err := range m.Feed(t.Context(), "") {
		require.Zero(t, e.Entry)
		errs = append(errs, err)
	}
	require.Len(t, errs, 4)
	for _, err := range errs {
		require.ErrorIs(t, err, lifecycle.ErrUnreadable)
	}
	after, err := theirs.Load(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// An id has one form; a row under another would be listed and never found.
func TestIDsHaveOneForm(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	s, db := open(t, path), openSQL(t, path)
	require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	for _, id := range []string{
		"churn", "5F0C6F52-4F0E-4C36-9A55-0D3A6A3C2B10", "{5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10}",
		"5f0c6f524f0e4c369a550d3a6a3c2b10", "urn:uuid:5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10", "5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b1g", "5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b1-",
	} {
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		exec := func(statement string, args ...any) error {
			_, err := conn.ExecContext(t.Context(), statement, args...)
			return err
		}
		const update = "UPDATE shelflife_records SET id = ?"
		require.NoError(t, exec("BEGIN IMMEDIATE"))
		require.NoError(t, exec("PRAGMA defer_foreign_keys = ON"))
		require.ErrorContains(t, exec(update, id), "CHECK", "%q", id)
		require.NoError(t, exec("PRAGMA ignore_check_constraints = ON"))
		require.NoError(t, exec(update, id), "somebody means it")
		require.NoError(t, exec("ROLLBACK"))
		require.NoError(t, exec("PRAGMA ignore_check_constraints = OFF"))
		require.NoError(t, conn.Close())

		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		in := func(statement string, args ...any) {
			_, err := tx.ExecContext(t.Context(), statement, args...)
			require.NoError(t, err)
		}
		in("PRAGMA defer_foreign_keys = ON")
		in("PRAGMA ignore_check_constraints = ON")
		in(update, id)
		in("UPDATE shelflife_entries SET id = ?", id)
		bound, err := sqlitestore.OpenDB(t.Context(), db)
		require.NoError(t, err)
		_, err = bound.Tx(tx).List(t.Context(), lifecycle.Query{Seller: key.Seller, Limit: 1})
		require.ErrorIs(t, err, lifecycle.ErrUnreadable, "%q", id)
		_, err = bound.Tx(tx).Feed(t.Context(), key.Seller, "", 1)
		require.ErrorIs(t, err, lifecycle.ErrUnreadable, "%q", id)
		in("PRAGMA ignore_check_constraints = OFF")
		require.NoError(t, tx.Rollback())
	}
}
