package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
)

// ending is what a run leaves behind.
type ending struct {
	records  []string
	journals []string
	sent     map[string]int // change sets by name
}

func endingOf(t *testing.T, dir string) ending {
	t.Helper()
	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, filepath.Join(dir, "listings.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	e := ending{sent: map[string]int{}}
	manager, err := lifecycle.New(seller, store, lifecycletest.NewMarket(&lifecycletest.Clock{}))
	require.NoError(t, err)
	for _, s := range stories() {
		r, journal := lifecycletest.RequireReplayed(t, manager, s.id())
		e.records = append(e.records, encoded(t, r))
		for _, entry := range journal {
			e.journals = append(e.journals, encoded(t, entry))
		}
	}
	memory, err := boltstore.Open(filepath.Join(dir, "marketplace.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, memory.Close()) }()
	market, err := simulator.New(simulator.Config{Store: memory})
	require.NoError(t, err)
	for _, set := range market.Ledger().ChangeSets {
		e.sent[set.Name]++
	}
	return e
}

func encoded(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

func TestRunTellsTheWholeStory(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), dir, false, &out))
	assert.NotContains(t, out.String(), "\x1b", "no colour where there is no terminal")
	for line := range strings.Lines(out.String()) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, line)
		if strings.HasPrefix(line, "  20") {
			assert.Equal(t, 1, strings.Count(out.String(), line), "said more than once: %s", line)
		}
	}
	for _, line := range []string{
		"Northwind Invoice Field Extractor", "Northwind Churn Forecaster",
		"Test Product", "Live", "Unpublished",
		"regions.locked", "visibility.public-stays-public", "visibility.private-stays-private",
		"version.number-locked", "version.last-unrestricted", "support.ninety-days", "day 89 of 90", "preview-ready",
		"CreateProduct", "ReleaseOffer", "UpdateVisibility", "AddDeliveryOptions", "RestrictDeliveryOptions",
	} {
		assert.Contains(t, out.String(), line)
	}
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, shown, found := strings.Cut(string(readme), "```text\n")
	require.True(t, found, "README shows what the program prints")
	shown, _, _ = strings.Cut(shown, "```")
	for line := range strings.Lines(shown) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\n"), "…")
		assert.Contains(t, out.String(), "\n"+line, "README")
	}

	first := endingOf(t, dir)
	assert.Len(t, first.sent, 7)

	out.Reset()
	require.NoError(t, run(context.Background(), dir, true, &out))
	assert.Regexp(t, `\n +22  2026-04-07 15:09  end-support +Unpublished +quickstart\n`, out.String(), "the journal, as asked for")
	assert.Contains(t, out.String(), "going on from the file")
	assert.Equal(t, first, endingOf(t, dir), "a second run finds nothing left to do")
}

// The program is killed at ten moments spread over its run, each right behind
// a line that it prints, and then run again: it ends as if nothing had happened.
func TestKilledAtTenMoments(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "quickstart")
	build, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(build))

	reference := t.TempDir()
	out, killed := play(t, binary, reference, -1)
	require.False(t, killed)
	want := endingOf(t, reference)

	const moments = 10
	lines := strings.Count(out, "\n")
	require.Greater(t, lines, 5+2*moments, "the last lines come at once")
	for i := range moments {
		dir := t.TempDir()
		before, killed := play(t, binary, dir, 1+i*(lines-5)/moments)
		require.True(t, killed, "moment %d", i)
		after, killed := play(t, binary, dir, -1)
		require.False(t, killed)
		got := endingOf(t, dir)
		assert.Equal(t, want.records, got.records, "killed after:\n%s\nthen:\n%s", before, after)
		assert.Equal(t, want.journals, got.journals, "moment %d", i)
		assert.Equal(t, want.sent, got.sent, "moment %d", i)
	}
	for name, times := range want.sent {
		assert.Equal(t, 1, times, "%s was sent more than once", name)
	}
}

// play runs the program in dir and kills it once it has printed so many lines,
// or never. It returns what was printed and whether the program was killed.
func play(t *testing.T, binary, dir string, killAfter int) (out string, killed bool) {
	t.Helper()
	c := exec.Command(binary, "-dir", dir)
	c.Stderr = os.Stderr
	pipe, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	var printed strings.Builder
	lines := bufio.NewScanner(pipe)
	for n := 1; lines.Scan(); n++ {
		printed.WriteString(lines.Text() + "\n")
		if n == killAfter {
			require.NoError(t, c.Process.Kill())
		}
	}
	err = c.Wait()
	if killAfter < 0 {
		require.NoError(t, err, printed.String())
	}
	return printed.String(), err != nil
}
