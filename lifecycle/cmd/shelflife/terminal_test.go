package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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

// screen runs the tool in a terminal of so many columns, with what somebody types, and
// returns the exit code and what was on the screen.
func screen(t *testing.T, columns uint16, typed string, args ...string) (int, string) {
	t.Helper()
	t.Setenv("TERM", "xterm")
	master, slave, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: columns}))
	var seen bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&seen, master) // ends with an error when the terminal is closed
	}()
	_, err = io.WriteString(master, typed)
	require.NoError(t, err)
	code := runUntil(t.Context(), args, slave, slave, slave)
	require.NoError(t, slave.Close())
	<-read
	_ = master.Close()
	return code, seen.String()
}

// In a terminal apply shows the plan and asks.
func TestPrompt(t *testing.T) {
	dir := inv(t)
	for _, no := range []string{"no\n", "\n", "Yes\n", "y\n", "\x04"} {
		code, seen := screen(t, 80, no, "apply", dir, "--simulate")
		assert.Equal(t, codeUsage, code, seen)
		assert.Contains(t, seen, "2 steps until Test Product")
		assert.Contains(t, seen, "Do this? Only \"yes\" is taken for it: ")
		assert.Contains(t, seen, "not confirmed, nothing was done")
	}
	code, _, _ := sh(t, "gate", dir, "--simulate")
	assert.Equal(t, codeNotLive, code)
	code, seen := screen(t, 80, "yes\n", "apply", dir, "--simulate")
	assert.Equal(t, codeFine, code, seen)
	assert.Contains(t, seen, "inv  Test Product")
}

// Apply and watch draw one line again and again: with a bar, how long it has taken, how
// long it takes usually, and the latest end. It is never wider than the terminal.
func TestBar(t *testing.T) {
	frames := func(seen string) (all []string) {
		for each := range strings.SplitSeq(seen, "\r\x1b[K") {
			if strings.Contains(each, "[#") || strings.Contains(each, "[.") {
				all = append(all, each)
			}
		}
		return all
	}
	for columns, want := range map[uint16]string{
		120: `^sign-off: following \[[#.]{20}\] \S+( days)? so far, usually 10 days, at the latest by 2026-02-11T09:56Z$`,
		75:  `^sign-off: following \[[#.]{20}\] \S+( days)? so far, usually 10 days$`,
		60:  `^sign-off: following \[[#.]{20}\] \S+( days)? so far$`,
		50:  `^sign-off: following \[[#.]{10}\] \S+( days)? so far$`,
		30:  `^\[[#.]{10}\] \S+( days)? so far$`,
		12:  `^\[[#.]{9}…$`,
	} {
		dir := inv(t)
		code, _, errs := sh(t, "apply", dir, "--simulate", "--auto-approve")
		require.Zero(t, code, errs)
		code, _, errs = sh(t, "sign-off", dir, "--simulate", "--auto-approve", "--no-wait")
		require.Equal(t, codePending, code, errs)
		code, seen := screen(t, columns, "", "watch", dir, "--simulate")
		require.Zero(t, code, seen)
		all := frames(seen)
		require.NotEmpty(t, all, seen)
		for _, frame := range all {
			assert.Regexp(t, want, frame)
			assert.Less(t, utf8.RuneCountInString(frame), int(columns))
		}
		assert.Contains(t, seen, "\r\x1b[Kinv  Live", "the bar is gone at the end")
	}
	dir := inv(t)
	code, seen := screen(t, 40, "yes\n", "apply", dir, "--simulate", "--until", "live")
	require.Zero(t, code, seen)
	for _, frame := range frames(seen) {
		assert.Less(t, utf8.RuneCountInString(frame), 40)
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Colours are for a terminal, and for those who want them: a pipe has neither colours nor
// other escape sequences.
func TestColours(t *testing.T) {
	dir := inv(t)
	code, _, errs := sh(t, "apply", dir, "--simulate", "--auto-approve")
	require.Zero(t, code, errs)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overview.md"), []byte("It reads invoices.\n\nIt reads them well.\n"), 0o600))
	t.Setenv("NO_COLOR", "")
	code, seen := screen(t, 40, "", "plan", dir, "--simulate")
	require.Zero(t, code, seen)
	assert.Contains(t, seen, "\x1b[32m+It reads invoices.\x1b[0m")
	assert.Contains(t, seen, "\x1b[31m-The model takes")
	t.Setenv("NO_COLOR", "1")
	code, plain := screen(t, 40, "", "plan", dir, "--simulate")
	require.Zero(t, code, plain)
	assert.NotContains(t, plain, "\x1b")
	assert.Equal(t, escapes.ReplaceAllString(seen, ""), plain)

	t.Setenv("NO_COLOR", "")
	code, out, errs := sh(t, "plan", dir, "--simulate")
	require.Zero(t, code, errs)
	assert.Equal(t, strings.ReplaceAll(plain, "\r\n", "\n"), out)
	code, out, errs = sh(t, "apply", dir, "--simulate")
	assert.Equal(t, codeUsage, code)
	assert.NotContains(t, errs, "Only \"yes\"", "no prompt")
	assert.NotContains(t, out+errs, "\x1b")
	code, out, errs = sh(t, "apply", dir, "--simulate", "--auto-approve")
	require.Zero(t, code, errs)
	assert.NotContains(t, out+errs, "\x1b")
	assert.NotContains(t, out+errs, "\r")
}

// Init asks for what no flag gives. What nobody answers is left to be filled in.
func TestQuestions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "asked")
	code, seen := screen(t, 80, "Churn Forecaster\n\n\x04", "init", dir, "--seller", simulatedSeller, "--set", "promotion.keywords=churn", "--set", "promotion.keywords=forecast")
	require.Zero(t, code, seen)
	assert.Contains(t, seen, "title: What buyers see first.\r\n> ")
	assert.NotContains(t, seen, "seller: ", "it is given")
	document, err := os.ReadFile(filepath.Join(dir, "listing.yaml"))
	require.NoError(t, err)
	for _, want := range []string{`title: "Churn Forecaster"`, `name: "Churn Forecaster, public offer"`, `seller: "111122223333"`, "    - \"churn\"\n    - \"forecast\"\n", `resource: "TODO: The ARN`} {
		assert.Contains(t, string(document), want)
	}
	code, out, errs := sh(t, "init", dir+"2", "--set", "nope=1")
	assert.Equal(t, codeUsage, code, out)
	assert.Contains(t, errs, "shortDescription")
}
