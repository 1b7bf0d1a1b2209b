package sqlitestore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/sqltest"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// shared is a database for the tests that all stores on SQL share.
func shared(t *testing.T) sqltest.Database {
	t.Helper()
	db, ctx := openSQL(t, filepath.Join(t.TempDir(), "service.db")), t.Context()
	s, err := sqlitestore.OpenDB(ctx, db)
	require.NoError(t, err)
	return sqltest.Database{
		Store: s,
		Exec: func(statement string, args ...any) (int64, error) {
			result, err := db.ExecContext(ctx, statement, args...)
			if err != nil {
				return 0, err
			}
			return result.RowsAffected()
		},
		Count: func(query string) (n int64, err error) {
			return n, db.QueryRowContext(ctx, query).Scan(&n)
		},
		Begin: func() (sqltest.Transaction, error) {
			tx, err := db.BeginTx(ctx, nil)
			if err != nil {
				return sqltest.Transaction{}, err
			}
			return sqltest.Transaction{
				Store:  s.Tx(tx),
				Exec:   func(statement string) error { _, err := tx.ExecContext(ctx, statement); return err },
				Commit: tx.Commit, Rollback: tx.Rollback,
			}, nil
		},
		Set: func(column, member, value string) string {
			return fmt.Sprintf("json_set(%s, '$.%s', json('%s'))", column, member, value)
		},
		Remove: func(column, member string) string {
			return fmt.Sprintf("json_remove(%s, '$.%s')", column, member)
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

func TestCloseLeavesTheCallersDatabaseOpen(t *testing.T) {
	t.Parallel()
	db := openSQL(t, filepath.Join(t.TempDir(), "service.db"))
	s, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), writes.Absent(key).Next(1, "First")))
	require.NoError(t, s.Close())
	require.NoError(t, db.PingContext(t.Context()), "the database is the caller's to close")
}

// A caller's transactions may begin deferred, which SQLite answers with a
// stale snapshot when they read before they write. A Save must not.
func TestSaveInADeferredDatabase(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(t.TempDir(), "service.db"))+"?_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)&_pragma=fullfsync(ON)")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var wg sync.WaitGroup
	for range 4 {
		s, err := sqlitestore.OpenDB(t.Context(), db)
		require.NoError(t, err)
		wg.Go(func() {
			for saved := 0; saved < 25; {
				r, err := kept(context.Background(), s)
				if !assert.NoError(t, err) {
					return
				}
				switch err := s.Save(context.Background(), r.Next(1, "Moved on")); {
				case err == nil:
					saved++
				case !errors.Is(err, lifecycle.ErrStale) && !errors.Is(err, lifecycle.ErrExists):
					assert.NoError(t, err)
					return
				}
			}
		})
	}
	wg.Wait()
	s, err := sqlitestore.OpenDB(t.Context(), db)
	require.NoError(t, err)
	r, err := kept(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, int64(100), r.Revision)
}
