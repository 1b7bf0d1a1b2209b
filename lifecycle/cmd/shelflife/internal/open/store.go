package open

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
)

// StoreOf opens the store alone, and returns what closes it.
func StoreOf(ctx context.Context, s Settings) (lifecycle.Store, func() error, error) {
	if err := s.judge(); err != nil {
		return nil, nil, err
	}
	if s.Simulate && s.Create { // so that it is known as a simulated one
		o := &Session{}
		if _, err := o.simulate(ctx, s, listing.AccountID(s.Seller), nil); err != nil {
			return nil, nil, errors.Join(err, o.Close())
		}
		if err := o.Close(); err != nil {
			return nil, nil, err
		}
	}
	return openStore(ctx, s)
}

func openStore(ctx context.Context, s Settings) (lifecycle.Store, func() error, error) {
	switch name, rest := scheme(s.Store); name {
	case "", "sqlite":
		path, err := sqlitePath(s)
		if err != nil {
			return nil, nil, err
		}
		missing, err := Missing(s)
		switch {
		case err != nil:
			return nil, nil, err
		case missing && s.Store != "" && !s.Create && !s.Empty:
			return nil, nil, wrong("there is no store %q: \"shelflife apply\" and \"shelflife import\" make one", path)
		case missing && !s.Create:
			return memstore.New(), func() error { return nil }, nil
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, nil, err
		}
		store, err := sqlitestore.Open(ctx, path)
		if err != nil {
			return nil, nil, err
		}
		return store, store.Close, nil
	case "postgres", "postgresql":
		pool, err := pgxpool.New(ctx, s.Store)
		if err != nil {
			// The error of pgx repeats the URL, which may hold a password.
			return nil, nil, wrong("the store is no URL of PostgreSQL: give one such as postgres://user@host/database")
		}
		store, err := pgstore.Open(ctx, pool)
		if err != nil {
			pool.Close()
			return nil, nil, err
		}
		return store, func() error { pool.Close(); return nil }, nil
	case "dynamodb":
		cfg, err := s.AWS.load(ctx)
		if err != nil {
			return nil, nil, err
		}
		store, err := dynamostore.New(dynamodb.NewFromConfig(cfg), rest)
		if err != nil {
			return nil, nil, wrong("the store: %w", err)
		}
		return store, func() error { return nil }, nil
	case "memory":
		if !s.Simulate {
			return nil, nil, wrong("a store in memory forgets what was sent: give it with --simulate only")
		}
		return memstore.New(), func() error { return nil }, nil
	}
	return nil, nil, wrong("the store is none of sqlite:path, postgres://…, dynamodb:table and memory:")
}

// sqlitePath returns the file of a SQLite store.
func sqlitePath(s Settings) (string, error) {
	if name, rest := scheme(s.Store); name == "sqlite" && rest != "" {
		return rest, nil
	} else if s.Store != "" {
		return "", wrong("the store is none of sqlite:path, postgres://…, dynamodb:table and memory:")
	}
	dir, err := stateDir()
	if err != nil {
		return "", err
	}
	if s.Simulate {
		return filepath.Join(dir, "simulated.db"), nil
	}
	return filepath.Join(dir, "listings.db"), nil
}

// Missing reports whether the settings name a SQLite store that is not there.
func Missing(s Settings) (bool, error) {
	if name, _ := scheme(s.Store); name != "" && name != "sqlite" {
		return false, nil
	}
	path, err := sqlitePath(s)
	if err != nil {
		return false, err
	}
	there, err := exists(path)
	return !there, err
}

// stateDir returns the folder for what programs keep of a user.
func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "shelflife"), nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "shelflife"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "shelflife"), err
}

// simulatorEnd is how the name of a simulator's file ends.
const simulatorEnd = ".simulator"

// simulatorFile returns the file that keeps the simulator of the seller, one of those
// whose names begin as simulatorFiles says; empty for none.
func simulatorFile(s Settings) (string, error) {
	begin, err := simulatorFiles(s)
	if begin == "" {
		return "", err
	}
	return begin + s.Seller + simulatorEnd, err
}

// simulatorFiles returns how the names of the files begin that keep the simulators of a
// store, one for each seller: beside it, if it is a file. Empty is none.
func simulatorFiles(s Settings) (string, error) {
	switch name, _ := scheme(s.Store); name {
	case "memory":
		return "", nil
	case "", "sqlite":
		path, err := sqlitePath(s)
		return path + "-", err
	}
	dir, err := stateDir()
	sum := sha256.Sum256([]byte(s.Store))
	return filepath.Join(dir, "simulated-"+hex.EncodeToString(sum[:8])+"-"), err
}

// SimulatedSellers returns the sellers that have simulated listings in the store, in
// order.
func SimulatedSellers(ctx context.Context, s Settings) (sellers []string, err error) {
	known, err := simulators(s)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	store, closeStore, err := openStore(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	for _, seller := range known { // some have a simulator only
		found, err := store.List(ctx, lifecycle.Query{Seller: listing.AccountID(seller), Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			sellers = append(sellers, seller)
		}
	}
	return sellers, nil
}

// simulators returns the sellers that have a simulator for the store, in order.
func simulators(s Settings) (sellers []string, err error) {
	begin, err := simulatorFiles(s)
	if begin == "" || err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Dir(begin))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		seller, found := strings.CutPrefix(e.Name(), filepath.Base(begin))
		seller, ends := strings.CutSuffix(seller, simulatorEnd)
		if found && ends && listing.AccountID(seller).Valid() {
			sellers = append(sellers, seller)
		}
	}
	return sellers, err
}

// anySimulator returns a file with a simulator of the store; empty if there is none.
func anySimulator(s Settings) (string, error) {
	sellers, err := simulators(s)
	if len(sellers) == 0 || err != nil {
		return "", err
	}
	s.Seller = sellers[0]
	return simulatorFile(s)
}

// apart keeps simulated listings and others apart: what one marketplace was told, the
// other would be asked about.
func apart(s Settings) error {
	file, err := anySimulator(s)
	if err != nil {
		return err
	}
	if !s.Simulate {
		if file != "" {
			return wrong("the store has simulated listings (there is %q): give --simulate, or another --store", file)
		}
		return nil
	}
	if name, _ := scheme(s.Store); name != "sqlite" || file != "" {
		return nil
	}
	path, err := sqlitePath(s)
	if err != nil {
		return err
	}
	if real, err := exists(path); err != nil || real {
		return errors.Join(err, wrong("the store %q has listings that are not simulated: leave --simulate out, or give another --store", path))
	}
	return nil
}

func exists(file string) (bool, error) {
	_, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
