// Package problem turns the errors of a lifecycle.Manager into problem documents
// (RFC 9457), for services that answer over HTTP.
//
//	decision, err := manager.Do(ctx, id, command)
//	if err != nil {
//		problem.Write(w, err)
//		return
//	}
package problem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// ContentType is the media type of a problem document.
const ContentType = "application/problem+json"

// retryAfter is when to ask again for what may pass by itself.
const retryAfter = 30 * time.Second

// Problem says what a request is answered with when it has failed. Its JSON is a problem
// document with two members more, findings and reasons. The zero value is of no use;
// [Of] makes one.
type Problem struct {
	// Title is the text of the status.
	Title string `json:"title"`
	// Status is the HTTP status: 400, 404, 409, 413, 422, 500 or 503.
	Status int `json:"status"`
	// Detail says what went wrong, to the user who can mend it. With status 500 it says
	// that the log of the service has more; with 404 nothing of whether somebody else has
	// such a listing.
	Detail string `json:"detail,omitempty"`
	// Findings are the rules that stand in the way, each with its id and the path of the
	// field, the advice, and what could not be checked; nil for any other problem.
	Findings *rule.Findings `json:"findings,omitempty"`
	// Reasons are those of the marketplace, for what it has refused.
	Reasons []lifecycle.Problem `json:"reasons,omitempty"`
	// RetryAfter is when to ask again; 0 if that is of no use. It is a header, in whole
	// seconds, and not in the document.
	RetryAfter time.Duration `json:"-"`
}

// Of returns the problem that an error of a manager, or of reading a document or a
// command, stands for:
//
//   - 400: the document or the command cannot be read;
//   - 413: an [*http.MaxBytesError], from [http.MaxBytesReader];
//   - 404: [lifecycle.ErrNotFound];
//   - 409: the listing has changed, exists already, is held by another change set, or the
//     latest request has failed and somebody has to decide: [lifecycle.ErrStale],
//     [lifecycle.ErrExists], [lifecycle.ErrKeyUsed], [lifecycle.ErrBusy],
//     [lifecycle.ErrForgotten], a [*lifecycle.RequestError];
//   - 422: a rule is broken, the marketplace has refused it at once, or it makes no sense:
//     a [*lifecycle.Refusal], [rule.Violations], a [*lifecycle.Rejection],
//     [lifecycle.ErrCannotKeep], [lifecycle.ErrCursor], [lifecycle.ErrConfig];
//   - 503: it may pass by itself: [lifecycle.ErrThrottled], [lifecycle.ErrUnavailable], the
//     end of a context;
//   - 500: all others, such as missing credentials and damaged records, which no user of
//     the service can mend. Log the error.
func Of(err error) Problem {
	p := Problem{Status: http.StatusInternalServerError, Detail: "the log of the service says why"}
	var (
		malformed  *document.Error
		refusal    *lifecycle.Refusal
		violations rule.Violations
		rejection  *lifecycle.Rejection
		ended      *lifecycle.RequestError
		large      *http.MaxBytesError
	)
	is := func(targets ...error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
	switch {
	case errors.As(err, &malformed):
		p.Status, p.Detail = http.StatusBadRequest, err.Error()
	case errors.As(err, &large):
		p.Status, p.Detail = http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", large.Limit)
	case errors.As(err, &refusal):
		p.Status, p.Detail, p.Findings = http.StatusUnprocessableEntity, err.Error(), &refusal.Findings
	case errors.As(err, &violations):
		p.Status, p.Detail, p.Findings = http.StatusUnprocessableEntity, err.Error(), &rule.Findings{Violations: violations}
	case errors.As(err, &rejection):
		p.Status, p.Detail, p.Reasons = http.StatusUnprocessableEntity, err.Error(), rejection.Problems
	case errors.As(err, &ended):
		p.Status, p.Detail, p.Reasons = http.StatusConflict, err.Error(), ended.Outcome.Problems
	case is(lifecycle.ErrNotFound):
		p.Status, p.Detail = http.StatusNotFound, "there is no such listing"
	case is(lifecycle.ErrConfig, lifecycle.ErrCursor, lifecycle.ErrCannotKeep):
		p.Status, p.Detail = http.StatusUnprocessableEntity, err.Error()
	case is(lifecycle.ErrExists, lifecycle.ErrStale, lifecycle.ErrKeyUsed, lifecycle.ErrBusy, lifecycle.ErrForgotten):
		p.Status, p.Detail = http.StatusConflict, err.Error()
	case is(lifecycle.ErrThrottled, lifecycle.ErrUnavailable, context.Canceled, context.DeadlineExceeded):
		p.Status, p.Detail, p.RetryAfter = http.StatusServiceUnavailable, err.Error(), retryAfter
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// Error returns the title and the detail. So a Problem can be returned as an error.
func (p Problem) Error() string { return fmt.Sprintf("%s: %s", p.Title, p.Detail) }

// ServeHTTP answers with the problem.
func (p Problem) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	data, _ := json.Marshal(p) // nothing in a problem can fail
	w.Header().Set("Content-Type", ContentType)
	if seconds := int(math.Ceil(p.RetryAfter.Seconds())); seconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(data, '\n'))
}

// Write answers with the problem that the error stands for.
func Write(w http.ResponseWriter, err error) { Of(err).ServeHTTP(w, nil) }
