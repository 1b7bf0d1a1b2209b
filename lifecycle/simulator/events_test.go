package simulator_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

type event struct {
	Version, ID, Source, Account, Region string
	DetailType                           string `json:"detail-type"`
	Time                                 time.Time
	Resources                            []string
	Detail                               map[string]any
}

// subscribed collects what a subscriber gets.
func subscribed(w *world) *[]event {
	w.t.Helper()
	var all []event
	w.t.Cleanup(w.sim.Subscribe(func(raw []byte) {
		var e event
		require.NoError(w.t, json.Unmarshal(raw, &e))
		all = append(all, e)
	}))
	return &all
}

func kinds(events []event) []string {
	all := []string{}
	for _, e := range events {
		all = append(all, e.DetailType)
	}
	return all
}

func TestEventsTellWhatHasEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	got := subscribed(w)
	start := w.sim.Now()
	id := w.ok("POST", "/StartChangeSet", withTags(changeSet(publication(packageV1, prices(m5batch, "0.40", m5real, "0.50"))...), "ChangeSetName", `"first try"`))["ChangeSetId"].(string)
	w.advance(40 * time.Minute)
	assert.Empty(t, *got, "nothing tells that it is applied")
	w.advance(15 * time.Minute)
	product, offer := ids(w.describe(id))
	require.Equal(t, []string{"Change Set Succeeded", "Offer Released"}, kinds(*got))
	done, released := (*got)[0], (*got)[1]
	assert.Equal(t, []string{"0", "aws.marketplacecatalog", seller, "us-east-1"}, []string{done.Version, done.Source, done.Account, done.Region})
	assert.Equal(t, start.Add(55*time.Minute), done.Time)
	assert.Equal(t, []string{arnOf("ChangeSet", id)}, done.Resources)
	assert.Regexp(t, `^[0-9a-f-]{36}$`, done.ID)
	assert.Regexp(t, `^[0-9a-f-]{36}$`, done.Detail["requestId"])
	delete(done.Detail, "requestId")
	assert.Equal(t, map[string]any{
		"Catalog": "AWSMarketplace", "ChangeSetId": id, "ChangeSetName": "first try",
		"StartTime": "2026-01-05T09:00:00Z", "EndTime": "2026-01-05T09:55:00Z",
	}, done.Detail)
	assert.Equal(t, []string{arnOf("Offer", offer)}, released.Resources)
	assert.Equal(t, product, released.Detail["product"].(map[string]any)["id"])
	assert.Equal(t, "Demand forecast", released.Detail["product"].(map[string]any)["title"])
	assert.Equal(t, "Public offer", released.Detail["offer"].(map[string]any)["name"])
	assert.NotEqual(t, done.ID, released.ID)

	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.ServerFault}))
	w.settle(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
	w.settle(onProduct("UpdateInformation", product, `{"SearchKeywords":["`+fmt.Sprintf("%050d", 1)+`","`+fmt.Sprintf("%050d", 2)+`","`+fmt.Sprintf("%050d", 3)+`","`+fmt.Sprintf("%050d", 4)+`","`+fmt.Sprintf("%050d", 5)+`","x"]}`))
	cancelled := w.start(onProduct("UpdateInformation", product, `{"Sku":"2"}`))
	w.ok("PATCH", "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+cancelled, "")
	w.ok("POST", "/StartChangeSet", withTags(changeSet(onProduct("AddDeliveryOptions", product, versionOf("2.0", packageV2))), "Intent", `"VALIDATE"`))
	w.advance(time.Hour)
	rest := (*got)[2:]
	require.Equal(t, []string{"Change Set Failed", "Change Set Failed", "Change Set Cancelled", "Change Set Failed"}, kinds(rest))
	assert.Equal(t, "SERVER_FAULT", rest[0].Detail["FailureCode"])
	assert.Equal(t, "CLIENT_ERROR", rest[1].Detail["FailureCode"])
	assert.NotContains(t, rest[2].Detail, "FailureCode")
}

func TestEventsAreLostDoubledAndLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	got := subscribed(w)
	for _, kind := range []simulator.FaultKind{simulator.LoseEvent, simulator.DuplicateEvent, simulator.DelayEvent} {
		require.NoError(t, w.sim.Inject(simulator.Fault{Kind: kind}))
	}
	var sets []string
	for range 5 {
		sets = append(sets, w.start(draft))
		w.advance(time.Hour)
	}
	var told []string
	for _, e := range *got {
		told = append(told, e.Detail["ChangeSetId"].(string))
	}
	assert.Equal(t, []string{sets[1], sets[1], sets[3], sets[2], sets[4]}, told)
	assert.Equal(t, (*got)[0], (*got)[1], "the very same")

	listed := w.sim.Events(0)
	require.Len(t, listed, 5)
	for i, e := range listed {
		assert.EqualValues(t, i+1, e.Sequence)
	}
	assert.Equal(t, listed[3:], w.sim.Events(3))
	for _, f := range []simulator.Fault{
		{Kind: simulator.LoseEvent, Operation: "StartChangeSet"}, {Kind: simulator.DelayEvent, ChangeType: "CreateProduct"}, {Kind: simulator.DuplicateEvent, Delay: 1},
	} {
		require.ErrorIs(t, w.sim.Inject(f), simulator.ErrFault)
	}
}

func TestEventsOutliveTheProcess(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	w := newWorld(t, simulator.Config{Store: disk(file)})
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.DelayEvent}))
	w.start(draft)
	w.advance(time.Hour)
	assert.Empty(t, w.sim.Events(0))
	again := newWorld(t, simulator.Config{Store: disk(file)})
	got := subscribed(again)
	again.start(draft)
	again.advance(time.Hour)
	assert.Len(t, *got, 2, "the late one comes after the next, whoever is at work")
	third := newWorld(t, simulator.Config{Store: disk(file)})
	late := subscribed(third)
	third.advance(time.Hour)
	assert.Empty(t, *late, "what was delivered is not delivered again")
	body := third.ok("GET", "/_simulator/events?after=1", "")
	require.Len(t, body["events"], 1)
	assert.EqualValues(t, 2, body["events"].([]any)[0].(map[string]any)["sequence"])
	assert.Equal(t, 400, third.call("GET", "/_simulator/events?after=x", "").Status)
}

func TestOnlyTheLatestEventsAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	got := subscribed(w)
	for range 5 {
		for range 250 {
			w.start(draft)
		}
		w.advance(time.Hour)
	}
	assert.Len(t, *got, 1250)
	kept := w.sim.Events(0)
	require.Len(t, kept, 1000)
	assert.EqualValues(t, 251, kept[0].Sequence)
	assert.EqualValues(t, 1250, kept[999].Sequence)
}

// A test that ends inside a subscriber leaves a simulator that works.
func TestSubscribersMayEndTheirGoroutine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	stop := w.sim.Subscribe(func([]byte) { runtime.Goexit() })
	w.start(draft)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.sim.Advance(time.Hour)
	}()
	<-ended
	stop()
	got := subscribed(w)
	w.start(draft)
	w.advance(time.Hour)
	assert.Len(t, *got, 1)
}

// A subscriber may call the simulator, and may go whenever it likes.
func TestSubscribersMayCallBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	var stop func()
	var one, two []string
	stop = w.sim.Subscribe(func([]byte) {
		one = append(one, w.start(draft))
		require.NoError(t, w.sim.Advance(time.Hour)) // which ends the one just started
		if len(one) == 3 {
			stop()
		}
	})
	defer w.sim.Subscribe(func(raw []byte) {
		var e event
		require.NoError(t, json.Unmarshal(raw, &e))
		two = append(two, e.Detail["ChangeSetId"].(string))
	})()
	w.start(draft)
	w.advance(time.Hour)
	assert.Len(t, one, 3)
	require.Len(t, two, 4, "in order, each once")
	assert.Equal(t, one, two[1:])
}
