package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
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
	file := filepath.Join(t.TempDir(), "state.db")
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

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-speed", "-1"}, {"-speed", "NaN"}, {"-seller", "x"}, {"more"}, {"-addr", "nowhere:99999"}, {"-unknown"},
		{"-file", filepath.Join("no", "such", "folder", "file")}, {"-seed", filepath.Join("no", "such", "file")}, {"-file", t.TempDir()},
	} {
		assert.Error(t, run(context.Background(), args, io.Discard, io.Discard), args)
	}
}

// Seed, log, categories, another seller and AWS's own offers, as one who starts the command has them.
func TestSeededLoggedAndWithAnotherSeller(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.json")
	require.NoError(t, os.WriteFile(seed, []byte(`{"modelPackages": [{"ARN": "arn:aws:sagemaker:us-east-2:999900001111:model-package/m", "CertifyForMarketplace": true}]}`), 0o600))
	said := make(lines, 100)
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"-addr", "127.0.0.1:0", "-seed", seed, "-seller", "999900001111", "-log", "-program-offers", "-categories", "A,B"}, in, said)
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	url := strings.TrimSpace(line)
	assert.Contains(t, <-said, url+"/_simulator/")
	req, err := http.NewRequest(http.MethodPost, url+"/", strings.NewReader(`{"ModelPackageName": "m"}`))
	require.NoError(t, err)
	req.Header.Set("X-Amz-Target", "SageMaker.DescribeModelPackage")
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=hidden/20260105/us-east-2/sagemaker/aws4_request, SignedHeaders=host, Signature=0f")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Contains(t, string(body), "999900001111.dkr.ecr", "its placeholder image is in the seller's own registry")
	logged := <-said
	assert.Contains(t, logged, "operation=DescribeModelPackage")
	assert.Contains(t, logged, "status=200")
	assert.NotContains(t, logged, "hidden")
	cancel()
	require.NoError(t, <-ended)

	require.NoError(t, os.WriteFile(seed, []byte(`{"entities": [{"EntityType": "AmiProduct@1.0"}], "more": 1}`), 0o600))
	require.ErrorContains(t, run(context.Background(), []string{"-addr", "127.0.0.1:0", "-seed", seed}, io.Discard, io.Discard), "more")
}

// lines passes on what is written to it.
type lines chan string

func (l lines) Write(b []byte) (int, error) { l <- string(b); return len(b), nil }
