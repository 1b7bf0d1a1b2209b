package main

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/shelflife-go/shelflife/lifecycle/problem"
)

// problemDocument is the answer to a request that has failed (RFC 9457), as huma wants it.
type problemDocument struct{ problem.Problem }

// GetStatus implements [huma.StatusError].
func (p problemDocument) GetStatus() int { return p.Status }

// ContentType implements [huma.ContentTypeFilter].
func (problemDocument) ContentType(string) string { return problem.ContentType }

// Every error is a problem, huma's own as well.
func init() {
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		for _, err := range errs {
			says := err.Error()
			var fault *huma.ErrorDetail
			if errors.As(err, &fault) {
				says = fault.Location + ": " + fault.Message // not its value: what was sent is not sent back
			}
			detail += "; " + says
		}
		return problemDocument{problem.Problem{Title: http.StatusText(status), Status: status, Detail: detail}}
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
	if p.RetryAfter > 0 {
		return huma.ErrorWithHeaders(problemDocument{p}, http.Header{"Retry-After": {strconv.Itoa(int(p.RetryAfter.Seconds()))}})
	}
	return problemDocument{p}
}
