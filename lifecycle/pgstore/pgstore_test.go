package pgstore_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/depth"
	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/alike"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

var key = lifecycle.Key{Seller: "111122223333", Listing: uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")}

// exec runs a statement on a connection of its own.
func exec(url, statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	if closed := conn.Close(ctx); err == nil {
		err = closed
	}
	return err
}

func database(t testing.TB) string {
	t.Helper()
	return testserver.Postgres(t, exec)
}

// pool opens the database; change may change how.
func pool(t testing.TB, url string, change ...func(*pgxpool.Config)) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	config.MaxConns = 8
	for _, c := range change {
		c(config)
	}
	p, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

func parameter(name, value string) func(*pgxpool.Config) {
	return func(c *pgxpool.Config) { c.ConnConfig.RuntimeParams[name] = value }
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func open(t testing.TB, db pgstore.DB, options ...pgstore.Option) *pgstore.Store {
	t.Helper()
	s, err := pgstore.Open(context.Background(), db, options...)
	require.NoError(t, err)
	return s
}

// kept returns what the store has of the listing that the tests use.
func kept(ctx context.Context, s lifecycle.Store) (writes.Record, error) {
	stored, err := s.Load(ctx, key)
	if err != nil {
		return writes.Absent(key), err
	}
	return writes.Record{Key: key, Revision: stored.Revision, Stored: stored}, nil
}

func TestStore(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	storetest.Run(t, func(t *testing.T) lifecycle.Store { return open(t, db) }, storetest.Named("PostgreSQL"))
}

func TestStoreOnOneConnection(t *testing.T) {
	t.Parallel()
	conn := connect(t, database(t))
	s := open(t, conn)
	storetest.Run(t, func(*testing.T) lifecycle.Store { return s })
}

func TestStoreOnAConnectionOfAPool(t *testing.T) {
	t.Parallel()
	conn, err := pool(t, database(t)).Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	s := open(t, conn)
	storetest.Run(t, func(*testing.T) lifecycle.Store { return s })
}

func TestStoreInATransaction(t *testing.T) {
	t.Parallel()
	db := pool(t, database(t))
	s := open(t, db)
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		tx, err := db.Begin(t.Context())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, tx.Commit(context.Background())) })
		return s.Tx(tx)
	})
}

// The suite passes however pgx talks to the server: poolers need other ways than the
// usual one.
func TestStoreInEveryMode(t *testing.T) {
	t.Parallel()
	modes := []pgx.QueryExecMode{pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec}
	for _, mode := range modes[:depth.Of(1, 1, len(modes))] {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			s := open(t, pool(t, database(t), func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = mode }))
			storetest.Run(t, func(*testing.T) lifecycle.Store { return s })
		})
	}
}

// The suite passes whatever isolation a database asks for: conflicts are repeated.
func TestStoreInEveryIsolation(t *testing.T) {
	t.Parallel()
	isolations := []string{"serializable", "repeatable read"}
	for _, isolation := range isolations[:depth.Of(1, 1, len(isolations))] {
		t.Run(isolation, func(t *testing.T) {
			t.Parallel()
			s := open(t, pool(t, database(t), parameter("default_transaction_isolation", isolation)))
			storetest.Run(t, func(*testing.T) lifecycle.Store { return s })
		})
	}
}

// The suite passes in a database whose encoding cannot hold every character.
func TestStoreInEveryEncoding(t *testing.T) {
	t.Parallel()
	encodings := []string{"LATIN1", "SQL_ASCII"}
	for _, encoding := range encodings[:depth.Of(1, 1, len(encodings))] {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			server := database(t)
			u, err := url.Parse(server)
			require.NoError(t, err)
			name := strings.TrimPrefix(u.Path, "/") + "_" + strings.ToLower(encoding)
			require.NoError(t, exec(server, "CREATE DATABASE "+name+" TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING "+encoding))
			t.Cleanup(func() { require.NoError(t, exec(server, "DROP DATABASE "+name+" WITH (FORCE)")) })
			u.Path = "/" + name
			s := open(t, pool(t, u.String()))
			storetest.Run(t, func(*testing.T) lifecycle.Store { return s })
		})
	}
}

// What one process saves, another sees at once: each call goes to the other one of two
// stores on one database.
func TestTwoStoresOnOneDatabase(t *testing.T) {
	t.Parallel()
	url := database(t)
	a, b := open(t, pool(t, url)), open(t, pool(t, url))
	storetest.Run(t, func(*testing.T) lifecycle.Store { return alike.InTurns(a, b) })
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, open(b, pool(b, database(b))))
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	storetest.Growth(t, open(t, pool(t, database(t))), 30)
}
