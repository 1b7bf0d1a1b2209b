package awsmarketplace_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
)

// classes are the errors of package lifecycle that a call can match.
var classes = map[string]error{
	"busy": lifecycle.ErrBusy, "throttled": lifecycle.ErrThrottled, "unavailable": lifecycle.ErrUnavailable,
	"denied": lifecycle.ErrDenied, "credentials": lifecycle.ErrCredentials, "not verified": lifecycle.ErrNotVerified, "not found": lifecycle.ErrNotFound, "stale": lifecycle.ErrStaleEntity, "too late": lifecycle.ErrTooLate,
}

// matched names the classes that err matches, in order.
func matched(err error) (names []string) {
	for name, class := range classes {
		if errors.Is(err, class) {
			names = append(names, name)
		}
	}
	var rejection *lifecycle.Rejection
	if errors.As(err, &rejection) {
		names = append(names, "rejection")
	}
	slices.Sort(names)
	return names
}

// calls are the methods of Marketplace, each with something to do.
var calls = map[string]func(context.Context, *awsmarketplace.Marketplace) error{
	"Send": func(ctx context.Context, m *awsmarketplace.Marketplace) error {
		_, err := m.Send(ctx, change(lifecycle.EventUnpublish, nil))
		return err
	},
	"Find": func(ctx context.Context, m *awsmarketplace.Marketplace) error {
		_, err := m.Find(ctx, "some name")
		return err
	},
	"Follow": func(ctx context.Context, m *awsmarketplace.Marketplace) error {
		_, err := m.Follow(ctx, "cs1")
		return err
	},
	"Cancel": func(ctx context.Context, m *awsmarketplace.Marketplace) error { return m.Cancel(ctx, "cs1") },
	"Identify": func(ctx context.Context, m *awsmarketplace.Marketplace) error {
		_, err := m.Identify(ctx, entities())
		return err
	},
	"Validate": func(ctx context.Context, m *awsmarketplace.Marketplace) error {
		_, err := m.Validate(ctx, change(lifecycle.EventAddVersion, func(c *lifecycle.Content) {
			c.Listing.Versions = append(c.Listing.Versions, modelPackage("2.0"))
		}))
		return err
	},
	"Read": func(ctx context.Context, m *awsmarketplace.Marketplace) error {
		_, err := m.Read(ctx, entities().Product)
		return err
	},
	"Pending": func(ctx context.Context, m *awsmarketplace.Marketplace) error {
		_, _, err := m.Pending(ctx, "")
		return err
	},
	"Trace": func(ctx context.Context, m *awsmarketplace.Marketplace) error {
		_, err := m.Trace(ctx, submission(nil))
		return err
	},
}

func TestErrorsMatchTheirClass(t *testing.T) {
	t.Parallel()
	message := `{"Message": "no"}`
	tests := []struct {
		status    int
		exception string
		body      string
		want      map[string][]string // per call; "" is all others
	}{
		{403, "AccessDeniedException", message, map[string][]string{"": {"denied"}}},
		{403, "AccessDeniedException", `{"Message": "Current identity is not KYC compliant."}`, map[string][]string{"": {"denied", "not verified"}}},
		{403, "ExpiredTokenException", message, map[string][]string{"": {"denied", "credentials"}}},
		{400, "UnrecognizedClientException", message, map[string][]string{"": {"denied", "credentials"}}},
		{401, "", "", map[string][]string{"": {"denied", "credentials"}}},
		{403, "SomethingNewException", message, map[string][]string{"": {"denied"}}},
		{429, "ThrottlingException", message, map[string][]string{"": {"throttled"}}},
		{400, "ThrottlingException", message, map[string][]string{"": {"throttled"}}},
		{429, "", "", map[string][]string{"": {"throttled"}}},
		{402, "ServiceQuotaExceededException", message, map[string][]string{"": {"throttled"}}},
		{500, "InternalServiceException", message, map[string][]string{"": {"unavailable"}}},
		{503, "", "<html>down</html>", map[string][]string{"": {"unavailable"}}},
		{423, "ResourceInUseException", message, map[string][]string{"": {"busy"}, "Cancel": {"too late"}}},
		{404, "ResourceNotFoundException", message, map[string][]string{"": {"not found"}, "Send": {"not found", "rejection"}, "Validate": {"not found", "rejection"}}},
		{415, "ResourceNotSupportedException", message, map[string][]string{"": nil}},
		{200, "", `{"ChangeSetId": "cs1", "Status": `, map[string][]string{"": {"unavailable"}}},
	}
	for _, test := range tests {
		for name, call := range calls {
			t.Run(fmt.Sprintf("%d %s %s", test.status, test.exception, name), func(t *testing.T) {
				t.Parallel()
				var asked atomic.Int32
				first := ""
				market := serve(t, func(w http.ResponseWriter, r *http.Request) {
					if asked.Load() == 0 {
						first = operation(r)
					}
					if operation(r) == first { // who holds a listing is asked for in another call
						asked.Add(1)
					}
					if test.status == http.StatusOK {
						_, _ = io.WriteString(w, test.body)
						return
					}
					fixture.Refuse(w, test.status, test.exception, test.body)
				})
				err := call(t.Context(), market)
				require.Error(t, err)
				want, special := test.want[name]
				if !special {
					want = test.want[""]
				}
				assert.ElementsMatch(t, want, matched(err), "%v", err)
				assert.EqualValues(t, 1, asked.Load(), "the caller retries, not the adapter")
				for _, private := range []string{fixture.Secret.AccessKeyID, fixture.Secret.SecretAccessKey, fixture.Secret.SessionToken} {
					assert.NotContains(t, err.Error(), private)
				}
			})
		}
	}
}

func TestValidationGivesEveryProblem(t *testing.T) {
	t.Parallel()
	unchanged := describeEntities(4, 2)
	tests := map[string]struct {
		body string
		want []lifecycle.Problem
	}{
		"message only": {`{"Message": "Catalog is wrong."}`, []lifecycle.Problem{{Code: "ValidationException", Message: "Catalog is wrong."}}},
		"fields": {`{"Message": "2 fields.", "ValidationExceptionFieldList": [
			{"ChangeType": "AddDeliveryOptions", "Field": "Details.DeliveryOptions[0]", "Message": "is odd", "Reason": "FieldValidationFailed"},
			{"Message": "What is this?", "Reason": "CannotParse"}]}`,
			[]lifecycle.Problem{
				{Code: "FieldValidationFailed", Message: "Details.DeliveryOptions[0]: is odd", Change: "AddDeliveryOptions"},
				{Code: "CannotParse", Message: "What is this?"},
			}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			market := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/StartChangeSet" {
					fixture.Refuse(w, 422, "ValidationException", test.body)
					return
				}
				unchanged(w, r)
			})
			_, err := market.Send(t.Context(), change(lifecycle.EventUnpublish, nil))
			var rejection *lifecycle.Rejection
			require.ErrorAs(t, err, &rejection)
			assert.Equal(t, test.want, rejection.Problems)
			var cause *types.ValidationException
			require.ErrorAs(t, err, &cause)
			assert.Equal(t, []string{"rejection"}, matched(err))
		})
	}
}

func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	field := `{"Message": "` + strings.Repeat("é", 3000) + `", "Reason": "Other"}`
	market := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/StartChangeSet" {
			fixture.Refuse(w, 422, "ValidationException", `{"ValidationExceptionFieldList": [`+field+strings.Repeat(","+field, 199)+`]}`)
			return
		}
		describeEntities(4, 2)(w, r)
	})
	_, err := market.Send(t.Context(), change(lifecycle.EventUnpublish, nil))
	var rejection *lifecycle.Rejection
	require.ErrorAs(t, err, &rejection)
	require.Len(t, rejection.Problems, 100)
	assert.Equal(t, "101 more problems were left out", rejection.Problems[99].Message)
	assert.Equal(t, strings.Repeat("é", 2048)+"…", rejection.Problems[0].Message)
}

func TestStaleRevisionIsNoticed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		product, offer int
		known          func(*lifecycle.Entities)
		want           []string
	}{
		"product moved on":              {5, 2, nil, []string{"stale"}},
		"offer moved on, unpinned":      {4, 3, nil, []string{"rejection"}},
		"nothing moved":                 {4, 2, nil, []string{"rejection"}},
		"revisions were not known":      {5, 3, func(e *lifecycle.Entities) { e.ProductRevision, e.OfferRevision = 0, 0 }, []string{"rejection"}},
		"entities cannot be read":       {0, 0, nil, []string{"unavailable"}},
		"entities do not exist anymore": {-1, -1, nil, []string{"rejection"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			market := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/StartChangeSet":
					fixture.Refuse(w, 422, "ValidationException", `{"Message": "Entity revision is not the latest."}`)
				case test.product == 0:
					fixture.Refuse(w, 500, "InternalServiceException", `{}`)
				case test.product < 0:
					fixture.Refuse(w, 404, "ResourceNotFoundException", `{}`)
				default:
					describeEntities(test.product, test.offer)(w, r)
				}
			})
			c := change(lifecycle.EventUnpublish, nil)
			if test.known != nil {
				test.known(&c.Entities)
			}
			_, err := market.Send(t.Context(), c)
			assert.Equal(t, test.want, matched(err), "%v", err)
		})
	}
}

func TestCancelTooLate(t *testing.T) {
	t.Parallel()
	for status, exception := range map[int]string{422: "ValidationException", 423: "ResourceInUseException"} {
		market := serve(t, func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "PATCH /CancelChangeSet", operation(r))
			assert.Equal(t, "cs1", r.URL.Query().Get("changeSetId"))
			fixture.Refuse(w, status, exception, `{"Message": "no"}`)
		})
		assert.Equal(t, []string{"too late"}, matched(market.Cancel(t.Context(), "cs1")))
	}
}

func TestNoAnswerIsUnavailable(t *testing.T) {
	t.Parallel()
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := awsmarketplace.NewMarketplace(fixture.Config(t, broken{&net.OpError{Op: "dial", Err: errors.New("connection refused")}}))
			assert.Equal(t, []string{"unavailable"}, matched(call(t.Context(), refused)))

			cut := awsmarketplace.NewMarketplace(fixture.Config(t, &recorderOf{func() io.Reader {
				return io.MultiReader(strings.NewReader(`{"ChangeSetId"`), brokenReader{})
			}}))
			assert.Equal(t, []string{"unavailable"}, matched(call(t.Context(), cut)))
		})
	}
}

func TestEndedContextPassesThrough(t *testing.T) {
	t.Parallel()
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			market := awsmarketplace.NewMarketplace(fixture.Config(t, cancelling(cancel)))
			assert.Equal(t, context.Canceled, call(ctx, market))
		})
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var read atomic.Int64
			market := awsmarketplace.NewMarketplace(fixture.Config(t, &recorderOf{func() io.Reader { return &endless{read: &read} }}))
			err := call(t.Context(), market)
			require.Error(t, err)
			assert.LessOrEqual(t, read.Load(), int64(33<<20), "schematest reads 32 MiB at the most, the adapter 16")
		})
	}
}

// describeEntities answers BatchDescribeEntities with the fixture's product and
// offer at the revisions.
func describeEntities(product, offer int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		details := map[string]any{}
		for _, id := range requested(r) {
			if strings.HasPrefix(id, "offer-") {
				details[id] = json.RawMessage(fmt.Sprintf(`{"EntityType": "Offer@1.0", "EntityIdentifier": "%s@%d", "DetailsDocument": {"State": "Released"}}`, id, offer))
				continue
			}
			details[id] = json.RawMessage(fmt.Sprintf(`{"EntityType": "MachineLearningProduct@1.0", "EntityIdentifier": "%s@%d", "DetailsDocument": {"Versions": [
				{"Id": "11111111-2222-3333-4444-555555555555", "VersionTitle": "1.0", "DeliveryOptions": [{"Id": %q}]},
				{"VersionTitle": "1.1", "DeliveryOptions": [{"Id": %q}]},
				{"VersionTitle": null, "DeliveryOptions": null}, {"VersionTitle": "1.2", "DeliveryOptions": []}]}}`, id, product, firstOption, secondOption))
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"EntityDetails": details, "Errors": map[string]any{}})
	}
}

// batchOf is an answer of BatchDescribeEntities with one entity.
func batchOf(id, detail string) string { return fmt.Sprintf(`{"EntityDetails": {%q: %s}}`, id, detail) }

// requested reads the ids of a BatchDescribeEntities call.
func requested(r *http.Request) (ids []string) {
	var in struct {
		EntityRequestList []struct {
			EntityID string `json:"EntityId"`
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	for _, each := range in.EntityRequestList {
		ids = append(ids, each.EntityID)
	}
	return ids
}

type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

type cancelling context.CancelFunc

func (c cancelling) RoundTrip(r *http.Request) (*http.Response, error) {
	c()
	return nil, r.Context().Err()
}

// recorderOf answers with whatever body makes.
type recorderOf struct{ body func() io.Reader }

func (r *recorderOf) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Request: request, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(r.body()),
	}, nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// endless is a JSON string that never ends.
type endless struct {
	read    *atomic.Int64
	started bool
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	if !e.started && len(p) > 0 {
		e.started = true
		n := copy(p, `{"a":"`)
		p = p[:n]
	}
	e.read.Add(int64(len(p)))
	return len(p), nil
}
