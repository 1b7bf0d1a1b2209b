package pgstore_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
)

// A manager on a pool. It needs a server, so that the output is not checked.
func Example() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	store, err := pgstore.Open(ctx, pool)
	if err != nil {
		log.Print(err)
		return
	}
	manager, err := lifecycle.New("111122223333", store, lifecycletest.NewMarket(&lifecycletest.Clock{}))
	if err != nil {
		log.Print(err)
		return
	}
	d, err := manager.Do(ctx, manager.ID("invoice"), lifecycle.Create{Name: "invoice", Listing: lifecycletest.ModelPackage()})
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(d.Record.State)
}

// A change of a listing and a row of one's own, both or neither. It needs a server, so
// that the output is not checked.
func ExampleStore_Tx() {
	handOver := func(ctx context.Context, pool *pgxpool.Pool, store *pgstore.Store, manager *lifecycle.Manager) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			id := manager.ID("invoice")
			if _, err := tx.Exec(ctx, "INSERT INTO notes VALUES ($1, 'handed over by the training team')", id.String()); err != nil {
				return err
			}
			_, err := manager.With(store.Tx(tx)).Do(ctx, id, lifecycle.Submit{})
			return err
		})
	}
	_ = handOver
}

// A job for each listing that something is under way for, in the transaction that
// saves the listing. It needs a server, so that the output is not checked.
func ExampleOnSave() {
	enqueue := func(ctx context.Context, tx pgx.Tx, w lifecycle.Write) error {
		if w.Summary.Request == nil {
			return nil
		}
		_, err := tx.Exec(ctx, "INSERT INTO jobs (seller, listing, due) VALUES ($1, $2, $3)",
			string(w.Key.Seller), w.Key.Listing.String(), w.Summary.Request.Due)
		return err
	}
	start := func(ctx context.Context, pool *pgxpool.Pool) (*pgstore.Store, error) {
		return pgstore.Open(ctx, pool, pgstore.OnSave(enqueue))
	}
	_ = start
}

// Those who migrate with a tool of their own give [Migrated] to Open. It needs a
// server, so that the output is not checked.
func ExampleMigrated() {
	start := func(ctx context.Context, pool *pgxpool.Pool) (*pgstore.Store, error) {
		return pgstore.Open(ctx, pool, pgstore.Migrated())
	}
	_ = start
}

// A step of a deployment migrates, before any program starts. It needs a server, so
// that the output is not checked.
func ExampleMigrate() {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := pgstore.Migrate(ctx, conn); err != nil {
		log.Print(err)
	}
}

// The files can be given to another tool, or printed for a person to review.
func Example_migrations() {
	files, err := fs.Glob(pgstore.Migrations, "schema/*.sql")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range files {
		fmt.Println(name)
	}
	// Output:
	// schema/001_records.sql
}
