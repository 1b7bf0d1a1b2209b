package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// DefaultBusyTimeout is how long a Save waits for other processes, unless
// [WithBusyTimeout] says otherwise.
const DefaultBusyTimeout = 5 * time.Second

// maxConnections bounds the open connections of one Store. One holds the files, one
// writes; the others let reading go on meanwhile.
const maxConnections = 9

// Option changes how [Open] opens a file.
type Option func(*settings)

type settings struct{ busyTimeout time.Duration }

// WithBusyTimeout sets how long to wait for the lock of another process before
// giving up with [ErrLocked]: whole milliseconds, rounded up, 24 days at the
// most. Zero, or less, is not to wait at all. A context that ends sooner ends
// the wait.
func WithBusyTimeout(d time.Duration) Option { return func(s *settings) { s.busyTimeout = d } }

func chosen(options []Option) settings {
	s := settings{busyTimeout: DefaultBusyTimeout}
	for _, option := range options {
		option(&s)
	}
	return s
}

// Open opens the store in the file at path, and makes the file or brings its
// schema up to date where needed. The folder must exist. The path is taken as
// it is: every character that the file system takes is fine, and SQLite's own
// special names, such as ":memory:", are files like others. Close the store
// when done.
//
// A file that Open makes can be read and written by its owner only (mode
// 0600), and so can SQLite's files beside it. The mode of a file that is
// already there stays as it is.
//
// As long as the store is open, the file must stay where it is: see [ErrReplaced].
//
// The error is a [*SchemaError] when the file was written by a newer release, or its
// schema version is none that a release writes. It matches [ErrLocked] when another process would not let go of it, and matches
// [ErrNotDatabase] when it is something else.
func Open(ctx context.Context, path string, options ...Option) (*Store, error) {
	dsn, err := DSN(path, options...)
	if err != nil {
		return nil, err
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	const attempts = 3
	for attempt := 1; ; attempt++ {
		s, err := open(ctx, path, dsn+"&mode=rw", chosen(options).busyTimeout)
		if errors.Is(err, errMoving) {
			if attempt < attempts { // it may have been moved into place just now
				continue
			}
			err = fmt.Errorf("%w: %w", ErrReplaced, err)
		}
		if err != nil {
			return nil, fmt.Errorf("open %q: %w", path, err)
		}
		return s, nil
	}
}

// open opens the file that is at path, and makes it first if there is none. The data
// source name must not make one: a connection that is opened later would.
func open(ctx context.Context, path, dsn string, patience time.Duration) (*Store, error) {
	createPrivate(path)
	before, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be opened: its folder must exist and be writable: %w", err)
	}
	if !before.Mode().IsRegular() { // opening a pipe would wait for its other end
		return nil, fmt.Errorf("%w: it is %s", ErrNotDatabase, kindOf(before.Mode()))
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	s, err := openPatiently(ctx, db, patience)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.files, err = hold(ctx, db, path, before); err != nil {
		return nil, errors.Join(native(ctx, err), db.Close())
	}
	s.close = sync.OnceValue(func() error { return errors.Join(db.Close(), s.files.anchor.Close()) })
	return s, nil
}

func kindOf(mode os.FileMode) string {
	if mode.IsDir() {
		return "a folder"
	}
	return "no regular file"
}

// createPrivate makes the file at path if there is none, for its owner only.
// SQLite takes an empty file for a new database, and gives the files beside it
// the same mode. Where this fails, SQLite fails too and says why.
func createPrivate(path string) {
	if f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		_ = f.Close()
	}
}

// openPatiently tries again for as long as the busy timeout. Where several
// processes turn a new file to its write-ahead log at once, SQLite refuses all
// but one instead of waiting.
func openPatiently(ctx context.Context, db *sql.DB, patience time.Duration) (*Store, error) {
	const pause = 10 * time.Millisecond
	for give := time.Now().Add(patience); ; {
		s, err := OpenDB(ctx, db)
		if !errors.Is(err, ErrLocked) || time.Now().After(give) {
			return s, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

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
	statements := &prepared{db: db}
	return &Store{db: db, statements: statements, saving: make(chan struct{}, 1), close: statements.close}, nil
}

// DSN returns the data source name of the file for [sql.Open] with the driver
// "sqlite": a write-ahead log, every commit on the disk, foreign keys, the busy
// timeout, and transactions that ask for the write lock when they begin. The
// settings are in the name, so that each connection of the pool has them. It
// fails for an empty path, and for one with a NUL character.
func DSN(path string, options ...Option) (string, error) {
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
	wait := chosen(options).busyTimeout
	milliseconds := wait.Milliseconds()
	if wait%time.Millisecond > 0 {
		milliseconds++
	}
	query := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", min(max(milliseconds, 0), math.MaxInt32)), "journal_mode(WAL)", "synchronous(FULL)", "fullfsync(ON)", "foreign_keys(ON)"},
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String(), nil
}
