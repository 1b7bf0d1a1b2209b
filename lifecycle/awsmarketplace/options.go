package awsmarketplace

import (
	"github.com/aws/aws-sdk-go-v2/aws"
)

// Option changes how the types of this package reach AWS.
type Option func(*options)

type options struct {
	endpoint *string
}

// WithEndpoint sends every call to the address instead of AWS, whatever its
// region. It is meant for package simulator, and for private endpoints. The
// address is a URL such as "http://127.0.0.1:8080"; over plain http, requests
// and answers can be read on the way.
func WithEndpoint(url string) Option {
	return func(o *options) { o.endpoint = aws.String(url) }
}

func optionsOf(opts []Option) options {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
