package sqlitestore_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/depth"
	"github.com/shelflife-go/shelflife/internal/mortal"
	"github.com/shelflife-go/shelflife/internal/remote"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// With these variables the test binary takes a listing through its life in a
// file by one of the ways, and kills itself at one call of its ports.
const (
	mortalFile   = "SQLITESTORE_TEST_MORTAL_FILE"
	mortalServer = "SQLITESTORE_TEST_MORTAL_SERVER"
	mortalWay    = "SQLITESTORE_TEST_MORTAL_WAY"
	mortalCall   = "SQLITESTORE_TEST_MORTAL_CALL"
	mortalMoment = "SQLITESTORE_TEST_MORTAL_MOMENT"
)

func liveMortal(path string) error {
	last, err := strconv.Atoi(os.Getenv(mortalCall))
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, path)
	if err != nil {
		return err
	}
	p := &mortal.Process{DieAt: last, AfterEffect: os.Getenv(mortalMoment) == "after", Kill: killMyself}
	m, err := lifecycle.New(lifecycletest.Seller, mortal.Store{Process: p, Store: s},
		mortal.Market{Process: p, Marketplace: remote.Market{Address: os.Getenv(mortalServer)}}, lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		return err
	}
	if err := ways[os.Getenv(mortalWay)](ctx, m); err != nil {
		return err
	}
	return s.Close()
}

// ways lead a listing to the same end, going on from wherever it stands, beside
// another process that does the same.
var ways = map[string]func(context.Context, *lifecycle.Manager) error{
	"do":              liveByDo,
	"apply":           liveByApply(0),
	"apply an update": liveByApply(1),
}

// liveByApply returns the way to an edition of the listing.
func liveByApply(edition int) func(context.Context, *lifecycle.Manager) error {
	return func(ctx context.Context, m *lifecycle.Manager) error {
		for {
			a, err := m.Apply(ctx, extractor, desired(edition))
			switch {
			case err == nil && len(a.Left) == 0:
				return nil
			case err != nil && !remote.Passing(err):
				return err
			}
			time.Sleep(time.Millisecond)
		}
	}
}

func liveByDo(ctx context.Context, m *lifecycle.Manager) error {
	l := desired(0).Listing
	for _, step := range []struct {
		command lifecycle.Command
		done    func(lifecycle.Record) bool
	}{
		{lifecycle.Create{Listing: l}, func(r lifecycle.Record) bool { return r.State != "" }},
		{lifecycle.Submit{Testers: []listing.AccountID{"777788889999"}}, func(r lifecycle.Record) bool { return r.Published != nil }},
		{lifecycle.SignOff{}, func(r lifecycle.Record) bool { return r.State == lifecycle.Live || r.State == lifecycle.Unpublished }},
		{lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)}, func(r lifecycle.Record) bool { return len(r.Draft.Versions) == 2 }},
		{lifecycle.RestrictVersion{Number: "1.0"}, func(r lifecycle.Record) bool { return r.Draft.Versions[0].Status == version.Restricted }},
		{lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."}, func(r lifecycle.Record) bool { return r.State == lifecycle.Unpublished }},
	} {
		for {
			r, err := m.Load(ctx, extractor)
			if err == nil && r.Request == nil && step.done(r) {
				break
			}
			switch {
			case err != nil && !errors.Is(err, lifecycle.ErrNotFound):
			case r.Request != nil:
				_, err = m.Advance(ctx, extractor)
			default:
				_, err = m.Do(ctx, extractor, step.command, lifecycle.IfRevision(r.Revision))
			}
			if err != nil && !remote.Passing(err) {
				return fmt.Errorf("%T: %w", step.command, err)
			}
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}

// Each process is really killed, with no chance to put anything in order, at each
// call of its ports, before and after the call has its effect. Two processes at the
// same time then go on. There is one product, each change was sent once, and the
// record is the one of a life without deaths.
func TestKilledAtEachCall(t *testing.T) {
	t.Parallel()
	for way, with := range map[string]struct {
		earlier        string
		changes, calls int
	}{
		"do":              {"", 5, 60},
		"apply":           {"", 2, 20},
		"apply an update": {"apply", 5, 30},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			undisturbed := newMortalWorld(t, with.earlier)
			require.NoError(t, undisturbed.start(t, way, 0, "").Wait())
			want := undisturbed.requireEnding(t, with.changes)

			deaths, each := 0, depth.Of(10, 3, 1)
			for call := 1; ; call += each {
				var died bool
				for _, moment := range []string{"before", "after"} {
					w := newMortalWorld(t, with.earlier)
					died = killed(w.start(t, way, call, moment).Wait())
					if !died {
						break
					}
					deaths++
					one, two := w.start(t, way, 0, ""), w.start(t, way, 0, "")
					require.NoError(t, one.Wait(), "killed %s call %d", moment, call)
					require.NoError(t, two.Wait(), "killed %s call %d", moment, call)
					require.Equal(t, want, w.requireEnding(t, with.changes), "killed %s call %d", moment, call)
				}
				if !died {
					break // there is no such call
				}
			}
			require.GreaterOrEqual(t, deaths, 2*with.calls/each)
			t.Logf("%d processes killed, before and after %d calls", deaths, deaths/2)
		})
	}
}

func killed(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() != failed
}

// mortalWorld is what outlives its processes.
type mortalWorld struct {
	path, address string
	market        *lifecycletest.Market
}

// newMortalWorld returns a world where a listing has gone a way already.
func newMortalWorld(t *testing.T, earlier string) mortalWorld {
	t.Helper()
	market := lifecycletest.NewMarket(lifecycle.SystemClock{})
	market.Takes = 0 // as few looks as possible, and as many in each run
	w := mortalWorld{filepath.Join(t.TempDir(), "listings.db"), remote.Serve(t, market), market}
	if earlier != "" {
		m, err := lifecycle.New(lifecycletest.Seller, open(t, w.path), market, lifecycle.WithResources(lifecycletest.Resources{}))
		require.NoError(t, err)
		require.NoError(t, ways[earlier](t.Context(), m))
	}
	return w
}

func (w mortalWorld) start(t *testing.T, way string, call int, moment string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), mortalFile+"="+w.path, mortalServer+"="+w.address, mortalWay+"="+way,
		mortalCall+"="+strconv.Itoa(call), mortalMoment+"="+moment)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	return cmd
}

// ending is a record without what differs from life to life: ids, instants and the
// number of entries.
type ending struct {
	State      lifecycle.State
	Draft      listing.Listing
	Published  *lifecycle.Content
	Locked     bool
	Restricted []string
	Options    []string
	Result     lifecycle.Result
}

// requireEnding asks for one product, for changes that were sent once each and for a
// journal that adds up to the record. It returns how the life ended.
func (w mortalWorld) requireEnding(t *testing.T, changes int) ending {
	t.Helper()
	m, err := lifecycle.New(lifecycletest.Seller, open(t, w.path), w.market)
	require.NoError(t, err)
	r, _ := lifecycletest.RequireReplayed(t, m, extractor)
	require.Nil(t, r.Request)
	require.NotNil(t, r.Last)
	requireSentOnce(t, w.market, r, changes)
	return ending{r.State, r.Draft, r.Published, r.RegionsLocked,
		slices.Sorted(maps.Keys(r.Restricted)), slices.Sorted(maps.Keys(r.Entities.DeliveryOptions)), r.Last.Result}
}
