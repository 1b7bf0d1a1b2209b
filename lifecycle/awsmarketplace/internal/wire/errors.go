package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// codes are the exception codes of all services that say all by themselves.
var codes = map[string]error{
	"ResourceInUseException":        lifecycle.ErrBusy,
	"ThrottlingException":           lifecycle.ErrThrottled,
	"ServiceQuotaExceededException": lifecycle.ErrLimit,
	"InternalServiceException":      lifecycle.ErrUnavailable,
	"ResourceNotFoundException":     lifecycle.ErrNotFound,
	"ResourceNotFound":              lifecycle.ErrNotFound,
	// A permission or a subscription that is missing.
	"AccessDenied":          lifecycle.ErrDenied,
	"AccessDeniedException": lifecycle.ErrDenied,
	"AuthorizationError":    lifecycle.ErrDenied,
	"OptInRequired":         lifecycle.ErrDenied,
	"UnauthorizedOperation": lifecycle.ErrDenied,
	// Credentials that are not taken. S3 says some of these with the status 400.
	"AuthFailure":                         lifecycle.ErrCredentials,
	"ExpiredToken":                        lifecycle.ErrCredentials,
	"ExpiredTokenException":               lifecycle.ErrCredentials,
	"IncompleteSignature":                 lifecycle.ErrCredentials,
	"IncompleteSignatureException":        lifecycle.ErrCredentials,
	"InvalidAccessKeyId":                  lifecycle.ErrCredentials,
	"InvalidClientTokenId":                lifecycle.ErrCredentials,
	"InvalidSignatureException":           lifecycle.ErrCredentials,
	"InvalidToken":                        lifecycle.ErrCredentials,
	"MissingAuthenticationToken":          lifecycle.ErrCredentials,
	"MissingAuthenticationTokenException": lifecycle.ErrCredentials,
	"RequestExpired":                      lifecycle.ErrCredentials,
	"RequestTimeTooSkewed":                lifecycle.ErrCredentials, // the machine's clock is wrong, or the signature old
	"SignatureDoesNotMatch":               lifecycle.ErrCredentials,
	"TokenRefreshRequired":                lifecycle.ErrCredentials,
	"UnrecognizedClientException":         lifecycle.ErrCredentials,
}

// ByCode returns the error of package lifecycle that the exception code stands
// for, or nil if it stands for none. Only the message of a denial tells that the
// seller is not verified: "Current identity is not KYC compliant".
func ByCode(code, message string) error {
	class := codes[code]
	if errors.Is(class, lifecycle.ErrDenied) && !errors.Is(class, lifecycle.ErrCredentials) && kyc.MatchString(message) {
		return lifecycle.ErrNotVerified
	}
	return class
}

var kyc = regexp.MustCompile(`(?i)\bKYC\b|know your customer`)

// Quiet returns err with a text that can be printed on a line, without what is secret
// in the addresses of it: AWS repeats what it was sent, and net/http the whole address
// that it could not reach.
func Quiet(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if said := document.Printable(document.Cut(rule.Addresses(text), maxError)); said != text {
		return &quiet{said, err}
	}
	return err
}

// maxError is the length of the longest text of an error: that of a message with what
// the SDK says around it.
const maxError = 2 * MaxMessage

type quiet struct {
	text  string
	cause error
}

func (q *quiet) Error() string { return q.text }
func (q *quiet) Unwrap() error { return q.cause }

// Classify returns err together with the error of package lifecycle that
// describes it, or err itself if none does, [Quiet] in either case. If ctx has ended,
// it returns the error of ctx: that is the caller's doing.
func Classify(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if class := classOf(err); class != nil {
		return fmt.Errorf("%w: %w", class, Quiet(err))
	}
	return Quiet(err)
}

func classOf(err error) error {
	var missing *credentialsError
	if errors.As(err, &missing) {
		return missing.class()
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		if class := ByCode(api.ErrorCode(), api.ErrorMessage()); class != nil {
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
		case status == http.StatusUnauthorized:
			return lifecycle.ErrCredentials
		case status == http.StatusForbidden:
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
