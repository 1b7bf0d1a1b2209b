package sqlitestore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stubborn is a database whose first connections are refused.
type stubborn struct {
	driver  driver.Driver
	dsn     string
	refuse  error
	refusal *atomic.Int64
}

func (s stubborn) Connect(context.Context) (driver.Conn, error) {
	if s.refusal.Add(-1) >= 0 {
		return nil, s.refuse
	}
	return s.driver.Open(s.dsn)
}

func (s stubborn) Driver() driver.Driver { return s.driver }

// lockedError is what SQLite says when another connection is writing.
func lockedError(t *testing.T, dsn string) error {
	t.Helper()
	db, err := sql.Open("sqlite", dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback()) }()
	_, err = db.BeginTx(t.Context(), nil)
	require.Error(t, err)
	return err
}

func TestOpenTriesAgainWhileTheFileIsLocked(t *testing.T) {
	t.Parallel()
	dsn, err := DSN(t.TempDir()+"/listings.db", WithBusyTimeout(0))
	require.NoError(t, err)
	locked := lockedError(t, dsn)
	plain, err := sql.Open("sqlite", dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, plain.Close()) }()
	patiently := func(ctx context.Context, db *sql.DB, patience time.Duration) (*Store, error) {
		return opening{how: settings{busyTimeout: patience}, attach: OpenDB}.patiently(ctx, db)
	}
	database := func(refusals int64) (*sql.DB, *atomic.Int64) {
		left := &atomic.Int64{}
		left.Store(refusals)
		db := sql.OpenDB(stubborn{plain.Driver(), dsn, locked, left})
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db, left
	}

	db, left := database(3)
	s, err := patiently(t.Context(), db, time.Hour)
	require.NoError(t, err)
	require.NotNil(t, s)
	require.Negative(t, left.Load(), "it asked four times")

	db, left = database(3)
	_, err = patiently(t.Context(), db, -1)
	require.ErrorIs(t, err, ErrLocked)
	require.Equal(t, int64(2), left.Load(), "it asked once")

	ctx, cancel := context.WithCancel(t.Context())
	db, _ = database(1 << 60)
	failed := make(chan error)
	go func() {
		_, err := patiently(ctx, db, time.Hour)
		failed <- err
	}()
	cancel()
	require.ErrorIs(t, <-failed, context.Canceled)
}
