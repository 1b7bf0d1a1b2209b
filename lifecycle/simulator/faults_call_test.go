package simulator_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

func TestSlowAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	begin := w.sim.Now()
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.Slow, Operation: "StartChangeSet", Delay: 10 * time.Minute}))
	id := w.start(draft)
	assert.Equal(t, begin.Add(10*time.Minute), w.sim.Now())
	assert.Equal(t, begin, w.sim.Ledger().ChangeSets[0].Start, "carried out at once")

	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.Slow, Operation: "DescribeChangeSet", Delay: time.Hour}))
	d := w.describe(id)
	assert.Equal(t, "PREPARING", d["Status"], "the answer tells what was true before the wait")
	assert.Nil(t, d["EndTime"])
	assert.Equal(t, "SUCCEEDED", w.sim.Ledger().ChangeSets[0].Status, "it settled meanwhile")
	assert.Equal(t, begin.Add(20*time.Minute), w.sim.Ledger().ChangeSets[0].End, "at its own instant")
	assert.Equal(t, begin.Add(70*time.Minute), w.sim.Now())
	assert.Equal(t, "SUCCEEDED", w.describe(id)["Status"], "the fault is used up")
	assert.Equal(t, begin.Add(70*time.Minute), w.sim.Now())

	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.Slow, Delay: time.Second}))
	w.refused("GET", "/DescribeChangeSet?catalog=AWSMarketplace&changeSetId=nothing", "", 404, "ResourceNotFoundException")
	assert.Equal(t, begin.Add(70*time.Minute+time.Second), w.sim.Now(), "refusals are slow too")
}

func TestClockJump(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	begin := w.sim.Now()
	id := w.start(draft)
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.ClockJump, Operation: "DescribeChangeSet", Delay: 15 * time.Minute, Times: 2}))
	w.ok("POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace"}`)
	assert.Equal(t, begin, w.sim.Now(), "another operation")
	assert.Equal(t, "APPLYING", w.describe(id)["Status"])
	assert.Equal(t, "SUCCEEDED", w.describe(id)["Status"])
	assert.Equal(t, "SUCCEEDED", w.describe(id)["Status"])
	assert.Equal(t, begin.Add(30*time.Minute), w.sim.Now())

	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.ClockJump, Operation: "StartChangeSet", Delay: time.Hour}))
	w.start(draft)
	assert.Equal(t, begin.Add(90*time.Minute), w.sim.Ledger().ChangeSets[1].Start)
}

// Nothing moves the clock past its end: such a call has no effect, and it uses the fault up.
func TestDelayPastTheEndOfTheClock(t *testing.T) {
	t.Parallel()
	for _, kind := range []simulator.FaultKind{simulator.Slow, simulator.ClockJump} {
		w := newWorld(t, simulator.Config{Start: time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)})
		err := w.sim.Inject(simulator.Fault{Kind: kind, Delay: 24 * time.Hour})
		require.ErrorIs(t, err, simulator.ErrFault)
		require.ErrorIs(t, err, simulator.ErrClock)
		require.NoError(t, w.sim.Inject(simulator.Fault{Kind: kind, Delay: 24*time.Hour - 1}))
		w.advance(time.Nanosecond)
		before := w.sim.Now()
		w.refused("POST", "/StartChangeSet", changeSet(draft), 500, "InternalServiceException")
		assert.Equal(t, before, w.sim.Now())
		assert.Empty(t, w.sim.Ledger().ChangeSets)
		w.start(draft)
	}
}

// watched tells when the handler begins to wait for its end.
type watched struct {
	context.Context
	waits chan<- struct{}
}

func (c watched) Done() <-chan struct{} {
	c.waits <- struct{}{}
	return c.Context.Done()
}

func TestHang(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	sim, err := simulator.New(simulator.Config{Store: disk(file)})
	require.NoError(t, err)
	waits, ends := make(chan struct{}, 100), make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Watch") == "" {
			sim.ServeHTTP(rw, r)
			return
		}
		defer func() { ends <- struct{}{} }()
		sim.ServeHTTP(rw, r.WithContext(watched{r.Context(), waits}))
	}))
	defer server.Close()
	w := &world{t, sim, server.URL}
	for _, c := range []struct{ operation, method, path, body string }{
		{"StartChangeSet", "POST", "/StartChangeSet", changeSet(draft)},
		{"DescribeEntity", "GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=nothing", ""},
	} {
		require.NoError(t, sim.Inject(simulator.Fault{Kind: simulator.Hang, Operation: c.operation}))
		ctx, giveUp := context.WithCancel(context.Background())
		defer giveUp()
		req, err := http.NewRequestWithContext(ctx, c.method, w.url+c.path, strings.NewReader(c.body))
		require.NoError(t, err)
		req.Header.Set("Authorization", signed("us-east-1", "aws-marketplace"))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Watch", "yes")
		answered := make(chan error, 1)
		go func() {
			resp, err := client.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			answered <- err
		}()
		select {
		case <-waits:
		case err := <-answered:
			t.Fatalf("it was answered: %v", err)
		}
		list := w.ok("POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace"}`)
		assert.Len(t, list["ChangeSetSummaryList"], 1, "it took effect, and others are answered meanwhile")
		w.advance(time.Second)
		again := newWorld(t, simulator.Config{Store: disk(file)})
		assert.Equal(t, sim.Ledger(), again.sim.Ledger(), "the effect is in the file")
		again.refused("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=nothing", "", 404, "ResourceNotFoundException")
		select {
		case err := <-answered:
			t.Fatalf("it was answered: %v", err)
		case <-ends:
			t.Fatal("the call ended before the caller gave up")
		default:
		}
		giveUp()
		require.ErrorIs(t, <-answered, context.Canceled)
		<-ends // nothing of the call is left
	}
	w.refused("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId=nothing", "", 404, "ResourceNotFoundException")
}

// Faults of time outlive the process that was told of them, and reach it over HTTP as well.
func TestFaultsOfTimeFromFileAndControl(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	w := newWorld(t, simulator.Config{Store: disk(file)})
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"Kind":"slow","Operation":"StartChangeSet","Delay":1500000000}`, 200},
		{`{"Kind":"clock-jump","Operation":"ListEntities","Delay":60000000000,"Times":2}`, 200},
		{`{"Kind":"hang","Operation":"CancelChangeSet"}`, 200},
		{`{"Kind":"slow"}`, 400},
		{`{"Kind":"clock-jump","Delay":-1}`, 400},
		{`{"Kind":"hang","Delay":1}`, 400},
		{`{"Kind":"throttle","Delay":1}`, 400},
		{`{"Kind":"throttle","Delay":-1}`, 400},
		{`{"Kind":"slow","Delay":"1h"}`, 400},
		{`{"Kind":"slow","Delay":1,"ChangeType":"CreateProduct"}`, 400},
		{`{"Kind":"server-fault","Delay":1}`, 400},
	} {
		assert.Equal(t, c.status, w.call("POST", "/_simulator/faults", c.body).Status, c.body)
	}

	w = newWorld(t, simulator.Config{Store: disk(file)})
	begin := w.sim.Now()
	w.start(draft)
	assert.Equal(t, begin.Add(1500*time.Millisecond), w.sim.Now())
	again := newWorld(t, simulator.Config{Store: disk(file)})
	assert.Equal(t, w.sim.Now(), again.sim.Now(), "the wait is in the file before the answer is given")
	for i := range 3 {
		w.ok("POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"Offer"}`)
		want := begin.Add(1500 * time.Millisecond).Add(time.Duration(min(i+1, 2)) * time.Minute)
		assert.Equal(t, want, w.sim.Now(), fmt.Sprint("call ", i+1))
	}
	// A caller that has given up already is no longer waited for.
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	req := httptest.NewRequest(http.MethodPatch, "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+w.sim.Ledger().ChangeSets[0].ID, nil).WithContext(ctx)
	req.Header.Set("Authorization", signed("us-east-1", "aws-marketplace"))
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { w.sim.ServeHTTP(httptest.NewRecorder(), req) })
	assert.Equal(t, "CANCELLED", w.sim.Ledger().ChangeSets[0].Status)
}
