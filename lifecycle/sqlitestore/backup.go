package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Backup writes a copy of the whole database to a new file at path, for its owner only
// (mode 0600), while this process and others go on reading and saving. The copy is the
// database at one instant after the call: it has each Save that had returned by then,
// and no Save in part. In a caller's database it has the caller's tables too. It is on
// the disk, complete, when Backup returns nil.
//
// Backup writes over no file: it returns an error that matches [fs.ErrExist] if there is
// one at path. The folder must exist; a file in it with the ending .partial is what a
// Backup that was cut short has left, and can be removed. Errors are those of SQLite and
// of the operating system, such as [ErrFull]. See the package's "Backups" for how to
// restore.
func (s *Store) Backup(ctx context.Context, path string) error {
	if path == "" {
		return errors.New("backup: path is empty: name a new file")
	}
	// SQLite takes a name with a scheme for more than a name.
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	_, err = guarded(s.files, fmt.Sprintf("backup to %q", path), func() (struct{}, error) { return struct{}{}, s.backup(ctx, path) })
	return err
}

func (s *Store) backup(ctx context.Context, path string) error {
	fail := func(err error) error { return fmt.Errorf("backup to %q: %w", path, err) }
	if _, err := os.Lstat(path); err == nil {
		return fail(fs.ErrExist)
	}
	// SQLite fills an empty file. It gets its name when it is complete.
	empty, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial")
	if err != nil {
		return fail(err)
	}
	partial := empty.Name()
	defer func() { _ = os.Remove(partial) }() // it is not there any more when all went well
	if err := empty.Close(); err != nil {
		return fail(err)
	}
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", partial); err != nil {
		return fail(native(ctx, err))
	}
	if err := syncFile(partial); err != nil {
		return fail(err)
	}
	if err := rename(partial, path); err != nil {
		return fail(err)
	}
	if runtime.GOOS == "windows" { // a folder cannot be synced there
		return nil
	}
	return syncFile(filepath.Dir(path))
}

// rename moves a file to a name that no file has.
func rename(from, to string) error {
	reserved, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(reserved.Close(), os.Rename(from, to)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// syncFile waits until the file is on the disk, or the names in a folder are.
func syncFile(name string) error {
	mode := os.O_RDWR // Windows wants to write what it syncs
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		mode = os.O_RDONLY
	}
	f, err := os.OpenFile(name, mode, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
