package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// Without --simulate the tool goes to the address that the environment names, with the
// machine's clock: here to a simulator that is served.
func TestOnAServer(t *testing.T) {
	dir := inv(t)
	file := filepath.Join(dir, "listing.yaml")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	logo := []byte("northwind-marketplace.s3.amazonaws.com")
	require.Contains(t, string(data), string(logo))
	require.NoError(t, os.WriteFile(file, bytes.Replace(data, logo, []byte("logo.invalid"), 1), 0o600)) // no such host, anywhere
	f, err := folder.Read(dir)
	require.NoError(t, err)

	market, err := simulator.New(simulator.Config{})
	require.NoError(t, err)
	require.NoError(t, open.Seed(market, f.Listing))
	server := httptest.NewServer(market)
	defer server.Close()
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": simulatedSeller, "AWS_SECRET_ACCESS_KEY": "secretword"} {
		t.Setenv(name, value)
	}

	code, out, errs := sh(t, "apply", dir, "--auto-approve", "--until", "live", "--no-wait", "-v")
	require.Equal(t, codePending, code, errs)
	assert.Contains(t, out, "inv  Submitted")
	assert.NotContains(t, errs, "secretword")
	assert.NotContains(t, errs, "northwind", "no document is logged")
	code, _, errs = sh(t, "gate", dir)
	require.Equal(t, codePending, code, errs)
	require.NoError(t, market.Advance(time.Hour))
	code, _, errs = sh(t, "apply", dir, "--auto-approve", "--until", "live", "--no-wait")
	require.Equal(t, codePending, code, errs)
	require.NoError(t, market.Advance(48*time.Hour))
	code, out, errs = sh(t, "gate", "inv", "--seller", simulatedSeller)
	require.Zero(t, code, errs)
	assert.Contains(t, out, "inv: live (Live since")
	code, out, errs = sh(t, "plan", dir, "--detailed-exitcode")
	require.Zero(t, code, errs)
	assert.Contains(t, out, "nothing to do")
	code, _, errs = sh(t, "drift", dir, "--detailed-exitcode")
	require.Zero(t, code, errs)
	assert.Len(t, market.Ledger().ChangeSets, 2)

	server.Close()
	code, _, errs = sh(t, "drift", dir)
	assert.Equal(t, codeLater, code, errs)
	assert.Contains(t, errs, "nothing is lost")
}
