package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

const (
	// streamLife is how long a stream lasts. The browser comes back, and is asked again
	// who it is.
	streamLife = 15 * time.Minute
	// beat lies between two signs of life.
	beat = 20 * time.Second
	// writePatience is how long a viewer may take for what it is sent.
	writePatience = 10 * time.Second
)

// events streams what changes: ids, events and states, never documents.
func (q *request) events() error {
	of := uuid.Nil
	if text := q.r.FormValue("listing"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return errInput
		}
		of = id
	}
	seen := q.r.Header.Get("Last-Event-ID")
	if seen == "" {
		seen = q.r.FormValue("since")
	}
	if q.r.Method == http.MethodHead {
		return nil
	}
	if q.feeds.ctx.Err() != nil {
		return fmt.Errorf("%w: the console is closed", lifecycle.ErrUnavailable)
	}
	out := http.NewResponseController(q.w)
	feed, v := q.feeds.follow(q.Manager, of, seen)
	if v == nil {
		q.w.Header().Set("Retry-After", "30")
		http.Error(q.w, "too many viewers", http.StatusServiceUnavailable)
		return nil
	}
	defer feed.leave(v)
	h := q.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	send := func(format string, args ...any) bool {
		_ = out.SetWriteDeadline(time.Now().Add(writePatience)) // without deadlines, the server's own hold
		_, err := fmt.Fprintf(q.w, format, args...)
		return err == nil && out.Flush() == nil
	}
	if !send("retry: 3000\n\n") {
		return nil
	}
	end, alive := time.NewTimer(streamLife), time.NewTicker(beat)
	defer end.Stop()
	defer alive.Stop()
	for {
		ok := false
		select {
		case n := <-v.queue:
			data, _ := json.Marshal(map[string]any{"changes": n.changes}) // ids and words can always be written
			ok = send("id: %s\nevent: change\ndata: %s\n\n", n.id, data)
		case <-alive.C:
			ok = send(":\n\n")
		case <-v.gone:
		case <-end.C:
		case <-q.feeds.ctx.Done():
		case <-q.r.Context().Done():
		}
		if !ok {
			return nil
		}
	}
}
