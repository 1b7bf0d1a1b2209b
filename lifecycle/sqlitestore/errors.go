package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/shelflife-go/shelflife/lifecycle"
)

var (
	// ErrLocked is returned when another process was writing for longer than the
	// busy timeout. Nothing was written; try again. It matches
	// [lifecycle.ErrUnavailable].
	ErrLocked = fmt.Errorf("database is locked by another process: %w", lifecycle.ErrUnavailable)
	// ErrFull is returned by Save when SQLite can write no further: the disk is full,
	// or a quota, a size limit of the process or max_page_count is reached. Once there
	// is room, the store goes on. It matches [lifecycle.ErrUnavailable].
	ErrFull = fmt.Errorf("no room to write: free space on the disk, or raise the quota or size limit that is reached, and try again: %w", lifecycle.ErrUnavailable)
	// ErrDisk is returned when the operating system fails to read, write or sync a file
	// of the database for another reason than [ErrFull]. It matches
	// [lifecycle.ErrUnavailable], because a disk or mount may come back.
	ErrDisk = fmt.Errorf("the disk fails: check it and its file system, and try again: %w", lifecycle.ErrUnavailable)
	// ErrReadOnly is returned by Save when the database can only be read: the store is
	// one of [OpenReadOnly], or the file, its folder or the connection allows no
	// writing. Nothing was written.
	ErrReadOnly = errors.New("the database can only be read: let this process write the file and its folder")
	// ErrCorrupt is returned when the file is damaged. A Save that met the damage has
	// written nothing. See the package's "Backups" for how to restore one.
	ErrCorrupt = errors.New("the database file is damaged: close the store and restore a backup")
	// ErrNotDatabase is returned for a file that is there and is not a SQLite
	// database. It was left as it is. When SQLite has read the file, the error matches
	// [ErrCorrupt] too, since a database whose beginning was overwritten looks the same.
	ErrNotDatabase = errors.New("not a SQLite database: name another file")
)

// native gives an error of the driver the name that the contract has for it.
func native(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	code, _ := resultCode(err)
	switch code {
	case sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE:
		// SQLite says FULL for ENOSPC alone; quotas and size limits end here.
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	switch code & 0xff { // the primary code, without its extension
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return fmt.Errorf("%w: %w", ErrLocked, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("%w: %w", ErrDisk, err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w; if it was one: %w: %w", ErrNotDatabase, ErrCorrupt, err)
	case sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the file cannot be opened: its folder must exist and be writable: %w", err)
	}
	return err
}

// isUnique reports whether a unique index refuses a row, by SQLite's extended
// code; primary keys and all other constraints have other codes.
func isUnique(err error) bool {
	code, _ := resultCode(err)
	return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}

// isSQL reports whether SQLite refuses a statement as such, because a column that it
// names is not there for example.
func isSQL(err error) bool {
	code, _ := resultCode(err)
	return code == sqlite3.SQLITE_ERROR
}

// resultCode returns the extended result code of SQLite that an error carries, and
// whether it carries one. A caller's database may have any driver, and their types
// have no interface in common.
func resultCode(err error) (code int, ok bool) {
	if err == nil {
		return 0, false
	}
	if code, ok := codeOf(reflect.ValueOf(err)); ok {
		return code, true
	}
	switch e := err.(type) { //nolint:errorlint // this is what walks the tree
	case interface{ Unwrap() error }:
		return resultCode(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, each := range e.Unwrap() {
			if code, ok := resultCode(each); ok {
				return code, true
			}
		}
	}
	return 0, false
}

// codeOf returns the code of an error of modernc.org/sqlite, whose Code is extended, of
// github.com/ncruces/go-sqlite3, which has ExtendedCode beside it, and of
// github.com/mattn/go-sqlite3, where both are fields. Each has integer types of its own.
func codeOf(err reflect.Value) (int, bool) {
	if err.Kind() == reflect.Pointer && err.IsNil() {
		return 0, false
	}
	// The names are constants, so that the linker can leave out unused methods.
	found := []reflect.Value{err.MethodByName("ExtendedCode"), err.MethodByName("Code")}
	if s := reflect.Indirect(err); s.Kind() == reflect.Struct {
		found = append(found, s.FieldByName("ExtendedCode"), s.FieldByName("Code"))
	}
	for _, v := range found {
		if v.Kind() == reflect.Func && v.Type().NumIn() == 0 && v.Type().NumOut() == 1 {
			v = v.Call(nil)[0]
		}
		switch {
		case v.CanInt():
			return int(v.Int()), true
		case v.CanUint():
			return int(v.Uint()), true
		}
	}
	return 0, false
}
