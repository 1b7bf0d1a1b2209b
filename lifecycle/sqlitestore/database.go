package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// OpenDB makes a store of the caller's database, and brings the tables of this
// package up to date in it. Open the database with the data source name that
// [DSN] returns, or with one that has the same settings. The errors are those
// of [Open], with one difference: where several processes open a new file at
// once, all but one may get [ErrLocked] without a wait, and should try again.
//
// It returns a [*SettingError] for a setting under which the store could not keep its
// promises: any journal mode but WAL, a synchronous below FULL, a fullfsync that is off
// on macOS, an exclusive locking mode, reads of what is not committed, or a database in
// memory. It looks at the connections that are idle and at a new one; give each the
// settings as it is opened, by the data source name or by a hook of the driver. Foreign
// keys and the busy timeout are the caller's choice. So is how transactions begin: in
// one that begins deferred, a Save that follows a read returns [ErrLocked] without a
// wait if somebody has written meanwhile, and the transaction must be rolled back and
// done again.
//
// The database stays the caller's to close, after the store.
func OpenDB(ctx context.Context, db *sql.DB) (*Store, error) {
	steps, err := migrations()
	if err != nil {
		return nil, err
	}
	err = checkSettings(ctx, db)
	if err == nil {
		err = migrate(ctx, db, steps)
	}
	if err != nil {
		return nil, native(ctx, err)
	}
	return newStore(db), nil
}

func newStore(db *sql.DB) *Store {
	statements := &prepared{db: db}
	return &Store{db: db, statements: statements, saving: make(chan struct{}, 1), close: statements.close}
}

// DSN returns the data source name of the file for [sql.Open] with the driver
// "sqlite": a write-ahead log, every commit on the disk (on macOS with fullfsync),
// foreign keys, the busy timeout, and transactions that ask for the write lock when they begin. The
// settings are in the name, so that each connection of the pool has them. It
// fails for an empty path, and for one with a NUL character.
func DSN(path string, options ...Option) (string, error) {
	return dsn(path, chosen(options), url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "fullfsync(ON)", "foreign_keys(ON)"},
	})
}

// dsn returns the data source name of the file with the busy timeout and what the query
// has beside it.
func dsn(path string, how settings, query url.Values) (string, error) {
	if path == "" {
		return "", errors.New("path is empty: name a file, or use package memstore")
	}
	if strings.ContainsRune(path, 0) {
		return "", fmt.Errorf("path %q has a NUL character: remove it", path)
	}
	// Connections are opened at any time: a relative path would follow the
	// process to another folder.
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("path: %w", err)
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // before a drive letter
	}
	milliseconds := how.busyTimeout.Milliseconds()
	if how.busyTimeout%time.Millisecond > 0 {
		milliseconds++
	}
	timeout := fmt.Sprintf("busy_timeout(%d)", min(max(milliseconds, 0), math.MaxInt32))
	query["_pragma"] = append([]string{timeout}, query["_pragma"]...)
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String(), nil
}
