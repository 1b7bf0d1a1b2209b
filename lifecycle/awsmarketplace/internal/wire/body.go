package wire

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// inMemory gives net/http the bodies of requests as bytes. The SDK closes a body
// as soon as the answer has begun, and reading it afterwards fails with io.EOF;
// net/http, which looks once more whether a body of unknown kind has ended, takes
// that for a failed request and closes the connection under the answer.
type inMemory struct{ client aws.HTTPClient }

// withBodiesInMemory returns the client; nil stands for the SDK's own.
func withBodiesInMemory(client aws.HTTPClient) aws.HTTPClient {
	if client == nil {
		client = awshttp.NewBuildableClient()
	}
	return inMemory{client}
}

// Do reads the body of the request before it hands the request on.
func (c inMemory) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return c.client.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return c.client.Do(r)
}
