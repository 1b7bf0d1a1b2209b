package main

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
