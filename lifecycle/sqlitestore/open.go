package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
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

// Option changes how [Open] and [OpenReadOnly] open a file.
type Option func(*settings)

type settings struct {
	busyTimeout   time.Duration
	anyFileSystem bool
}

// WithBusyTimeout sets how long to wait for the lock of another process before
// giving up with [ErrLocked]: whole milliseconds, rounded up, 24 days at the
// most. Zero, or less, is not to wait at all. A context that ends sooner ends
// the wait.
func WithBusyTimeout(d time.Duration) Option { return func(s *settings) { s.busyTimeout = d } }

// WithNetworkFileSystem opens a file on a network file system instead of returning
// [ErrNetwork]. Use it where only one machine ever opens the file, and where the file
// system obeys locks and waits for the disk when it is asked to; nothing here can tell.
func WithNetworkFileSystem() Option { return func(s *settings) { s.anyFileSystem = true } }

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
// Where the file can be read and not written, the store reads, and Save returns an error
// that matches [ErrReadOnly].
//
// As long as the store is open, the file must stay where it is: see [ErrReplaced].
//
// The error is a [*SchemaError] when the file was written by a newer release, or its
// schema version is none that a release writes. It matches [ErrLocked] when another
// process would not let go of it, [ErrNotDatabase] when it is something else,
// [ErrForeignLog] when it was put beside the log of another one, and [ErrNetwork] when
// it is on a network file system.
func Open(ctx context.Context, path string, options ...Option) (*Store, error) {
	name, err := DSN(path, options...)
	if err != nil {
		return nil, err
	}
	// The name must not make a file: a connection that is opened later would.
	return opening{how: chosen(options), dsn: name + "&mode=rw", prepare: createPrivate, attach: OpenDB}.at(ctx, path)
}

// OpenReadOnly opens the store in the file at path for reading: Save returns an error
// that matches [ErrReadOnly]. It sees at once what other processes save meanwhile. It
// makes no file and leaves the schema as it is.
//
// SQLite reads a file with its write-ahead log by way of the two files beside it, with
// the endings -wal and -shm, and makes them where they are missing. So this process must
// be able to write the folder, or a process that saves must have the file open and let
// this one read the two files. Otherwise OpenReadOnly says so, and what it can read is a
// copy that [Store.Backup] has made: it has no log. Run it as the user that saves: the
// two files belong to whoever makes them.
//
// The error is a [*SchemaError] when the file has no tables of this package, or those of
// another release. All else is as for [Open].
func OpenReadOnly(ctx context.Context, path string, options ...Option) (*Store, error) {
	name, err := dsn(path, chosen(options), url.Values{"mode": {"ro"}})
	if err != nil {
		return nil, err
	}
	return opening{how: chosen(options), dsn: name, prepare: func(string) {}, attach: attachReadOnly}.at(ctx, path)
}

// opening is one way to open a file.
type opening struct {
	how     settings
	dsn     string
	prepare func(path string)
	attach  func(context.Context, *sql.DB) (*Store, error)
}

// at opens the file at the path.
func (o opening) at(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	const attempts = 3
	for attempt := 1; ; attempt++ {
		s, err := o.try(ctx, path)
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

func (o opening) try(ctx context.Context, path string) (*Store, error) {
	if !o.how.anyFileSystem {
		if err := checkFileSystem(path); err != nil {
			return nil, err
		}
	}
	o.prepare(path)
	before, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be opened: its folder must exist and be writable: %w", err)
	}
	if !before.Mode().IsRegular() { // opening a pipe would wait for its other end
		return nil, fmt.Errorf("%w: it is %s", ErrNotDatabase, kindOf(before.Mode()))
	}
	if err := checkLog(ctx, path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", o.dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	s, err := o.patiently(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.files, err = hold(ctx, db, path, before, s.readOnly); err != nil {
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

// patiently tries again for as long as the busy timeout. Where several
// processes turn a new file to its write-ahead log at once, SQLite refuses all
// but one instead of waiting.
func (o opening) patiently(ctx context.Context, db *sql.DB) (*Store, error) {
	const pause = 10 * time.Millisecond
	for give := time.Now().Add(o.how.busyTimeout); ; {
		s, err := o.attach(ctx, db)
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
