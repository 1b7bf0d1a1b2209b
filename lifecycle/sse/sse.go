// Package sse streams what happens to the listings of a seller as server-sent events, for
// services that answer over HTTP.
//
//	stream, err := sse.Open(r.Context(), manager, lifecycle.Cursor(r.Header.Get("Last-Event-ID")))
//	if err != nil {
//		problem.Write(w, err)
//		return
//	}
//	stream.Closing = closing // when the server shuts down
//	stream.ServeHTTP(w, r)
//
// The id of each event is the cursor after it. A browser that lost the connection sends
// it as Last-Event-ID, and so goes on where it was.
package sse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

const (
	interval = time.Second      // between two looks at the feed
	patience = 30 * time.Second // how long a reader may take for what it is sent
)

// Event is the data of one event, as JSON: an entry of a journal, without the documents
// that it has.
type Event struct {
	Listing  uuid.UUID       `json:"listing"`
	Revision int64           `json:"revision"`
	At       time.Time       `json:"at"`
	Event    lifecycle.Event `json:"event"`
	State    lifecycle.State `json:"state"`
	By       string          `json:"by,omitempty"`
}

// Stream answers one request. [Open] makes one; the zero value is of no use.
type Stream struct {
	// Closing ends the stream once it is closed; nil never does. Close it when the server
	// shuts down, as with [http.Server.RegisterOnShutdown]: Shutdown waits for streams.
	Closing <-chan struct{}

	manager *lifecycle.Manager
	cursor  lifecycle.Cursor
}

// Open returns a stream of the events after the cursor; the zero cursor starts at the
// first. It returns an error that matches [lifecycle.ErrCursor] if the cursor is of no
// feed, and that of the store if the feed cannot be read.
func Open(ctx context.Context, m *lifecycle.Manager, after lifecycle.Cursor) (*Stream, error) {
	for _, err := range m.Feed(ctx, after) {
		if err != nil && !errors.Is(err, lifecycle.ErrUnreadable) {
			return nil, err
		}
		break
	}
	return &Stream{manager: m, cursor: after}, nil
}

// ServeHTTP sends the events that there are, and then those that come, looking for them
// every second. It returns when the reader has left or takes nothing for 30 seconds, when
// Closing is closed, and when the feed cannot be read: the reader comes again. Entries
// that cannot be read are left out. The limits of the server for writing do not hold.
func (s *Stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx sends each event at once
	out, cursor := http.NewResponseController(w), s.cursor
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		for e, err := range s.manager.Feed(r.Context(), cursor) {
			switch {
			case err == nil:
				_ = out.SetWriteDeadline(time.Now().Add(patience)) // without deadlines, the server's own hold
				if send(w, e) != nil {
					return
				}
			case !errors.Is(err, lifecycle.ErrUnreadable):
				return
			}
			cursor = e.Cursor
		}
		_ = out.SetWriteDeadline(time.Now().Add(patience))
		// A comment finds out whether the reader is still there.
		if _, err := fmt.Fprint(w, ":\n\n"); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.Closing:
			return
		case <-ticker.C:
		}
	}
}

func send(w http.ResponseWriter, e lifecycle.FeedEntry) error {
	data, err := json.Marshal(Event{e.Listing, e.Entry.Revision, e.Entry.At, e.Entry.Event, e.Entry.State, e.Entry.By})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %s\ndata: %s\n\n", e.Cursor, data)
	return err
}
