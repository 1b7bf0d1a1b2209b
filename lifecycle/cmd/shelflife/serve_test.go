package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// served starts serve and returns its address; it ends with the test.
func served(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		ended <- runUntil(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), bytes.NewReader(nil), in, &errs)
		_ = in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	t.Cleanup(func() {
		cancel()
		assert.Zero(t, <-ended, errs.String())
	})
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

func fetch(t *testing.T, url, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}

// The console shows what other commands do meanwhile, and does nothing itself.
func TestServe(t *testing.T) {
	dir := inv(t)
	code, _, errs := sh(t, "apply", dir, "--simulate", "--auto-approve", "--until", "test")
	require.Zero(t, code, errs)
	url := served(t, "--simulate")
	status, body := fetch(t, url, "")
	require.Equal(t, http.StatusOK, status)
	_, rest, found := strings.Cut(body, `<a href="/listings/`)
	require.True(t, found, body)
	id, _, _ := strings.Cut(rest, `"`)
	_, body = fetch(t, url+"listings/"+id, "")
	assert.Contains(t, body, "The listing is Test Product.")
	assert.NotContains(t, body, "/do/")

	code, _, errs = sh(t, "apply", dir, "--simulate", "--auto-approve", "--until", "live")
	require.Zero(t, code, "another command goes on while it is served: %s", errs)
	_, body = fetch(t, url+"listings/"+id, "")
	assert.Contains(t, body, "The listing is Live.")
	status, body = fetch(t, url+"listings/"+id+"/drift", "")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "No differences.")

	for host, want := range map[string]int{"evil.example": 421, "evil.example:80": 421, "localhost:1": 200, "127.0.0.1": 200, "[::1]:80": 200, "": 200, "127.0.0.1.evil.example": 421} {
		status, _ := fetch(t, url, host)
		assert.Equal(t, want, status, host)
	}
	answer, err := http.Post(url+"listings/"+id+"/do/cancel", "application/x-www-form-urlencoded", strings.NewReader("revision=1"))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusForbidden, answer.StatusCode)
}

func TestServeRefusesToBeReachedByOthers(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:80", "example.com:80", "8080", ""} {
		code, out, errs := sh(t, "serve", "--simulate", "--listen", listen)
		assert.Equal(t, codeUsage, code, listen)
		assert.Empty(t, out)
		assert.Contains(t, errs, "--listen", listen)
	}
	url := served(t, "--simulate", "--store", "memory:", "--host", "Console.example.com")
	status, _ := fetch(t, url, "console.example.com:443")
	assert.Equal(t, http.StatusOK, status)
}

// SIGTERM ends it in time, although a viewer follows.
func TestServeDrains(t *testing.T) {
	if os.Getenv("SHELFLIFE_TEST_SERVE") != "" {
		os.Exit(run([]string{"serve", "--listen", "127.0.0.1:0", "--simulate", "--store", "memory:"}, os.Stdin, os.Stdout, os.Stderr))
	}
	c := exec.Command(os.Args[0], "-test.run=^TestServeDrains$")
	c.Env = append(os.Environ(), "SHELFLIFE_TEST_SERVE=1", "XDG_STATE_HOME="+t.TempDir())
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	answer, err := http.Get(strings.TrimSpace(line) + "events")
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	start := time.Now()
	require.NoError(t, c.Process.Signal(syscall.SIGTERM))
	_, err = io.Copy(io.Discard, answer.Body)
	assert.NoError(t, err, "the stream ends, and is not cut")
	assert.NoError(t, c.Wait())
	assert.Less(t, time.Since(start), drain/2)
}

// plan --html writes the page that buyers will see, also of a document that is refused.
func TestPlanHTML(t *testing.T) {
	dir := inv(t)
	page := filepath.Join(t.TempDir(), "page.html")
	code, _, errs := sh(t, "plan", dir, "--simulate", "--html", page)
	require.Zero(t, code, errs)
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Contains(t, string(data), "Limited</span>")
	text, err := os.ReadFile(filepath.Join(dir, "listing.yaml"))
	require.NoError(t, err)
	broken := bytes.Replace(text, []byte("\ntitle:"), []byte("\nsku: x\ntitle: \"\" #"), 1)
	require.NotEqual(t, text, broken)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "listing.yaml"), broken, 0o600))
	code, _, errs = sh(t, "plan", dir, "--simulate", "--html", page)
	assert.Equal(t, codeRules, code, errs)
	data, err = os.ReadFile(page)
	require.NoError(t, err)
	assert.Contains(t, string(data), "no title yet", fmt.Sprint(errs))
}
