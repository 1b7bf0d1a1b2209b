package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

var (
	// ErrNoTable is returned when there is no table of the name in the region and
	// account of the client. Make it with [CreateTable] or [CloudFormation], or give
	// the right name.
	ErrNoTable = errors.New("no such table: make it with CreateTable or from the CloudFormation template, or check its name, the region and the account")
	// errThrottled is for too many calls, or too much data, in a second.
	errThrottled = fmt.Errorf("%w: %w", lifecycle.ErrThrottled, lifecycle.ErrUnavailable)
)

// codes are the exception codes that say all by themselves.
var codes = map[string]error{
	"ResourceNotFoundException":             ErrNoTable,
	"RequestLimitExceeded":                  errThrottled,
	"TransactionConflictException":          lifecycle.ErrUnavailable,
	"TransactionInProgressException":        lifecycle.ErrUnavailable,
	"ReplicatedWriteConflictException":      lifecycle.ErrUnavailable,
	"InternalServerError":                   lifecycle.ErrUnavailable,
	"ServiceUnavailable":                    lifecycle.ErrUnavailable,
	"ContinuousBackupsUnavailableException": lifecycle.ErrUnavailable,

	"AccessDenied":          lifecycle.ErrDenied,
	"AccessDeniedException": lifecycle.ErrDenied,

	"ExpiredToken":                        lifecycle.ErrCredentials,
	"ExpiredTokenException":               lifecycle.ErrCredentials,
	"IncompleteSignature":                 lifecycle.ErrCredentials,
	"IncompleteSignatureException":        lifecycle.ErrCredentials,
	"InvalidClientTokenId":                lifecycle.ErrCredentials,
	"InvalidSignatureException":           lifecycle.ErrCredentials,
	"MissingAuthenticationToken":          lifecycle.ErrCredentials,
	"MissingAuthenticationTokenException": lifecycle.ErrCredentials,
	"UnrecognizedClientException":         lifecycle.ErrCredentials,
}

// The codes of [types.CancellationReason].
const (
	failedCondition = "ConditionalCheckFailed"
	conflict        = "TransactionConflict"
)

// classOf returns the error that describes err, or nil if none does.
func classOf(err error) error {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return classOfReasons(cancelled.CancellationReasons)
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		if class := codes[api.ErrorCode()]; class != nil {
			return class
		}
		if _, throttle := retry.DefaultThrottleErrorCodes[api.ErrorCode()]; throttle {
			return errThrottled
		}
	}
	// Proxies and load balancers answer with nothing but a status.
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		switch status := response.HTTPStatusCode(); {
		case status == http.StatusTooManyRequests:
			return errThrottled
		case status >= http.StatusInternalServerError:
			return lifecycle.ErrUnavailable
		}
	}
	// No answer, or the start of one.
	var send *smithyhttp.RequestSendError
	var unreadable *smithy.DeserializationError
	if errors.As(err, &send) || errors.As(err, &unreadable) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errUnprocessed) {
		return lifecycle.ErrUnavailable
	}
	return nil
}

// classOfReasons looks for what may pass by itself. A condition on the first item,
// the record, that does not hold is an answer, whatever hinders the other items.
func classOfReasons(reasons []types.CancellationReason) error {
	if len(reasons) > 0 && aws.ToString(reasons[0].Code) == failedCondition {
		return nil
	}
	var class error
	for _, reason := range reasons {
		switch code := aws.ToString(reason.Code); code {
		case conflict:
			class = lifecycle.ErrUnavailable
		case "ThrottlingError", "ProvisionedThroughputExceeded", "ThrottlingException", "ProvisionedThroughputExceededException":
			return errThrottled
		}
	}
	return class
}

// passing reports whether the same call may succeed later.
func passing(err error) bool { return errors.Is(classOf(err), lifecycle.ErrUnavailable) }

// needed are the actions that a policy must allow for an operation, where its name is
// not the action.
var needed = map[string]string{
	"TransactGetItems":   "dynamodb:GetItem",
	"TransactWriteItems": "dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem",
}

var performed = regexp.MustCompile(`not authorized to perform: (dynamodb:[A-Za-z]+)`)

// native gives an error of the SDK the name that package lifecycle has for it.
func (s *Store) native(ctx context.Context, operation string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	class := classOf(err)
	switch said := quiet(err); {
	case class == nil:
		return fmt.Errorf("%s: %w", operation, said)
	case errors.Is(class, lifecycle.ErrDenied) && !errors.Is(class, lifecycle.ErrCredentials):
		action := needed[operation]
		if named := performed.FindStringSubmatch(err.Error()); named != nil {
			action = named[1]
		}
		if action == "" {
			action = "dynamodb:" + operation
		}
		return fmt.Errorf("%s: %w: allow %s on table %s: %w", operation, class, action, s.table, said)
	default:
		return fmt.Errorf("%s on table %s: %w: %w", operation, s.table, class, said)
	}
}

// maxError bounds what an error of the SDK adds to a text.
const maxError = 2000

// quiet returns err with a text that can be printed on a line.
func quiet(err error) error {
	text := err.Error()
	if said := document.Printable(document.Cut(rule.Addresses(text), maxError)); said != text {
		return &quieted{said, err}
	}
	return err
}

type quieted struct {
	text  string
	cause error
}

func (q *quieted) Error() string { return q.text }
func (q *quieted) Unwrap() error { return q.cause }

// reasonsOf returns why a transaction was refused, in the order of its items; nil if
// err is no such refusal.
func reasonsOf(err error) []types.CancellationReason {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return cancelled.CancellationReasons
	}
	return nil
}

// failed returns the old item of the i-th condition, and whether it did not hold.
func failed(reasons []types.CancellationReason, i int) (item, bool) {
	if i < 0 || i >= len(reasons) || aws.ToString(reasons[i].Code) != failedCondition {
		return nil, false
	}
	return reasons[i].Item, true
}
