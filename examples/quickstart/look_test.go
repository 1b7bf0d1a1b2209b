package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In a terminal there are colours and a line that shows the marketplace's time
// go by; with NO_COLOR there is the line alone.
func TestTerminal(t *testing.T) {
	for _, noColor := range []string{"", "1"} {
		t.Setenv("NO_COLOR", noColor)
		t.Setenv("TERM", "xterm-256color")
		master, slave, err := pty.Open()
		require.NoError(t, err)
		var out bytes.Buffer
		read := make(chan struct{})
		go func() {
			defer close(read)
			_, _ = io.Copy(&out, master) // ends with an error when the terminal is closed
		}()
		require.NoError(t, run(context.Background(), t.TempDir(), false, slave))
		require.NoError(t, slave.Close())
		<-read
		_ = master.Close()
		assert.Equal(t, noColor == "", bytes.Contains(out.Bytes(), []byte("\x1b[")), "NO_COLOR=%q", noColor)
		assert.Regexp(t, `\r  2026-01-05 09:\d\d  the marketplace is at work; the next look is in \w+`, out.String())
		plain := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAll(out.Bytes(), nil)
		for _, line := range regexp.MustCompile(`[\r\n]+`).Split(string(plain), -1) {
			assert.LessOrEqual(t, len([]rune(line)), columns, line)
		}
	}
	assert.Equal(t, look{}, lookOf(&bytes.Buffer{}, os.Getenv))
}
