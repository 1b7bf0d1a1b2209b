package awsmarketplace_test

import (
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// quotas are the calls a second that an account may make (Catalog API
// documentation, service quotas).
var quotas = map[string]int{
	"ListChangeSets": 5, "StartChangeSet": 5, "DescribeChangeSet": 10, "BatchDescribeEntities": 5, "ListEntities": 10, "CancelChangeSet": 5,
}

// counter hands every call to the simulator and counts it in the simulated
// second in which it was made.
type counter struct {
	sim *simulator.Simulator

	mu    sync.Mutex
	calls map[string]int
	busy  map[string]map[time.Time]int
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	operation := path.Base(r.URL.Path)
	c.mu.Lock()
	c.calls[operation]++
	if c.busy[operation] == nil {
		c.busy[operation] = map[time.Time]int{}
	}
	c.busy[operation][c.sim.Now().Truncate(time.Second)]++
	c.mu.Unlock()
	return serveHTTP(c.sim, r), nil
}

// since returns the calls that were made since before was taken.
func (c *counter) since(before map[string]int) (calls map[string]int, all int) {
	calls = map[string]int{}
	for operation, n := range c.calls {
		if more := n - before[operation]; more > 0 {
			calls[operation] = more
			all += more
		}
	}
	return calls, all
}

// sweeper is a seller with as many requests under way as an account may have,
// of many listings.
type sweeper struct {
	*lifecycle.Manager
	*counter
}

const openRequests = 250

func newSweeper(t *testing.T, seller listing.AccountID) sweeper {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Seller: string(seller), Quotas: true})
	require.NoError(t, err)
	document := content().Listing
	resource := &document.Versions[0].Resource
	*resource = version.ARN(strings.ReplaceAll(string(*resource), "111122223333", string(seller)))
	document.Versions[0].AccessRole = version.Role("arn:aws:iam::" + seller + ":role/MarketplaceIngestion")
	instances := []string{"ml.m5.large"}
	require.NoError(t, sim.PutModelPackage(simulator.ModelPackage{
		ARN: string(*resource), CertifyForMarketplace: true,
		SupportedTransformInstanceTypes: instances, SupportedRealtimeInferenceInstanceTypes: instances,
		SupportedContentTypes: []string{"image/png"}, SupportedResponseMIMETypes: []string{"application/json"},
	}))
	wire := &counter{sim: sim, calls: map[string]int{}, busy: map[string]map[time.Time]int{}}
	market := awsmarketplace.NewMarketplace(fixture.ConfigAt(t, wire, "http://localhost"))
	manager, err := lifecycle.New(seller, memstore.New(), market, lifecycle.WithClock(fixture.Clock{Simulator: sim}))
	require.NoError(t, err)
	for i := range openRequests {
		require.NoError(t, sim.Advance(time.Second)) // a command asks whether change sets are allowed at all
		id := uuid.NewSHA1(uuid.Nil, []byte{byte(i)})
		_, err := manager.Do(t.Context(), id, lifecycle.Create{Listing: document})
		require.NoError(t, err)
		_, err = manager.Do(t.Context(), id, lifecycle.Submit{})
		require.NoError(t, err)
	}
	return sweeper{Manager: manager, counter: wire}
}

// sweep sweeps once and returns the calls that it took.
func (s sweeper) sweep(t *testing.T) (found lifecycle.Sweep, calls map[string]int, all int) {
	t.Helper()
	before := maps.Clone(s.calls)
	found, err := s.Sweep(t.Context())
	require.NoError(t, err)
	calls, all = s.since(before)
	return found, calls, all
}

// sweepToTheEnd sweeps as often as it is told to until nothing is under way,
// and holds what that took against the quotas.
func (s sweeper) sweepToTheEnd(t *testing.T, found lifecycle.Sweep) {
	t.Helper()
	start, before, sweeps := s.sim.Now(), maps.Clone(s.calls), 0
	for ; found.Wait > 0; sweeps++ {
		require.NoError(t, s.sim.Advance(found.Wait))
		found, _, _ = s.sweep(t)
	}
	took := s.sim.Now().Sub(start)
	require.Less(t, took, 75*time.Minute)
	calls, all := s.since(before)
	t.Logf("%d submissions, all ready after %s: %d sweeps, %d calls an hour %v", openRequests, took.Truncate(time.Second), sweeps, int(float64(all)/took.Hours()), calls)

	listings := 0
	for summary, err := range s.Listings(t.Context(), lifecycle.Query{}) {
		require.NoError(t, err)
		require.Equal(t, lifecycle.TestProduct, summary.State)
		listings++
	}
	require.Equal(t, openRequests, listings)
	for operation, seconds := range s.busy {
		most := slices.Max(slices.Collect(maps.Values(seconds)))
		t.Logf("%s: at most %d a second, %d are allowed", operation, most, quotas[operation])
		assert.LessOrEqual(t, most, quotas[operation], operation)
	}
}

// TestSweepOfTwoThousandListings shows what it costs to follow many listings:
// of eight sellers, since an account has 250 change sets open at the most.
func TestSweepOfTwoThousandListings(t *testing.T) {
	t.Parallel()
	const sellers, listings = 8, 8 * openRequests
	swept := 0
	for i := range sellers {
		s := newSweeper(t, listing.AccountID(fmt.Sprintf("%012d", 100000000000+i)))
		found, calls, _ := s.sweep(t)
		require.Equal(t, lifecycle.Sweep{InFlight: openRequests, Wait: found.Wait}, found)
		require.Equal(t, openRequests, calls["StartChangeSet"])

		found, calls, all := s.sweep(t)
		require.Equal(t, lifecycle.Sweep{InFlight: openRequests, Pending: openRequests, Wait: found.Wait}, found)
		assert.Equal(t, map[string]int{"ListChangeSets": 13}, calls, "250 change sets at 20 a page")
		swept += all

		if i == 0 {
			s.sweepToTheEnd(t, found)
		}
	}
	t.Logf("%d requests under way: %d calls a sweep, %.1f times fewer than one for each", listings, swept, listings/float64(swept))
	assert.GreaterOrEqual(t, listings/swept, 19)
}

func TestBusyTellsWhoHoldsWhatSinceWhen(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.carryOut(lifecycle.EventSubmit, nil)
	held := a.request(lifecycle.EventSignOff, nil)
	holder, since := a.send(held), a.sim.Now()
	require.NoError(t, a.sim.Advance(90*time.Second))
	_, err := a.Send(t.Context(), a.request(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = nil }))
	var busy *lifecycle.BusyError
	require.ErrorAs(t, err, &busy)
	require.ErrorIs(t, err, lifecycle.ErrBusy)
	assert.Equal(t, []any{a.entities.Product, holder, held.Name, since}, []any{busy.Entity, busy.ChangeSet, busy.Name, busy.Since})
	assert.ErrorContains(t, err, holder)

	require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.Throttle, Operation: "ListChangeSets"}))
	_, err = a.Send(t.Context(), a.request(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = nil }))
	require.ErrorIs(t, err, lifecycle.ErrBusy, "even when nobody says by what")
	require.NotErrorIs(t, err, lifecycle.ErrThrottled)
}
