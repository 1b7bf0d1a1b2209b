// Package boltstore keeps the state of a simulator in a file, by bbolt.
//
//	store, err := boltstore.Open("marketplace.db")
//	defer store.Close()
//	market, err := simulator.New(simulator.Config{Store: store})
package boltstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// Store is a [simulator.Store] in a file of bbolt. What Save has written outlives
// a crash of the machine. It is made by Open.
type Store struct {
	db   *bbolt.DB
	file *os.File // that bbolt has open
	path string   // absolute
}

var _ simulator.Store = (*Store)(nil)

var bucket = []byte("simulator")

// ErrFile is returned by Open for what is not a file of its own: another kind of
// file, or one that another process has open.
var ErrFile = errors.New("the file of the simulator cannot be used")

// ErrBusy is returned by Open, with ErrFile, for a file that another process has open:
// it may be closed soon.
var ErrBusy = errors.New("another process has it open")

// ErrReplaced is returned by Save when the file was removed, or another put in its
// place: what is written would be lost when the store is closed. Open the file again.
var ErrReplaced = errors.New("the file of the simulator is no longer there, or is another one: open it again")

// Open opens the file, or makes it, readable by its owner only. It returns an
// error that matches [ErrFile] if the name is not that of a regular file, if the
// file is not one of bbolt, or if another process has had it open for a second; in the
// last case it matches [ErrBusy], too.
func Open(file string) (*Store, error) {
	info, err := os.Stat(file)
	switch {
	case err == nil && !info.Mode().IsRegular(): // opening a pipe would wait for its other end
		return nil, fmt.Errorf("%w: %q is no regular file", ErrFile, file)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	s := &Store{}
	if s.path, err = filepath.Abs(file); err != nil { // the program may change its folder
		return nil, err
	}
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{Timeout: time.Second, OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
		s.file, err = os.OpenFile(name, flag, mode)
		return s.file, err
	}})
	if errors.Is(err, bolterrors.ErrTimeout) {
		err = ErrBusy
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrFile, file, err)
	}
	return s, nil
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// Load returns all records.
func (s *Store) Load() (map[string][]byte, error) {
	records := map[string][]byte{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		if b == nil {
			return nil
		}
		return b.ForEach(func(key, value []byte) error {
			records[string(key)] = slices.Clone(value) // they are bbolt's until the transaction ends
			return nil
		})
	})
	return records, err
}

// Save writes and removes records in one transaction. It returns an error that
// matches [ErrReplaced] if the file is not the one that was opened.
func (s *Store) Save(changes map[string][]byte) error {
	if err := s.there(); err != nil {
		return err
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bucket)
		if err != nil {
			return err
		}
		for key, value := range changes {
			if value == nil {
				err = b.Delete([]byte(key))
			} else {
				err = b.Put([]byte(key), value)
			}
			if err != nil {
				return fmt.Errorf("record %.200q: %w", key, err)
			}
		}
		return nil
	})
}

// there reports a file that is not, or no longer, behind its name.
func (s *Store) there() error {
	opened, err := s.file.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case os.SameFile(opened, named):
		return nil
	}
	return fmt.Errorf("%w: %q", ErrReplaced, s.path)
}
