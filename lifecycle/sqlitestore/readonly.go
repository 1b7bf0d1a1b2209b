package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	sqlite3 "modernc.org/sqlite/lib"
)

// attachReadOnly makes a store of a database that is open for reading.
func attachReadOnly(ctx context.Context, db *sql.DB) (*Store, error) {
	steps, err := migrations()
	if err != nil {
		return nil, err
	}
	if err := requireSchema(ctx, db, len(steps)); err != nil {
		return nil, unreadable(ctx, err)
	}
	s := newStore(db)
	s.readOnly = true
	return s, nil
}

// requireSchema returns a *SchemaError unless the schema has the version.
func requireSchema(ctx context.Context, db *sql.DB, version int) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	has, err := schemaVersion(ctx, conn, version)
	if err != nil || has == version {
		return err
	}
	older := &SchemaError{Version: strconv.Itoa(has), Older: true, Known: version}
	if err := conn.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&older.File); err != nil {
		return err
	}
	return older
}

// unreadable is native for what opens a file for reading.
func unreadable(ctx context.Context, err error) error {
	code, _ := resultCode(err)
	if primary := code & 0xff; ctx.Err() == nil && (primary == sqlite3.SQLITE_CANTOPEN || primary == sqlite3.SQLITE_READONLY) {
		return fmt.Errorf("the file cannot be read, or it has a write-ahead log and the files -wal and -shm beside it can be neither made nor read: "+
			"let this process read the file and write its folder, or read a copy that Store.Backup has made: %w", err)
	}
	return native(ctx, err)
}
