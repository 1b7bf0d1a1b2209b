package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/sentinels"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/problem"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

func TestOf(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, gone := b.Load(ctx, uuid.New())
	_, refused := b.Do(ctx, id, lifecycle.SignOff{})
	_, stale := b.Do(ctx, id, lifecycle.Submit{}, lifecycle.IfRevision(7))
	_, exists := b.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.Algorithm()})
	_, config := b.Do(ctx, id, nil, nil)
	_, document := listing.Parse([]byte(`{"titel": "Invoices"}`))
	_, command := lifecycle.DecodeCommand([]byte(`{"sing-off": {}}`))
	reasons := []lifecycle.Problem{{Code: "INVALID_LOGO", Message: "the logo cannot be read"}}
	wrap := func(err error) error { return fmt.Errorf("reading: %w", err) }

	for name, c := range map[string]struct {
		err    error
		status int
	}{
		"no listing":       {gone, http.StatusNotFound},
		"a rule":           {refused, http.StatusUnprocessableEntity},
		"violations":       {wrap(listing.Check(listing.Listing{}).Err()), http.StatusUnprocessableEntity},
		"a revision":       {stale, http.StatusConflict},
		"there already":    {exists, http.StatusConflict},
		"no option":        {config, http.StatusUnprocessableEntity},
		"a document":       {document, http.StatusBadRequest},
		"a command":        {command, http.StatusBadRequest},
		"a body":           {wrap(&http.MaxBytesError{Limit: 100}), http.StatusRequestEntityTooLarge},
		"rejected":         {wrap(&lifecycle.Rejection{Problems: reasons}), http.StatusUnprocessableEntity},
		"a request failed": {wrap(&lifecycle.RequestError{Outcome: lifecycle.Outcome{Problems: reasons}}), http.StatusConflict},
		"unavailable":      {wrap(lifecycle.ErrUnavailable), http.StatusServiceUnavailable},
		"nobody waits":     {wrap(context.Canceled), http.StatusServiceUnavailable},
		"too slow":         {wrap(context.DeadlineExceeded), http.StatusServiceUnavailable},
		"an answer":        {wrap(lifecycle.ErrAnswer), http.StatusInternalServerError},
		"anything":         {errors.New("secret"), http.StatusInternalServerError},
		"no error":         {nil, http.StatusInternalServerError},
	} {
		p := problem.Of(c.err)
		assert.Equal(t, c.status, p.Status, "%s: %v", name, c.err)
		assert.Equal(t, http.StatusText(c.status), p.Title, name)
		assert.NotEmpty(t, p.Detail, name)
		assert.Equal(t, c.status == http.StatusServiceUnavailable, p.RetryAfter > 0, name)
		if c.status == http.StatusInternalServerError || c.status == http.StatusNotFound {
			assert.NotContains(t, p.Error(), "secret", name)
			assert.NotContains(t, p.Error(), "reading", name)
		}
	}
	assert.Equal(t, reasons, problem.Of(&lifecycle.Rejection{Problems: reasons}).Reasons)
	assert.Equal(t, reasons, problem.Of(&lifecycle.RequestError{Outcome: lifecycle.Outcome{Problems: reasons}}).Reasons)
}

// What is sent can be read again, with the rules and their paths.
func TestWrite(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	l := lifecycletest.ModelPackage()
	l.Versions[0].ReleaseNotes = ""
	id := b.Listing(t, l, lifecycle.Draft, false)
	_, err := b.Do(context.Background(), id, lifecycle.Submit{})
	w := httptest.NewRecorder()
	problem.Write(w, err)
	assert.Equal(t, http.StatusUnprocessableEntity, w.Code)
	assert.Equal(t, problem.ContentType, w.Header().Get("Content-Type"))
	assert.Empty(t, w.Header().Get("Retry-After"))
	var p problem.Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.NotNil(t, p.Findings)
	require.Len(t, p.Findings.Violations, 1)
	assert.Equal(t, version.RuleReleaseNotes.ID, p.Findings.Violations[0].Rule.ID)
	assert.Equal(t, "versions[0].releaseNotes", p.Findings.Violations[0].Path)

	w = httptest.NewRecorder()
	problem.Write(w, lifecycle.ErrUnavailable)
	assert.Equal(t, "30", w.Header().Get("Retry-After"))
}

// Every error of package lifecycle has a status that somebody has decided.
func TestEverySentinel(t *testing.T) {
	t.Parallel()
	sentinels.Require(t, map[int][]string{
		http.StatusNotFound:            {"ErrNotFound"},
		http.StatusConflict:            {"ErrBusy", "ErrExists", "ErrForgotten", "ErrKeyUsed", "ErrStale"},
		http.StatusUnprocessableEntity: {"ErrCannotKeep", "ErrConfig", "ErrCursor"},
		http.StatusServiceUnavailable:  {"ErrLimit", "ErrThrottled", "ErrUnavailable"},
		http.StatusInternalServerError: {
			"ErrAnswer", "ErrCredentials", "ErrDenied", "ErrNotVerified", "ErrExport", "ErrJournal", "ErrUnreadable",
			"ErrStaleEntity", "ErrTooLate", // a manager returns neither
		},
	}, func(err error) int { return problem.Of(err).Status })
}

// Beside the broken rules, a refusal tells the advice and what could not be checked.
func TestWriteTellsAllFindings(t *testing.T) {
	t.Parallel()
	want := rule.Findings{
		Violations: rule.Violations{{Rule: listing.RuleTitle, Path: "title", Problem: "is missing"}},
		Advice:     rule.Violations{{Rule: version.RuleReleaseNotes, Path: "versions[0].releaseNotes", Problem: "is short"}},
		NotChecked: []rule.Gap{{Rule: lifecycle.RuleSellerRegistered, Missing: "the seller's profile"}},
	}
	w := httptest.NewRecorder()
	problem.Write(w, fmt.Errorf("editing: %w", &lifecycle.Refusal{Findings: want}))
	var p problem.Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.NotNil(t, p.Findings)
	assert.Equal(t, want.Violations[0].Path, p.Findings.Violations[0].Path)
	require.Len(t, p.Findings.Advice, 1)
	assert.Equal(t, want.Advice[0].Path, p.Findings.Advice[0].Path)
	require.Len(t, p.Findings.NotChecked, 1)
	assert.Equal(t, want.NotChecked[0].Missing, p.Findings.NotChecked[0].Missing)
}

// Nobody is asked to come back sooner than the problem says.
func TestRetryAfterIsInWholeSeconds(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]string{0: "", time.Millisecond: "1", time.Second: "1", 1_500 * time.Millisecond: "2"} {
		w := httptest.NewRecorder()
		problem.Problem{Status: http.StatusServiceUnavailable, RetryAfter: after}.ServeHTTP(w, nil)
		assert.Equal(t, want, w.Header().Get("Retry-After"), after)
	}
}

func ExampleWrite() {
	refused := rule.Violations{{Rule: listing.RuleTitle, Path: "title", Problem: "is missing", Remedy: listing.RuleTitle.Remedy}}
	w := httptest.NewRecorder()
	problem.Write(w, refused)
	var p problem.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		fmt.Println(err)
	}
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	fmt.Println(p.Findings.Violations[0])
	// Output:
	// 422 application/problem+json
	// title: is missing; give a title of 1 to 72 characters on one line (info.title)
}
