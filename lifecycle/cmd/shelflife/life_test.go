package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
)

// simulated has the simulator of the only store in a state folder.
func simulated(t *testing.T, file string, do func(*simulator.Simulator)) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700)) // nothing may have made it yet
	memory, err := boltstore.Open(file)
	require.NoError(t, err)
	defer func() { require.NoError(t, memory.Close()) }()
	market, err := simulator.New(simulator.Config{Seller: simulatedSeller, Store: memory})
	require.NoError(t, err)
	do(market)
}

// editListing changes the document in a folder, each an old text and a new one.
func editListing(t *testing.T, dir string, edits ...string) {
	t.Helper()
	file := filepath.Join(dir, "listing.yaml")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	text := string(data)
	for i := 0; i+1 < len(edits); i += 2 {
		require.Contains(t, text, edits[i])
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

// newVersion adds a version to the document in a folder, like the one that is there.
func newVersion(t *testing.T, dir, number string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "listing.yaml"))
	require.NoError(t, err)
	_, after, found := strings.Cut(string(data), "\nversions:\n")
	require.True(t, found)
	block, _, found := strings.Cut(after, "\noffer:")
	require.True(t, found)
	block = strings.TrimRight(block, "\n")
	next := strings.NewReplacer(`"1.0"`, `"`+number+`"`, "model-package/inv", "model-package/inv-"+number[:1]+"-"+number[2:]).Replace(block)
	editListing(t, dir, block, block+"\n"+next)
}

// life takes a listing through all its states in the store, from init to the end of
// support, with nothing but commands.
func life(t *testing.T, store string) {
	t.Helper()
	dir := inv(t)
	do := func(want int, args ...string) string {
		t.Helper()
		if args[0] != "check" {
			args = append(args, "--simulate", "--store", store)
		}
		code, out, errs := sh(t, args...)
		require.Equal(t, want, code, "%v: %s%s", args, out, errs)
		return out + errs
	}
	do(codeFine, "check", dir)
	assert.Contains(t, do(codeFine, "ready", dir), "ready\n")
	assert.Contains(t, do(codePending, "plan", dir, "--detailed-exitcode"), "2 steps until Test Product")
	assert.Contains(t, do(codeFine, "apply", dir, "--auto-approve"), "inv  Test Product  prod-")
	assert.Contains(t, do(codeFine, "sign-off", dir, "--auto-approve"), "inv  Live  prod-")
	assert.Contains(t, do(codeFine, "gate", dir), "inv: live")

	newVersion(t, dir, "1.1")
	assert.Contains(t, do(codePending, "plan", dir, "--detailed-exitcode"), "1. add-version: Live → Live")
	do(codeFine, "apply", dir, "--auto-approve")
	assert.Contains(t, do(codeFine, "plan", dir, "--detailed-exitcode"), "nothing to do")
	do(codeFine, "restrict", dir, "1.0", "--auto-approve")
	assert.Contains(t, do(codeRules, "plan", dir), "version.editable", "a restricted version cannot be offered again")
	editListing(t, dir, "  - number: \"1.0\"\n", "  - number: \"1.0\"\n    status: restricted\n")
	assert.Contains(t, do(codeFine, "plan", dir, "--detailed-exitcode"), "nothing to do")
	assert.Empty(t, do(codeFine, "drift", dir, "--detailed-exitcode"))

	assert.Contains(t, do(codeFine, "unpublish", dir, "--auto-approve", "--email", "a@example.com", "--reason", "Replaced."), "inv  Unpublished")
	assert.Contains(t, do(codeNotLive, "gate", dir), "inv: not live (Unpublished since")
	assert.Contains(t, do(codeFine, "calendar", dir), "support of the listing may end")
	do(codeRules, "end-support", dir, "--auto-approve")
	state := filepath.Join(filepath.Dir(dir), "state", "shelflife")
	files, err := filepath.Glob(filepath.Join(state, "simulated-*.simulator"))
	require.NoError(t, err)
	files = append(files, strings.TrimPrefix(store, "sqlite:")+"-"+simulatedSeller+".simulator")
	simulated(t, files[0], func(market *simulator.Simulator) { require.NoError(t, market.Advance(91*24*time.Hour)) })
	do(codeFine, "end-support", dir, "--auto-approve")
	assert.Contains(t, do(codeFine, "history", dir), "end-support")
	do(codeRules, "end-support", dir, "--auto-approve")
	assert.Contains(t, do(codeFine, "verify", "-v"), "1 listing, 0 broken")
	code, _, errs := sh(t, "status", "--seller", simulatedSeller, "--store", store)
	assert.Equal(t, codeUsage, code, "the store has simulated listings")
	assert.Contains(t, errs, "give --simulate")
}
