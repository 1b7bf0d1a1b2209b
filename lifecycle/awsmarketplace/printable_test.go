package awsmarketplace_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/hostile"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/bucket"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/policy"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/preflight"
	"github.com/shelflife-go/shelflife/listing"
)

func hostileCheck(text string) preflight.Check {
	return preflight.Check{What: text, Path: text, Answer: lifecycle.Answer(text), How: text, Problem: text, Remedy: text, Warning: text}
}

// printers have every method of the adapter that prints, and the errors that it hands
// on from the SDK.
var printers = map[string]hostile.Output{
	"policy.Error.Error": func(s string) string { return (&policy.Error{Field: s, Problem: s, Remedy: s}).Error() },
	"bucket.Error.Error": func(s string) string {
		return (&bucket.Error{Bucket: s, URL: s, Problem: s, Remedy: s, Cause: errors.New(s)}).Error()
	},
	"preflight.Check.String": func(s string) string { return hostileCheck(s).String() },
	"preflight.Report.String": func(s string) string {
		return preflight.Report{Account: listing.AccountID(s), ARN: s, Who: []preflight.Check{hostileCheck(s)}, Files: []preflight.Check{hostileCheck(s)}}.String()
	},
	"wire.quiet.Error": func(s string) string {
		return wire.Classify(context.Background(), &smithy.GenericAPIError{Code: s, Message: s}).Error()
	},
	"wire.credentialsError.Error": func(s string) string {
		cfg := wire.Config(aws.Config{Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errors.New(s)
		})}, "us-east-1")
		_, err := cfg.Credentials.Retrieve(context.Background())
		return wire.Classify(context.Background(), err).Error()
	},
}

// others print what this module has made itself.
var others = []string{"permission.Question.String"}

func TestNothingIsPrintedRaw(t *testing.T) {
	t.Parallel()
	hostile.Printed(t, printers)
	known := append(slices.Collect(maps.Keys(printers)), others...)
	for _, method := range hostile.Methods(t, []string{"String", "Error"}, ".", "policy", "bucket", "preflight", "internal/*") {
		assert.Contains(t, known, method, "a method that prints and is not held against hostile texts")
	}
}
