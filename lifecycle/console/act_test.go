package console_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

var tokens = regexp.MustCompile(`name="token" value="([^"]+)"`)

// tokenOf returns the token of the form on a page.
func tokenOf(t testing.TB, body string) string {
	t.Helper()
	m := tokens.FindStringSubmatch(body)
	require.NotNil(t, m, "the page has no form")
	return m[1]
}

func TestActing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	s := serve(t, actor(b.Manager), console.WithPath("/c/"))
	_, body := get(t, s, "/c"+page(id))
	require.Contains(t, body, `href="/c/listings/`+id.String()+`/do/submit"`)
	status, body := get(t, s, "/c"+page(id)+"/do/submit")
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "Takes about an hour")
	form := url.Values{"token": {tokenOf(t, body)}, "revision": {"1"}}
	for range 2 { // sending it again does nothing more
		status, header, _ := post(t, s, "/c"+page(id)+"/do/submit", form, nil)
		assert.Equal(t, http.StatusSeeOther, status)
		assert.Equal(t, "/c"+page(id), header.Get("Location"))
	}
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Submitted, r.State)
	assert.Equal(t, int64(2), r.Revision)
	for e, err := range b.Journal(ctx, id) {
		require.NoError(t, err)
		if e.Revision == 2 {
			assert.Equal(t, "ann", e.By)
		}
	}
	_, err = b.Await(ctx, id)
	require.NoError(t, err)

	// A form of a revision that is no more.
	status, _, body = post(t, s, "/c"+page(id)+"/do/sign-off", form, nil)
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, body, "Changed meanwhile")
}

func TestActingOnALiveListing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	s := serve(t, actor(b.Manager))
	_, body := get(t, s, page(id)+"/do/unpublish")
	assert.Contains(t, body, "Why the listing is removed")
	assert.NotContains(t, body, `name="revision"`)
	filled := url.Values{"token": {tokenOf(t, body)}, "look": {"1"}, "email": {"ann@example.com"}, "reason": {"Replaced by a <newer> one."}}
	status, _, body := post(t, s, page(id)+"/do/unpublish", filled, nil)
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "Replaced by a &lt;newer&gt; one.")
	assert.Contains(t, body, "buyers are supported for 90 days")
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	form := url.Values{"token": {tokenOf(t, body)}, "revision": {number(r.Revision)}, "email": {"ann@example.com"}, "reason": {"Replaced by a <newer> one."}}
	assert.Nil(t, r.Request, "looking gives no command")
	status, _, _ = post(t, s, page(id)+"/do/unpublish", form, nil)
	require.Equal(t, http.StatusSeeOther, status)
	r, err = b.Load(ctx, id)
	require.NoError(t, err)
	require.NotNil(t, r.Request)
	assert.Equal(t, "Replaced by a <newer> one.", r.Request.Removal.Reason)

	// The rules have the last word, and say all.
	form.Set("revision", number(r.Revision))
	status, _, body = post(t, s, page(id)+"/do/unpublish", form, nil)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, body, "What stands in the way")
	_, body = get(t, s, page(id)+"/do/restrict-version")
	assert.Contains(t, body, "<option>1.0</option>")
}

func TestFormsOfElsewhereAreRefused(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	who := console.Session{Manager: b.Manager, User: "ann", ID: "session-1", MayAct: true}
	var failed error
	secret := bytes.Repeat([]byte("s"), 32)
	s := serve(t, func(r *http.Request) (console.Session, error) {
		session := who
		if other := r.Header.Get("Session"); other != "" {
			session.ID = other
		}
		if other := r.Header.Get("User"); other != "" {
			session.User = other
		}
		session.MayAct = r.Header.Get("Reading") == ""
		switch r.Header.Get("Without") {
		case "user":
			session.User = ""
		case "id":
			session.ID = ""
		}
		return session, failed
	}, console.WithSecret(secret))
	_, body := get(t, s, page(id)+"/do/discard")
	good := url.Values{"token": {tokenOf(t, body)}, "revision": {"1"}}
	without := url.Values{"revision": {"1"}}
	host := s.URL
	// nobody is a form whose token is right for a session that lacks something.
	nobody := func(what string) url.Values {
		who := console.Session{Manager: b.Manager, User: "ann", ID: "session-1"}
		if what == "user" {
			who.User = ""
		} else {
			who.ID = ""
		}
		return url.Values{"token": {console.Token(secret, who)}, "revision": {"1"}}
	}
	for name, c := range map[string]struct {
		form   url.Values
		header http.Header
		query  string
		want   int
	}{
		"no token":                     {form: without, want: 403},
		"empty token":                  {form: url.Values{"token": {""}, "revision": {"1"}}, want: 403},
		"token in the query":           {form: without, query: "?" + good.Encode(), want: 403},
		"token of another session":     {form: good, header: http.Header{"Session": {"session-2"}}, want: 403},
		"token of another user":        {form: good, header: http.Header{"User": {"bob"}}, want: 403},
		"cross-site":                   {form: good, header: http.Header{"Sec-Fetch-Site": {"cross-site"}}, want: 403},
		"same site, another origin":    {form: good, header: http.Header{"Sec-Fetch-Site": {"same-site"}}, want: 403},
		"another origin":               {form: good, header: http.Header{"Origin": {"https://evil.example"}}, want: 403},
		"an origin that is none":       {form: good, header: http.Header{"Origin": {"https://[::1"}}, want: 403},
		"origin null":                  {form: good, header: http.Header{"Origin": {"null"}}, want: 403},
		"may not act":                  {form: good, header: http.Header{"Reading": {"1"}}, want: 403},
		"no user":                      {form: nobody("user"), header: http.Header{"Without": {"user"}}, want: 403},
		"no session":                   {form: nobody("id"), header: http.Header{"Without": {"id"}}, want: 403},
		"a look without a token":       {form: url.Values{"look": {"1"}}, want: 403},
		"no revision":                  {form: url.Values{"token": good["token"]}, want: 400},
		"revision that is no number":   {form: url.Values{"token": good["token"], "revision": {"one"}}, want: 400},
		"revision of too many digits":  {form: url.Values{"token": good["token"], "revision": {"99999999999999999999"}}, want: 400},
		"revision 0":                   {form: url.Values{"token": good["token"], "revision": {"0"}}, want: 400},
		"a form that is too large":     {form: url.Values{"token": good["token"], "revision": {"1"}, "x": {string(make([]byte, 65<<10))}}, want: 400},
		"a type that no form has":      {form: good, header: http.Header{"Content-Type": {"text/plain"}}, want: 403},
		"another revision":             {form: url.Values{"token": good["token"], "revision": {"7"}}, want: 409},
		"a command that needs content": {form: good, query: "/../edit", want: 404},
	} {
		path := page(id) + "/do/discard" + c.query
		if c.query == "/../edit" {
			path = page(id) + "/do/edit"
		}
		status, _, _ := post(t, s, path, c.form, c.header)
		assert.Equal(t, c.want, status, name)
		r, err := b.Load(context.Background(), id)
		require.NoError(t, err, name)
		require.Equal(t, int64(1), r.Revision, name)
	}
	status, _ := get(t, s, page(id)+"/do/discard?"+good.Encode())
	assert.Equal(t, http.StatusOK, status, "a plan, and no more")
	_, err := b.Load(context.Background(), id)
	require.NoError(t, err)

	for _, c := range []struct {
		err  error
		want int
	}{{console.ErrSignIn, 401}, {lifecycle.ErrDenied, 403}, {errors.New("no database"), 500}} {
		failed = c.err
		status, body := get(t, s, page(id))
		assert.Equal(t, c.want, status)
		assert.NotContains(t, body, "no database")
		assert.NotContains(t, body, id.String())
	}
	failed = nil

	status, _, _ = post(t, s, page(id)+"/do/discard", good, http.Header{"Origin": {host}, "Sec-Fetch-Site": {"same-origin"}})
	assert.Equal(t, http.StatusSeeOther, status)
	_, err = b.Load(context.Background(), id)
	assert.ErrorIs(t, err, lifecycle.ErrNotFound)
}
