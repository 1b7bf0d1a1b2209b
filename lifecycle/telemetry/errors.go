package telemetry

import (
	"context"
	"errors"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// errorTypes are the values of [ErrorType] with the error that each stands for. The
// first that an error matches is its type.
var errorTypes = []struct {
	name   string
	target error
}{
	{"canceled", context.Canceled},
	{"deadline_exceeded", context.DeadlineExceeded},
	{"forgotten", lifecycle.ErrForgotten},
	{"limit", lifecycle.ErrLimit},
	{"throttled", lifecycle.ErrThrottled},
	{"busy", lifecycle.ErrBusy},
	{"credentials", lifecycle.ErrCredentials},
	{"not_verified", lifecycle.ErrNotVerified},
	{"denied", lifecycle.ErrDenied},
	{"stale_entity", lifecycle.ErrStaleEntity},
	{"too_late", lifecycle.ErrTooLate},
	{"answer", lifecycle.ErrAnswer},
	{"unavailable", lifecycle.ErrUnavailable},
	{"key_used", lifecycle.ErrKeyUsed},
	{"cursor", lifecycle.ErrCursor},
	{"cannot_keep", lifecycle.ErrCannotKeep},
	{"unreadable", lifecycle.ErrUnreadable},
	{"journal", lifecycle.ErrJournal},
	{"stale", lifecycle.ErrStale},
	{"exists", lifecycle.ErrExists},
	{"not_found", lifecycle.ErrNotFound},
	{"export", lifecycle.ErrExport},
	{"config", lifecycle.ErrConfig},
	{"unsupported", errors.ErrUnsupported},
}

// The types of errors that are structures, and of all others.
const (
	typeRefused       = "refused"
	typeRejected      = "rejected"
	typeRequestFailed = "request_failed" // or was cancelled
	typeOther         = "_OTHER"         // as OpenTelemetry names what it does not know
)

// errorType returns what kind of error it is, and never its text; nothing for nil.
func errorType(err error) string {
	if err == nil {
		return ""
	}
	var refused *lifecycle.Refusal
	var rejected *lifecycle.Rejection
	var failed *lifecycle.RequestError
	switch {
	case errors.As(err, &refused):
		return typeRefused
	case errors.As(err, &failed):
		return typeRequestFailed
	case errors.As(err, &rejected):
		return typeRejected
	}
	for _, t := range errorTypes {
		if errors.Is(err, t.target) {
			return t.name
		}
	}
	return typeOther
}

// refusal returns the refusal that the error is, and the ids of the rules, each once.
func refusal(err error) (*lifecycle.Refusal, []string) {
	var refused *lifecycle.Refusal
	if !errors.As(err, &refused) {
		return nil, nil
	}
	var rules []string
	seen := map[string]bool{}
	for _, v := range refused.Findings.Violations {
		if id := v.Rule.ID; !seen[id] {
			seen[id] = true
			rules = append(rules, id)
		}
	}
	return refused, rules
}
