package pgstore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/sqltest"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/listing"
)

// shared is a database for the tests that all stores on SQL share.
func shared(t *testing.T) sqltest.Database {
	t.Helper()
	db, ctx := pool(t, database(t)), t.Context()
	s := open(t, db)
	return sqltest.Database{
		Store: s,
		Exec: func(statement string, args ...any) (int64, error) {
			result, err := db.Exec(ctx, statement, args...)
			return result.RowsAffected(), err
		},
		Count: func(query string) (n int64, err error) {
			return n, db.QueryRow(ctx, query).Scan(&n)
		},
		Begin: func() (sqltest.Transaction, error) {
			tx, err := db.Begin(ctx)
			if err != nil {
				return sqltest.Transaction{}, err
			}
			return sqltest.Transaction{
				Store:  s.Tx(tx),
				Exec:   func(statement string) error { _, err := tx.Exec(ctx, statement); return err },
				Commit: func() error { return tx.Commit(ctx) }, Rollback: func() error { return tx.Rollback(ctx) },
			}, nil
		},
		Set: func(column, member, value string) string {
			return fmt.Sprintf("convert_to(jsonb_set(convert_from(%s, 'UTF8')::jsonb, '{%s}', '%s')::text, 'UTF8')", column, member, value)
		},
		Remove: func(column, member string) string {
			return fmt.Sprintf("convert_to((convert_from(%s, 'UTF8')::jsonb - '%s')::text, 'UTF8')", column, member)
		},
	}
}

func TestTransactions(t *testing.T) {
	t.Parallel()
	sqltest.Transactions(t, shared)
}

func TestDamage(t *testing.T) {
	t.Parallel()
	sqltest.Damage(t, shared)
}

// While a transaction of the caller's has saved, other Saves of the seller wait for its
// end, whichever that is: a feed never shows what comes after before what comes first.
// Other sellers do not wait.
func TestSavesWaitForATransaction(t *testing.T) {
	t.Parallel()
	for name, finish := range map[string]func(pgx.Tx, context.Context) error{"commit": pgx.Tx.Commit, "rollback": pgx.Tx.Rollback} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pool(t, database(t))
			s := open(t, db)
			tx, err := db.Begin(t.Context())
			require.NoError(t, err)
			require.NoError(t, s.Tx(tx).Save(t.Context(), writes.Absent(key).Next(2, "First")))

			other := lifecycle.Key{Seller: key.Seller, Listing: uuid.New()}
			saved := make(chan error, 1)
			go func() { saved <- s.Save(context.Background(), writes.Absent(other).Next(1, "Second")) }()
			require.Eventually(t, func() bool {
				var waiting int
				err := db.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
				return err == nil && waiting == 1
			}, 10*time.Second, 5*time.Millisecond)
			require.NoError(t, s.Save(t.Context(), writes.Absent(writes.NewKey()).Next(1, "Of another seller")))
			feed := func() (ids []uuid.UUID) {
				entries, err := s.Feed(t.Context(), key.Seller, "", 10)
				require.NoError(t, err)
				for _, e := range entries {
					ids = append(ids, e.Listing)
				}
				return ids
			}
			require.Empty(t, feed())
			require.Empty(t, saved)
			require.NoError(t, finish(tx, t.Context()))
			require.NoError(t, <-saved)
			want := []uuid.UUID{other.Listing}
			if name == "commit" {
				want = []uuid.UUID{key.Listing, key.Listing, other.Listing}
			}
			require.Equal(t, want, feed())
		})
	}
}

// What a column cannot hold is refused before PostgreSQL refuses it, which would end
// the transaction; what cannot be there is not found.
func TestWhatTextsCannotHold(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	s := open(t, db)
	tx, err := db.Begin(t.Context())
	require.NoError(t, err)
	in := s.Tx(tx)
	for _, bad := range []string{"a\x00", "\xff"} {
		hostile := lifecycle.Key{Seller: listing.AccountID(bad), Listing: key.Listing}
		require.ErrorIs(t, in.Save(t.Context(), writes.Absent(hostile).Next(1, "First")), lifecycle.ErrCannotKeep)
		w := writes.Absent(key).Next(1, "First")
		w.Put = append(w.Put, lifecycle.Part{Digest: bad, Body: []byte("{}")})
		require.ErrorIs(t, in.Save(t.Context(), w), lifecycle.ErrCannotKeep)
		w = writes.Absent(key).Next(1, "First")
		w.Summary.UpdatedAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
		require.ErrorIs(t, in.Save(t.Context(), w), lifecycle.ErrCannotKeep)

		_, err := in.Load(t.Context(), hostile)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
		_, err = in.Journal(t.Context(), hostile, 0, 1)
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
		parts, err := in.Parts(t.Context(), key, []string{bad})
		require.NoError(t, err)
		require.Empty(t, parts)
		all, err := in.List(t.Context(), lifecycle.Query{Seller: hostile.Seller, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, all)
		feed, err := in.Feed(t.Context(), hostile.Seller, "", 1)
		require.NoError(t, err)
		require.Empty(t, feed)
	}
	w := writes.Absent(key).Next(1, "First")
	w.Drop = []string{"a\x00"}
	require.NoError(t, in.Save(t.Context(), w))
	require.NoError(t, tx.Commit(t.Context()))
}
