package console_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

var reader = func(m *lifecycle.Manager) console.SessionFunc {
	return func(*http.Request) (console.Session, error) { return console.Session{Manager: m}, nil }
}

// actor may act.
var actor = func(m *lifecycle.Manager) console.SessionFunc {
	return func(*http.Request) (console.Session, error) {
		return console.Session{Manager: m, User: "ann", ID: "session-1", MayAct: true}, nil
	}
}

// serve returns a server of a console, which is closed with the test.
func serve(t testing.TB, session console.SessionFunc, options ...console.Option) *httptest.Server {
	t.Helper()
	c, err := console.New(session, options...)
	require.NoError(t, err)
	s := httptest.NewServer(c)
	t.Cleanup(func() { c.Close(); s.Close() })
	return s
}

// get returns status and body of a page.
func get(t testing.TB, s *httptest.Server, path string) (int, string) {
	t.Helper()
	answer, err := s.Client().Get(s.URL + path)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}

// post sends a form as a browser does from a page of the origin.
func post(t testing.TB, s *httptest.Server, path string, form url.Values, header http.Header) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, values := range header {
		r.Header[name] = values
	}
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header, string(body)
}

// page is the path of a listing's page.
func page(id uuid.UUID) string { return "/listings/" + id.String() }

// refuse makes the next request of the listing fail.
func refuse(t testing.TB, b *lifecycletest.Bench, id uuid.UUID, c lifecycle.Command, problems ...lifecycle.Problem) {
	t.Helper()
	b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: problems})
	_, err := b.Do(context.Background(), id, c)
	require.NoError(t, err)
	_, err = b.Await(context.Background(), id)
	require.Error(t, err)
}

// nobody is a marketplace that must not be called: its methods panic.
type nobody struct{ lifecycle.Marketplace }

// silent is where facts come from that must not be asked for.
type silent struct{ t testing.TB }

func (s silent) Describe(context.Context, version.ARN) (lifecycle.Resource, error) {
	s.t.Error("SageMaker was asked")
	return lifecycle.Resource{}, lifecycle.ErrDenied
}

func (s silent) Fetch(context.Context, string, int64) ([]byte, error) {
	s.t.Error("a file was fetched")
	return nil, lifecycle.ErrDenied
}

func (s silent) Profile(context.Context, listing.AccountID) (lifecycle.SellerProfile, error) {
	s.t.Error("the profile was asked for")
	return lifecycle.SellerProfile{}, lifecycle.ErrDenied
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func sha256Base64(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}
