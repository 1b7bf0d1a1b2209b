package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// DB is what a store needs of a database: a *pgxpool.Pool, a *pgx.Conn and a
// *pgxpool.Conn have it. Any other implementation must be safe for concurrent use.
type DB interface {
	// BeginTx begins a transaction.
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
	// Query runs a statement and returns its rows.
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	// QueryRow runs a statement that returns one row.
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	// SendBatch runs statements in one round trip, and in one transaction.
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Option changes how [Open] makes a store.
type Option func(*settings)

type settings struct {
	migrated bool
	onSave   func(context.Context, pgx.Tx, lifecycle.Write) error
}

// Migrated makes [Open] change nothing in the database: the schema is somebody
// else's to bring up to date, with [Migrate] or with the files of [Migrations]. Open
// returns a [*SchemaError] when it is not.
func Migrated() Option { return func(s *settings) { s.migrated = true } }

// OnSave makes the store call hook within the transaction of every Save, after its
// rows were written and before the commit. What the hook writes through tx is
// committed with the Save, or not at all. A job queue on the same database can
// enqueue in it.
//
// An error of the hook undoes the Save, and Save returns it, wrapped. The hook must
// not commit tx nor roll it back, must not call the store, and must not change the
// Write or keep its bytes. It may be called again for one Save, with another
// transaction: after a conflict with another transaction the whole is repeated. It
// runs while other Saves of the seller wait, so it should be quick. With a hook a
// Save takes two round trips more.
//
// The last OnSave counts; a nil hook is none.
func OnSave(hook func(ctx context.Context, tx pgx.Tx, w lifecycle.Write) error) Option {
	return func(s *settings) { s.onSave = hook }
}

// Open makes a store of the caller's database, and brings the tables of this package
// up to date in it as [Migrate] does, unless [Migrated] is given. The database stays
// the caller's to close, after the store is no longer used. It must be the primary: a
// replica does not have yet what was saved.
//
// Calls on a single connection queue up, since it can do one thing at a time. The
// caller must not use the connection while a call is under way; while a transaction is
// open on it, only the store of [Store.Tx] may be used. A single connection that is
// lost stays lost, and a context that ends during a call loses it. A pool opens another.
//
// The error is a [*SchemaError] when a newer release has migrated the database, or
// its schema version is none that a release writes. It matches
// [lifecycle.ErrUnavailable] when the server cannot be reached.
func Open(ctx context.Context, db DB, options ...Option) (*Store, error) {
	var chosen settings
	for _, option := range options {
		option(&chosen)
	}
	var err error
	if chosen.migrated {
		err = check(ctx, db)
	} else {
		err = Migrate(ctx, db)
	}
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, onSave: chosen.onSave}
	s.in, s.again = tables{db}, conflicts
	if single(db) {
		s.turns = make(turns, 1)
	}
	return s, nil
}

// single reports whether the database is one connection.
func single(db DB) bool {
	switch db.(type) {
	case *pgx.Conn, interface{ Conn() *pgx.Conn }:
		return true
	}
	return false
}
