package console_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/hostile"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// attacks are texts that do something in a page that does not escape them.
var attacks = []string{
	`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</title></textarea></style><svg onload=alert(1)>`,
	`javascript:alert(1)`, `data:text/html,<script>alert(1)</script>`, `{{.}}{{html "x"}}`, "\u202eabc\u2066\u200b", "a\r\nSet-Cookie: x=1",
	`https://user:word@evil.example/"onmouseover="alert(1)`, `<!--`, `]]>`, `%3Cscript%3E`, "\x00\x1b[31m",
}

// fill puts the text into every string that can hold it.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	}
}

// filled is a listing with the text in every field.
func filled(text string) listing.Listing {
	l := lifecycletest.Algorithm()
	l.Promotion.Links = []listing.Link{{Text: "x", URL: "x"}}
	l.Versions[0].Input.CustomAttributes = []version.Parameter{{Name: "x"}}
	visibility := l.Visibility
	fill(reflect.ValueOf(&l).Elem(), text)
	l.Visibility, l.Kind = visibility, version.Algorithm
	return l
}

var values = regexp.MustCompile(`"[^"]*"`)

// harmless checks that a page has nothing that a text brought with it.
func harmless(t *testing.T, body, where string) {
	t.Helper()
	for _, tag := range []string{"<script>", "<img src=x", "<svg onload", "<!--"} {
		assert.NotContains(t, body, tag, where)
	}
	for _, c := range body {
		if c != '\n' && (unicode.IsControl(c) || unicode.In(c, unicode.Cf)) {
			t.Errorf("%s: has a raw %U", where, c)
			break
		}
	}
	for _, part := range strings.Split(body, "<") {
		tag, _, _ := strings.Cut(part, ">")
		for _, in := range []string{`href="javascript:`, `href="data:`, `href="https://user:`} {
			assert.NotContains(t, tag, in, where)
		}
		for _, in := range []string{"onerror", "onload", "onmouseover"} {
			assert.NotContains(t, values.ReplaceAllString(tag, ""), in, where)
		}
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	classes := "a"
	for _, name := range slices.Sorted(maps.Keys(hostile.Classes)) {
		classes += hostile.Classes[name] + "b"
	}
	for _, text := range append(slices.Clone(attacks), classes) {
		b := lifecycletest.NewBench(t)
		id := uuid.New()
		create := lifecycle.Create{Listing: filled(text)}
		if _, err := b.Do(context.Background(), id, create); err != nil {
			create.Listing = filled(strings.ToValidUTF8(text, "?")) // what is not UTF-8 is not accepted
			_, err = b.Do(context.Background(), id, create)
			require.NoError(t, err, "%q", text)
		}
		b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: text, Message: text, Change: text}}})
		failed := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
		_, err := b.Do(context.Background(), failed, lifecycle.Submit{})
		require.NoError(t, err)
		_, _ = b.Await(context.Background(), failed)
		s := serve(t, actor(b.Manager))
		for _, path := range []string{"/", "/?q=" + url.QueryEscape(text), page(id), page(id) + "?ask=aws", page(id) + "/history", page(id) + "/do/discard", page(id) + "/do/submit",
			page(failed), page(failed) + "/history", page(failed) + "/do/submit"} {
			status, body := get(t, s, path)
			if status != http.StatusBadRequest {
				assert.Equal(t, http.StatusOK, status, "%s of %q", path, text)
			}
			harmless(t, body, path)
		}
		// The preview has one style of its own, and the logo as data.
		for _, l := range []listing.Listing{create.Listing, {}} {
			var page bytes.Buffer
			facts := lifecycle.Facts{Resources: map[version.ARN]lifecycle.Resource{}, Assets: map[string][]byte{}}
			if len(l.Versions) > 0 {
				facts.Assets[l.Promotion.Logo] = []byte(`<svg onload=alert(1)>`)
				facts.Resources[l.Versions[0].Resource] = lifecycle.Resource{Metrics: []string{text}, Channels: []lifecycle.Channel{{Name: text, Description: text, ContentTypes: []string{text}, InputModes: []string{text}}},
					Hyperparameters: []lifecycle.Hyperparameter{{Name: text, Description: text, Type: text, Default: text}}}
			}
			require.NoError(t, console.WritePreview(&page, l, console.Preview{Limited: true, Facts: facts}))
			harmless(t, page.String(), "preview")
			assert.NotContains(t, page.String(), "<script")
			assert.NotContains(t, page.String(), "data:image")
		}
	}
}

// A session cannot tell a listing of another seller from one that does not exist.
func TestSellersAreIsolated(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	other, err := lifecycle.New("444455556666", b.Store, b.Market, lifecycle.WithClock(b.Clock))
	require.NoError(t, err)
	own := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	s := serve(t, actor(other))
	nowhere := uuid.MustParse("5b0a4c3e-6f4e-4b5e-9d3e-2f1a0b9c8d7e")
	for _, rest := range []string{"", "?ask=aws", "/history", "/drift", "/preview", "/preview?ask=aws", "/do/submit", "/do/discard", "/do/unpublish", "/do/nothing", "/nothing"} {
		gotStatus, got := get(t, s, page(own)+rest)
		wantStatus, want := get(t, s, page(nowhere)+rest)
		assert.Equal(t, http.StatusNotFound, gotStatus, rest)
		assert.Equal(t, wantStatus, gotStatus, rest)
		assert.Equal(t, want, got, rest)
		assert.NotContains(t, got, own.String())
	}
	_, plan := get(t, serve(t, actor(b.Manager)), page(own)+"/do/discard")
	for _, command := range []string{"submit", "discard", "nothing"} {
		form := url.Values{"token": {tokenOf(t, plan)}, "revision": {"1"}}
		gotStatus, _, got := post(t, s, page(own)+"/do/"+command, form, nil)
		wantStatus, _, want := post(t, s, page(nowhere)+"/do/"+command, form, nil)
		assert.GreaterOrEqual(t, gotStatus, 400)
		assert.Equal(t, wantStatus, gotStatus)
		assert.Equal(t, want, got)
	}
	for _, path := range []string{"/", "/?q=" + own.String(), "/?q=" + url.QueryEscape(lifecycletest.ModelPackage().Title), "/?state=Draft"} {
		_, body := get(t, s, path)
		assert.NotContains(t, body, page(own), path)
	}
	r, err := b.Load(context.Background(), own)
	require.NoError(t, err)
	assert.Equal(t, int64(1), r.Revision)
	for _, id := range []string{"x", strings.Repeat("x", 36), strings.ToUpper(own.String()), "{" + own.String() + "}", "urn:uuid:" + own.String()} {
		for _, who := range []*httptest.Server{s, serve(t, actor(b.Manager))} {
			status, _ := get(t, who, "/listings/"+id)
			assert.Equal(t, http.StatusNotFound, status, id)
		}
	}
}

// Every answer tells browsers what they may load, and nothing from elsewhere.
func TestHeaders(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	s := serve(t, reader(b.Manager))
	for _, path := range []string{"/", page(id), page(id) + "/preview?ask=aws", "/nothing", "/console.css", "/console.js", "/icon.svg", "/events?since=x", "/listings/x"} {
		ctx, cancel := context.WithCancel(context.Background())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
		require.NoError(t, err)
		answer, err := s.Client().Do(r)
		require.NoError(t, err)
		policy := answer.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'", path)
		assert.Contains(t, policy, "frame-ancestors 'none'", path)
		assert.NotContains(t, policy, "unsafe", path)
		assert.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"), path)
		assert.Equal(t, "DENY", answer.Header.Get("X-Frame-Options"), path)
		assert.Equal(t, "same-origin", answer.Header.Get("Cross-Origin-Opener-Policy"), path)
		assert.Equal(t, "same-origin", answer.Header.Get("Cross-Origin-Resource-Policy"), path)
		assert.Contains(t, answer.Header.Get("Permissions-Policy"), "camera=()", path)
		assert.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"), path)
		kind, cache := map[string]string{"/console.css": "text/css", "/console.js": "text/javascript", "/icon.svg": "image/svg+xml", "/events?since=x": "text/event-stream"}[path], "max-age=300"
		if kind == "" {
			kind = "text/html"
		}
		if !strings.Contains(path, ".") {
			cache = "no-store"
		}
		assert.Equal(t, cache, answer.Header.Get("Cache-Control"), path)
		assert.Equal(t, strings.Contains(path, "/nothing") || strings.HasSuffix(path, "/x"), answer.StatusCode == http.StatusNotFound, path)
		assert.Contains(t, answer.Header.Get("Content-Type"), kind, path)
		if kind != "text/event-stream" { // which is not kept back by a proxy
			assert.Positive(t, answer.ContentLength, path)
		} else {
			assert.Equal(t, "no", answer.Header.Get("X-Accel-Buffering"))
		}
		cancel()
		_ = answer.Body.Close() // it was cancelled
	}
}
