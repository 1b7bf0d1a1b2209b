package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Every operation, once, on a listing that goes its way.
func TestOperations(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const one = "/listings/invoices"
	found := into[rule.Findings](t, b.ask(t, "ann", http.MethodPost, "/check", sample(t, ann, "")), http.StatusOK)
	require.Equal(t, "title", found.Violations[0].Path)
	require.Equal(t, "info.title", found.Violations[0].Rule.ID)

	live := b.publish(t, ann, "ann", "invoices", "Invoices", lifecycle.Live)
	require.Equal(t, lifecycle.Live, live.State)
	require.Equal(t, "invoices", live.Name)

	shown := b.ask(t, "ann", http.MethodGet, one, "")
	require.Equal(t, live.Revision, into[lifecycle.Record](t, shown, http.StatusOK).Revision)
	tag := shown.header.Get("ETag")
	require.Equal(t, shown.body, b.ask(t, "ann", http.MethodGet, "/listings/"+live.ID.String(), "").body, "by its id")

	all := into[[]lifecycle.Entry](t, b.ask(t, "ann", http.MethodGet, one+"/history", ""), http.StatusOK)
	require.Len(t, all, int(live.Revision))
	page := into[[]lifecycle.Entry](t, b.ask(t, "ann", http.MethodGet, one+"/history?after=2&limit=2", ""), http.StatusOK)
	require.Equal(t, all[2:4], page)

	can := into[[]lifecycle.Availability](t, b.ask(t, "ann", http.MethodGet, one+"/available", ""), http.StatusOK)
	require.Greater(t, len(can), 10)
	require.Empty(t, into[lifecycle.Drift](t, b.ask(t, "ann", http.MethodGet, one+"/drift", ""), http.StatusOK).Differences)

	const cheaper = `{"update-allow-list": {"accounts": ["444455556666"]}}`
	require.Contains(t, b.ask(t, "ann", http.MethodPost, one+"/plan", cheaper).body, "UpdateTargeting")
	for i := range 3 { // a job that is run again
		answer := b.ask(t, "ann", http.MethodPost, one+"/commands", cheaper, "Idempotency-Key", "run-1")
		require.Equal(t, i > 0, into[decision](t, answer, http.StatusOK).Repeated)
	}
	require.Equal(t, http.StatusPreconditionFailed,
		b.ask(t, "ann", http.MethodPost, one+"/commands", `{"cancel": {}}`, "If-Match", tag).status, "it has changed since")
	now := b.ask(t, "ann", http.MethodGet, one, "").header.Get("ETag")
	require.Equal(t, http.StatusOK, b.ask(t, "ann", http.MethodPost, one+"/commands", `{"cancel": {}}`, "If-Match", now).status)

	b.publish(t, ann, "ann", "second", "Second", lifecycle.Draft)
	list := func(query string) (titles []string) {
		for _, s := range into[[]lifecycle.Summary](t, b.ask(t, "ann", http.MethodGet, "/listings"+query, ""), http.StatusOK) {
			titles = append(titles, s.Title)
		}
		return titles
	}
	require.Len(t, list(""), 2)
	require.Equal(t, []string{"Second"}, list("?state=Draft"))
	require.Equal(t, []string{"Invoices"}, list("?title=Invoices"))
	require.Equal(t, []string{"Invoices"}, list("?underWay=true"))
	require.Empty(t, list("?unsuccessful=true"))
	first := into[[]lifecycle.Summary](t, b.ask(t, "ann", http.MethodGet, "/listings?limit=1", ""), http.StatusOK)
	require.Len(t, first, 1)
	require.NotContains(t, list("?after="+first[0].ID.String()), first[0].Title)
	require.Empty(t, into[[]lifecycle.Summary](t, b.ask(t, "bob", http.MethodGet, "/listings", ""), http.StatusOK))

	b.close() // so that the stream ends
	stream := b.ask(t, "ann", http.MethodGet, "/events", "")
	require.Equal(t, "text/event-stream", stream.header.Get("Content-Type"))
	events := strings.Split(strings.TrimSuffix(stream.body, "\n\n:\n\n"), "\n\n")
	require.Contains(t, events[0], `"event":"create"`)
	cursor := strings.TrimPrefix(strings.Split(events[2], "\n")[0], "id: ")
	rest := b.ask(t, "ann", http.MethodGet, "/events", "", "Last-Event-ID", cursor).body
	require.True(t, strings.HasPrefix(rest, events[3]), rest)
	require.Equal(t, rest, b.ask(t, "ann", http.MethodGet, "/events?after="+cursor, "").body)
	require.NotContains(t, stream.body, "Invoices", "no documents")
	require.Equal(t, ":\n\n", b.ask(t, "bob", http.MethodGet, "/events", "").body)
}

// Whatever goes wrong is a problem document.
func TestProblems(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish(t, ann, "ann", "invoices", "Invoices", lifecycle.Draft)
	const one, commands = "/listings/invoices", "/listings/invoices/commands"
	for name, c := range map[string]struct {
		answer reply
		status int
		says   string
	}{
		"no token":          {b.ask(t, "", http.MethodGet, "/listings", ""), 401, "token"},
		"unknown token":     {b.ask(t, "carl", http.MethodGet, "/listings", ""), 401, "token"},
		"unknown seller":    {b.ask(t, "eve", http.MethodGet, "/listings", ""), 401, "token"},
		"no such listing":   {b.ask(t, "ann", http.MethodGet, "/listings/none", ""), 404, "no such listing"},
		"not JSON":          {b.ask(t, "ann", http.MethodPost, commands, "{"), 400, "line 1, column 2"},
		"unknown field":     {b.ask(t, "ann", http.MethodPost, commands, `{"submit": {"tester": []}}`), 400, "tester: is not a known field"},
		"no command":        {b.ask(t, "ann", http.MethodPost, commands, `{}`), 400, "0 commands"},
		"not UTF-8":         {b.ask(t, "ann", http.MethodPost, "/check", "{\"title\": \"\xff\"}"), 400, "UTF-8"},
		"no body":           {b.ask(t, "ann", http.MethodPost, commands, ""), 400, "body"},
		"another type":      {b.ask(t, "ann", http.MethodPost, commands, "<a/>", "Content-Type", "text/xml"), 422, "content type"},
		"too large":         {b.ask(t, "ann", http.MethodPost, "/check", strings.Repeat(" ", maxBody+1)), 413, "body"},
		"refused":           {b.ask(t, "ann", http.MethodPost, commands, `{"sign-off": {}}`), 422, `"rule":{"id":`},
		"refused document":  {b.ask(t, "ann", http.MethodPut, one, desired(t, ann, "", lifecycle.Live)), 422, `"path":"title"`},
		"another revision":  {b.ask(t, "ann", http.MethodPost, commands, `{"submit": {}}`, "If-Match", `"7"`), 412, "another revision"},
		"malformed tag":     {b.ask(t, "ann", http.MethodPost, commands, `{"submit": {}}`, "If-Match", `W/"7"`), 422, "If-Match"},
		"malformed key":     {b.ask(t, "ann", http.MethodPost, commands, `{"submit": {}}`, "Idempotency-Key", "a\u200bb"), 422, "key"},
		"unknown parameter": {b.ask(t, "ann", http.MethodGet, "/listings?titel=x", ""), 422, "query.titel"},
		"wrong parameter":   {b.ask(t, "ann", http.MethodGet, "/listings?limit=0", ""), 422, "query.limit"},
		"strange cursor":    {b.ask(t, "ann", http.MethodGet, "/events?after=x", ""), 422, "cursor"},
		"never submitted":   {b.ask(t, "ann", http.MethodGet, one+"/drift", ""), 404, "no such listing"},
	} {
		require.Equal(t, c.status, c.answer.status, "%s: %s", name, c.answer.body)
		require.Equal(t, "application/problem+json", c.answer.header.Get("Content-Type"), name)
		require.Contains(t, c.answer.body, c.says, name)
		var p problemDocument
		require.NoError(t, json.Unmarshal([]byte(c.answer.body), &p), name)
		require.Equal(t, c.status, p.Status, name)
		require.Equal(t, http.StatusText(c.status), p.Title, name)
	}

	_, err := b.service.managers[ann].Do(t.Context(), b.managers[ann].ID("invoices"), lifecycle.Submit{}, lifecycle.Once("used"))
	require.NoError(t, err)
	require.Equal(t, 409, b.ask(t, "ann", http.MethodPost, commands, `{"cancel": {}}`, "Idempotency-Key", "used").status)
	cross := b.ask(t, "ann", http.MethodPost, commands, `{"cancel": {}}`, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, cross.status, "a page of somebody else's in the browser of a user")
}

func TestHealthAndConsole(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish(t, ann, "ann", "invoices", "Invoices", lifecycle.Draft)
	require.Equal(t, http.StatusOK, b.ask(t, "", http.MethodGet, "/healthz", "").status)
	require.Equal(t, http.StatusOK, b.ask(t, "", http.MethodGet, "/readyz", "").status)
	require.Contains(t, b.ask(t, "ann", http.MethodGet, "/console/", "").body, "Invoices")
	require.NotContains(t, b.ask(t, "bob", http.MethodGet, "/console/", "").body, "Invoices")
	nobody := b.ask(t, "", http.MethodGet, "/console/", "")
	require.Equal(t, http.StatusUnauthorized, nobody.status)
	require.Contains(t, nobody.header.Get("WWW-Authenticate"), "Basic")
	require.NotEqual(t, uuid.Nil, b.managers[ann].ID("invoices"))
}

// What AWS answers is passed on as what a caller can do about it: wait, mend, or ask the
// people who run the service, who find the reason in its log.
func TestFaultsOfAWS(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish(t, ann, "ann", "invoices", "Invoices", lifecycle.TestProduct)
	ask := func(f simulator.Fault, method, path, body string) (reply, problemDocument) {
		f.Times = 20
		require.NoError(t, b.market.Inject(f))
		r := b.ask(t, "ann", method, path, body)
		require.NoError(t, b.market.Advance(time.Hour))
		return r, into[problemDocument](t, r, r.status)
	}
	r, _ := ask(simulator.Fault{Kind: simulator.Throttle}, http.MethodGet, "/listings/invoices/drift", "")
	require.Equal(t, http.StatusServiceUnavailable, r.status, r.body)
	require.Equal(t, "30", r.header.Get("Retry-After"))

	b = newBench(t)
	b.publish(t, ann, "ann", "invoices", "Invoices", lifecycle.TestProduct)
	r, p := ask(simulator.Fault{Kind: simulator.Refuse, ErrorCode: "AccessDeniedException", Message: "hidden"}, http.MethodGet, "/listings/invoices/drift", "")
	require.Equal(t, http.StatusInternalServerError, r.status, r.body)
	require.Equal(t, "the log of the service says why", p.Detail)

	b = newBench(t)
	b.publish(t, ann, "ann", "invoices", "Invoices", lifecycle.TestProduct)
	require.NoError(t, b.market.Inject(simulator.Fault{Kind: simulator.RefuseReview, Message: "Blurred logo."}))
	for range 50 {
		if r = b.ask(t, "ann", http.MethodPut, "/listings/invoices", desired(t, ann, "Invoices", lifecycle.Live)); r.status != http.StatusOK {
			break
		}
		require.NoError(t, b.market.Advance(5*time.Hour))
	}
	p = into[problemDocument](t, r, http.StatusConflict)
	require.Equal(t, "AUDIT_ERROR", p.Reasons[0].Code)
}
