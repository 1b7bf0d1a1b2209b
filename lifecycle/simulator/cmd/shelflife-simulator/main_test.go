package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// started runs the command until the test ends it and gives the endpoint it prints.
func started(t *testing.T, args ...string) (url string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), in, io.Discard)
		_ = in.CloseWithError(io.ErrUnexpectedEOF)
		ended <- err
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line), func() error { cancel(); return <-ended }
}

func now(t *testing.T, url string) time.Time {
	t.Helper()
	resp, err := http.Get(url + "/_simulator/now")
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	var body struct{ Now time.Time }
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
	return body.Now
}

func TestServesAndRemembers(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	url, stop := started(t, "-file", file, "-seller", "999900001111")
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, url)
	before := now(t, url)
	resp, err := http.Post(url+"/_simulator/advance", "application/json", strings.NewReader(`{"seconds":60}`))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.NoError(t, stop())

	url, stop = started(t, "-file", file)
	assert.Equal(t, before.Add(time.Minute), now(t, url), "the clock stands still but for the control")
	require.NoError(t, stop())
}

// A call that was made to hang does not keep the command from its end.
func TestEndsWithCallsHanging(t *testing.T) {
	t.Parallel()
	url, stop := started(t)
	resp, err := http.Post(url+"/_simulator/faults", "application/json", strings.NewReader(`{"Kind":"hang"}`))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, resp.Body.Close())
	req, err := http.NewRequest(http.MethodGet, url+"/DescribeEntity?catalog=AWSMarketplace&entityId=x", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260105/us-east-1/aws-marketplace/aws4_request, SignedHeaders=host, Signature=0f")
	answered := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		answered <- err
	}()
	for arrived := false; !arrived; {
		resp, err := http.Get(url + "/_simulator/ledger")
		require.NoError(t, err)
		var l simulator.Ledger
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&l))
		require.NoError(t, resp.Body.Close())
		arrived = l.Calls["DescribeEntity"] == 1
	}
	require.NoError(t, stop())
	require.Error(t, <-answered, "there was no answer")
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	url, stop := started(t, "-quotas")
	statuses := map[int]int{}
	for range 8 {
		req, err := http.NewRequest(http.MethodPost, url+"/ListChangeSets", strings.NewReader(`{"Catalog":"AWSMarketplace"}`))
		require.NoError(t, err)
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260105/us-east-1/aws-marketplace/aws4_request, SignedHeaders=host, Signature=0f")
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		statuses[resp.StatusCode]++
	}
	assert.Equal(t, map[int]int{http.StatusOK: 5, http.StatusTooManyRequests: 3}, statuses)
	require.NoError(t, stop())
}

func TestClockRuns(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{})
	require.NoError(t, err)
	start, real := sim.Now(), time.Unix(1000, 0)
	ctx, cancel := context.WithCancel(context.Background())
	ticks, ended := make(chan time.Time), make(chan error)
	go func() { ended <- tick(ctx, sim, 3600, real, ticks) }()
	ticks <- real.Add(time.Second)
	ticks <- real.Add(1500 * time.Millisecond)
	ticks <- real // a real clock that is set back moves nothing
	cancel()
	require.NoError(t, <-ended)
	assert.Equal(t, start.Add(90*time.Minute), sim.Now())
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-speed", "-1"}, {"-speed", "NaN"}, {"-seller", "x"}, {"more"}, {"-addr", "nowhere:99999"}, {"-unknown"},
		{"-file", filepath.Join("no", "such", "folder", "file")},
	} {
		assert.Error(t, run(context.Background(), args, io.Discard, io.Discard), args)
	}
}
