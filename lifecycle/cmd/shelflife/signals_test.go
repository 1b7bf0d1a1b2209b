package main

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/depth"
)

// The command as it is built, ended by signals at any moment and run again, ends where
// it should and has sent each request once.
func TestSignals(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "shelflife")
	build, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(build))

	t.Run("at each line", func(t *testing.T) { killAtEachLine(t, binary) })
	most := depth.Of(3, 5, 10)
	for name, c := range map[string]struct {
		command string
		signal  syscall.Signal
	}{
		"apply SIGKILL": {"apply", syscall.SIGKILL}, "apply SIGINT": {"apply", syscall.SIGINT}, "apply SIGTERM": {"apply", syscall.SIGTERM},
		"watch SIGKILL": {"watch", syscall.SIGKILL}, "watch SIGINT": {"watch", syscall.SIGINT}, "watch SIGTERM": {"watch", syscall.SIGTERM},
	} {
		t.Run(name, func(t *testing.T) {
			for ended := 0; ended < most; {
				ended += endAtRandom(t, binary, c.command, c.signal)
			}
		})
	}
}

// endAtRandom takes a listing live, and ends the command at random moments until one
// run is left alone. It returns how many were ended.
func endAtRandom(t *testing.T, binary, command string, signal syscall.Signal) (ended int) {
	t.Helper()
	dir := inv(t)
	args := []string{"apply", dir, "--simulate", "--auto-approve", "--until", "live"}
	if command == "watch" {
		code, _, errs := sh(t, append(args, "--no-wait")...)
		require.Equal(t, codePending, code, errs)
		args = []string{"watch", dir, "--simulate"}
	}
	const runs = 8 // the last one is left alone
	for run := 1; ; run++ {
		var errs bytes.Buffer
		c := exec.Command(binary, args...)
		c.Stderr = &errs
		require.NoError(t, c.Start())
		if run < runs {
			time.Sleep(time.Duration(rand.Int64N(int64(100 * time.Millisecond)))) //nolint:gosec // any moment will do
			_ = c.Process.Signal(signal)                                          // it may be over
		}
		err := c.Wait()
		if err == nil {
			break
		}
		require.Less(t, run, runs, errs.String())
		status, _ := c.ProcessState.Sys().(syscall.WaitStatus)
		switch {
		case status.Signaled(): // by the kernel: at once, or before the command listened
			require.Equal(t, signal, status.Signal())
		case signal == syscall.SIGKILL:
			require.Fail(t, "it failed by itself", errs.String())
		default:
			require.Equal(t, codeInterrupted, status.ExitStatus(), errs.String())
			require.Contains(t, errs.String(), "interrupted; nothing is lost: run the same command again to go on")
		}
		ended++
	}
	sets := 2
	if command == "watch" { // nobody has asked for more
		sets = 1
	}
	code, out, errs := sh(t, "status", dir, "--simulate")
	require.Zero(t, code, errs)
	assert.Contains(t, out, map[int]string{1: "inv  Test Product", 2: "inv  Live"}[sets])
	assert.NotContains(t, out, "under way")
	sentOnce(t, dir, sets)
	code, _, errs = sh(t, "verify", "--simulate")
	require.Zero(t, code, errs)
	return ended
}

// killAtEachLine kills apply at each line that it writes.
func killAtEachLine(t *testing.T, binary string) {
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
				killed = c.Process.Signal(os.Kill) == nil
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
