package console_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// stream follows events until the test ends, and sends each piece of news.
type stream struct {
	news chan string // the data of an event
	body io.Closer
}

func follow(t testing.TB, s *httptest.Server, query string) *stream {
	t.Helper()
	out, err := open(t, s, query)
	require.NoError(t, err)
	return out
}

func open(t testing.TB, s *httptest.Server, query string) (*stream, error) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/events"+query, nil)
	if err != nil {
		return nil, err
	}
	answer, err := s.Client().Do(r) //nolint:bodyclose // the stream has it
	if err != nil {
		return nil, err
	}
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || kind != "text/event-stream" {
		return nil, fmt.Errorf("the answer is %s, %s", answer.Status, kind)
	}
	out := &stream{news: make(chan string, 100), body: answer.Body}
	go func() {
		defer close(out.news)
		lines := bufio.NewScanner(answer.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out.news <- data
			}
		}
	}()
	return out, nil
}

// next returns the next news.
func (s *stream) next(t testing.TB) string {
	t.Helper()
	select {
	case data, ok := <-s.news:
		require.True(t, ok, "the stream has ended")
		return data
	case <-time.After(20 * time.Second):
		require.Fail(t, "no news")
		return ""
	}
}

func since(t testing.TB, body string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `data-since="`)
	require.True(t, found)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// observed is a bench whose console is told at once of what is saved.
func observed(t testing.TB) (*lifecycletest.Bench, *httptest.Server) {
	t.Helper()
	var m *lifecycle.Manager
	c, err := console.New(func(*http.Request) (console.Session, error) { return console.Session{Manager: m}, nil })
	require.NoError(t, err)
	b := lifecycletest.NewBench(t, lifecycle.WithObserver(c.Observe))
	m = b.Manager
	s := httptest.NewServer(c)
	t.Cleanup(func() { c.Close(); s.Close() })
	return b, s
}

func TestNews(t *testing.T) {
	t.Parallel()
	b, s := observed(t)
	one := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	other := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, body := get(t, s, page(one))
	seen := since(t, body)
	all, own := follow(t, s, "?since="+seen), follow(t, s, "?listing="+one.String()+"&since="+seen)
	_, err := b.Do(context.Background(), other, lifecycle.Discard{})
	require.NoError(t, err)
	assert.Contains(t, all.next(t), other.String())
	_, err = b.Do(context.Background(), one, lifecycle.Submit{})
	require.NoError(t, err)
	assert.Equal(t, `{"changes":[{"listing":"`+one.String()+`","revision":2,"event":"submit","state":"Submitted"}]}`, own.next(t))
	assert.Contains(t, all.next(t), one.String())

	// Who comes back after news hears that there are some.
	late := follow(t, s, "?since="+seen)
	assert.Equal(t, `{"changes":null}`, late.next(t))

	// A seller hears nothing of another.
	stranger, err := lifecycle.New("444455556666", b.Store, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	foreign := serve(t, reader(stranger))
	_, body = get(t, foreign, "/")
	apart := follow(t, foreign, "?listing="+one.String()+"&since="+since(t, body))
	_, err = b.Do(context.Background(), one, lifecycle.Cancel{})
	require.NoError(t, err)
	own.next(t)
	select {
	case data := <-apart.news:
		assert.Fail(t, "a stranger was told", data)
	case <-time.After(100 * time.Millisecond):
	}
	status, _ := get(t, s, "/events?listing=x")
	assert.Equal(t, http.StatusBadRequest, status)
}

// counted counts how often a feed is read.
type counted struct {
	lifecycle.Store
	feeds atomic.Int64
}

func (c *counted) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	c.feeds.Add(1)
	return c.Store.Feed(ctx, seller, after, limit)
}

// A hundred viewers are one reader of the feed; when all is closed, nothing is left.
func TestHundredViewers(t *testing.T) { // not parallel: it counts goroutines
	before := runtime.NumGoroutine()
	b := lifecycletest.NewBench(t)
	store := &counted{Store: b.Store}
	var c *console.Console
	m, err := lifecycle.New(lifecycletest.Seller, store, b.Market, lifecycle.WithClock(b.Clock),
		lifecycle.WithObserver(func(ctx context.Context, s lifecycle.Summary, e lifecycle.Entry) { c.Observe(ctx, s, e) }))
	require.NoError(t, err)
	c, err = console.New(reader(m))
	require.NoError(t, err)
	s := httptest.NewServer(c)
	id := m.ID("watched")
	l := lifecycletest.ModelPackage()
	_, err = m.Do(context.Background(), id, lifecycle.Create{Name: "watched", Listing: l})
	require.NoError(t, err)
	_, body := get(t, s, page(id))
	const viewers, edits = 100, 5
	all, errs, seen := make([]*stream, viewers), make([]error, viewers), since(t, body)
	var started sync.WaitGroup
	for i := range all {
		started.Add(1)
		go func() {
			defer started.Done()
			all[i], errs[i] = open(t, s, "?listing="+id.String()+"&since="+seen)
		}()
	}
	started.Wait()
	require.NoError(t, errors.Join(errs...))
	for i := range edits {
		l.Title = strings.Repeat("x", i+1)
		d, err := m.Do(context.Background(), id, lifecycle.Edit{Listing: l})
		require.NoError(t, err)
		for _, viewer := range all {
			assert.Contains(t, viewer.next(t), `"revision":`+number(d.Record.Revision)+`,`)
		}
	}
	assert.Less(t, store.feeds.Load(), int64(40), "one reader, not one a viewer")
	c.Close()
	for _, viewer := range all {
		select {
		case _, more := <-viewer.news:
			assert.False(t, more)
		case <-time.After(20 * time.Second):
			require.Fail(t, "a stream is open after Close")
		}
		_ = viewer.body.Close()
	}
	status, _ := get(t, s, page(id))
	assert.Equal(t, http.StatusOK, status, "pages are served as before")
	status, _ = get(t, s, "/events")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	s.Close()
	assert.Eventually(t, func() bool {
		s.Client().CloseIdleConnections()
		return runtime.NumGoroutine() <= before+2
	}, 20*time.Second, 50*time.Millisecond, "goroutines are left")
}

// Without an observer, the feed is read every few seconds while somebody looks.
func TestNewsOfOtherProcesses(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	s := serve(t, reader(b.Manager))
	_, body := get(t, s, "/")
	viewer := follow(t, s, "?since="+since(t, body))
	elsewhere, err := lifecycle.New(lifecycletest.Seller, b.Store, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	_, err = elsewhere.Do(context.Background(), id, lifecycle.Discard{})
	require.NoError(t, err)
	assert.Contains(t, viewer.next(t), id.String())
}
