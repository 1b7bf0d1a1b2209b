package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/sse"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

func (s *service) operations() {
	const one = "/listings/{name}"
	register(s, http.MethodGet, "/listings", "The listings of the seller, a page at a time", list)
	register(s, http.MethodPut, one, "Make the listing what the body says: the next step. Repeat it until nothing is left", apply)
	register(s, http.MethodGet, one, "All that is known of the listing", show)
	register(s, http.MethodPost, one+"/commands", "Give a command. It is written down, and carried out soon after", command)
	register(s, http.MethodPost, one+"/plan", "What a command would lead to. Nothing is written or sent", plan)
	register(s, http.MethodGet, one+"/available", "Each command with what stands in its way now", available)
	register(s, http.MethodGet, one+"/history", "What has happened to the listing, oldest first, a page at a time", history)
	register(s, http.MethodGet, one+"/drift", "What AWS has and the record does not, or the other way round", drift)
	register(s, http.MethodPost, "/check", "What is wrong with a document, offline", check)
	s.streamed("/events", "What happens to all listings, from the beginning or after a cursor, as server-sent events")
}

// Named is a listing by its name, or by its id.
type Named struct {
	Name string `path:"name" maxLength:"128" doc:"the name of the listing, or its id"`
}

func (n Named) id(m *lifecycle.Manager) uuid.UUID {
	if id, err := uuid.Parse(n.Name); err == nil {
		return id
	}
	return m.ID(n.Name)
}

// body is a JSON body of the schema of T that the library decodes: strictly, with the
// line of each fault.
type body[T any] []byte

func (b *body[T]) keep(data []byte) { *b = bytes.Clone(data) }

// Schema is that of T.
func (body[T]) Schema(r huma.Registry) *huma.Schema { return r.Schema(reflect.TypeFor[T](), true, "") }

type listQuery struct {
	State        lifecycle.State `query:"state" enum:"Draft,Submitted,Test Product,Live,Unpublished"`
	Title        string          `query:"title" maxLength:"200"`
	UnderWay     bool            `query:"underWay" doc:"only those with a request under way"`
	Unsuccessful bool            `query:"unsuccessful" doc:"only those whose latest request failed or was cancelled"`
	After        string          `query:"after" format:"uuid" doc:"the id of the last listing of the page before"`
	Limit        int             `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func list(ctx context.Context, s session, in *listQuery) ([]lifecycle.Summary, error) {
	after, _ := uuid.Parse(in.After) // its format was validated
	query := lifecycle.Query{State: in.State, Title: in.Title, InFlight: in.UnderWay, Unsuccessful: in.Unsuccessful, After: after, Limit: in.Limit}
	out := []lifecycle.Summary{}
	for summary, err := range s.Listings(ctx, query) {
		if err != nil && !errors.Is(err, lifecycle.ErrUnreadable) {
			return nil, err
		}
		out = append(out, summary) // of an unreadable one only the id
	}
	return out, nil
}

func apply(ctx context.Context, s session, in *struct {
	Named
	Body body[lifecycle.Desired]
}) (applied lifecycle.Applied, err error) {
	var want lifecycle.Desired
	if err := document.Decode(in.Body, &want); err != nil {
		return applied, err
	}
	id := in.id(s.Manager)
	if want.Name == "" && id == s.ID(in.Name) {
		want.Name = in.Name
	}
	return s.Apply(ctx, id, want, lifecycle.By(s.who))
}

func show(ctx context.Context, s session, in *Named) (lifecycle.Record, error) {
	return s.Load(ctx, in.id(s.Manager))
}

// decision is what a command has led to.
type decision struct {
	Summary  lifecycle.Summary `json:"summary"`
	Findings rule.Findings     `json:"findings" doc:"advice, and what could not be checked"`
	Repeated bool              `json:"repeated,omitempty" doc:"it was accepted before, under the same key"`
}

func command(ctx context.Context, s session, in *struct {
	Named
	Key     string `header:"Idempotency-Key" maxLength:"128" doc:"names the command: repeated under its key, it is carried out once"`
	IfMatch string `header:"If-Match" pattern:"^\"[0-9]{1,18}\"$" doc:"the ETag of the revision that the command was decided on"`
	Body    body[anyCommand]
}) (decision, error) {
	c, err := lifecycle.DecodeCommand(in.Body)
	if err != nil {
		return decision{}, err
	}
	options := []lifecycle.DoOption{lifecycle.By(s.who), lifecycle.Once(in.Key)}
	if in.IfMatch != "" {
		revision, _ := strconv.ParseInt(strings.Trim(in.IfMatch, `"`), 10, 64) // its pattern was validated
		options = append(options, lifecycle.IfRevision(revision))
	}
	d, err := s.Do(ctx, in.id(s.Manager), c, options...)
	if in.IfMatch != "" && errors.Is(err, lifecycle.ErrStale) {
		err = huma.Error412PreconditionFailed("the listing has another revision")
	}
	return decision{d.Record.Summary(), d.Findings, d.Repeated}, err
}

func plan(ctx context.Context, s session, in *struct {
	Named
	Body body[anyCommand]
}) (lifecycle.Plan, error) {
	c, err := lifecycle.DecodeCommand(in.Body)
	if err != nil {
		return lifecycle.Plan{}, err
	}
	return s.Plan(ctx, in.id(s.Manager), c)
}

func available(ctx context.Context, s session, in *Named) ([]lifecycle.Availability, error) {
	return s.Available(ctx, in.id(s.Manager))
}

func history(ctx context.Context, s session, in *struct {
	Named
	After int64 `query:"after" minimum:"0" doc:"the revision of the last entry of the page before"`
	Limit int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) ([]lifecycle.Entry, error) {
	out := []lifecycle.Entry{}
	for entry, err := range s.JournalAfter(ctx, in.id(s.Manager), in.After) {
		if err != nil {
			return nil, err
		}
		if out = append(out, entry); len(out) == in.Limit {
			break
		}
	}
	return out, nil
}

func drift(ctx context.Context, s session, in *Named) (lifecycle.Drift, error) {
	return s.Drift(ctx, in.id(s.Manager))
}

// streamed adds the feed of the seller, which lasts until the caller leaves or the service
// stops. The id of each event is its cursor: a browser that lost the connection goes on
// after it by itself.
func (s *service) streamed(path, summary string) {
	op := operation(http.MethodGet, path, summary)
	op.OperationID = "get-events"
	data := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[sse.Event](), true, "")
	op.Responses = map[string]*huma.Response{"200": {Description: "a stream, each of whose events has this as its data",
		Content: map[string]*huma.MediaType{"text/event-stream": {Schema: data}}}}
	huma.Register(s.api, op, func(ctx context.Context, in *struct {
		After string `query:"after" maxLength:"256" doc:"the id of the last event that was received"`
		Last  string `header:"Last-Event-ID" maxLength:"256" doc:"the same, as browsers send it"`
	}) (*huma.StreamResponse, error) {
		stream, err := sse.Open(ctx, ctx.Value(sessionKey{}).(session).Manager, lifecycle.Cursor(cmp.Or(in.Last, in.After)))
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		stream.Closing = s.closing
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humago.Unwrap(ctx)
			stream.ServeHTTP(w, r)
		}}, nil
	})
}

func check(_ context.Context, _ session, in *struct{ Body body[listing.Listing] }) (rule.Findings, error) {
	l, err := listing.Parse(in.Body)
	return listing.Check(l), err
}

// anyCommand has the schema of what lifecycle.DecodeCommand reads: an object with one
// member, named after the command.
type anyCommand struct{}

// Schema implements huma.SchemaProvider.
func (anyCommand) Schema(r huma.Registry) *huma.Schema {
	one := 1
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, MinProperties: &one, MaxProperties: &one, Properties: map[string]*huma.Schema{}}
	for name, c := range lifecycle.Commands() {
		s.Properties[name] = r.Schema(reflect.TypeOf(c), true, "")
	}
	return s
}
