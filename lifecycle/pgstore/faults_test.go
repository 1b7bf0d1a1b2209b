package pgstore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/pgstore"
)

// secret is in each title, head, part and entry that these tests save.
const secret = "not for logs"

// step returns a Write with the secret that moves the record on: its part is named
// after the revision, and that of the revision before goes.
func step(r writes.Record) lifecycle.Write {
	w := r.Next(2, secret)
	w.Summary.State = lifecycle.Draft
	w.Put = []lifecycle.Part{writes.Part(fmt.Sprint(w.Revision))}
	w.Put[0].Body = writes.Bytes(secret)
	if w.Base > 0 {
		w.Drop = []string{writes.Digest(fmt.Sprint(w.Base))}
	}
	return w
}

// requireWhole asks for a record of whole steps.
func requireWhole(t *testing.T, s lifecycle.Store) writes.Record {
	t.Helper()
	r, err := kept(t.Context(), s)
	if errors.Is(err, lifecycle.ErrNotFound) {
		feed, err := s.Feed(t.Context(), key.Seller, "", 10)
		require.NoError(t, err)
		require.Empty(t, feed)
		return r
	}
	require.NoError(t, err)
	require.Zero(t, r.Revision%2)
	parts, err := s.Parts(t.Context(), key, []string{writes.Digest(fmt.Sprint(r.Revision)), writes.Digest(fmt.Sprint(r.Revision - 2))})
	require.NoError(t, err)
	require.Len(t, parts, 1)
	journal, err := s.Journal(t.Context(), key, 0, 10_000)
	require.NoError(t, err)
	require.Len(t, journal, int(r.Revision))
	feed, err := s.Feed(t.Context(), key.Seller, "", 10_000)
	require.NoError(t, err)
	require.Len(t, feed, int(r.Revision))
	for i, e := range feed {
		require.Equal(t, int64(i+1), e.Revision)
	}
	all, err := s.List(t.Context(), lifecycle.Query{Seller: key.Seller, Limit: 10})
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, r.Revision, all[0].Revision)
	return r
}

func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	require.ErrorContains(t, err, key.Listing.String())
	require.ErrorContains(t, err, "try again", "a remedy")
	require.NotContains(t, err.Error(), secret)
	for _, other := range []error{lifecycle.ErrNotFound, lifecycle.ErrExists, lifecycle.ErrStale} {
		require.NotErrorIs(t, err, other)
	}
}

// bothWays runs the test for a store without a hook, which saves in one round trip,
// and for one with a hook, which saves in a transaction of several.
func bothWays(t *testing.T, run func(t *testing.T, options ...pgstore.Option)) {
	t.Run("without a hook", func(t *testing.T) {
		t.Parallel()
		run(t)
	})
	t.Run("with a hook", func(t *testing.T) {
		t.Parallel()
		run(t, pgstore.OnSave(func(ctx context.Context, tx pgx.Tx, _ lifecycle.Write) error {
			_, err := tx.Exec(ctx, "SELECT 1")
			return err
		}))
	})
}

// lockSeller makes Saves of the seller wait until release is called.
func lockSeller(t *testing.T, url string) (release func()) {
	t.Helper()
	tx, err := connect(t, url).Begin(t.Context())
	require.NoError(t, err)
	tag, err := tx.Exec(t.Context(), "SELECT FROM shelflife_sellers WHERE seller = $1 FOR UPDATE", string(key.Seller))
	require.NoError(t, err)
	require.Equal(t, int64(1), tag.RowsAffected())
	return func() { require.NoError(t, tx.Rollback(context.Background())) }
}

// terminate ends the connections of the database for which the condition holds, as
// soon as there is one.
func terminate(t *testing.T, url, condition string) {
	t.Helper()
	conn := connect(t, url)
	require.Eventually(t, func() bool {
		var n int
		err := conn.QueryRow(t.Context(), "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "+condition).Scan(&n)
		return assert.NoError(t, err) && n > 0
	}, 10*time.Second, 5*time.Millisecond)
}

func TestConnectionEndsDuringSave(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, options ...pgstore.Option) {
		url := database(t)
		s := open(t, pool(t, url), options...)
		require.NoError(t, s.Save(t.Context(), step(writes.Absent(key))))
		r := requireWhole(t, s)
		release := lockSeller(t, url)
		saved := make(chan error, 1)
		go func() { saved <- s.Save(context.Background(), step(r)) }()
		terminate(t, url, "wait_event_type = 'Lock'")
		err := <-saved
		requireUnavailable(t, err)
		var answer *pgconn.PgError
		require.ErrorAs(t, err, &answer)
		require.Equal(t, "57P01", answer.Code)
		release()
		require.Equal(t, r, requireWhole(t, s))
		require.NoError(t, s.Save(t.Context(), step(r)))
		requireWhole(t, s)
	})
}

// eventually calls do until it succeeds; all other errors say that the server is
// unavailable.
func eventually(t *testing.T, do func() error) (failed int) {
	t.Helper()
	for give := time.Now().Add(20 * time.Second); ; failed++ {
		err := do()
		if err == nil {
			return failed
		}
		requireUnavailable(t, err)
		require.True(t, time.Now().Before(give), "%v", err)
	}
}

func TestConnectionsEndBetweenCalls(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, options ...pgstore.Option) {
		url := database(t)
		s := open(t, pool(t, url), options...)
		require.NoError(t, s.Save(t.Context(), step(writes.Absent(key))))
		for range 3 {
			r := requireWhole(t, s)
			terminate(t, url, "true")
			eventually(t, func() error {
				_, err := s.Load(t.Context(), key)
				return err
			})
			terminate(t, url, "true")
			eventually(t, func() error { return s.Save(t.Context(), step(r)) })
			require.Equal(t, r.Revision+2, requireWhole(t, s).Revision)
		}
	})
}

// A single connection that is lost is lost for good, and the error says so each time.
func TestSingleConnectionIsLost(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, connect(t, url))
	require.NoError(t, s.Save(t.Context(), step(writes.Absent(key))))
	r := requireWhole(t, s)
	terminate(t, url, "true")
	for range 3 {
		requireUnavailable(t, s.Save(t.Context(), step(r)))
		_, err := s.Load(t.Context(), key)
		requireUnavailable(t, err)
	}
	s = open(t, connect(t, url))
	require.Equal(t, r, requireWhole(t, s))
}

func TestServerStopsAndStarts(t *testing.T) {
	t.Parallel()
	server := testserver.NewPostgres(t, exec)
	url := server.Database(t)
	s := open(t, pool(t, url))
	require.NoError(t, s.Save(t.Context(), step(writes.Absent(key))))
	for range 2 {
		r := requireWhole(t, s)
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			time.Sleep(rand.N(20 * time.Millisecond))
			server.Stop()
		}()
		var err error
		for err == nil { // until the server is gone
			r.Stored = lifecycle.Stored{}
			if err = s.Save(context.Background(), step(r)); err == nil {
				r.Revision += 2
			}
		}
		requireUnavailable(t, err)
		<-stopped
		requireUnavailable(t, s.Save(t.Context(), step(r)))
		_, err = s.Load(t.Context(), key)
		requireUnavailable(t, err)
		_, err = s.Parts(t.Context(), key, []string{writes.Digest("2")})
		requireUnavailable(t, err)
		_, err = s.Journal(t.Context(), key, 0, 1)
		requireUnavailable(t, err)
		_, err = s.List(t.Context(), lifecycle.Query{Seller: key.Seller, Limit: 1})
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		_, err = s.Feed(t.Context(), key.Seller, "", 1)
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		_, err = pgstore.Open(t.Context(), pool(t, url))
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)

		server.Start(t)
		eventually(t, func() error {
			_, err := s.Load(t.Context(), key)
			return err
		})
		after := requireWhole(t, s)
		require.Contains(t, []int64{r.Revision, r.Revision + 2}, after.Revision, "what was acknowledged is there")
		eventually(t, func() error { return s.Save(t.Context(), step(after)) })
	}
}

// A context that ends at whatever moment leaves a Save done or not done. Whether it is
// done may come out a little later: the server goes on until it notices.
func TestContextEndsAtRandomMoments(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, options ...pgstore.Option) {
		url := database(t)
		s := open(t, pool(t, url), options...)
		require.NoError(t, s.Save(t.Context(), step(writes.Absent(key))))
		r := requireWhole(t, s)
		cut, done := 0, 0
		cause := errors.New("the caller has left")
		for i := range 150 {
			within := []time.Duration{20 * time.Millisecond, time.Millisecond}[i%2] // on slow machines and on fast ones
			ctx, cancel := context.WithTimeoutCause(t.Context(), rand.N(within), cause)
			err := s.Save(ctx, step(r))
			switch {
			case err == nil:
				done++
			case errors.Is(err, lifecycle.ErrStale): // one before was done after all
			default:
				require.ErrorIs(t, err, cause)
				require.NotContains(t, err.Error(), secret)
				cut++
			}
			_, err = s.Load(ctx, key)
			if err != nil {
				require.ErrorIs(t, err, cause)
			}
			cancel()
			if i%10 == 0 { // while none that was cut can still come through
				release := lockSeller(t, url)
				requireWhole(t, s)
				release()
			}
			r, err = kept(t.Context(), s)
			require.NoError(t, err)
		}
		t.Logf("%d cut, %d done", cut, done)
		require.Positive(t, cut)
		require.Positive(t, done)
		require.Eventually(t, func() bool {
			err := s.Save(t.Context(), step(r))
			if err != nil {
				require.ErrorIs(t, err, lifecycle.ErrStale)
				var e error
				r, e = kept(t.Context(), s)
				require.NoError(t, e)
			}
			return err == nil
		}, 10*time.Second, 10*time.Millisecond)
		requireWhole(t, s)
	})
}

// What the server refuses by its settings is unavailable, and works once it is right.
func TestServerRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		setting, value string
		locked         bool
		want           string
	}{
		"read-only":         {"default_transaction_read_only", "on", false, "connect to the primary"},
		"lock timeout":      {"lock_timeout", "20ms", true, "a lock or a statement took longer"},
		"statement timeout": {"statement_timeout", "20ms", true, "a lock or a statement took longer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, func(t *testing.T, options ...pgstore.Option) {
				url := database(t)
				good := open(t, pool(t, url))
				require.NoError(t, good.Save(t.Context(), step(writes.Absent(key))))
				r := requireWhole(t, good)
				s := open(t, pool(t, url, parameter(c.setting, c.value)), options...)
				if c.locked {
					defer lockSeller(t, url)()
				}
				err := s.Save(t.Context(), step(r))
				requireUnavailable(t, err)
				require.ErrorContains(t, err, c.want)
				require.Equal(t, r, requireWhole(t, s), "reading works")
			})
		})
	}
}

// lossy is a database whose answers to commits are lost.
type lossy struct{ *pgxpool.Pool }

func (l lossy) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return lossyResults{l.Pool.SendBatch(ctx, b)}
}

func (l lossy) BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error) {
	tx, err := l.Pool.BeginTx(ctx, options)
	return lossyTx{tx}, err
}

type lossyResults struct{ pgx.BatchResults }

func (r lossyResults) Close() error { return errors.Join(r.BatchResults.Close(), io.ErrUnexpectedEOF) }

type lossyTx struct{ pgx.Tx }

func (t lossyTx) Commit(ctx context.Context) error {
	return errors.Join(t.Tx.Commit(ctx), io.ErrUnexpectedEOF)
}

// A Save whose answer is lost is not known to have taken effect, and is not repeated.
func TestAnswerOfACommitIsLost(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, options ...pgstore.Option) {
		db := pool(t, database(t))
		good := open(t, db)
		s := open(t, lossy{db}, options...)
		err := s.Save(t.Context(), step(writes.Absent(key)))
		requireUnavailable(t, err)
		require.ErrorContains(t, err, "not known")
		require.Equal(t, int64(2), requireWhole(t, good).Revision)
		require.ErrorIs(t, good.Save(t.Context(), step(writes.Absent(key))), lifecycle.ErrExists)
	})
}

// Each error has one of the contract's names, by its SQLSTATE.
func TestErrorsHaveNames(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"53100", "53200", "53300", "53400", "25006", "40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "08006", "08P01", "25P03", "25P04", "40003", "58030"} {
		cause := &pgconn.PgError{Severity: "FATAL", Message: "message", Detail: secret, Code: code}
		err := pgstore.Native(t.Context(), fmt.Errorf("connecting: %w", cause))
		require.ErrorIs(t, err, lifecycle.ErrUnavailable, code)
		require.ErrorIs(t, err, cause, code)
		require.ErrorContains(t, err, "try again", code)
		require.NotContains(t, err.Error(), secret)
	}
	for _, code := range []string{"", "23505", "28P01", "3D000", "42501", "42601", "XX001"} {
		err := pgstore.Native(t.Context(), &pgconn.PgError{Message: "message", Code: code})
		require.NotErrorIs(t, err, lifecycle.ErrUnavailable, code)
		require.ErrorContains(t, err, "message", code)
	}
	for _, cause := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, &net.OpError{Op: "read", Err: errors.New("reset")}} {
		err := pgstore.Native(t.Context(), cause)
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		require.ErrorIs(t, err, cause)
	}
	for _, cause := range []error{pgx.ErrTxClosed, pgx.ErrTxCommitRollback, errors.New("closed pool")} {
		require.Equal(t, cause, pgstore.Native(t.Context(), cause))
	}
	require.NoError(t, pgstore.Native(t.Context(), nil))
}
