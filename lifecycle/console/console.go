package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// ErrSignIn is returned by a [SessionFunc] for a request of nobody who is known. The
// answer has the status 401.
var ErrSignIn = errors.New("not signed in")

// Session is whose listings a request is shown, and who asks.
type Session struct {
	// Manager is that of the seller. It is required. It is used after the request has
	// ended, to follow the feed: all sessions of a seller have the same store.
	Manager *lifecycle.Manager
	// User names who asks, for the page and the journal; empty if nobody said.
	User string
	// ID names the session of the user, such as a digest of its cookie. Forms of one
	// session are refused in another. It is shown to nobody.
	ID string
	// MayAct lets the user give commands. It has no effect without User and ID.
	MayAct bool
}

func (s Session) mayAct() bool { return s.MayAct && s.User != "" && s.ID != "" }

// SessionFunc returns the session of a request. An error that matches [ErrSignIn] is
// answered with 401, one that matches [lifecycle.ErrDenied] with 403, and any other
// with 500.
type SessionFunc func(r *http.Request) (Session, error)

// Console is the handler. Make one with [New], and [Console.Close] it. It is safe for
// concurrent use.
type Console struct {
	session SessionFunc
	path    string // begins and ends with a slash
	secret  []byte
	log     *slog.Logger
	mux     *http.ServeMux
	feeds   *feeds
}

// Option changes how a [Console] works.
type Option func(*Console)

// WithPath says below which path the console is served, such as "/console/". The
// default is "/". The handler expects the whole path of a request: do not strip it.
func WithPath(path string) Option { return func(c *Console) { c.path = path } }

// WithSecret gives the key that forms are signed with, 32 bytes or more. Several
// processes that serve one console need the same. The default is a random one.
func WithSecret(key []byte) Option { return func(c *Console) { c.secret = bytes.Clone(key) } }

// WithLogger makes the console log what it could not show, at level Error. The default
// logs nothing.
func WithLogger(l *slog.Logger) Option { return func(c *Console) { c.log = l } }

// New returns a console. It returns an error that matches [lifecycle.ErrConfig] when
// something is missing or makes no sense.
func New(session SessionFunc, options ...Option) (*Console, error) {
	c := &Console{session: session, path: "/", log: slog.New(slog.NewTextHandler(io.Discard, nil)), feeds: newFeeds(feedInterval)}
	for i, option := range options {
		if option == nil {
			return nil, fmt.Errorf("%w: option %d is nil: leave it out", lifecycle.ErrConfig, i)
		}
		option(c)
	}
	clean := (&url.URL{Path: c.path}).EscapedPath() == c.path && !strings.Contains(c.path, "//")
	switch {
	case session == nil:
		return nil, fmt.Errorf("%w: no function for sessions", lifecycle.ErrConfig)
	case !clean || !strings.HasPrefix(c.path, "/") || !strings.HasSuffix(c.path, "/"):
		return nil, fmt.Errorf("%w: path %q: give one such as \"/console/\"", lifecycle.ErrConfig, c.path)
	case c.log == nil:
		return nil, fmt.Errorf("%w: the logger is nil: leave the option out", lifecycle.ErrConfig)
	case c.secret == nil:
		c.secret = make([]byte, 32)
		if _, err := rand.Read(c.secret); err != nil {
			return nil, err
		}
	case len(c.secret) < 32:
		return nil, fmt.Errorf("%w: the secret has %d bytes: give 32 or more", lifecycle.ErrConfig, len(c.secret))
	}
	c.routes()
	return c, nil
}

// Close ends the streams of all viewers and stops following the feeds. Pages are
// served as before, without news. Give it to [http.Server.RegisterOnShutdown], since a
// server waits for streams to end.
func (c *Console) Close() { c.feeds.close() }

// Observe tells the console that something was saved, so that viewers see it at once
// and not within seconds. It is a [lifecycle.Observer]: give it to
// [lifecycle.WithObserver].
func (c *Console) Observe(_ context.Context, s lifecycle.Summary, _ lifecycle.Entry) {
	c.feeds.wake(s.Seller)
}

// ServeHTTP answers a request.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	c.mux.ServeHTTP(w, r)
}

//go:embed static
var static embed.FS

func (c *Console) routes() {
	c.mux = http.NewServeMux()
	page := func(pattern string, serve func(*request) error) {
		c.mux.HandleFunc(strings.Replace(pattern, " /", " "+c.path, 1), func(w http.ResponseWriter, r *http.Request) {
			c.serve(w, r, serve)
		})
	}
	page("GET /{$}", (*request).catalogue)
	page("GET /listings/{id}", onListing((*request).listing))
	page("GET /listings/{id}/history", onListing((*request).history))
	page("GET /listings/{id}/drift", onListing((*request).drift))
	page("GET /listings/{id}/preview", onListing((*request).preview))
	page("GET /listings/{id}/do/{command}", onListing((*request).plan))
	page("POST /listings/{id}/do/{command}", onListing((*request).do))
	page("GET /events", (*request).events)
	page("/", func(*request) error { return lifecycle.ErrNotFound })
	for _, name := range []string{"console.css", "console.js", "icon.svg"} {
		c.mux.HandleFunc("GET "+c.path+name, asset(name))
	}
}

// asset serves a file of the console, which holds nothing of anyone.
func asset(name string) http.HandlerFunc {
	data, _ := static.ReadFile("static/" + name) // it is embedded
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=300")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	}
}

// request is one request of a session.
type request struct {
	*Console
	Session
	w http.ResponseWriter
	r *http.Request
}

func (c *Console) serve(w http.ResponseWriter, r *http.Request, serve func(*request) error) {
	q := &request{Console: c, w: w, r: r}
	w.Header().Set("Cache-Control", "no-store")
	session, err := c.session(r)
	if err == nil && session.Manager == nil {
		err = errors.New("the session has no manager")
	}
	if err != nil {
		status := http.StatusInternalServerError
		switch {
		case errors.Is(err, ErrSignIn):
			status = http.StatusUnauthorized
		case errors.Is(err, lifecycle.ErrDenied):
			status = http.StatusForbidden
		default:
			c.log.ErrorContext(r.Context(), "console: no session", "error", err.Error())
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	q.Session = session
	if err := serve(q); err != nil {
		q.fail(err)
	}
}

// onListing gives the id of the path. What is no id in the usual form is of no listing.
func onListing(serve func(*request, uuid.UUID) error) func(*request) error {
	return func(q *request) error {
		text := q.r.PathValue("id")
		id, _ := uuid.Parse(text) // uuid.Nil if it is none
		if id.String() != text {
			return lifecycle.ErrNotFound
		}
		return serve(q, id)
	}
}

// problem is an error page.
type problem struct {
	Status       int
	Title, Texts string
}

// fail answers with a page that says what went wrong, and nothing of whether a listing
// exists.
func (q *request) fail(err error) {
	p := problem{Status: http.StatusInternalServerError, Title: "This page cannot be shown", Texts: "The reason is in the log of the server."}
	is := func(all ...error) bool {
		for _, each := range all {
			if errors.Is(err, each) {
				return true
			}
		}
		return false
	}
	switch {
	case q.r.Context().Err() != nil:
		return // nobody waits for it
	case is(lifecycle.ErrNotFound):
		p = problem{http.StatusNotFound, "Not found", "There is no such page, or no such listing of this seller."}
	case is(errForm):
		p = problem{http.StatusForbidden, "Not taken", "The form is not of this session, or the session may not act. Nothing was done. Open the page again and send it from there."}
	case is(errInput):
		p = problem{http.StatusBadRequest, "Not taken", "The request has a part that makes no sense. Nothing was done."}
	case is(lifecycle.ErrStale, lifecycle.ErrKeyUsed):
		p = problem{http.StatusConflict, "Changed meanwhile", "The listing has changed since the page was shown. Nothing was done. Look at it again."}
	case is(lifecycle.ErrUnreadable, lifecycle.ErrJournal):
		p.Title, p.Texts = "Cannot be read", "What is stored of the listing is damaged, or a newer release wrote it."
	case is(lifecycle.ErrBusy, lifecycle.ErrThrottled, lifecycle.ErrUnavailable):
		q.w.Header().Set("Retry-After", "5")
		p = problem{http.StatusServiceUnavailable, "Try again", "The store or AWS could not answer just now."}
	case is(errors.ErrUnsupported):
		p = problem{http.StatusNotImplemented, "Not possible here", "The marketplace that this console works with cannot do that."}
	case is(lifecycle.ErrAnswer):
		p = problem{http.StatusBadGateway, "AWS answered what cannot be", "Its answer does not fit the listing. Nothing of it was taken."}
	case is(lifecycle.ErrForgotten, lifecycle.ErrDenied):
		p = problem{http.StatusBadGateway, "A person must help", "AWS does not show this: the product is gone, or permissions or credentials are missing."}
	}
	if p.Status >= http.StatusInternalServerError {
		q.log.ErrorContext(q.r.Context(), "console: page not shown", "path", q.r.URL.Path, "error", printable(err.Error()))
	}
	if err := q.render(p.Status, "problem.html", p.Title, p); err != nil {
		http.Error(q.w, p.Title, p.Status)
	}
}

// page is what every template gets.
type page struct {
	Title  string
	Path   string // of the console
	Seller string
	User   string
	Now    time.Time
	Live   string // whose events the page follows: "all", an id, or nothing
	Since  string // the id of the news that it has seen
	Data   any
}

func (q *request) render(status int, name, title string, data any) error {
	return q.renderLive(status, name, title, "", "", data)
}

// renderLive writes a page that follows events. It is made before it is written, so
// that no half of it is sent.
func (q *request) renderLive(status int, name, title, live, since string, data any) error {
	p := page{Title: title, Path: q.path, Seller: string(q.Manager.Seller()), User: q.User, Now: q.Manager.Now(), Live: live, Since: since, Data: data}
	var b bytes.Buffer
	if err := pages[name].ExecuteTemplate(&b, "layout", p); err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	q.w.WriteHeader(status)
	_, _ = q.w.Write(b.Bytes()) // if nobody takes it, nobody misses it
	return nil
}
