package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// inject makes the next call or change set of the listing's simulator fail.
func inject(t *testing.T, dir string, f simulator.Fault) {
	t.Helper()
	simulated(t, simulatorOf(dir), func(market *simulator.Simulator) { require.NoError(t, market.Inject(f)) })
}

// What the marketplace fails, what may pass, and what a person must do have codes of
// their own, and say what to do.
func TestCodesOfTheMarketplace(t *testing.T) {
	dir := inv(t)
	code, _, errs := sh(t, "plan", dir, "--simulate")
	require.Zero(t, code, errs)

	inject(t, dir, simulator.Fault{Kind: simulator.FailChange, ErrorCode: "INVALID_MEDIA"})
	code, _, errs = sh(t, "apply", dir, "--simulate", "--auto-approve")
	assert.Equal(t, codeFailed, code, errs)
	assert.Regexp(t, `(?m)^.*/inv/listing.yaml:\d+:1: error: promotion: .* \[INVALID_MEDIA\]$`, errs)
	code, out, _ := sh(t, "gate", dir, "--simulate")
	assert.Equal(t, codeFailed, code)
	assert.Contains(t, out, "inv: failed (Draft since")
	code, out, _ = sh(t, "status", dir, "--simulate")
	assert.Zero(t, code)
	assert.Contains(t, out, "last request: submit failed\n  ")
	code, _, _ = sh(t, "watch", dir, "--simulate")
	assert.Equal(t, codeFailed, code)
	code, out, _ = sh(t, "status", "--unsuccessful", "--simulate")
	assert.Zero(t, code)
	assert.Regexp(t, `^inv  Draft  -  .*  submit failed at 2026-\S+Z\n$`, out)
	code, out, _ = sh(t, "ready", dir, "--simulate")
	assert.Equal(t, codeRules, code)
	assert.Regexp(t, `^requests\n  .*/inv/listing.yaml:\d+:1: problem: promotion: the request to submit failed at 2026-\S+Z: .*INVALID_MEDIA: .*--retry.* \[INVALID_MEDIA\]\nnot ready: 1 problem\n$`, out)
	code, _, errs = sh(t, "apply", dir, "--simulate", "--auto-approve")
	assert.Equal(t, codeFailed, code, "not asked for again without a word")
	assert.Contains(t, errs, "--retry")

	inject(t, dir, simulator.Fault{Kind: simulator.FailChange, ErrorCode: "INVALID_MEDIA"})
	code, _, _ = sh(t, "apply", dir, "--simulate", "--auto-approve", "--retry")
	assert.Equal(t, codeFailed, code, "asked for once more, not for ever")

	inject(t, dir, simulator.Fault{Kind: simulator.Throttle, Operation: "StartChangeSet"})
	code, _, errs = sh(t, "apply", dir, "--simulate", "--auto-approve", "--retry", "--no-wait")
	assert.Equal(t, codeLater, code, errs)
	assert.Contains(t, errs, "run the command again later; nothing is lost")
	code, out, errs = sh(t, "apply", dir, "--simulate", "--auto-approve")
	require.Zero(t, code, errs)
	assert.Contains(t, out, "Test Product")

	inject(t, dir, simulator.Fault{Kind: simulator.Refuse, ErrorCode: "AccessDeniedException", Times: 5})
	code, out, _ = sh(t, "drift", dir, "--simulate", "--json")
	assert.Equal(t, codePerson, code)
	var said struct {
		Error, Remedy string
		ExitCode      int
	}
	require.NoError(t, json.Unmarshal([]byte(out), &said))
	assert.Equal(t, codePerson, said.ExitCode)
	assert.NotEmpty(t, said.Remedy)
}

// Every error that the library names has a code that is not that of success.
func TestCodeOf(t *testing.T) {
	for err, want := range map[error]int{
		nil: codeFine, context.Canceled: codeInterrupted, context.DeadlineExceeded: codeLater,
		lifecycle.ErrBusy: codeLater, lifecycle.ErrLimit: codeLater, lifecycle.ErrStale: codeLater, lifecycle.ErrUnavailable: codeLater,
		lifecycle.ErrDenied: codePerson, lifecycle.ErrCredentials: codePerson, lifecycle.ErrNotVerified: codePerson, lifecycle.ErrForgotten: codePerson, lifecycle.ErrAnswer: codePerson,
		lifecycle.ErrNotFound: codeNotLive, lifecycle.ErrJournal: codeUsage, lifecycle.ErrExists: codeUsage, errors.New("other"): codeUsage,
		&lifecycle.Refusal{Findings: rule.Findings{Violations: rule.Violations{{Rule: lifecycle.RuleMarketplacePermission}, {Rule: listing.RuleTitle}}}}: codePerson,
		&lifecycle.Refusal{Findings: rule.Findings{Violations: rule.Violations{{Rule: lifecycle.RuleSellerTaxAndBank}}}}:                                 codePerson,
		&lifecycle.Refusal{Findings: rule.Findings{Violations: rule.Violations{{Rule: listing.RuleTitle}}}}:                                              codeRules,
		&lifecycle.Refusal{}: codeRules, &lifecycle.RequestError{}: codeFailed, &lifecycle.Rejection{}: codeFailed,
		usageError{context.Canceled}: codeUsage, exitError{code: codePending}: codePending,
	} {
		if err != nil {
			assert.Equal(t, want, codeOf(fmt.Errorf("wrapped: %w", err)), err)
		}
		assert.Equal(t, want, codeOf(err), err)
	}
}

// simulate serves until it is interrupted, with a clock that runs.
func TestSimulate(t *testing.T) {
	dir := inv(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	ended := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		ended <- runUntil(ctx, []string{"simulate", filepath.Dir(dir), "--addr", "127.0.0.1:0", "--speed", "36000"}, nil, in, &errs)
	}()
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	now := func() time.Time {
		answer, err := http.Get(lines.Text() + "/_simulator/now")
		require.NoError(t, err)
		defer answer.Body.Close() //nolint:errcheck // it is only read
		var said struct{ Now time.Time }
		require.NoError(t, json.NewDecoder(answer.Body).Decode(&said))
		return said.Now
	}
	began := now()
	require.Eventually(t, func() bool { return now().After(began.Add(time.Hour)) }, 20*time.Second, 50*time.Millisecond)
	cancel()
	assert.Zero(t, <-ended, errs.String())
	code, _, _ := sh(t, "simulate", "--speed", "-1")
	assert.Equal(t, codeUsage, code)
}
