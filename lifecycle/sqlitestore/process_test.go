package sqlitestore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// The test binary is also the other process: with these variables it saves to a
// file instead of testing, or with those of an applier it applies to one.
const (
	saverFile  = "SQLITESTORE_TEST_FILE"
	saverSaves = "SQLITESTORE_TEST_SAVES"
	saverFatal = "SQLITESTORE_TEST_FATAL"
)

func TestMain(m *testing.M) {
	var err error
	switch saves, applies, mortal := os.Getenv(saverFile), os.Getenv(applierFile), os.Getenv(mortalFile); {
	case saves != "":
		err = keepSaving(saves, os.Getenv(saverSaves), os.Getenv(saverFatal), os.Stdout)
	case applies != "":
		err = keepApplying(applies, os.Getenv(applierMarket), os.Getenv(applierEdition), os.Getenv(applierFatal), os.Stdout)
	case mortal != "":
		err = liveMortal(mortal)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(failed)
	}
}

// failed is the exit code of a process that was not killed and did not do its work.
const failed = 3

// entriesPerSave makes a Save that was done in part show.
const entriesPerSave = 3

// keepSaving moves one record on and says to which revision, once it is saved.
func keepSaving(path, saves, fatal string, out io.Writer) error {
	limit, err := strconv.Atoi(saves)
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(fatal, 10, 64)
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, path)
	if err != nil {
		return err
	}
	for saved := 0; saved < limit; {
		r, err := kept(ctx, s)
		if err != nil {
			return err
		}
		next := r.Next(entriesPerSave, "Moved on")
		next.Put = append(next.Put, part(next.Revision))
		if next.Base > 0 {
			next.Drop = []string{part(next.Base).Digest}
		}
		switch err := s.Save(newFatal(ctx, after), next); {
		case err == nil:
			saved++
			if _, err := fmt.Fprintln(out, next.Revision); err != nil {
				return err
			}
		case !errors.Is(err, lifecycle.ErrStale) && !errors.Is(err, lifecycle.ErrExists):
			return err
		}
	}
	return s.Close()
}

// part is what the Save of a revision puts and the next one drops: a long text,
// which takes a while to write.
func part(revision int64) lifecycle.Part {
	p := writes.Part(strconv.FormatInt(revision, 10))
	p.Body = writes.Bytes(strings.Repeat(string(p.Body), 5000))
	return p
}

// fatal is a context that kills its process when it is asked for the after-th
// time whether it has ended: each statement asks a few times, so that counting
// up leads through every place in a Save.
type fatal struct {
	context.Context
	after *atomic.Int64
}

func newFatal(ctx context.Context, after int64) context.Context {
	f := fatal{ctx, &atomic.Int64{}}
	f.after.Store(after)
	return f
}

func (f fatal) Done() <-chan struct{} { f.count(); return f.Context.Done() }

func (f fatal) Err() error { f.count(); return f.Context.Err() }

func (f fatal) count() {
	if f.after.Add(-1) == 0 {
		killMyself()
	}
}

func killMyself() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // the process ends here
}

// saver starts a process that saves; with a fatal of 0 or less it lives on.
func saver(t *testing.T, path string, saves, fatal int) (cmd *exec.Cmd, saved *bufio.Scanner) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), saverFile+"="+path, saverSaves+"="+strconv.Itoa(saves), saverFatal+"="+strconv.Itoa(fatal))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// requireWhole asks for a record whose parts, journal, summary and feed are of one
// Save, and returns its revision.
func requireWhole(t *testing.T, path string) int64 {
	t.Helper()
	s := open(t, path)
	r, err := kept(t.Context(), s)
	require.NoError(t, err)
	require.Equal(t, writes.Absent(key).Next(int(r.Revision), "Moved on").Head, r.Stored.Head)
	parts, err := s.Parts(t.Context(), key, []string{writes.Digest("1.0"), part(r.Revision).Digest, part(r.Revision - 1).Digest, part(r.Revision - entriesPerSave).Digest})
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{
		writes.Digest("1.0"): writes.Part("1.0").Body, part(r.Revision).Digest: part(r.Revision).Body,
	}, parts)
	require.Len(t, r.Journal, int(r.Revision))
	feed, err := s.Feed(t.Context(), key.Seller, "", math.MaxInt)
	require.NoError(t, err)
	require.Len(t, feed, int(r.Revision))
	require.Zero(t, r.Revision%entriesPerSave, "a Save was kept in part")
	var check string
	require.NoError(t, openSQL(t, path).QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&check))
	require.Equal(t, "ok", check)
	return r.Revision
}

// A process that is killed in the middle of saving loses nothing that it was
// told is saved, and leaves nothing by halves.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	for round := range 6 {
		cmd, saved := saver(t, path, math.MaxInt, 0)
		for range 3 + 2*round {
			require.True(t, saved.Scan(), "the process ended by itself")
		}
		require.NoError(t, cmd.Process.Kill())
		acknowledged := saved.Text()
		for saved.Scan() { // what was on its way
			acknowledged = saved.Text()
		}
		require.Error(t, cmd.Wait())

		last, err := strconv.ParseInt(acknowledged, 10, 64)
		require.NoError(t, err)
		revision := requireWhole(t, path)
		require.GreaterOrEqual(t, revision, last, "a Save that was reported is gone")
		require.LessOrEqual(t, revision, last+entriesPerSave, "at most one was not reported yet")
	}
}

// A process that kills itself within a Save, at one place after the other,
// leaves all of that Save or nothing.
func TestKilledWithinASave(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "listings.db")
	cmd, _ := saver(t, path, 1, 0)
	require.NoError(t, cmd.Wait())
	before := requireWhole(t, path)
	places := 0
	for survived := false; !survived; {
		cmd, saved := saver(t, path, 1, places+1)
		reported := saved.Scan()
		survived = cmd.Wait() == nil
		after := requireWhole(t, path)
		require.Contains(t, []int64{before, before + entriesPerSave}, after)
		if reported {
			require.Equal(t, before+entriesPerSave, after)
		}
		require.False(t, survived && !reported)
		before = after
		places++
	}
	require.Greater(t, places, 10, "the statements of a Save were not told apart")
}

// Processes that work on one listing at the same time, from before the file
// exists, leave no gap and lose no Save.
func TestManyProcesses(t *testing.T) {
	t.Parallel()
	const processes, saves = 3, 40
	path := filepath.Join(t.TempDir(), "listings.db")
	var cmds []*exec.Cmd
	var outs []*bufio.Scanner
	for range processes {
		cmd, saved := saver(t, path, saves, 0)
		cmds, outs = append(cmds, cmd), append(outs, saved)
	}
	seen := map[string]bool{}
	for i, cmd := range cmds {
		for outs[i].Scan() {
			require.False(t, seen[outs[i].Text()], "two processes saved revision %s", outs[i].Text())
			seen[outs[i].Text()] = true
		}
		require.NoError(t, cmd.Wait())
	}
	require.Len(t, seen, processes*saves)
	require.Equal(t, int64(processes*saves*entriesPerSave), requireWhole(t, path))
}
