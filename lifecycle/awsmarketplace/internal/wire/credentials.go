package wire

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// withNamedErrors returns the provider with errors by which [Classify] knows that
// nothing was sent because there are no credentials. The SDK returns what a provider
// says as it is, and a provider says it in any way.
func withNamedErrors(provider aws.CredentialsProvider) aws.CredentialsProvider {
	if provider == nil || aws.IsCredentialsProvider(provider, (*aws.AnonymousCredentials)(nil)) {
		return provider // nothing is signed, which the SDK must see
	}
	return named{provider}
}

type named struct{ aws.CredentialsProvider }

// Retrieve returns the credentials of the provider.
func (n named) Retrieve(ctx context.Context) (aws.Credentials, error) {
	credentials, err := n.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		err = &credentialsError{err}
	}
	return credentials, err
}

// credentialsError is why there are no credentials.
type credentialsError struct{ cause error }

func (e *credentialsError) Error() string { return e.cause.Error() }
func (e *credentialsError) Unwrap() error { return e.cause }

// class tells a service that gives credentials, and does not answer now, from
// credentials that are not there: none are configured, a session has ended, a role
// may not be assumed. The metadata of EC2 is what is asked last, and outside of EC2
// does not answer.
func (e *credentialsError) class() error {
	var asked *smithy.OperationError
	outside := errors.As(e.cause, &asked) && asked.ServiceID == "ec2imds"
	class := classOf(e.cause)
	if !outside && (errors.Is(class, lifecycle.ErrUnavailable) || errors.Is(class, lifecycle.ErrThrottled)) {
		return class
	}
	return lifecycle.ErrCredentials
}
