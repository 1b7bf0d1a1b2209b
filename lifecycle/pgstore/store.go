package pgstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

// Store is a [lifecycle.Store] in a PostgreSQL database. It is safe for concurrent
// use, and holds nothing but the database that it was given. Make one with [Open];
// the zero value cannot be used.
//
// Beside the errors that the contract names, every method returns those of
// PostgreSQL, wrapped. Their text has no value that was saved or asked for, the key
// aside.
type Store struct {
	reader
	db     DB
	onSave func(context.Context, pgx.Tx, lifecycle.Write) error
}

var _ lifecycle.Store = (*Store)(nil)

// Save implements [lifecycle.Store], in one round trip unless there is an [OnSave].
// When another transaction was in the way and PostgreSQL has undone this one, Save
// repeats it, a few times, with a wait in between. It repeats nothing else: after
// any other error that matches [lifecycle.ErrUnavailable] it is not known whether the
// Save took effect, and the caller should load the record.
//
// It returns an error that matches [lifecycle.ErrCannotKeep] for an instant outside
// the years 0 to 9999, and for a seller or a digest that is not UTF-8 or has a NUL
// character.
func (s *Store) Save(ctx context.Context, w lifecycle.Write) error {
	args, err := argumentsOf(w)
	if err != nil {
		return about(w.Key, err)
	}
	if err := s.turns.wait(ctx); err != nil {
		return about(w.Key, err)
	}
	defer s.turns.next()
	return about(w.Key, repeated(ctx, func() error {
		if s.onSave == nil {
			return s.in.write(ctx, w, args)
		}
		tx, err := s.db.BeginTx(ctx, pgx.TxOptions{})
		if err != nil {
			return native(ctx, err)
		}
		return saveIn(ctx, tx, w, args, s.onSave)
	}, conflicts))
}

// saveIn writes, calls the hook and commits, or rolls back.
func saveIn(ctx context.Context, tx pgx.Tx, w lifecycle.Write, args []any, hook func(context.Context, pgx.Tx, lifecycle.Write) error) error {
	defer rollback(ctx, tx) // after a commit it does nothing
	if err := (tables{tx}).write(ctx, w, args); err != nil {
		return err
	}
	if err := hook(ctx, tx, w); err != nil {
		var answer *pgconn.PgError
		if errors.As(err, &answer) || tx.Conn().IsClosed() || ctx.Err() != nil {
			return native(ctx, err)
		}
		return err // the hook's own, which says nothing about the database
	}
	return native(ctx, tx.Commit(ctx))
}

// rollback ends a transaction, also one whose context has ended.
func rollback(ctx context.Context, tx pgx.Tx) {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_ = tx.Rollback(ctx) // a connection that cannot do it is closed, which does it
}

// repeated calls do until it succeeds, or fails for good, a bounded number of times.
// Waits are random, so that those in each other's way do not meet again.
func repeated(ctx context.Context, do func() error, again func(error) bool) error {
	const (
		attempts = 12
		shortest = 10 * time.Millisecond
		longest  = time.Second
	)
	for attempt := range attempts {
		err := do()
		if err == nil || attempt == attempts-1 || !again(err) {
			return err
		}
		select {
		case <-time.After(rand.N(min(shortest<<attempt, longest))):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	panic("unreachable")
}

// reader is the part of a store that reads.
type reader struct {
	in    tables
	turns turns
	// again tells the errors after which a call is repeated; nil for none, as in a
	// transaction of the caller's.
	again func(error) bool
}

// read makes a call that reads.
func read[T any](ctx context.Context, r *reader, do func() (T, error)) (out T, err error) {
	if r.again == nil {
		return do()
	}
	err = repeated(ctx, func() error {
		out, err = do()
		return err
	}, r.again)
	return out, err
}

// Load implements [lifecycle.Store].
func (r *reader) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	if err := r.turns.wait(ctx); err != nil {
		return lifecycle.Stored{}, about(key, err)
	}
	defer r.turns.next()
	return read(ctx, r, func() (lifecycle.Stored, error) { return r.in.load(ctx, key) })
}

// Parts implements [lifecycle.Store].
func (r *reader) Parts(ctx context.Context, key lifecycle.Key, digests []string) (map[string][]byte, error) {
	if err := r.turns.wait(ctx); err != nil {
		return nil, about(key, err)
	}
	defer r.turns.next()
	return read(ctx, r, func() (map[string][]byte, error) { return r.in.parts(ctx, key, digests) })
}

// Journal implements [lifecycle.Store].
func (r *reader) Journal(ctx context.Context, key lifecycle.Key, after int64, limit int) ([][]byte, error) {
	if err := r.turns.wait(ctx); err != nil {
		return nil, about(key, err)
	}
	defer r.turns.next()
	return read(ctx, r, func() ([][]byte, error) { return r.in.journal(ctx, key, after, limit) })
}

// List implements [lifecycle.Store].
func (r *reader) List(ctx context.Context, q lifecycle.Query) ([]lifecycle.Summary, error) {
	if err := r.turns.wait(ctx); err != nil {
		return nil, fmt.Errorf("listings of %s: %w", q.Seller, err)
	}
	defer r.turns.next()
	return read(ctx, r, func() ([]lifecycle.Summary, error) { return r.in.list(ctx, q) })
}

// Feed implements [lifecycle.Store].
func (r *reader) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	if err := r.turns.wait(ctx); err != nil {
		return nil, fmt.Errorf("feed of %s: %w", seller, err)
	}
	defer r.turns.next()
	return read(ctx, r, func() ([]lifecycle.StoredEntry, error) { return r.in.feed(ctx, seller, after, limit) })
}

// FeedEnd implements [lifecycle.Store].
func (r *reader) FeedEnd(ctx context.Context, seller listing.AccountID) (lifecycle.Cursor, error) {
	if err := r.turns.wait(ctx); err != nil {
		return "", fmt.Errorf("feed of %s: %w", seller, err)
	}
	defer r.turns.next()
	return read(ctx, r, func() (lifecycle.Cursor, error) { return r.in.feedEnd(ctx, seller) })
}

// turns lets calls go one after the other. Nil lets all go at once.
type turns chan struct{}

// wait waits for the turn of the caller, who must call next afterwards unless there is
// an error.
func (t turns) wait(ctx context.Context) error {
	if t == nil {
		return nil
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turns) next() {
	if t != nil {
		<-t
	}
}
