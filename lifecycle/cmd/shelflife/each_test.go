package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Several listings are asked about at the same time and named in their order.
func TestSeveralAtOnce(t *testing.T) {
	c := newCloud(t)
	var dirs []string
	for _, name := range []string{"e", "a", "d", "b", "c", "g", "f"} {
		dirs = append(dirs, c.folder(name))
	}
	code, out, errs := c.sh(append([]string{"plan"}, dirs...)...)
	require.Zero(t, code, errs)
	at := 0
	for _, dir := range dirs {
		next := strings.Index(out[at:], filepath.Base(dir)+": not created")
		require.GreaterOrEqual(t, next, 0, "%s is not in its place", dir)
		at += next
	}
}

// A signal ends apply of several with one word; the same command goes on.
func TestSeveralInterrupted(t *testing.T) {
	dir := filepath.Dir(inv(t))
	code, _, errs := sh(t, "init", filepath.Join(dir, "inv2"), "--sample", "--title", "Another")
	require.Zero(t, code, errs)
	args := []string{"apply", filepath.Join(dir, "inv"), filepath.Join(dir, "inv2"), "--simulate", "--auto-approve", "--until", "live"}
	for _, at := range []string{"inv2: submit: following", "inv: sign-off: following", "inv2: sign-off: following"} {
		ctx, cancel := context.WithCancel(t.Context())
		said := &trigger{at: at, end: cancel}
		assert.Equal(t, codeInterrupted, runUntil(ctx, args, bytes.NewReader(nil), io.Discard, said))
		assert.Equal(t, 1, strings.Count(said.seen.String(), "interrupted; nothing is lost"), said.seen.String())
	}
	code, out, errs := sh(t, args...)
	require.Zero(t, code, errs)
	assert.Equal(t, 2, strings.Count(out, "  Live  "))
	sentOnce(t, filepath.Join(dir, "inv"), 4)
}

// The exit code of several is the worst of theirs.
func TestWorst(t *testing.T) {
	require.NoError(t, worst([]int{codeFine, codeFine}))
	for i, code := range severity[1:] {
		assert.Equal(t, code, codeOf(worst(append([]int{codeFine}, severity[:i+2]...))))
	}
}

// Two that want different things of one listing, as two processes can: neither goes on
// for ever.
func TestApplyEndsWhenAnotherUndoesIt(t *testing.T) {
	dir := filepath.Dir(inv(t))
	code, _, errs := sh(t, "init", filepath.Join(dir, "inv2"), "--sample", "--title", "Another")
	require.Zero(t, code, errs)
	all := []target{targetOf(filepath.Join(dir, "inv"), false), targetOf(filepath.Join(dir, "inv2"), false)}
	all[1].folder.Name, all[1].name = all[0].name, all[0].name
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var said bytes.Buffer
	apply := &tool{in: bytes.NewReader(nil), out: io.Discard, err: &said, approved: true}
	apply.open.Simulate, apply.open.Create = true, true
	err := apply.applyAll(ctx, all, applySettings{})
	require.NoError(t, ctx.Err(), "it goes on for ever")
	assert.Equal(t, codeLater, codeOf(err))
	assert.Contains(t, said.String(), "something else changes this listing at the same time")
}
