package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
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

// sentOnce requires that the simulator of the store was sent each change set once.
func sentOnce(t *testing.T, dir string, sets int) {
	t.Helper()
	memory, err := boltstore.Open(filepath.Join(filepath.Dir(dir), "state", "shelflife", "simulated.db.simulator"))
	require.NoError(t, err)
	defer func() { require.NoError(t, memory.Close()) }()
	market, err := simulator.New(simulator.Config{Seller: simulatedSeller, Store: memory})
	require.NoError(t, err)
	times := map[string]int{}
	for _, set := range market.Ledger().ChangeSets {
		times[set.Name]++
		assert.Equal(t, 1, times[set.Name], set.Name)
	}
	assert.Len(t, times, sets)
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

// Killed at any line that it writes, apply goes on and sends nothing twice.
func TestKilled(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "shelflife")
	build, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(build))
	dir := inv(t)
	for kill := 1; ; kill++ {
		c := exec.Command(binary, "apply", dir, "--simulate", "--auto-approve", "--until", "live", "-v")
		c.Stdout = io.Discard
		pipe, err := c.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		lines, killed := 0, false
		for s := bufio.NewScanner(pipe); s.Scan(); {
			if lines++; lines == kill {
				killed = c.Process.Kill() == nil
			}
		}
		if err := c.Wait(); !killed || err == nil {
			require.NoError(t, err)
			break
		}
	}
	code, out, errs := sh(t, "gate", dir, "--simulate")
	require.Zero(t, code, errs)
	assert.Contains(t, out, "inv: live")
	sentOnce(t, dir, 2)
}

// In a terminal apply shows the plan and asks; a bar shows how it goes.
func TestTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	dir := inv(t)
	assert.Equal(t, codeUsage, onTerminal(t, dir, "no", func(screen string) {
		assert.Contains(t, screen, "2 steps until Test Product")
		assert.Contains(t, screen, "not confirmed, nothing was done")
	}))
	assert.Equal(t, codeFine, onTerminal(t, dir, "yes", func(screen string) {
		assert.Regexp(t, `submit: following \[\.{20}\] 0s so far, usually 1h0m`, screen)
		assert.NotContains(t, screen, "\x1b[3", "no colours")
	}))
}

// A question does not hold up a signal.
func TestInterruptedQuestion(t *testing.T) {
	dir := inv(t)
	master, slave, err := pty.Open()
	require.NoError(t, err)
	defer master.Close() //nolint:errcheck // the test is over
	defer slave.Close()  //nolint:errcheck // the test is over
	ctx, cancel := context.WithCancel(t.Context())
	errs := &trigger{at: "Only \"yes\" is taken for it: ", end: cancel}
	assert.Equal(t, codeInterrupted, runUntil(ctx, []string{"apply", dir, "--simulate"}, slave, io.Discard, errs))
	code, out, _ := sh(t, "gate", dir, "--simulate")
	assert.Equal(t, codeNotLive, code)
	assert.Contains(t, out, "no such listing")
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

func onTerminal(t *testing.T, dir, answer string, look func(screen string)) int {
	t.Helper()
	master, slave, err := pty.Open()
	require.NoError(t, err)
	var screen bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&screen, master) // ends with an error when the terminal is closed
	}()
	_, err = io.WriteString(master, answer+"\n")
	require.NoError(t, err)
	code := runUntil(t.Context(), []string{"apply", dir, "--simulate"}, slave, io.Discard, slave)
	require.NoError(t, slave.Close())
	<-read
	_ = master.Close()
	look(screen.String())
	return code
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
