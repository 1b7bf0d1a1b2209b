package pgstore

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Migrations are the migrations as plain SQL in the folder "schema", for those who
// migrate with a tool of their own: the file that begins with number n takes the
// schema from version n-1 to n, and says so in the table shelflife_schema. Each begins
// with the line "-- +goose Up". Run each once, in order, in one transaction; then give
// [Migrated] to [Open]. Files that were released are never changed.
//
//go:embed schema/*.sql
var Migrations embed.FS

// SchemaError says that the schema version of a database is none that this release
// can work with. The database was left as it is.
type SchemaError struct {
	// Database is the name of the database; empty if it could not be read.
	Database string
	// Version is the version of its schema; 0 if it has none, or none that can be
	// read.
	Version int64
	// Newer reports that a newer release wrote it, Older that it was not brought up
	// to date, which is an error for [Migrated] only. Otherwise it is no version that
	// any release writes.
	Newer, Older bool
	// Known is the newest version that this release knows.
	Known int
	// Cause is the error underneath, or nil.
	Cause error
}

// Error is the problem with its remedy on one line.
func (e *SchemaError) Error() string {
	name := document.Cut(e.Database, 1_000)
	switch {
	case e.Newer:
		return fmt.Sprintf("database %q has schema version %d, this release knows %d: use a newer release", name, e.Version, e.Known)
	case e.Older:
		return fmt.Sprintf("database %q has schema version %d, this release needs %d: call Migrate, or apply the files of Migrations; is search_path right?", name, e.Version, e.Known)
	}
	return fmt.Sprintf("database %q has a table shelflife_schema that no release writes, up to version %d: restore a backup", name, e.Version)
}

// Unwrap returns the cause.
func (e *SchemaError) Unwrap() error { return e.Cause }

// Migrate brings the tables of this package up to date: all steps that are missing, in
// one transaction. It may be called by many processes at once: they wait for each
// other, and all but the first find it done. It changes nothing, and needs no right to
// create tables, when there is nothing to do. The tables are in the schema that the
// search_path of the connection names first.
//
// The error is a [*SchemaError] when a newer release has migrated the database, or its
// schema version is none that a release writes.
func Migrate(ctx context.Context, db DB) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	return migrate(ctx, db, steps)
}

func migrate(ctx context.Context, db DB, steps []string) error {
	// Looking first keeps an ordinary start from waiting for a lock.
	version, err := schemaVersion(ctx, db, len(steps))
	if err != nil || version == len(steps) {
		return err
	}
	return repeated(ctx, func() error { return native(ctx, migrateOnce(ctx, db, steps)) }, func(err error) bool {
		// Of several that create one table at once, all but one are refused.
		return conflicts(err) || is(err, "23505", "42P07")
	})
}

// The locks are a table that is being created and, once it is there, a row of it.
// They are those of any statement, and need nothing else of the database.
const (
	createSchema = "CREATE TABLE IF NOT EXISTS shelflife_schema (version integer PRIMARY KEY)"
	lockSchema   = "INSERT INTO shelflife_schema (version) VALUES (0) ON CONFLICT (version) DO UPDATE SET version = excluded.version"
)

func migrateOnce(ctx context.Context, db DB, steps []string) error {
	tx, err := db.BeginTx(ctx, pgx.TxOptions{})
	if err != nil {
		return err
	}
	defer rollback(ctx, tx)
	for _, statement := range []string{createSchema, lockSchema} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	version, err := schemaVersion(ctx, tx, len(steps))
	if err != nil {
		return err
	}
	for ; version < len(steps); version++ {
		if _, err := tx.Exec(ctx, steps[version]); err != nil {
			return fmt.Errorf("schema version %d: %w", version+1, err)
		}
	}
	return tx.Commit(ctx)
}

// check returns a *SchemaError unless the schema is up to date.
func check(ctx context.Context, db DB) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, db, len(steps))
	if err == nil && version < len(steps) {
		name := ""
		if err := db.QueryRow(ctx, "SELECT current_database()::text").Scan(&name); err != nil {
			return native(ctx, err)
		}
		return &SchemaError{Database: name, Version: int64(version), Older: true, Known: len(steps)}
	}
	return err
}

const readSchema = `
	SELECT current_database()::text, coalesce(max(version), 0)::bigint,
		count(*) FILTER (WHERE version <> 0) = coalesce(max(version), 0) AND coalesce(min(version), 0) >= 0
	FROM shelflife_schema`

// schemaVersion is 0 for a database without a schema of ours. It returns a
// *SchemaError unless the table has the versions from 1 on, without a gap, up to one
// that is known.
func schemaVersion(ctx context.Context, on interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, known int) (int, error) {
	var name string
	var version int64
	var sound bool
	err := on.QueryRow(ctx, readSchema).Scan(&name, &version, &sound)
	switch {
	case is(err, "42P01"): // there is no such table
		return 0, nil
	case is(err, "42703", "42804", "42809", "42846", "42883", "22"): // one of another shape
		return 0, &SchemaError{Known: known, Cause: err}
	case err != nil:
		return 0, native(ctx, err)
	case version > int64(known):
		return 0, &SchemaError{Database: name, Version: version, Newer: true, Known: known}
	case !sound:
		return 0, &SchemaError{Database: name, Version: version, Known: known}
	}
	return int(version), nil
}

// migrations returns the steps in order; the one at index n makes version n+1.
func migrations() ([]string, error) {
	files, err := Migrations.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	steps := make([]string, len(files))
	for i, f := range files {
		data, err := Migrations.ReadFile("schema/" + f.Name())
		if err != nil {
			return nil, err
		}
		steps[i] = string(data)
	}
	return steps, nil
}
