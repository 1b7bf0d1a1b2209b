package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// ErrReplaced is returned by every method of a store that [Open] has made, once the
// file is no longer the one that was opened, or a file of SQLite's beside it is not:
// somebody has removed, moved or replaced it. What is in the file that is there now
// was not read, and nothing was written into it. Close the store, see to it that the
// right file is in its place (see the package's "Backups"), and open it again.
// Whether a Save that was under way at that instant is in the file is not known.
var ErrReplaced = errors.New("a file of the open database was removed, moved or replaced: close the store, put the right file in its place, and open it again")

// files are those of an open database, as they were found under their names. SQLite
// goes on with the files that it has opened, whatever becomes of their names: what
// it writes then is lost.
type files struct {
	seen []file
	// anchor is a connection that is open as long as the store. SQLite removes the
	// files beside the database with the last connection.
	anchor *sql.Conn
}

type file struct {
	name string
	look func(name string) (os.FileInfo, error)
	was  os.FileInfo
}

// errMoving is a file that was replaced while it was being opened.
var errMoving = errors.New("replaced while it was being opened")

// hold returns the files of the database, whose main file was seen before it was
// opened. A database that is only read may have none beside it.
func hold(ctx context.Context, db *sql.DB, path string, before os.FileInfo, readOnly bool) (*files, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	f := &files{anchor: conn}
	var tables int // reading opens the files beside the database
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	// SQLite names the files beside the database after the real one.
	f.seen = []file{{name: real, look: os.Lstat}, {name: real + "-wal", look: os.Lstat}, {name: real + "-shm", look: os.Lstat}}
	if real != path {
		f.seen = append(f.seen, file{name: path, look: os.Stat})
	}
	for i := range f.seen {
		f.seen[i].was, err = f.seen[i].look(f.seen[i].name)
		if readOnly && i > 0 && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	f.seen = slices.DeleteFunc(f.seen, func(each file) bool { return each.was == nil })
	if !os.SameFile(before, f.seen[0].was) {
		return nil, errors.Join(errMoving, conn.Close())
	}
	return f, nil
}

// check returns an error that matches ErrReplaced unless all is where it was. The
// files of a caller's database, nil, are the caller's to see to.
func (f *files) check() error {
	if f == nil {
		return nil
	}
	for _, each := range f.seen {
		now, err := each.look(each.name)
		if err == nil && os.SameFile(each.was, now) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%q: %w: %w", each.name, ErrReplaced, err)
		}
		return fmt.Errorf("%q: %w", each.name, ErrReplaced)
	}
	return nil
}

// guarded calls the function if the files are where they were, and returns what it
// returns if they still are afterwards: a connection that it has opened may have
// found another file.
func guarded[T any](f *files, about string, call func() (T, error)) (T, error) {
	var none T
	if err := f.check(); err != nil {
		return none, fmt.Errorf("%s: %w", about, err)
	}
	out, err := call()
	if moved := f.check(); moved != nil && !errors.Is(err, ErrReplaced) {
		return none, fmt.Errorf("%s: %w", about, moved)
	}
	return out, err
}
