package sse_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/problem"
	"github.com/shelflife-go/shelflife/lifecycle/sse"
	"github.com/shelflife-go/shelflife/listing"
)

// all returns what a stream sends until it has sent what there is.
func all(t *testing.T, m *lifecycle.Manager, after lifecycle.Cursor) string {
	t.Helper()
	s, err := sse.Open(t.Context(), m, after)
	require.NoError(t, err)
	closing := make(chan struct{})
	close(closing)
	s.Closing = closing
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events", nil))
	assert.Equal(t, "text/event-stream", w.Header().Get("Content-Type"))
	return w.Body.String()
}

func TestStream(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	sent := all(t, b.Manager, "")
	events := strings.SplitAfter(sent, "\n\n")
	require.Equal(t, []string{":\n\n", ""}, events[len(events)-2:])
	cursor, data, found := strings.Cut(strings.TrimPrefix(events[0], "id: "), "\ndata: ")
	require.True(t, found, events[0])
	var first sse.Event
	require.NoError(t, json.Unmarshal([]byte(data), &first))
	assert.Equal(t, sse.Event{Listing: id, Revision: 1, At: lifecycletest.Start, Event: lifecycle.EventCreate, State: lifecycle.Draft, By: "lifecycletest"}, first)
	assert.Equal(t, strings.TrimPrefix(sent, events[0]), all(t, b.Manager, lifecycle.Cursor(cursor)), "it goes on after the cursor")
	assert.NotContains(t, sent, lifecycletest.ModelPackage().Title, "no documents")

	other, err := lifecycle.New("999988887777", b.Store, b.Market)
	require.NoError(t, err)
	assert.Equal(t, ":\n\n", all(t, other, ""))
}

// A cursor of no feed is refused before anything is sent.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	_, err := sse.Open(t.Context(), b.Manager, "nowhere")
	require.ErrorIs(t, err, lifecycle.ErrCursor)
}

// broken is a store with a damaged entry, whose feed fails once said.
type broken struct {
	lifecycle.Store
	fails error
}

func (s *broken) Feed(ctx context.Context, seller listing.AccountID, after lifecycle.Cursor, limit int) ([]lifecycle.StoredEntry, error) {
	if s.fails != nil {
		return nil, s.fails
	}
	entries, err := s.Store.Feed(ctx, seller, after, limit)
	for i := range entries {
		if entries[i].Revision == 1 {
			entries[i].Entry = []byte("{}")
		}
	}
	return entries, err
}

// What cannot be read is left out, and a feed that fails ends the stream.
func TestDamage(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	store := &broken{Store: memstore.New()}
	b.Store = store
	b.Manager = b.With(store)
	b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	sent := all(t, b.Manager, "")
	assert.NotContains(t, sent, `"event":"create"`)
	assert.Contains(t, sent, `"event":"submit"`)

	s, err := sse.Open(t.Context(), b.Manager, "")
	require.NoError(t, err)
	store.fails = lifecycle.ErrUnavailable
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events", nil))
	assert.Empty(t, w.Body.String())
	_, err = sse.Open(t.Context(), b.Manager, "")
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
}

// A reader that takes nothing ends its stream.
func TestReaderThatHasLeft(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	for _, fail := range []string{"data:", ":\n"} {
		s, err := sse.Open(t.Context(), b.Manager, "")
		require.NoError(t, err)
		s.ServeHTTP(deaf{httptest.NewRecorder(), fail}, httptest.NewRequest(http.MethodGet, "/events", nil))
	}
	ctx, leave := context.WithCancel(t.Context())
	s, err := sse.Open(ctx, b.Manager, "")
	require.NoError(t, err)
	leave()
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/events", nil))
}

// deaf cannot be sent what has a text in it.
type deaf struct {
	http.ResponseWriter
	to string
}

func (d deaf) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(d.to)) {
		return 0, errors.New("the reader has left")
	}
	return d.ResponseWriter.Write(p)
}

func ExampleOpen() {
	clock := &lifecycletest.Clock{}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	if err != nil {
		fmt.Println(err)
		return
	}
	closing := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stream, err := sse.Open(r.Context(), manager, lifecycle.Cursor(r.Header.Get("Last-Event-ID")))
		if err != nil {
			problem.Write(w, err)
			return
		}
		stream.Closing = closing
		stream.ServeHTTP(w, r)
	}))
	defer server.Close()
	defer close(closing)
	answer, err := server.Client().Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()

	id := uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")
	if _, err := manager.Do(context.Background(), id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}); err != nil {
		fmt.Println(err)
		return
	}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
			fmt.Println(data)
			return
		}
	}
	// Output: {"listing":"5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10","revision":1,"at":"2026-01-05T09:00:00Z","event":"create","state":"Draft"}
}
