package dynamostore_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

// clientOf returns a client of the server, whose requests go through the transport.
func clientOf(endpoint string, transport http.RoundTripper) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: &endpoint, HTTPClient: &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
	})
}

// transport keeps connections open, since the suite makes thousands of calls at once.
var transport = sync.OnceValue(func() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return t
})

// newTable makes a table of its own.
func newTable(t testing.TB, client *dynamodb.Client) string {
	t.Helper()
	table := "t-" + strings.ReplaceAll(uuid.NewString(), "-", "")
	require.NoError(t, dynamostore.CreateTable(context.Background(), client, table))
	return table
}

func open(t testing.TB, client dynamostore.Client, table string, options ...dynamostore.Option) *dynamostore.Store {
	t.Helper()
	s, err := dynamostore.New(client, table, options...)
	require.NoError(t, err)
	return s
}

func TestStore(t *testing.T) {
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	storetest.Run(t, func(t *testing.T) lifecycle.Store { return open(t, client, table) })
}
