package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// problemDocument is the answer to a request that has failed: a problem document (RFC 9457) with
// two members more.
type problemDocument struct {
	huma.ErrorModel

	// Findings are the rules that stand in the way, each with its id and the path of the
	// field, the advice, and what could not be checked.
	Findings *rule.Findings `json:"findings,omitempty"`
	// Reasons are those of AWS, for a request that it has refused.
	Reasons []lifecycle.Problem `json:"reasons,omitempty"`
}

// Every error is a problem, huma's own as well.
func init() {
	plain := huma.NewError
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		model, _ := plain(status, detail, errs...).(*huma.ErrorModel)
		for _, e := range model.Errors {
			e.Value = nil // what was sent is not sent back
		}
		return &problemDocument{ErrorModel: *model}
	}
}

// problem returns what the error of a manager is answered with.
func (s *service) problem(ctx context.Context, err error) error {
	var refusal *lifecycle.Refusal
	var violations rule.Violations
	var rejection *lifecycle.Rejection
	var ended *lifecycle.RequestError
	var malformed *document.Error
	var answered huma.StatusError
	p := &problemDocument{ErrorModel: huma.ErrorModel{Detail: err.Error()}}
	switch {
	case errors.As(err, &answered):
		return err
	case errors.As(err, &malformed):
		p.Status = http.StatusBadRequest
	case errors.As(err, &refusal):
		p.Status, p.Findings = http.StatusUnprocessableEntity, &refusal.Findings
	case errors.As(err, &violations):
		p.Status, p.Findings = http.StatusUnprocessableEntity, &rule.Findings{Violations: violations}
	case errors.As(err, &rejection):
		p.Status, p.Reasons = http.StatusUnprocessableEntity, rejection.Problems
	case errors.As(err, &ended):
		p.Status, p.Reasons = http.StatusConflict, ended.Outcome.Problems
	case errors.Is(err, lifecycle.ErrNotFound):
		p.Status, p.Detail = http.StatusNotFound, "there is no such listing" // or it is another seller's
	case errors.Is(err, lifecycle.ErrConfig), errors.Is(err, lifecycle.ErrCursor), errors.Is(err, lifecycle.ErrCannotKeep):
		p.Status = http.StatusUnprocessableEntity
	case errors.Is(err, lifecycle.ErrExists), errors.Is(err, lifecycle.ErrStale), errors.Is(err, lifecycle.ErrKeyUsed),
		errors.Is(err, lifecycle.ErrBusy), errors.Is(err, lifecycle.ErrForgotten):
		p.Status = http.StatusConflict
	case errors.Is(err, lifecycle.ErrThrottled), errors.Is(err, lifecycle.ErrUnavailable), ctx.Err() != nil:
		p.Status = http.StatusServiceUnavailable
	default: // credentials, damaged records: nothing that a user can mend
		s.log.ErrorContext(ctx, "failed", "err", err)
		p.Status, p.Detail = http.StatusInternalServerError, "the log of the service says why"
	}
	p.Title = http.StatusText(p.Status)
	if p.Status == http.StatusServiceUnavailable {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"30"}})
	}
	return p
}
