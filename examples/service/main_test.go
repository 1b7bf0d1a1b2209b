package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
)

// lines keeps what is logged.
type lines struct {
	sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.Lock()
	defer l.Unlock()
	return l.text.String()
}

// The program as it is: a listing comes to its preview by itself, and the end of the
// program ends its streams.
func TestRun(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(t *testing.T) string{
		"SQLite": func(t *testing.T) string { return filepath.Join(t.TempDir(), "listings.db") },
		"PostgreSQL and River": func(t *testing.T) string {
			return testserver.Postgres(t, func(url, statement string) error {
				conn, err := pgx.Connect(context.Background(), url)
				if err != nil {
					return err
				}
				_, err = conn.Exec(context.Background(), statement)
				return errors.Join(err, conn.Close(context.Background()))
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			var log lines
			ended := make(chan error, 1)
			args := []string{"-simulate", "-addr", "127.0.0.1:0", "-database", where(t)}
			go func() { ended <- run(ctx, args, slog.New(slog.NewTextHandler(&log, nil))) }()
			address := regexp.MustCompile(`url=(http://[0-9.:]+)/openapi`)
			require.Eventually(t, func() bool { return address.MatchString(log.String()) }, 20*time.Second, 10*time.Millisecond, log.String())
			base := address.FindStringSubmatch(log.String())[1]

			get := func(method, path, body string) io.ReadCloser {
				r := request(t, "simulated", method, path, body)
				r.RequestURI, r.URL.Host, r.Host = "", strings.TrimPrefix(base, "http://"), ""
				answer, err := http.DefaultClient.Do(r)
				require.NoError(t, err)
				require.Equal(t, http.StatusOK, answer.StatusCode)
				return answer.Body
			}
			read := func(body io.ReadCloser) string {
				data, err := io.ReadAll(body)
				require.NoError(t, err)
				require.NoError(t, body.Close())
				return string(data)
			}
			read(get(http.MethodGet, "/readyz", ""))
			read(get(http.MethodPut, "/listings/invoices", desired(t, ann, "Invoices", lifecycle.Draft)))
			read(get(http.MethodPost, "/listings/invoices/commands", `{"submit": {}}`))
			stream := get(http.MethodGet, "/events", "")
			require.Eventually(t, func() bool {
				return strings.Contains(read(get(http.MethodGet, "/listings?state=Test+Product", "")), "Invoices")
			}, time.Minute, 200*time.Millisecond, log.String())
			time.Sleep(1100 * time.Millisecond) // a round of the stream
			stop()
			require.Contains(t, read(stream), `"event":"preview-ready"`)
			require.NoError(t, <-ended)
			require.NotContains(t, log.String(), "Reads scanned invoices", "no documents in the log")
		})
	}
}

// Without sellers and tokens nothing is served.
func TestFailsClosed(t *testing.T) {
	t.Parallel()
	quiet := slog.New(slog.DiscardHandler)
	require.ErrorContains(t, run(t.Context(), nil, quiet), "give -config or -simulate")
	file := filepath.Join(t.TempDir(), "config.json")
	for content, says := range map[string]string{
		`{`: "unexpected end", `{}`: "at least one", `{"sellers": {"111122223333": {}}}`: "at least one",
		`{"sellers": {"1": {}}, "tokens": {"x": {"seller": "1"}}}`: "account",
	} {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		err := run(t.Context(), []string{"-config", file, "-database", filepath.Join(t.TempDir(), "x.db"), "-addr", "127.0.0.1:0"}, quiet)
		require.ErrorContains(t, err, says, content)
	}
	require.NoError(t, os.WriteFile(file, []byte(`{"sellers": {"111122223333": {"role": "arn:aws:iam::111122223333:role/listings", "profile": {"registered": "yes"}}},
		"tokens": {"`+digest("t")+`": {"seller": "111122223333", "who": "trainer"}}}`), 0o600))
	w, err := realWorld(t.Context(), file)
	require.NoError(t, err)
	who, known := w.authenticate(request(t, "t", http.MethodGet, "/", ""))
	require.True(t, known)
	require.Equal(t, caller{ann, "trainer"}, who)
	_, known = w.authenticate(request(t, digest("t"), http.MethodGet, "/", ""))
	require.False(t, known, "the digest is no token")
}
