package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Whatever retries the caller's configuration asks for, there are none, and the
// caller's configuration stays as it was.
func TestConfigDoesNotRetry(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	options := make([]func(*middleware.Stack) error, 0, 1)
	cfg := aws.Config{
		Region: "eu-central-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 5, APIOptions: options,
		Retryer: func() aws.Retryer { return retry.NewStandard() },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
		}),
	}
	own := Config(cfg, Region)
	assert.Equal(t, Region, own.Region)
	assert.Nil(t, options[:1][0], "the caller's options are the caller's")
	assert.Equal(t, "eu-central-1", cfg.Region)
	_, err := sts.NewFromConfig(own).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	require.ErrorIs(t, Classify(t.Context(), err), lifecycle.ErrUnavailable)
	assert.Equal(t, 1, asked)
}

// What net/http does with a body after the answer has begun must not fail, or it
// closes the connection under the answer.
func TestBodiesCanBeReadAfterTheAnswer(t *testing.T) {
	t.Parallel()
	for _, own := range []bool{true, false} {
		var body io.Reader
		transport := roundTripper(func(r *http.Request) (*http.Response, error) {
			body = r.Body
			return &http.Response{StatusCode: http.StatusOK, Request: r, Body: io.NopCloser(strings.NewReader("<GetCallerIdentityResponse/>"))}, nil
		})
		cfg := aws.Config{
			HTTPClient: &http.Client{Transport: transport}, BaseEndpoint: aws.String("http://localhost"),
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
			}),
		}
		if own {
			cfg = Config(cfg, Region)
		} else {
			cfg.Region = Region
		}
		_, _ = sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		_, err := io.Copy(io.Discard, body)
		if own {
			require.NoError(t, err)
		} else {
			require.Error(t, err, "the SDK no longer needs it: take it away")
		}
	}
	_, ownClient := withBodiesInMemory(nil).(inMemory)
	assert.True(t, ownClient)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestClassify(t *testing.T) {
	t.Parallel()
	plain := errors.New("plain")
	require.NoError(t, Classify(t.Context(), nil))
	assert.Equal(t, plain, Classify(t.Context(), plain))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, context.Canceled, Classify(ended, plain))
	assert.Equal(t, lifecycle.ErrBusy, ByCode("ResourceInUseException", ""))
	assert.NoError(t, ByCode("SomethingNewException", ""))
}

func TestAnswersAreReadUpToTheLimit(t *testing.T) {
	t.Parallel()
	for size, whole := range map[int]bool{0: true, 9: true, 10: true, 11: false, 100: false} {
		data, err := io.ReadAll(&boundedBody{ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("a", size))), left: 10})
		assert.Equal(t, whole, err == nil, size)
		assert.LessOrEqual(t, len(data), 10, size)
	}
}

func TestOptional(t *testing.T) {
	t.Parallel()
	assert.Nil(t, Optional(""))
	assert.Equal(t, aws.String("a"), Optional("a"))
}
