package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// event is one entry of a journal, without what it changes.
type event struct {
	Listing  uuid.UUID       `json:"listing"`
	Revision int64           `json:"revision"`
	At       time.Time       `json:"at"`
	Event    lifecycle.Event `json:"event"`
	State    lifecycle.State `json:"state"`
	By       string          `json:"by,omitempty"`
}

// events streams the feed of the seller, and goes on until the caller leaves or the
// service stops. The id of each event is its cursor: a browser that lost the connection
// goes on after it by itself.
func (s *service) events(ctx context.Context, who session, in *struct {
	After string `query:"after" maxLength:"256" doc:"the id of the last event that was received"`
	Last  string `header:"Last-Event-ID" maxLength:"256" doc:"the same, as browsers send it"`
}) (*huma.StreamResponse, error) {
	cursor := lifecycle.Cursor(in.After)
	if in.Last != "" {
		cursor = lifecycle.Cursor(in.Last)
	}
	for _, err := range who.Feed(ctx, cursor) { // a bad cursor is told before the stream begins
		if err != nil && !errors.Is(err, lifecycle.ErrUnreadable) {
			return nil, err
		}
		break
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		r, w := humago.Unwrap(hctx)
		w.Header().Set("Content-Type", "text/event-stream")
		stream := http.NewResponseController(w)
		for tick := time.Tick(time.Second); ; {
			_ = stream.SetWriteDeadline(time.Now().Add(30 * time.Second)) // instead of the server's, for all of it
			for e, err := range who.Feed(r.Context(), cursor) {
				if err == nil {
					data, _ := json.Marshal(event{e.Listing, e.Entry.Revision, e.Entry.At, e.Entry.Event, e.Entry.State, e.Entry.By}) // nothing in it can fail
					fmt.Fprintf(w, "id: %s\ndata: %s\n\n", e.Cursor, data)
				} else if !errors.Is(err, lifecycle.ErrUnreadable) {
					return // the caller comes again
				}
				cursor = e.Cursor
			}
			if fmt.Fprint(w, ":\n\n"); stream.Flush() != nil { // a comment: is the caller still there?
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-s.closing.Done():
				return
			case <-tick:
			}
		}
	}}, nil
}
