package main

import (
	"context"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/lifecycle/wake/river"
)

// database keeps the listings, and has their requests looked after.
type database struct {
	lifecycle.Store
	observe lifecycle.Observer // told of what is saved; nil for nobody
	work    func(context.Context, ...*lifecycle.Manager) error
	close   func() error
}

// open opens a SQLite file, with a loop in this process, or a PostgreSQL database, with
// jobs of River that any number of processes work on.
func open(ctx context.Context, where string, c clock, log *slog.Logger) (database, error) {
	if !strings.Contains(where, "://") {
		store, err := sqlitestore.Open(ctx, where)
		if err != nil {
			return database{}, err
		}
		loop := wake.NewLoop(wake.LoopClock(c), wake.LoopLogger(log))
		return database{store, loop.Observe, loop.Run, store.Close}, nil
	}
	pool, err := pgxpool.New(ctx, where)
	if err != nil {
		return database{}, err
	}
	jobs, err := river.Open(ctx, pool, river.Clock(c, c.speed), river.Logger(log))
	if err != nil {
		pool.Close()
		return database{}, err
	}
	store, err := pgstore.Open(ctx, pool, pgstore.OnSave(jobs.Enqueue))
	if err != nil {
		pool.Close()
		return database{}, err
	}
	return database{store, nil, jobs.Run, func() error { pool.Close(); return nil }}, nil
}
