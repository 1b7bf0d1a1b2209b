package stores

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/remote"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// SHELFLIFE_KILLS is how many processes are killed for each store.
const (
	killsVariable = "SHELFLIFE_KILLS"
	defaultKills  = 25
)

// killsOfAStore is after how many kills a new store takes over: all that is in the store
// is verified after each kill.
const killsOfAStore = 10

// Processes that take listings through submission, sign-off, new versions and Apply are
// killed at random instants, and the next one goes on where the last one stood. What a
// process was told is kept is kept; each record is what its journal adds up to, without
// gaps; and the marketplace has each change set that a journal names once, and no other.
func TestKilledAtRandomInstants(t *testing.T) {
	t.Parallel()
	kills := number(t, killsVariable, defaultKills)
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := world{place: p, market: lifecycletest.NewMarket(lifecycle.SystemClock{}), stood: map[string]int{}}
			w.market.Takes = time.Millisecond
			w.address = remote.Serve(t, w.market)
			began := time.Now()
			for w.kills < kills {
				w.move(t)
				for range min(killsOfAStore, kills-w.kills) {
					w.live(t, "", instant())
					w.kills++
				}
				w.live(t, strconv.Itoa(w.next), 0)
				w.requireEnded(t)
			}
			require.Greater(t, len(w.stood), min(kills, 100)/10, "the instants are not random: %v", w.stood)
			t.Logf("%s: %d processes killed in %v, with %d listings under way that stood in %d different ways; %d revisions acknowledged, all kept; %d listings at their end, %d change sets, each sent once",
				p.name, w.kills, time.Since(began).Round(time.Millisecond), w.alive, len(w.stood), w.acknowledged, w.ended, w.ended*changesOfALife)
		})
	}
}

// world is what outlives its processes.
type world struct {
	place   place
	where   string
	store   lifecycle.Store
	market  *lifecycletest.Market
	address string

	first int // the first listing in the store
	next  int // the one that is not at its end

	kills, acknowledged, alive, ended int
	// stood counts the kills by what they interrupted.
	stood map[string]int
}

// move goes on in a new store.
func (w *world) move(t *testing.T) {
	t.Helper()
	w.where, w.first = w.place.new(t), w.next
	var err error
	w.store, err = w.place.open(t.Context(), w.where)
	require.NoError(t, err)
	if closer, ok := w.store.(io.Closer); ok {
		t.Cleanup(func() { require.NoError(t, closer.Close()) })
	}
}

// instant returns how long a process lives: from its start for some, which then may not
// even have opened the store, and for most, with a minus, from its first line.
func instant() time.Duration {
	d := 1 + time.Duration(rand.Int64N(int64(60*time.Millisecond)))
	if rand.IntN(8) == 0 {
		return d
	}
	return -d
}

// live lets a process live, up to the listing that is its last or until it is killed,
// and then judges all that is in the store.
func (w *world) live(t *testing.T, last string, instant time.Duration) {
	t.Helper()
	cmd := child(t, "live", map[string]string{
		lifePlace: w.place.name, lifeWhere: w.where, lifeMarket: w.address,
		lifeFrom: strconv.Itoa(w.next), lifeLast: last,
	})
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	var said []acknowledged
	read := func() bool {
		if !lines.Scan() {
			return false
		}
		var a acknowledged
		require.NoError(t, json.Unmarshal(lines.Bytes(), &a))
		said = append(said, a)
		return true
	}
	if instant < 0 {
		require.True(t, read(), "the process ended by itself")
		instant = -instant
	}
	if instant > 0 {
		time.AfterFunc(instant, func() { _ = cmd.Process.Kill() }) // if it has ended, Wait says so
	}
	for read() { // all that it said before its end
	}
	err = cmd.Wait()
	if instant == 0 {
		require.NoError(t, err)
	} else {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, -1, exit.ExitCode(), "it was not killed: it failed")
	}
	w.requireKept(t, said)
	if instant > 0 {
		w.countWhereItStands(t)
	}
}

// requireKept asks for a sound store that has all that was acknowledged.
func (w *world) requireKept(t *testing.T, said []acknowledged) {
	t.Helper()
	for id, err := range lifecycle.Verify(t.Context(), w.store, lifecycletest.Seller) {
		require.NoError(t, err, "listing %s", id)
	}
	journals := map[int][]lifecycle.Entry{}
	for _, a := range said {
		if a.Done {
			require.Equal(t, w.next, a.Listing)
			w.next++
			w.ended++
			continue
		}
		journal, known := journals[a.Listing]
		if !known {
			journal = w.journal(t, a.Listing)
			journals[a.Listing] = journal
		}
		require.LessOrEqual(t, a.Revision, int64(len(journal)), "listing %d: what was acknowledged is gone", a.Listing)
		then, err := lifecycle.Replay(journal[:a.Revision])
		require.NoError(t, err)
		sum, err := sumOf(then)
		require.NoError(t, err)
		require.Equal(t, a.Sum, sum, "listing %d: revision %d is another than was acknowledged", a.Listing, a.Revision)
		w.acknowledged++
	}
}

// journal returns the entries of a listing, whose revisions have no gaps.
func (w *world) journal(t *testing.T, n int) []lifecycle.Entry {
	t.Helper()
	var journal []lifecycle.Entry
	m, err := managerOf(w.store, w.address)
	require.NoError(t, err)
	for e, err := range m.Journal(t.Context(), idOf(n)) {
		require.NoError(t, err)
		journal = append(journal, e)
		require.Equal(t, int64(len(journal)), e.Revision)
	}
	return journal
}

// countWhereItStands counts what the kill has interrupted.
func (w *world) countWhereItStands(t *testing.T) {
	t.Helper()
	m, err := managerOf(w.store, w.address)
	require.NoError(t, err)
	r, err := m.Load(t.Context(), idOf(w.next))
	if errors.Is(err, lifecycle.ErrNotFound) {
		w.stood["between two listings"]++
		return
	}
	require.NoError(t, err)
	w.alive++
	place := fmt.Sprintf("%s with %d versions", r.State, len(r.Draft.Versions))
	if r.Request != nil {
		place += fmt.Sprintf(", %s: %s", r.Request.Kind, r.Request.Phase)
	}
	w.stood[place]++
}

// requireEnded asks for all listings of the store as they should be at last, and for
// a marketplace that has each change set once that the journals name.
func (w *world) requireEnded(t *testing.T) {
	t.Helper()
	m, err := managerOf(w.store, w.address)
	require.NoError(t, err)
	named, sent := map[string]int{}, map[string]int{}
	products := map[string]string{}
	for n := w.first; n < w.next; n++ {
		r, err := m.Load(t.Context(), idOf(n))
		require.NoError(t, err)
		require.Equal(t, lifecycle.Live, r.State)
		require.Nil(t, r.Request)
		require.True(t, desired(n).Listing.Equal(r.Draft))
		products[r.ID.String()] = r.Entities.Product
		for _, e := range w.journal(t, n) {
			if e.ChangeSetName != "" {
				named[e.ChangeSetName]++
			}
		}
	}
	for _, c := range w.market.Sent() {
		product, ours := products[c.Listing.String()]
		if !ours {
			continue // of the store before
		}
		sent[c.Name]++
		if c.Entities.Product != "" {
			require.Equal(t, product, c.Entities.Product)
		}
	}
	require.Equal(t, named, sent)
	require.Len(t, sent, (w.next-w.first)*changesOfALife)
	require.Equal(t, []int{1}, slices.Compact(slices.Collect(maps.Values(sent))), "each once")
}
