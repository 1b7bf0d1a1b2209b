package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// ErrForeignLog is returned by [Open] and [OpenReadOnly] for a database that has no
// write-ahead log of its own, such as one that [Store.Backup] has made, beside a file
// with the ending -wal. That is the log of the database that was there before; SQLite
// would take it for this one's, and damage it. All files were left as they are.
var ErrForeignLog = errors.New("the file with the ending -wal belongs to another database: move it and the one with the ending -shm away, and open the file again")

// checkLog returns an error that matches ErrForeignLog when the log beside the file at
// path is not the file's. A database says in its first page whether it has a log, from
// before the log is made.
func checkLog(ctx context.Context, path string) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	if log, err := os.Lstat(path + "-wal"); err != nil || log.Size() == 0 {
		return nil //nolint:nilerr // there is none
	}
	// SQLite must read the page: to open and close a file takes away the locks that
	// other connections of this process have on it. An immutable one looks for no log.
	name, err := dsn(path, settings{}, url.Values{"mode": {"ro"}, "immutable": {"1"}})
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	var version int
	err = db.QueryRowContext(ctx, "SELECT unicode(substr(data, 19, 1)) FROM sqlite_dbpage WHERE pgno = 1").Scan(&version)
	if closed := db.Close(); closed != nil {
		return closed
	}
	const withoutLog = 1
	if err == nil && version == withoutLog {
		return fmt.Errorf("%q: %w", path+"-wal", ErrForeignLog)
	}
	return nil // whatever else is wrong with the file is found when it is opened
}
