package main

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
	"github.com/shelflife-go/shelflife/listing"
)

const maxBody = 4 << 20 // bytes

// service answers requests for the sellers of a world.
type service struct {
	world    world
	data     database
	managers map[listing.AccountID]*lifecycle.Manager
	log      *slog.Logger
	api      huma.API
	mux      *http.ServeMux
	closing  chan struct{} // ends the streams
	close    func()
}

func newService(w world, data database, log *slog.Logger) (*service, error) {
	s := &service{world: w, data: data, managers: map[listing.AccountID]*lifecycle.Manager{}, log: log, mux: http.NewServeMux(), closing: make(chan struct{})}
	pages, err := console.New(s.look, console.WithPath("/console/"), console.WithLogger(log))
	if err != nil {
		return nil, err
	}
	s.close = sync.OnceFunc(func() { close(s.closing); pages.Close() })
	told, err := telemetry.New() // to what the program has given package otel: without an SDK, to nobody
	if err != nil {
		return nil, err
	}
	for id, seller := range w.sellers {
		s.managers[id], err = seller.manager(id, w, data, told,
			lifecycle.WithLogger(log), lifecycle.WithObserver(pages.Observe), lifecycle.WithOperationObserver(told.Observe))
		if err != nil {
			return nil, err
		}
	}
	config := huma.DefaultConfig("Listings", "1.0.0")
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil // nothing that loads scripts from elsewhere
	config.FieldsOptionalByDefault = true                                 // a draft may be incomplete: the rules say what is missing
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"token": {}}}
	json := huma.DefaultJSONFormat
	json.Unmarshal = func(data []byte, into any) error { into.(interface{ keep(data []byte) }).keep(data); return nil }
	config.Formats = map[string]huma.Format{"application/json": json, "json": json}
	s.api = humago.New(s.mux, config)
	s.api.UseMiddleware(s.logged, s.signIn)
	s.operations()
	s.api.OpenAPI().Components.Schemas.Map()["Regions"] = &huma.Schema{Description: `"all", or a list of Regions`} // its own JSON
	s.mux.HandleFunc("/console/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", challenge) // has a browser ask for the token, if it has sent none
		pages.ServeHTTP(w, r)
	})
	s.mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	s.mux.HandleFunc("GET /readyz", s.ready)
	return s, nil
}

// handler is the service: with what other pages let a browser do refused.
func (s *service) handler() http.Handler { return http.NewCrossOriginProtection().Handler(s.mux) }

// answer is a body, with the revision if it is of one listing.
type answer[T any] struct {
	ETag string `header:"ETag" doc:"the revision of the listing, for If-Match"`
	Body T
}

// register adds an operation. Its function gets the session of the caller, and its
// errors become problems.
func register[I, O any](s *service, method, path, summary string, do func(context.Context, session, *I) (O, error)) {
	op := operation(method, path, summary)
	op.OperationID = huma.GenerateOperationID(method, path, new(answer[O]))
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*answer[O], error) {
		body, err := do(ctx, ctx.Value(sessionKey{}).(session), in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return &answer[O]{tag(body), body}, nil
	})
}

// tag returns the revision that a body is of, as its ETag.
func tag(body any) string {
	var revision int64
	switch of := body.(type) {
	case lifecycle.Record:
		revision = of.Revision
	case lifecycle.Applied:
		revision = of.Summary.Revision
	case decision:
		revision = of.Summary.Revision
	default:
		return ""
	}
	return strconv.Quote(strconv.FormatInt(revision, 10))
}

func operation(method, path, summary string) huma.Operation {
	return huma.Operation{
		Method: method, Path: path, Summary: summary,
		MaxBodyBytes: maxBody, BodyReadTimeout: 20 * time.Second,
		SkipValidateBody: true, // the library reads bodies, more strictly
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed,
			http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity,
			http.StatusInternalServerError, http.StatusServiceUnavailable},
	}
}

// ready reports whether the listings can be read.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	if _, err := s.data.List(r.Context(), lifecycle.Query{Limit: 1}); err != nil {
		s.log.WarnContext(r.Context(), "not ready", "err", err)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// logged logs each request, without anything that the caller has sent.
func (s *service) logged(ctx huma.Context, next func(huma.Context)) {
	begin := time.Now()
	next(ctx)
	s.log.InfoContext(ctx.Context(), "request", "operation", ctx.Operation().OperationID, "status", ctx.Status(), "took", time.Since(begin))
}
