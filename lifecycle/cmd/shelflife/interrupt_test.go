package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// trigger ends a context at the first line with a text.
type trigger struct {
	mu   sync.Mutex
	seen bytes.Buffer
	at   string
	end  func()
}

func (w *trigger) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.Write(p)
	if strings.Contains(w.seen.String(), w.at) {
		w.end()
	}
	return len(p), nil
}

// sentOnce requires that the simulator of the folder's store was sent each change set
// once.
func sentOnce(t *testing.T, dir string, sets int) {
	t.Helper()
	simulated(t, simulatorOf(dir), func(market *simulator.Simulator) {
		times := map[string]int{}
		for _, set := range market.Ledger().ChangeSets {
			times[set.Name]++
			assert.Equal(t, 1, times[set.Name], set.Name)
		}
		assert.Len(t, times, sets)
	})
}

// simulatorOf returns the file of the simulator that --simulate takes for a folder of
// inv.
func simulatorOf(dir string) string {
	return filepath.Join(filepath.Dir(dir), "state", "shelflife", "simulated.db-"+simulatedSeller+".simulator")
}

// A signal ends a command with a word on how to go on; the same command goes on.
func TestInterrupt(t *testing.T) {
	dir := inv(t)
	args := []string{"apply", dir, "--simulate", "--auto-approve", "--until", "live"}
	for _, at := range []string{"submit: following", "sign-off: following"} {
		ctx, cancel := context.WithCancel(t.Context())
		errs := &trigger{at: at, end: cancel}
		code := runUntil(ctx, args, bytes.NewReader(nil), io.Discard, errs)
		assert.Equal(t, codeInterrupted, code, errs.seen.String())
		assert.Contains(t, errs.seen.String(), "shelflife: interrupted; nothing is lost: run the same command again to go on")
	}
	ctx, cancel := context.WithCancel(t.Context())
	errs := &trigger{at: "sign-off: following", end: cancel}
	assert.Equal(t, codeInterrupted, runUntil(ctx, []string{"watch", dir, "--simulate"}, bytes.NewReader(nil), io.Discard, errs))
	code, out, said := sh(t, args...)
	require.Zero(t, code, said)
	assert.Contains(t, out, "Live")
	sentOnce(t, dir, 2)
}

// What a document says does not speak to a terminal.
func TestHostileName(t *testing.T) {
	dir := inv(t)
	file := filepath.Join(dir, "listing.yaml")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	data = bytes.Replace(data, []byte("name: \"inv\""), []byte("name: \"a\\e[31m\\nb\""), 1)
	data = bytes.Replace(data, []byte("title: \"Northwind"), []byte("title: \"\\e[31m\\n"), 1)
	require.Equal(t, 2, bytes.Count(data, []byte(`\e[31m\n`)))
	require.NoError(t, os.WriteFile(file, data, 0o600))
	for _, command := range []string{"check", "plan", "apply", "gate", "status", "watch", "history", "calendar", "drift", "discard"} {
		args := []string{command, dir}
		if command != "check" {
			args = append(args, "--simulate")
		}
		if command == "apply" || command == "discard" {
			args = append(args, "--auto-approve", "-v")
		}
		_, out, errs := sh(t, args...)
		assert.NotContains(t, out+errs, "\x1b", command)
		assert.NotContains(t, out+errs, "\nb", command)
	}
}

// What is kept of a user is readable by the user alone.
func TestStateIsPrivate(t *testing.T) {
	dir := inv(t)
	code, _, errs := sh(t, "apply", dir, "--simulate", "--auto-approve")
	require.Zero(t, code, errs)
	state := filepath.Join(filepath.Dir(dir), "state", "shelflife")
	entries, err := os.ReadDir(state)
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, e.Name())
	}
}
