package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// codes are the exception codes of all services that say all by themselves.
var codes = map[string]error{
	"ResourceInUseException":        lifecycle.ErrBusy,
	"ThrottlingException":           lifecycle.ErrThrottled,
	"ServiceQuotaExceededException": lifecycle.ErrLimit,
	"InternalServiceException":      lifecycle.ErrUnavailable,
	"ResourceNotFoundException":     lifecycle.ErrNotFound,
	"ResourceNotFound":              lifecycle.ErrNotFound,
	"AccessDeniedException":         lifecycle.ErrDenied,
	// What any AWS service says of credentials that it does not take.
	"ExpiredTokenException":               lifecycle.ErrCredentials,
	"IncompleteSignature":                 lifecycle.ErrCredentials,
	"InvalidClientTokenId":                lifecycle.ErrCredentials,
	"InvalidSignatureException":           lifecycle.ErrCredentials,
	"MissingAuthenticationToken":          lifecycle.ErrCredentials,
	"MissingAuthenticationTokenException": lifecycle.ErrCredentials,
	"OptInRequired":                       lifecycle.ErrDenied,
	"UnrecognizedClientException":         lifecycle.ErrCredentials,
	// What S3, STS and IAM say of them, whatever the status.
	"ExpiredToken":          lifecycle.ErrCredentials,
	"InvalidAccessKeyId":    lifecycle.ErrCredentials,
	"InvalidToken":          lifecycle.ErrCredentials,
	"RequestExpired":        lifecycle.ErrCredentials,
	"SignatureDoesNotMatch": lifecycle.ErrCredentials,
	"TokenRefreshRequired":  lifecycle.ErrCredentials,
	"AccessDenied":          lifecycle.ErrDenied,
}

// ByCode returns the error of package lifecycle that the exception code stands
// for, or nil if it stands for none.
func ByCode(code string) error { return codes[code] }

// Classify returns err together with the error of package lifecycle that
// describes it, or err itself if none does. If ctx has ended, it returns the
// error of ctx: that is the caller's doing.
func Classify(ctx context.Context, err error) error {
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
			if errors.Is(class, lifecycle.ErrDenied) && strings.Contains(strings.ToLower(api.ErrorMessage()), "kyc") {
				return lifecycle.ErrNotVerified // "Current identity is not KYC compliant"
			}
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
	// Credentials that could not be had, before anything was sent.
	var signing *v4.SigningError
	if errors.As(err, &signing) {
		return lifecycle.ErrCredentials
	}
	// No answer, or the start of one.
	var send *smithyhttp.RequestSendError
	var unreadable *smithy.DeserializationError
	if errors.As(err, &send) || errors.As(err, &unreadable) || errors.Is(err, io.ErrUnexpectedEOF) {
		return lifecycle.ErrUnavailable
	}
	return nil
}
