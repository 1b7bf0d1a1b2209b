package awsmarketplace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shelflife-go/shelflife/lifecycle"
)

const (
	// maxProblems bounds what one failure adds to a journal.
	maxProblems = 100
	// maxMessage is the longest message that the Catalog API documents.
	maxMessage = 2048
)

// codes are the exception codes of both services that say all by themselves.
var codes = map[string]error{
	"ResourceInUseException":        lifecycle.ErrBusy,
	"ThrottlingException":           lifecycle.ErrThrottled,
	"ServiceQuotaExceededException": lifecycle.ErrThrottled,
	"InternalServiceException":      lifecycle.ErrUnavailable,
	"ResourceNotFoundException":     lifecycle.ErrNotFound,
	"ResourceNotFound":              lifecycle.ErrNotFound,
	"AccessDeniedException":         lifecycle.ErrDenied,
	// What any AWS service says of credentials that it does not take.
	"ExpiredTokenException":       lifecycle.ErrDenied,
	"IncompleteSignature":         lifecycle.ErrDenied,
	"InvalidClientTokenId":        lifecycle.ErrDenied,
	"InvalidSignatureException":   lifecycle.ErrDenied,
	"MissingAuthenticationToken":  lifecycle.ErrDenied,
	"OptInRequired":               lifecycle.ErrDenied,
	"UnrecognizedClientException": lifecycle.ErrDenied,
}

// classify adds the error of package lifecycle that describes err, if one
// does. The end of a context is passed on as it is: it is the caller's doing.
func classify(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if class := classOf(err); class != nil {
		return fmt.Errorf("%w: %w", class, err)
	}
	return err
}

func classOf(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		if class, known := codes[api.ErrorCode()]; known {
			return class
		}
		if _, throttle := retry.DefaultThrottleErrorCodes[api.ErrorCode()]; throttle {
			return lifecycle.ErrThrottled
		}
	}
	// Proxies and load balancers answer with nothing but a status.
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		switch status := response.HTTPStatusCode(); {
		case status == http.StatusUnauthorized, status == http.StatusForbidden:
			return lifecycle.ErrDenied
		case status == http.StatusTooManyRequests:
			return lifecycle.ErrThrottled
		case status >= http.StatusInternalServerError:
			return lifecycle.ErrUnavailable
		}
	}
	// No answer, or the start of one.
	var send *smithyhttp.RequestSendError
	var unreadable *smithy.DeserializationError
	if errors.As(err, &send) || errors.As(err, &unreadable) || errors.Is(err, io.ErrUnexpectedEOF) {
		return lifecycle.ErrUnavailable
	}
	return nil
}

// rejection makes what a ValidationException says a refusal.
func rejection(refused *types.ValidationException, cause error) *lifecycle.Rejection {
	out := &lifecycle.Rejection{Cause: cause}
	for _, f := range refused.ValidationExceptionFieldList {
		code := string(f.Reason)
		if code == "" {
			code = refused.ErrorCode()
		}
		message := text(f.Message)
		if f.Field != nil {
			message = *f.Field + ": " + message
		}
		out.Problems = append(out.Problems, problem(code, message, text(f.ChangeType)))
	}
	if len(out.Problems) == 0 {
		out.Problems = append(out.Problems, problem(refused.ErrorCode(), refused.ErrorMessage(), ""))
	}
	out.Problems = bounded(out.Problems)
	return out
}

func problem(code, message, changeType string) lifecycle.Problem {
	return lifecycle.Problem{Code: shorten(code, 100), Message: shorten(message, maxMessage), Change: shorten(changeType, 255)}
}

func bounded(problems []lifecycle.Problem) []lifecycle.Problem {
	if len(problems) <= maxProblems {
		return problems
	}
	more := problem("MORE", fmt.Sprintf("%d more problems were left out", len(problems)-maxProblems+1), "")
	return append(problems[:maxProblems-1:maxProblems-1], more)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
