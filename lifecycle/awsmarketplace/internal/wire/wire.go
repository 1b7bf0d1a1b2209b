// Package wire is what the packages of this module share in talking to AWS: how
// a client is set up, how much of an answer is read, and what an error means.
package wire

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const (
	// Region is the only one that the Catalog API is in. Requests to services
	// without Regions are signed for it, too.
	Region = "us-east-1"
	// Catalog is the name of the one catalog that there is.
	Catalog = "AWSMarketplace"
	// MaxMessage is the length of the longest message that the Catalog API
	// documents, in bytes.
	MaxMessage = 2048
)

// Config returns cfg for clients of the Region. They do not retry, because the
// caller does, and read answers of up to 16 MiB.
func Config(cfg aws.Config, region string) aws.Config {
	cfg.Region = region
	cfg.Retryer, cfg.RetryMaxAttempts = func() aws.Retryer { return aws.NopRetryer{} }, 0
	cfg.Credentials = withNamedErrors(cfg.Credentials)
	cfg.HTTPClient = withBodiesInMemory(cfg.HTTPClient)
	cfg.APIOptions = append(slices.Clone(cfg.APIOptions), boundAnswers)
	return cfg
}

// Optional returns a pointer to s, or nil if s is empty.
func Optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
