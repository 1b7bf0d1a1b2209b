package pgstore_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

const createJobs = "CREATE TABLE jobs (seller text NOT NULL, listing uuid NOT NULL, revision bigint NOT NULL)"

// enqueue is a hook that writes a job.
func enqueue(ctx context.Context, tx pgx.Tx, w lifecycle.Write) error {
	_, err := tx.Exec(ctx, "INSERT INTO jobs VALUES ($1, $2, $3)", string(w.Key.Seller), w.Key.Listing.String(), w.Revision)
	return err
}

// jobs returns the revisions of the jobs for the listing that the tests use.
func jobs(t *testing.T, db interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}) []int64 {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT revision FROM jobs WHERE listing = $1 ORDER BY revision", key.Listing.String())
	require.NoError(t, err)
	revisions, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	require.NoError(t, err)
	return revisions
}

func TestStoreWithAHook(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	_, err := db.Exec(t.Context(), createJobs)
	require.NoError(t, err)
	s := open(t, db, pgstore.OnSave(enqueue))
	t.Run("pool", func(t *testing.T) {
		storetest.Run(t, func(*testing.T) lifecycle.Store { return s })
	})
	t.Run("transaction", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) lifecycle.Store {
			tx, err := db.Begin(t.Context())
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, tx.Commit(context.Background())) })
			return s.Tx(tx)
		})
	})
	var jobs, saved int64
	require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM jobs").Scan(&jobs))
	require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM jobs JOIN shelflife_entries e ON e.seller = jobs.seller AND e.id = listing AND e.revision = jobs.revision").Scan(&saved))
	require.Positive(t, jobs)
	require.Equal(t, jobs, saved, "a job for each Save, and for no other")
}

func TestHookGoesWithTheSave(t *testing.T) {
	t.Parallel()
	url := database(t)
	db := pool(t, url)
	_, err := db.Exec(t.Context(), createJobs)
	require.NoError(t, err)
	refuse, calls := error(nil), 0
	option := pgstore.OnSave(func(ctx context.Context, tx pgx.Tx, w lifecycle.Write) error {
		calls++
		if err := enqueue(ctx, tx, w); err != nil {
			return err
		}
		return refuse
	})
	for name, s := range map[string]*pgstore.Store{"pool": open(t, db, option), "connection": open(t, connect(t, url), option)} {
		_, err := db.Exec(t.Context(), "DELETE FROM jobs; DELETE FROM shelflife_records; DELETE FROM shelflife_entries; DELETE FROM shelflife_parts")
		require.NoError(t, err)
		create := writes.Absent(key).Next(1, "First")
		refuse = errors.New("the queue is closed")
		err = s.Save(t.Context(), create)
		require.ErrorIs(t, err, refuse, name)
		require.NotErrorIs(t, err, lifecycle.ErrUnavailable)
		require.ErrorContains(t, err, key.Listing.String())
		_, err = s.Load(t.Context(), key)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
		require.Empty(t, jobs(t, db))

		refuse, calls = nil, 0
		require.NoError(t, s.Save(t.Context(), create))
		require.Equal(t, []int64{1}, jobs(t, db))
		require.ErrorIs(t, s.Save(t.Context(), create), lifecycle.ErrExists)
		require.Equal(t, 1, calls, "a Save that is refused calls no hook")

		// In a transaction of the caller's an error undoes the Save alone.
		tx, err := db.Begin(t.Context())
		require.NoError(t, err)
		r := writes.Absent(key).After(create)
		second := r.Next(1, "Second")
		refuse = errors.New("the queue is closed")
		require.ErrorIs(t, s.Tx(tx).Save(t.Context(), second), refuse)
		refuse = nil
		require.NoError(t, s.Tx(tx).Save(t.Context(), second))
		require.ErrorIs(t, s.Tx(tx).Save(t.Context(), second), lifecycle.ErrStale)
		require.NoError(t, s.Tx(tx).Save(t.Context(), r.After(second).Next(1, "Third")))
		require.Equal(t, []int64{1, 2, 3}, jobs(t, tx))
		require.Equal(t, []int64{1}, jobs(t, db))
		require.NoError(t, tx.Commit(t.Context()))
		require.Equal(t, []int64{1, 2, 3}, jobs(t, db))
		feed, err := s.Feed(t.Context(), key.Seller, "", 10)
		require.NoError(t, err)
		require.Len(t, feed, 3)
	}
}

// What PostgreSQL undoes because of others is done again, and not for ever.
func TestConflictsAreRepeated(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	_, err := db.Exec(t.Context(), createJobs)
	require.NoError(t, err)
	for _, code := range []string{"40001", "40P01"} {
		conflict := error(&pgconn.PgError{Severity: "ERROR", Message: "in the way", Code: code})
		calls, bad := 0, 3
		s := open(t, db, pgstore.OnSave(func(ctx context.Context, tx pgx.Tx, w lifecycle.Write) error {
			if err := enqueue(ctx, tx, w); err != nil {
				return err
			}
			if calls++; calls <= bad {
				return conflict
			}
			return nil
		}))
		r, err := kept(t.Context(), s)
		if err != nil {
			require.ErrorIs(t, err, lifecycle.ErrNotFound)
		}
		before := jobs(t, db)
		require.NoError(t, s.Save(t.Context(), r.Next(1, "Moved on")))
		require.Equal(t, 4, calls)
		require.Equal(t, append(before, r.Revision+1), jobs(t, db))

		if code == "40001" {
			continue // the rest takes seconds
		}
		calls, bad = 0, 1_000
		r, err = kept(t.Context(), s)
		require.NoError(t, err)
		err = s.Save(t.Context(), r.Next(1, "Moved on"))
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		require.ErrorIs(t, err, conflict)
		require.Equal(t, 12, calls)
		again, err := kept(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, r, again)

		// A wait ends with the context.
		ctx, cancel := context.WithCancel(t.Context())
		calls = 0
		conflicting := open(t, db, pgstore.OnSave(func(context.Context, pgx.Tx, lifecycle.Write) error {
			if calls++; calls == 2 {
				cancel()
			}
			return conflict
		}))
		require.ErrorIs(t, conflicting.Save(ctx, r.Next(1, "Moved on")), context.Canceled)
		require.Equal(t, 2, calls)
	}
}

// Two transactions that wait for each other are told apart by PostgreSQL; the one that
// is undone gets an error that says to try again.
func TestDeadlockOfCallers(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t), parameter("deadlock_timeout", "50ms"))
	s := open(t, db)
	sellers := [2]lifecycle.Key{writes.NewKey(), writes.NewKey()}
	errs := make(chan error, 2)
	both := make(chan struct{})
	first := make(chan struct{}, 2)
	for i := range sellers {
		go func() {
			errs <- pgx.BeginFunc(context.Background(), db, func(tx pgx.Tx) error {
				if err := s.Tx(tx).Save(context.Background(), writes.Absent(sellers[i]).Next(1, "First")); err != nil {
					return err
				}
				first <- struct{}{}
				<-both
				next := sellers[1-i]
				next.Listing = sellers[i].Listing
				return s.Tx(tx).Save(context.Background(), writes.Absent(next).Next(1, "Second"))
			})
		}()
	}
	<-first
	<-first
	close(both)
	a, b := <-errs, <-errs
	if a == nil {
		a, b = b, a
	}
	require.NoError(t, b)
	require.ErrorIs(t, a, lifecycle.ErrUnavailable)
	var answer *pgconn.PgError
	require.ErrorAs(t, a, &answer)
	require.Equal(t, "40P01", answer.Code)
}

// A context that ends in the hook is the context's end, whatever the hook returns.
func TestContextEndsInTheHook(t *testing.T) {
	t.Parallel()
	cause := errors.New("the caller has left")
	var leave context.CancelCauseFunc
	s := open(t, pool(t, database(t)), pgstore.OnSave(func(ctx context.Context, tx pgx.Tx, _ lifecycle.Write) error {
		leave(cause)
		_, err := tx.Exec(ctx, "SELECT 1")
		return err
	}))
	var ctx context.Context
	ctx, leave = context.WithCancelCause(t.Context())
	defer leave(nil)
	require.ErrorIs(t, s.Save(ctx, step(writes.Absent(key))), cause)
	_, err := s.Load(t.Context(), key)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
}

// undone is a database that undoes the next reads because of others.
type undone struct {
	*pgxpool.Pool
	left int
}

func (u *undone) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if u.left > 0 {
		u.left--
		return nil, &pgconn.PgError{Severity: "ERROR", Message: "in the way", Code: "40001"}
	}
	return u.Pool.Query(ctx, sql, args...)
}

// A read that the server has undone is made again; in a transaction of the caller's it
// is the caller's to repeat.
func TestReadsThatAreUndoneAreRepeated(t *testing.T) {
	t.Parallel()
	db := &undone{Pool: pool(t, database(t))}
	s, err := pgstore.Open(t.Context(), db)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	for name, read := range map[string]func() error{
		"load":    func() error { _, err := s.Load(t.Context(), key); return err },
		"journal": func() error { _, err := s.Journal(t.Context(), key, 0, 1); return err },
		"list":    func() error { _, err := s.List(t.Context(), lifecycle.Query{Seller: key.Seller, Limit: 1}); return err },
		"feed":    func() error { _, err := s.Feed(t.Context(), key.Seller, "", 1); return err },
		"end":     func() error { _, err := s.FeedEnd(t.Context(), key.Seller); return err },
	} {
		db.left = 3
		require.NoError(t, read(), name)
		require.Zero(t, db.left, name)
	}
}
