package simulator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// Every answer must already be in the file: a simulator opened on a copy of the file goes on as if nothing had happened.
func TestKilledAtAnyInstantNothingAnsweredIsLost(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	w := newWorld(t, simulator.Config{Store: disk(file)})
	reopened := func() *world { return newWorld(t, simulator.Config{Store: disk(file)}) }
	same := func() {
		t.Helper()
		w2 := reopened()
		assert.Equal(t, w.sim.Now(), w2.sim.Now())
		assert.Equal(t, w.sim.Ledger().ChangeSets, w2.sim.Ledger().ChangeSets)
		list := `{"Catalog":"AWSMarketplace","EntityType":"MachineLearningProduct"}`
		assert.Equal(t, w.call("POST", "/ListEntities", list).Raw, w2.call("POST", "/ListEntities", list).Raw)
	}
	same()
	w.resources()
	id := w.start(publication(packageV1, prices(m5batch, "0.40", m5real, "0.50"))...)
	same()
	assert.Equal(t, "PREPARING", reopened().describe(id)["Status"])
	w.advance(45 * time.Minute)
	assert.Equal(t, "APPLYING", reopened().describe(id)["Status"])
	w.advance(time.Hour)
	same()
	product, _ := ids(w.describe(id))
	assert.Equal(t, w.document(product), reopened().document(product))
	w.ok("PATCH", "/CancelChangeSet?catalog=AWSMarketplace&changeSetId="+w.start(onProduct("UpdateInformation", product, `{"Sku":"1"}`)), "")
	same()
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.Throttle, Operation: "DescribeEntity"}))
	reopened().refused("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "", 429, "ThrottlingException")

	left, err := filepath.Glob(file + "*")
	require.NoError(t, err)
	assert.Equal(t, []string{file}, left)
}

func TestDamagedStateFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := filepath.Join(dir, "good.json")
	w, product, _ := published(t, simulator.Config{Store: disk(good)})
	w.start(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
	state, err := os.ReadFile(good)
	require.NoError(t, err)
	edit := func(old, new string) string {
		require.Contains(t, string(state), old)
		return strings.ReplaceAll(string(state), old, new)
	}
	for name, content := range map[string]string{
		"empty": "", "cut": string(state[:len(state)/2]), "two": string(state) + "{}", "not an object": `[]`,
		"newer format": edit(`"Format":2`, `"Format":3`), "unknown member": edit(`"Format":2`, `"Format":2,"Later":true`),
		"member twice": edit(`"Format":2`, `"Format":2,"Format":2`), "member missing": edit(`"Replays":0,`, ``),
		"another case": edit(`"Replays":0,`, `"replays":0,`), "no head": edit(`"head":`, `"token/head":`), "unknown kind": edit(`"head":`, `"leg/1":1,"head":`),
		"other number": edit(`change-set/0000000000000002`, `change-set/0000000000000003`), "entity without seller": edit(`"Seller":"111122223333","Revision"`, `"Revision"`),
		"seller": edit(`"Seller":"111122223333"`, `"Seller":"me"`), "clock": edit(`"Now":"2026`, `"Now":"0026`),
		"revision": edit(`"Revision":1`, `"Revision":0`), "null entity": edit(`"head":`, `"entity/x":null,"head":`),
		"status": edit(`"Status":"PREPARING"`, `"Status":"WAITING"`), "change type": edit(`"Type":"ReleaseOffer"`, `"Type":"Other"`),
		"document": edit(`{"Sku":"1"}`, `{"Sku":1}`), "resource": edit(`model-package/forecast-1":{`, `model-package/forecast-9":{`),
		"null version": edit(`"Versions":[`, `"Versions":[null,`),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, name+".json")
			require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
			_, err := simulator.New(simulator.Config{Store: disk(file)})
			var damaged *simulator.StateError
			require.ErrorAs(t, err, &damaged)
			left, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, content, string(left), "a file that is not understood is not touched")
		})
	}
	_, err = simulator.New(simulator.Config{Store: disk(good), Seller: "999900001111"})
	require.ErrorContains(t, err, "111122223333")
	_, err = simulator.New(simulator.Config{Store: disk(filepath.Join(dir, "no", "such", "folder"))})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// When the file cannot be written the answer is an error, and memory says what the file says.
func TestUnwritableFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.Mkdir(dir, 0o700))
	w, product, _ := published(t, simulator.Config{Store: disk(filepath.Join(dir, "state.json"))})
	before := w.sim.Ledger().ChangeSets
	require.NoError(t, os.Rename(dir, dir+"-gone"))
	w.refused("POST", "/StartChangeSet", changeSet(onProduct("UpdateInformation", product, `{"Sku":"1"}`)), 500, "InternalServiceException")
	var unsaved *simulator.StateError
	now := w.sim.Now()
	require.ErrorAs(t, w.sim.Advance(time.Hour), &unsaved)
	assert.Equal(t, now, w.sim.Now())
	require.ErrorAs(t, w.sim.PutModelPackage(simulator.ModelPackage{ARN: packageV1}), &unsaved)
	require.ErrorAs(t, w.sim.Inject(simulator.Fault{Kind: simulator.Throttle}), &unsaved)
	assert.Equal(t, before, w.sim.Ledger().ChangeSets)

	require.NoError(t, os.Rename(dir+"-gone", dir))
	w.done(onProduct("UpdateInformation", product, `{"Sku":"1"}`))
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]simulator.Config{
		"seller": {Seller: "12"}, "start": {Start: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"durations": {Durations: simulator.Durations{Other: simulator.Phases{Applying: -1}}},
	} {
		_, err := simulator.New(cfg)
		require.Error(t, err, name)
	}
	sim, err := simulator.New(simulator.Config{Start: time.Date(2027, 1, 1, 1, 0, 0, 0, time.FixedZone("", 3600))})
	require.NoError(t, err)
	assert.Equal(t, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), sim.Now())
	require.ErrorIs(t, sim.Advance(-1), simulator.ErrClock)
	for range 40 {
		err = errors.Join(err, sim.Advance(1<<63-1))
	}
	require.ErrorIs(t, err, simulator.ErrClock)
	assert.Less(t, sim.Now().Year(), 9999)
}

// Two simulators that are asked the same things at the same simulated times answer with the same bytes, and one long
// leap of the clock is the same as many short ones.
func TestDeterminism(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a, err := simulator.New(simulator.Config{})
		require.NoError(r, err)
		b, err := simulator.New(simulator.Config{})
		require.NoError(r, err)
		for _, s := range []*simulator.Simulator{a, b} {
			types := []string{"ml.m5.large"}
			require.NoError(r, s.PutModelPackage(simulator.ModelPackage{
				ARN: packageV1, CertifyForMarketplace: true, SupportedRealtimeInferenceInstanceTypes: types, SupportedTransformInstanceTypes: types,
			}))
		}
		exchange := func(s *simulator.Simulator, method, path, body string) string {
			req := httptest.NewRequest(method, path, strings.NewReader(body))
			req.Header.Set("Authorization", signed("us-east-1", "aws-marketplace"))
			req.Header.Set("Content-Type", "application/json")
			rec := httptest.NewRecorder()
			s.ServeHTTP(rec, req)
			return fmt.Sprint(rec.Code, rec.Result().Header, rec.Body)
		}
		requests := []string{
			changeSet(draft), changeSet(publication(packageV1, prices(m5batch, "1", m5real, "2"))...), `{"broken"`,
			changeSet(publication(packageV1, prices(m5batch, "1"))...),
		}
		for range rapid.IntRange(1, 12).Draw(r, "calls") {
			body := rapid.SampledFrom(requests).Draw(r, "request")
			require.Equal(r, exchange(a, "POST", "/StartChangeSet", body), exchange(b, "POST", "/StartChangeSet", body))
			minutes := rapid.IntRange(0, 90).Draw(r, "minutes")
			require.NoError(r, a.Advance(time.Duration(minutes)*time.Minute))
			for range minutes {
				require.NoError(r, b.Advance(time.Minute))
			}
		}
		for _, body := range []string{`{"Catalog":"AWSMarketplace"}`, `{"Catalog":"AWSMarketplace","EntityType":"Offer"}`, `{"Catalog":"AWSMarketplace","EntityType":"MachineLearningProduct"}`} {
			path := "/ListEntities"
			if !strings.Contains(body, "EntityType") {
				path = "/ListChangeSets"
			}
			require.Equal(r, exchange(a, "POST", path, body), exchange(b, "POST", path, body))
		}
		require.Equal(r, a.Ledger(), b.Ledger())
	})
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{Store: disk(filepath.Join(t.TempDir(), "s.json"))})
	var wait sync.WaitGroup
	body := `{"Catalog":"AWSMarketplace","ClientRequestToken":"one","ChangeSet":[` + onProduct("UpdateInformation", product, `{"Sku":"1"}`) + `]}`
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 5 {
				for _, call := range []func() error{
					func() error { _, err := w.send("POST", "/StartChangeSet", body, nil); return err },
					func() error {
						_, err := w.send("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "", nil)
						return err
					},
					func() error { return w.sim.Advance(time.Second) },
					func() error { return w.sim.PutModelPackage(simulator.ModelPackage{ARN: packageV2}) },
					func() error { _ = w.sim.Ledger(); _ = w.sim.Now(); return nil },
				} {
					assert.NoError(t, call())
				}
			}
		}()
	}
	wait.Wait()
	l := w.sim.Ledger()
	assert.Len(t, l.ChangeSets, 2, "one token, one change set")
	assert.Equal(t, 39, l.Replays)
}

func TestFaultsOfCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	inject := func(f simulator.Fault) { require.NoError(t, w.sim.Inject(f)) }
	inject(simulator.Fault{Kind: simulator.Throttle, Operation: "StartChangeSet", Times: 2})
	inject(simulator.Fault{Kind: simulator.Unavailable, Operation: "StartChangeSet"})
	inject(simulator.Fault{Kind: simulator.Internal, Message: "out of order"})
	w.refused("POST", "/StartChangeSet", changeSet(draft), 429, "ThrottlingException")
	w.refused("POST", "/StartChangeSet", changeSet(draft), 429, "ThrottlingException")
	w.refused("POST", "/StartChangeSet", changeSet(draft), 503, "ServiceUnavailableException")
	assert.Equal(t, "out of order", w.refused("POST", "/ListChangeSets", `{"Catalog":"AWSMarketplace"}`, 500, "InternalServiceException").Body["Message"])
	assert.Empty(t, w.sim.Ledger().ChangeSets)

	body := `{"Catalog":"AWSMarketplace","ClientRequestToken":"t","ChangeSet":[` + draft + `]}`
	inject(simulator.Fault{Kind: simulator.DropRequest})
	_, err := w.send("POST", "/StartChangeSet", body, nil)
	require.Error(t, err)
	assert.Empty(t, w.sim.Ledger().ChangeSets, "cut before it took effect")
	inject(simulator.Fault{Kind: simulator.LoseAnswer})
	_, err = w.send("POST", "/StartChangeSet", body, nil)
	require.Error(t, err)
	l := w.sim.Ledger()
	require.Len(t, l.ChangeSets, 1, "cut after it took effect")
	assert.Equal(t, l.ChangeSets[0].ID, w.ok("POST", "/StartChangeSet", body)["ChangeSetId"], "sent again, it is the same")
	assert.Equal(t, 6, w.sim.Ledger().Calls["StartChangeSet"])
	assert.Equal(t, 2, w.sim.Ledger().StartsByToken["t"])
}

func TestFaultsOfChangeSets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.ServerFault, ChangeType: "CreateProduct"}))
	id := w.start(draft)
	w.advance(16 * time.Minute)
	assert.Equal(t, "APPLYING", w.describe(id)["Status"])
	w.advance(time.Hour)
	d := w.describe(id)
	assert.Equal(t, "FAILED", d["Status"])
	assert.Equal(t, "SERVER_FAULT", d["FailureCode"])
	assert.NotEmpty(t, d["FailureDescription"])
	assert.Empty(t, codes(d))

	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.FailChange, ErrorCode: "INVALID_INPUT", Message: "words", Times: 2}))
	for range 2 {
		d = w.settle(draft)
		assert.Equal(t, map[int][]string{0: {"INVALID_INPUT"}}, codes(d))
		assert.Equal(t, "words", d["ChangeSet"].([]any)[0].(map[string]any)["ErrorDetailList"].([]any)[0].(map[string]any)["ErrorMessage"])
	}
	w.done(draft)

	for _, bad := range []simulator.Fault{
		{}, {Kind: "flood"}, {Kind: simulator.Throttle, Operation: "Start"}, {Kind: simulator.Throttle, Times: -1}, {Kind: simulator.Throttle, ChangeType: "CreateProduct"},
		{Kind: simulator.FailChange}, {Kind: simulator.FailChange, ErrorCode: "no code"}, {Kind: simulator.ServerFault, ErrorCode: "X"},
		{Kind: simulator.ServerFault, Operation: "StartChangeSet"}, {Kind: simulator.Throttle, Message: strings.Repeat("m", 2049)},
	} {
		require.ErrorIs(t, w.sim.Inject(bad), simulator.ErrFault, "%+v", bad)
	}
}

// A resource that changes while the set is APPLYING makes it fail then, and nothing is left half made.
func TestFailureWhileApplying(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{}).resources()
	id := w.start(publication(packageV1, prices(m5batch, "0.40", m5real, "0.50"))...)
	w.advance(45 * time.Minute)
	require.Equal(t, "APPLYING", w.describe(id)["Status"])
	require.NoError(t, w.sim.PutModelPackage(simulator.ModelPackage{ARN: packageV1, Status: "Deleting"}))
	w.advance(time.Hour)
	d := w.describe(id)
	assert.Equal(t, "FAILED", d["Status"])
	assert.Contains(t, codes(d)[3], "ASSET_VALIDATION_EXCEPTION")
	assert.Empty(t, w.ok("POST", "/ListEntities", `{"Catalog":"AWSMarketplace","EntityType":"MachineLearningProduct"}`)["EntitySummaryList"])
}

func TestControlOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	bare := map[string]string{"Authorization": ""}
	control := func(method, path, body string) answer {
		a, err := w.send(method, "/_simulator/"+path, body, bare)
		require.NoError(t, err)
		return a
	}
	assert.Equal(t, "2026-01-05T09:00:00Z", control("GET", "now", "").Body["now"])
	assert.Equal(t, "2026-01-05T10:00:00.5Z", control("POST", "advance", `{"seconds":3600.5}`).Body["now"])
	assert.Equal(t, 200, control("PUT", "model-package", `{"ARN":"`+packageV1+`","CertifyForMarketplace":true,"SupportedTransformInstanceTypes":["ml.m5.large"]}`).Status)
	assert.Equal(t, 200, control("PUT", "algorithm", `{"ARN":"`+algorithm1+`"}`).Status)
	assert.Equal(t, 200, control("POST", "faults", `{"Kind":"throttle","Operation":"StartChangeSet"}`).Status)
	w.refused("POST", "/StartChangeSet", changeSet(draft), 429, "ThrottlingException")
	w.start(draft)
	raw := control("GET", "ledger", "").Raw
	var l simulator.Ledger
	require.NoError(t, json.Unmarshal([]byte(raw), &l))
	assert.Equal(t, w.sim.Ledger(), l, "the ledger reads back as the Go type")

	for _, c := range []struct{ method, path, body string }{
		{"POST", "advance", `{}`}, {"POST", "advance", `{"seconds":-1}`}, {"POST", "advance", `{"seconds":1e300}`}, {"POST", "advance", `{"minutes":1}`},
		{"PUT", "model-package", `{"ARN":"x"}`}, {"PUT", "algorithm", `{"Arn2":"x"}`}, {"POST", "faults", `{"Kind":"flood"}`}, {"POST", "faults", `{}{}`},
	} {
		a := control(c.method, c.path, c.body)
		assert.Equal(t, 400, a.Status, c)
		assert.NotEmpty(t, a.Body["error"], c)
	}
	assert.Equal(t, 404, control("POST", "now", `{}`).Status)
	plain, err := w.send("POST", "/_simulator/advance", `{"seconds":1}`, map[string]string{"Content-Type": "text/plain"})
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadRequest, plain.Status, "a web page can send this without asking")
}
