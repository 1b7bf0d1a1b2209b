package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// denials are the three reasons for which AWS denies a call: each has a remedy of its
// own.
var denials = []error{lifecycle.ErrCredentials, lifecycle.ErrNotVerified, errPermission}

var errPermission = errors.New("a permission is missing: ErrDenied and none of the others")

// requireDenial checks that err is that denial and none of the others.
func requireDenial(t *testing.T, err, want error, about string) {
	t.Helper()
	require.ErrorIs(t, err, lifecycle.ErrDenied, about)
	for _, each := range denials[:2] {
		assert.Equal(t, errors.Is(want, each), errors.Is(err, each), "%s: %v", about, err)
	}
}

// calls ask a service of each protocol: JSON, Query and that of S3.
var calls = map[string]func(context.Context, aws.Config) error{
	"catalog": func(ctx context.Context, cfg aws.Config) error {
		_, err := marketplacecatalog.NewFromConfig(cfg).ListChangeSets(ctx, &marketplacecatalog.ListChangeSetsInput{Catalog: aws.String(Catalog)})
		return Classify(ctx, err)
	},
	"sts": func(ctx context.Context, cfg aws.Config) error {
		_, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		return Classify(ctx, err)
	},
	"s3": func(ctx context.Context, cfg aws.Config) error {
		_, err := s3.NewFromConfig(cfg).PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("seller-files"), Key: aws.String("a")})
		return Classify(ctx, err)
	},
}

// Whatever the service and the status, the code says which denial it is.
func TestDenialsByCode(t *testing.T) {
	t.Parallel()
	type answer struct {
		code, message string
		want          error
	}
	answers := []answer{{"AccessDeniedException", "Current identity is not KYC compliant.", lifecycle.ErrNotVerified}}
	for code, class := range codes {
		switch {
		case errors.Is(class, lifecycle.ErrCredentials):
			answers = append(answers, answer{code, "KYC", class})
		case errors.Is(class, lifecycle.ErrDenied):
			answers = append(answers, answer{code, "a policy on Kycera does not allow it", errPermission})
		}
	}
	for _, code := range []string{
		"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
		"InvalidSignatureException", "AuthFailure",
	} {
		require.ErrorIs(t, ByCode(code, ""), lifecycle.ErrCredentials, code)
	}
	for _, code := range []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"} {
		requireDenial(t, ByCode(code, ""), errPermission, code)
	}
	for _, each := range answers {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status := http.StatusBadRequest // as S3 says ExpiredToken
			if strings.Contains(r.URL.Path, "ListChangeSets") {
				w.Header().Set("X-Amzn-ErrorType", each.code)
				w.WriteHeader(status)
				_, _ = fmt.Fprintf(w, `{"message": %q}`, each.message)
				return
			}
			w.WriteHeader(status)
			text := "<Error><Code>" + each.code + "</Code><Message>" + each.message + "</Message></Error>"
			if !strings.Contains(r.URL.Path, "seller-files") && !strings.HasPrefix(r.Host, "seller-files") {
				text = "<ErrorResponse>" + text + "</ErrorResponse>"
			}
			_, _ = w.Write([]byte(text))
		}))
		cfg := Config(aws.Config{BaseEndpoint: &server.URL, Credentials: keys}, Region)
		for name, call := range calls {
			requireDenial(t, call(t.Context(), cfg), each.want, name+" "+each.code)
		}
		server.Close()
	}
}

var keys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
})

// Without credentials nothing is sent, and the error says that it is they that are
// missing, whatever words the provider has for it.
func TestNoCredentialsAtAll(t *testing.T) {
	t.Parallel()
	operation := func(service string, cause error) error {
		return fmt.Errorf("no EC2 IMDS role found, %w", &smithy.OperationError{ServiceID: service, OperationName: "x", Err: cause})
	}
	noAnswer := &smithyhttp.RequestSendError{Err: errors.New("dial tcp: no route to host")}
	for name, test := range map[string]struct {
		provider, want error
	}{
		"not configured":           {errors.New("no providers in the chain"), lifecycle.ErrCredentials},
		"outside of EC2":           {operation("ec2imds", noAnswer), lifecycle.ErrCredentials},
		"SSO session over":         {errors.New("the SSO session has expired or is invalid"), lifecycle.ErrCredentials},
		"SSO session not known":    {operation("SSO", &smithy.GenericAPIError{Code: "UnauthorizedException", Message: "Session token not found or invalid"}), lifecycle.ErrCredentials},
		"token of the role's own":  {operation("STS", &smithy.GenericAPIError{Code: "ExpiredToken"}), lifecycle.ErrCredentials},
		"role not to be assumed":   {operation("STS", &smithy.GenericAPIError{Code: "AccessDenied"}), lifecycle.ErrCredentials},
		"STS does not answer":      {operation("STS", noAnswer), lifecycle.ErrUnavailable},
		"STS is asked too often":   {operation("STS", &smithy.GenericAPIError{Code: "Throttling"}), lifecycle.ErrThrottled},
		"provider without a cause": {context.DeadlineExceeded, lifecycle.ErrCredentials},
	} {
		cfg := Config(aws.Config{
			Credentials: aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, test.provider
			})),
			HTTPClient: &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				t.Error("something was sent")
				return nil, errors.New("no network")
			})},
		}, Region)
		for service, call := range calls {
			err := call(t.Context(), cfg)
			require.ErrorIs(t, err, test.want, "%s %s", name, service)
			require.ErrorIs(t, err, test.provider, "the cause stays")
			if errors.Is(test.want, lifecycle.ErrCredentials) {
				requireDenial(t, err, test.want, name)
			} else {
				assert.NotErrorIs(t, err, lifecycle.ErrDenied, name)
			}
		}
	}
	assert.Nil(t, Config(aws.Config{}, Region).Credentials)
	assert.Equal(t, aws.AnonymousCredentials{}, Config(aws.Config{Credentials: aws.AnonymousCredentials{}}, Region).Credentials)
}
