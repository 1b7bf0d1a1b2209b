package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
)

// Every exit code, each by what leads to it.
func TestEveryExitCode(t *testing.T) {
	rows := map[int]func(t *testing.T, dir string) int{
		codeFine: func(t *testing.T, dir string) int {
			code, _, _ := sh(t, "apply", dir, "--simulate", "--auto-approve")
			return code
		},
		codeRules: func(t *testing.T, dir string) int {
			editListing(t, dir, "trialDays: 14", "trialDays: 1000")
			code, _, _ := sh(t, "apply", dir, "--simulate", "--auto-approve")
			return code
		},
		codeUsage: func(t *testing.T, dir string) int {
			editListing(t, dir, "trialDays: 14", "trialDays: [14]")
			code, _, _ := sh(t, "apply", dir, "--simulate", "--auto-approve")
			return code
		},
		codePending: func(t *testing.T, dir string) int {
			code, _, _ := sh(t, "apply", dir, "--simulate", "--auto-approve", "--no-wait")
			return code
		},
		codeFailed: func(t *testing.T, dir string) int {
			inject(t, dir, simulator.Fault{Kind: simulator.FailChange, ErrorCode: "INVALID_MEDIA"})
			code, _, _ := sh(t, "apply", dir, "--simulate", "--auto-approve")
			return code
		},
		codeNotLive: func(t *testing.T, dir string) int {
			code, _, _ := sh(t, "gate", dir, "--simulate")
			return code
		},
		codeLater: func(t *testing.T, dir string) int {
			inject(t, dir, simulator.Fault{Kind: simulator.Throttle, Operation: "StartChangeSet"})
			code, _, _ := sh(t, "apply", dir, "--simulate", "--auto-approve", "--no-wait")
			return code
		},
		codePerson: func(t *testing.T, dir string) int {
			inject(t, dir, simulator.Fault{Kind: simulator.Refuse, ErrorCode: "AccessDeniedException", Operation: "StartChangeSet"})
			code, _, _ := sh(t, "apply", dir, "--simulate", "--auto-approve")
			return code
		},
		codeInterrupted: func(t *testing.T, dir string) int {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return runUntil(ctx, []string{"apply", dir, "--simulate", "--auto-approve"}, bytes.NewReader(nil), io.Discard, io.Discard)
		},
	}
	for _, code := range severity {
		require.Contains(t, rows, code)
	}
	require.Len(t, rows, len(severity))
	for want, row := range rows {
		dir := inv(t)
		code, _, errs := sh(t, "plan", dir, "--simulate") // makes the simulator
		require.Zero(t, code, errs)
		assert.Equal(t, want, row(t, dir))
	}
}

// Without a network every command that asks AWS ends with the code for later and loses
// nothing, whether the address is refused or not known.
func TestNoNetwork(t *testing.T) {
	for name, address := range map[string]string{"refused": "http://127.0.0.1:1", "not known": "http://nowhere.invalid"} {
		t.Run(name, func(t *testing.T) { noNetwork(t, address) })
	}
}

func noNetwork(t *testing.T, address string) {
	c := newCloud(t)
	live := c.folder("live")
	c.live(live)
	changed := c.folder("changed")
	c.live(changed)
	c.edit(changed, "trialDays: 14", "trialDays: 15")
	test := c.folder("test")
	c.apply(test, time.Hour)
	draft := c.folder("draft")
	code, _, errs := c.sh("apply", draft, "--until", "draft", "--auto-approve")
	require.Zero(t, code, errs)
	busy := c.folder("busy")
	code, _, errs = c.sh("apply", busy, "--auto-approve", "--no-wait")
	require.Equal(t, codePending, code, errs)
	fresh := c.folder("fresh")

	there := os.Getenv("AWS_ENDPOINT_URL")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	t.Setenv("AWS_ENDPOINT_URL", address)
	for _, args := range [][]string{
		{"ready", fresh}, {"apply", fresh, "--auto-approve", "--no-wait"}, {"apply", changed, "--auto-approve", "--no-wait"},
		{"submit", draft, "--auto-approve", "--no-wait"}, {"sign-off", test, "--auto-approve", "--no-wait"},
		{"drift", live}, {"reconcile", live, "--auto-approve"}, {"init", c.dir + "/from", "--from", "prod-abcdefghijklm", "--seller", simulatedSeller},
		{"cancel", busy, "--auto-approve", "--no-wait"},
		{"serve", "--store", "postgres://nobody@127.0.0.1:1/listings", "--seller", simulatedSeller, "--listen", "127.0.0.1:0"},
	} {
		code, out, errs := c.sh(args...)
		assert.Equal(t, codeLater, code, "%v: %s%s", args, out, errs)
	}

	t.Setenv("AWS_ENDPOINT_URL", there)
	for _, each := range []struct {
		dir   string
		takes time.Duration
	}{{test, 48 * time.Hour}, {changed, time.Hour}} {
		require.NoError(t, c.market.Advance(each.takes))
		code, out, errs := c.sh("apply", each.dir, "--auto-approve", "--until", "live", "--no-wait")
		assert.Contains(t, []int{codeFine, codePending}, code, out+errs)
		require.NoError(t, c.market.Advance(48*time.Hour))
		code, out, errs = c.sh("watch", each.dir)
		assert.Zero(t, code, out+errs)
	}
}

// A simulator that another command has is waited for, and then it is a matter of time.
func TestSimulatorIsBusy(t *testing.T) {
	dir := inv(t)
	code, _, errs := sh(t, "apply", dir, "--simulate", "--auto-approve")
	require.Zero(t, code, errs)
	other, err := boltstore.Open(simulatorOf(dir))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	assert.Equal(t, codeInterrupted, runUntil(ctx, []string{"status", dir, "--simulate"}, bytes.NewReader(nil), io.Discard, io.Discard))
	if !testing.Short() {
		code, _, errs = sh(t, "status", dir, "--simulate")
		assert.Equal(t, codeLater, code)
		assert.Contains(t, errs, "another shelflife command uses this simulated marketplace: run the command again later")
	}
	time.AfterFunc(1500*time.Millisecond, func() { _ = other.Close() })
	code, _, errs = sh(t, "status", dir, "--simulate")
	assert.Zero(t, code, errs)
}
