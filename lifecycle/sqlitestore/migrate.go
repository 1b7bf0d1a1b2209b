package sqlitestore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strconv"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// SchemaError says that the schema version of a database is none that this release
// can work with: a newer release wrote it, or it is no version that any release
// writes. The database was left as it is.
type SchemaError struct {
	// File is the path of the database as SQLite knows it; empty if it has none.
	File string
	// Version is what the database has for its version, as an SQL literal such as
	// "7" or "'x'", shortened; empty if it has none.
	Version string
	// Newer reports that a newer release wrote it.
	Newer bool
	// Older reports that an older release wrote it, or none, and that it was opened
	// for reading only.
	Older bool
	// Known is the newest version that this release knows.
	Known int
	// Cause is the error underneath, or nil.
	Cause error
}

// Error is the problem with its remedy on one line.
func (e *SchemaError) Error() string {
	if e.Older {
		return fmt.Sprintf("database %q has schema version %s, this release reads %d: open it once with Open", document.Cut(e.File, 1_000), document.Printable(rule.Shorten(e.Version)), e.Known)
	}
	if e.Newer {
		return fmt.Sprintf("database %q has schema version %s, this release knows %d: use a newer release", document.Cut(e.File, 1_000), document.Printable(rule.Shorten(e.Version)), e.Known)
	}
	return fmt.Sprintf("database %q has schema version %q, which no release writes: restore a backup", document.Cut(e.File, 1_000), rule.Shorten(e.Version))
}

// Unwrap returns the cause.
func (e *SchemaError) Unwrap() error { return e.Cause }

// The migrations: the file with number n takes the schema from n-1 to n. They
// are applied by the few lines below, because the migration libraries at hand
// bring the drivers of a dozen other databases into the module graph of
// everybody who imports this package, and numbered files in one transaction
// are all that is needed of them. Released files are never changed.
//
//go:embed schema/*.sql
var schema embed.FS

// migrate takes the schema through the steps that it has not been through, all
// or none. Processes that do it at once wait for each other, and all but the
// first find it done.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()

	// Looking first keeps an ordinary start from waiting for a writer.
	switch version, err := schemaVersion(ctx, conn, len(steps)); {
	case err != nil:
		return err
	case version == len(steps):
		return nil
	}
	// Said outright, since a caller's database may begin transactions deferred.
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := apply(ctx, conn, steps); err != nil {
		_, undone := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, undone)
	}
	return nil
}

func apply(ctx context.Context, conn *sql.Conn, steps []string) error {
	version, err := schemaVersion(ctx, conn, len(steps))
	if err != nil {
		return err
	}
	for ; version < len(steps); version++ {
		if _, err := conn.ExecContext(ctx, steps[version]); err != nil {
			return fmt.Errorf("schema version %d: %w", version+1, err)
		}
		if _, err := conn.ExecContext(ctx, "INSERT INTO shelflife_schema (version) VALUES (?)", version+1); err != nil {
			return fmt.Errorf("schema version %d: %w", version+1, err)
		}
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// schemaVersion is 0 for a database without a schema of ours. It returns a
// *SchemaError unless the table has the versions from 1 on, without a gap, up to one
// that is known. The version has a table, and not SQLite's user_version, since that
// is the caller's in a caller's database.
func schemaVersion(ctx context.Context, conn *sql.Conn, known int) (int, error) {
	var there bool
	var file string
	err := conn.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'shelflife_schema'),
		       (SELECT file FROM pragma_database_list WHERE name = 'main')`).Scan(&there, &file)
	if err != nil || !there {
		return 0, err
	}
	refuse := func(version string, newer bool, cause error) error {
		return &SchemaError{File: file, Version: rule.Shorten(version), Newer: newer, Known: known, Cause: cause}
	}
	var highest string
	err = conn.QueryRowContext(ctx, "SELECT quote(version) FROM shelflife_schema ORDER BY version DESC LIMIT 1").Scan(&highest)
	switch {
	case errors.Is(err, sql.ErrNoRows), isSQL(err): // empty, or a table of another shape
		return 0, refuse("", false, err)
	case err != nil:
		return 0, err
	}
	version, err := strconv.Atoi(highest)
	if err != nil || version < 1 {
		return 0, refuse(highest, false, err)
	}
	if version > known {
		return 0, refuse(highest, true, nil)
	}
	var sound bool
	err = conn.QueryRowContext(ctx, "SELECT count(*) = max(version) AND count(DISTINCT version) = max(version) AND min(version) = 1 FROM shelflife_schema").Scan(&sound)
	if err == nil && !sound {
		err = refuse(highest, false, nil)
	}
	return version, err
}

// migrations returns the steps in order; the one at index n makes version n+1.
func migrations() ([]string, error) {
	files, err := schema.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	steps := make([]string, len(files))
	for i, f := range files {
		data, err := schema.ReadFile("schema/" + f.Name())
		if err != nil {
			return nil, err
		}
		steps[i] = string(data)
	}
	return steps, nil
}
