package sqlitestore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// What one run of a program has begun, the next one finds.
func Example() {
	dir, err := os.MkdirTemp("", "shelflife")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "listings.db")
	id := uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")
	market := lifecycletest.NewMarket(&lifecycletest.Clock{})

	run := func(do func(context.Context, *lifecycle.Manager) error) error {
		ctx := context.Background()
		store, err := sqlitestore.Open(ctx, path)
		if err != nil {
			return err
		}
		defer func() { _ = store.Close() }()
		manager, err := lifecycle.New("111122223333", store, market)
		if err != nil {
			return err
		}
		return do(ctx, manager)
	}

	err = run(func(ctx context.Context, m *lifecycle.Manager) error {
		_, err := m.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.By("ana"))
		return err
	})
	fmt.Println("first run:", err)

	err = run(func(ctx context.Context, m *lifecycle.Manager) error {
		for e, err := range m.Journal(ctx, id) {
			if err != nil {
				return err
			}
			fmt.Println("second run:", e.Revision, e.Event, "by", e.By)
		}
		return nil
	})
	fmt.Println("second run:", err)
	// Output:
	// first run: <nil>
	// second run: 1 create by ana
	// second run: <nil>
}

// A change of a listing and a row of one's own, both or neither.
func ExampleStore_Tx() {
	dir, err := os.MkdirTemp("", "shelflife")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := createWithNote(context.Background(), filepath.Join(dir, "service.db")); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Draft: handed over by the training team
}

func createWithNote(ctx context.Context, path string) error {
	dsn, err := sqlitestore.DSN(path)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	store, err := sqlitestore.OpenDB(ctx, db)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE notes (listing TEXT NOT NULL, note TEXT NOT NULL) STRICT"); err != nil {
		return err
	}

	manager, err := lifecycle.New("111122223333", store, lifecycletest.NewMarket(&lifecycletest.Clock{}))
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	id := manager.ID("invoice")
	create := lifecycle.Create{Name: "invoice", Listing: lifecycletest.ModelPackage()}
	if _, err := manager.With(store.Tx(tx)).Do(ctx, id, create); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO notes VALUES (?, 'handed over by the training team')", id.String()); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}

	r, err := manager.Load(ctx, id)
	if err != nil {
		return err
	}
	var note string
	if err := db.QueryRowContext(ctx, "SELECT note FROM notes WHERE listing = ?", r.ID.String()).Scan(&note); err != nil {
		return err
	}
	fmt.Printf("%s: %s\n", r.State, note)
	return nil
}

// A second program reads, and makes a backup, while the first one saves.
func ExampleOpenReadOnly() {
	dir, err := os.MkdirTemp("", "shelflife")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := report(context.Background(), dir); err != nil {
		fmt.Println(err)
	}
	// Output:
	// churn: Draft
	// the database can only be read: true
	// a listing in the backup: churn
}

func report(ctx context.Context, dir string) error {
	path := filepath.Join(dir, "listings.db")
	store, err := sqlitestore.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	market := lifecycletest.NewMarket(&lifecycletest.Clock{})
	manager, err := lifecycle.New("111122223333", store, market)
	if err != nil {
		return err
	}
	create := lifecycle.Create{Name: "churn", Listing: lifecycletest.ModelPackage()}
	if _, err := manager.Do(ctx, manager.ID("churn"), create); err != nil {
		return err
	}

	reading, err := sqlitestore.OpenReadOnly(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = reading.Close() }()
	reporter, err := lifecycle.New("111122223333", reading, market)
	if err != nil {
		return err
	}
	for s, err := range reporter.Listings(ctx, lifecycle.Query{}) {
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s\n", s.Name, s.State)
	}
	_, err = reporter.Do(ctx, reporter.ID("churn"), lifecycle.Discard{})
	fmt.Println("the database can only be read:", errors.Is(err, sqlitestore.ErrReadOnly))

	copied := filepath.Join(dir, "backup.db")
	if err := reading.Backup(ctx, copied); err != nil {
		return err
	}
	restored, err := sqlitestore.Open(ctx, copied)
	if err != nil {
		return err
	}
	defer func() { _ = restored.Close() }()
	all, err := restored.List(ctx, lifecycle.Query{Seller: "111122223333", Limit: 10})
	if err != nil {
		return err
	}
	for _, s := range all {
		fmt.Println("a listing in the backup:", s.Name)
	}
	return nil
}

func ExampleStore_Backup() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "shelflife")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	store, err := sqlitestore.Open(ctx, filepath.Join(dir, "listings.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	path := filepath.Join(dir, "2026-01-05.db")
	fmt.Println(store.Backup(ctx, path))
	fmt.Println("again:", errors.Is(store.Backup(ctx, path), fs.ErrExist))
	// Output:
	// <nil>
	// again: true
}

// A database of the caller's must keep what the store promises.
func ExampleSettingError() {
	dir, err := os.MkdirTemp("", "shelflife")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	db, err := sql.Open("sqlite", filepath.Join(dir, "service.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = db.Close() }()
	_, err = sqlitestore.OpenDB(context.Background(), db)
	var refused *sqlitestore.SettingError
	if errors.As(err, &refused) {
		fmt.Printf("%s is %q\n%s\n", refused.Setting, refused.Value, refused.Remedy)
	}
	// Output:
	// journal_mode is "delete"
	// open the database with the name that DSN returns, or set journal_mode to WAL on every connection as it is opened
}
