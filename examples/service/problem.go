package main

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/problem"
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
	var answered huma.StatusError
	if errors.As(err, &answered) {
		return err
	}
	p := problem.Of(err)
	if p.Status == http.StatusInternalServerError { // credentials, damaged records: nothing that a user can mend
		s.log.ErrorContext(ctx, "failed", "err", err)
	}
	out := &problemDocument{huma.ErrorModel{Title: p.Title, Status: p.Status, Detail: p.Detail}, p.Findings, p.Reasons}
	if p.RetryAfter > 0 {
		return huma.ErrorWithHeaders(out, http.Header{"Retry-After": {strconv.Itoa(int(p.RetryAfter.Seconds()))}})
	}
	return out
}
