package simulator_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

func (w *world) page() string {
	w.t.Helper()
	resp, err := client.Get(w.url + "/_simulator/")
	require.NoError(w.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	require.Equal(w.t, 200, resp.StatusCode)
	require.Equal(w.t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
	require.Contains(w.t, resp.Header.Get("Content-Security-Policy"), "default-src 'none'")
	return string(body)
}

// form sends a form of the page and returns the status and the page that follows.
func (w *world) form(origin string, pairs ...string) (int, string) {
	w.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, w.url+"/_simulator/", strings.NewReader(values.Encode()))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	resp, err := client.Do(req)
	require.NoError(w.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return resp.StatusCode, string(body)
}

func TestThePage(t *testing.T) {
	t.Parallel()
	empty := newWorld(t, simulator.Config{})
	assert.Contains(t, empty.page(), "There are none yet.")

	w, product, offer := published(t, simulator.Config{ReviewByHand: true, ProgramOffers: true})
	page := w.page()
	for _, text := range []string{"2026-01-07 09:00:00", "Demand forecast", product, offer + " (Released)", "made by AWS", "Limited", "SUCCEEDED", "CreateProduct", "StartChangeSet", "Nothing waits for you."} {
		assert.Contains(t, page, text)
	}
	set := w.start(onProduct("UpdateVisibility", product, `{"TargetVisibility":"Public"}`))
	page = w.page()
	assert.Contains(t, page, product+" of "+seller+" asks to be Public")

	status, page := w.form(w.url, "form", "clock", "hours", "1.5")
	assert.Equal(t, 200, status)
	assert.Contains(t, page, "2026-01-07 10:30:00")
	_, page = w.form("", "form", "fault", "kind", "throttle", "times", "2", "message", "slowly")
	assert.Contains(t, page, "throttle, 2 to come")
	assert.Equal(t, 429, w.call("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "").Status)
	assert.Equal(t, 429, w.call("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "").Status)
	_, page = w.form(w.url, "form", "refuse", "changeSet", set, "reason", "The notebook <b>fails</b>.")
	assert.Contains(t, page, "AUDIT_ERROR: The notebook &lt;b&gt;fails&lt;/b&gt;.")
	set = w.start(onProduct("UpdateVisibility", product, `{"TargetVisibility":"Public"}`))
	w.form(w.url, "form", "approve", "changeSet", set)
	w.advance(2 * time.Hour)
	assert.Equal(t, "SUCCEEDED", w.describe(set)["Status"])

	now := w.sim.Now()
	for _, bad := range [][]string{
		{"form", "clock", "hours", "-1"}, {"form", "clock", "hours", "x"}, {"form", "approve", "changeSet", "x"}, {"form", "refuse", "changeSet", set, "reason", ""},
		{"form", "fault", "kind", "flood", "times", "1"}, {"form", "fault", "kind", "throttle", "times", "x"}, {"form", "other"},
	} {
		status, page := w.form(w.url, bad...)
		assert.Equal(t, 400, status, bad)
		assert.Contains(t, page, `role="alert"`, bad)
	}
	status, _ = w.form("https://elsewhere.example.com", "form", "clock", "hours", "1")
	assert.Equal(t, 400, status, "a page of another origin")
	assert.Equal(t, now, w.sim.Now())
}

// Text that comes from outside cannot become markup, nor move what stands beside it.
func TestThePageShowsTextAsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	w.done(onProduct("CreateProduct", "", `{"ProductTitle":"a<script>\u202e\u200b\u0085\u2028b"}`))
	page := w.page()
	assert.Contains(t, page, `a&lt;script&gt;\u202e\u200b\u0085\u2028b`)
	for _, raw := range []string{"<script", "\u202e", "\u200b", "\u0085", "\u2028"} {
		assert.NotContains(t, page, raw)
	}
}
