package sqlitestore_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
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
