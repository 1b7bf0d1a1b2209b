package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// What DescribeEntity answers can be planted in another simulator, and goes on living there.
func TestSeedsAreAnswersOfDescribeEntity(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	var seed simulator.Seed
	for _, id := range []string{product, offer} {
		var e simulator.SeedEntity
		require.NoError(t, json.Unmarshal([]byte(w.call("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+id, "").Raw), &e))
		seed.Entities = append(seed.Entities, e)
	}
	seed.ModelPackages = []simulator.ModelPackage{{ARN: packageV1, CertifyForMarketplace: true}}
	again := newWorld(t, simulator.Config{})
	body, err := json.Marshal(seed)
	require.NoError(t, err)
	for range 2 { // to do it twice is to do it once
		a := again.call("POST", "/_simulator/seed", string(body))
		require.Equal(t, 200, a.Status, a.Raw)
	}
	assert.Equal(t, w.document(product), again.document(product))
	again.resources()
	again.done(onProduct("AddDeliveryOptions", product, versionOf("2.0", packageV2)),
		onOffer("UpdatePricingTerms", offer, prices(m5batch, "0.40", m5real, "0.50", g5batch, "1", g5real, "1")))
	assert.Len(t, again.document(product)["Versions"], 2)
	assert.NoError(t, again.sim.Plant(seed))
	assert.Len(t, again.document(product)["Versions"], 2, "what is there stays")

	good := seed.Entities[0]
	for name, damage := range map[string]func(*simulator.SeedEntity){
		"type":       func(e *simulator.SeedEntity) { e.EntityType = "AmiProduct@1.0" },
		"identifier": func(e *simulator.SeedEntity) { e.EntityIdentifier = product },
		"arn":        func(e *simulator.SeedEntity) { e.EntityArn = "arn" },
		"date":       func(e *simulator.SeedEntity) { e.LastModifiedDate = "yesterday" },
		"document":   func(e *simulator.SeedEntity) { e.DetailsDocument = json.RawMessage(`{"Versions":[{}]}`) },
		"no JSON":    func(e *simulator.SeedEntity) { e.DetailsDocument = nil; e.Details = "{" },
	} {
		bad := good
		damage(&bad)
		empty := newWorld(t, simulator.Config{})
		require.ErrorIs(t, empty.sim.Plant(simulator.Seed{Entities: []simulator.SeedEntity{seed.Entities[1], bad}}), simulator.ErrSeed, name)
		assert.Empty(t, empty.listed(`"EntityType":"Offer"`), "nothing of a bad seed is planted")
	}
	require.ErrorIs(t, w.sim.Plant(simulator.Seed{ModelPackages: []simulator.ModelPackage{{ARN: "x"}}}), simulator.ErrSeed)
	require.ErrorIs(t, w.sim.Plant(simulator.Seed{Algorithms: []simulator.Algorithm{{ARN: "x"}}}), simulator.ErrSeed)
}

// A program outside reads the clock and waits on it.
func TestTheClockCanBeWaitedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	until := w.sim.Now().Add(time.Hour).Format(time.RFC3339)
	answered := make(chan string, 1)
	go func() {
		resp, err := client.Get(w.url + "/_simulator/wait?until=" + until)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		var body struct{ Now string }
		_ = json.NewDecoder(resp.Body).Decode(&body)
		answered <- body.Now
	}()
	w.advance(30 * time.Minute)
	select {
	case got := <-answered:
		t.Fatal("answered too early: " + got)
	case <-time.After(50 * time.Millisecond):
	}
	w.advance(30 * time.Minute)
	assert.Equal(t, "2026-01-05T10:00:00Z", <-answered)
	require.NoError(t, w.sim.Wait(context.Background(), w.sim.Now()))
	assert.Equal(t, 400, w.call("GET", "/_simulator/wait?until=soon", "").Status)

	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(context.Background())
	go cancel(gone)
	require.ErrorIs(t, w.sim.Sleep(ctx, time.Hour), gone)
}

// The log of requests says what was called and what came of it, and nothing of what was said.
func TestTheLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	var lock sync.Mutex
	var told []simulator.Call
	w, product, _ := published(t, simulator.Config{OnCall: func(c simulator.Call) {
		lock.Lock()
		defer lock.Unlock()
		told = append(told, c)
	}})
	const secret = "X-Amz-Security-Token"
	w.call("POST", "/StartChangeSet", changeSet(onProduct("UpdateInformation", product, `{"LogoUrl":"https://example.com/logo.png?`+secret+`=x"}`)))
	w.call("POST", "/StartChangeSet?"+secret+"=x", `{"`+secret+`":1}`)
	w.call("POST", "/"+secret, `{}`)
	_, err := w.send("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+secret, "", map[string]string{"Authorization": "Bearer " + secret})
	require.NoError(t, err)
	raw := w.call("GET", "/_simulator/calls", "").Raw
	assert.NotContains(t, raw, secret)
	assert.NotContains(t, raw, "AKIDEXAMPLE")
	calls := w.sim.RecentCalls()
	last := calls[len(calls)-1]
	assert.Equal(t, "DescribeEntity 403 IncompleteSignatureException", strings.Join([]string{last.Operation, "403", last.Error}, " "))
	assert.Equal(t, 403, last.Status)
	lock.Lock()
	defer lock.Unlock()
	assert.Equal(t, calls, told)
}
