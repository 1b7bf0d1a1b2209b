package dynamostore_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/testserver"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/internal/alike"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
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

// patient is for tests that must not fail on a machine that is busy.
var patient = dynamostore.WithBusyTimeout(time.Minute)

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
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	storetest.Run(t, func(t *testing.T) lifecycle.Store { return open(t, client, table) }, storetest.Named("DynamoDB, dynoxide"))
}

// One request in ten goes wrong, in every way that may pass by itself.
func TestStoreOnABadDay(t *testing.T) {
	t.Parallel()
	endpoint := testserver.DynamoDB(t)
	table := newTable(t, clientOf(endpoint, transport()))
	bad := &chance{rate: 0.1, from: rand.New(rand.NewPCG(1, 2)), count: map[string]int{}}
	client := clientOf(endpoint, &faulty{transport(), bad.choose})
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		return open(t, client, table, patient)
	}, storetest.Named("DynamoDB, one request in ten fails"))
	t.Log(bad.count)
	for _, wrong := range slices.Concat(possible("TransactWriteItems"), possible("BatchGetItem")) {
		require.Positive(t, bad.count[string(wrong)], wrong)
	}
}

// What one process saves, another sees at once: each call goes to the other one of
// two stores on the same table.
func TestTwoStoresOnOneTable(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	storetest.Run(t, func(t *testing.T) lifecycle.Store {
		return alike.InTurns(open(t, client, table, patient), open(t, client, table, patient))
	})
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	storetest.Growth(t, open(t, client, newTable(t, client)), 30)
}

func BenchmarkStore(b *testing.B) {
	client := clientOf(testserver.DynamoDB(b), transport())
	storetest.Benchmark(b, open(b, client, newTable(b, client)))
}

// Several processes save for one seller at once: they wait for each other, and none
// fails.
func TestManyStoresOfOneSeller(t *testing.T) {
	t.Parallel()
	client := clientOf(testserver.DynamoDB(t), transport())
	table := newTable(t, client)
	const stores, saves = 4, 25
	seller := writes.NewSeller()
	start := time.Now()
	var wg sync.WaitGroup
	errs := make([]error, stores)
	for i := range stores {
		s := open(t, client, table, patient)
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := writes.Absent(lifecycle.Key{Seller: seller, Listing: uuid.New()})
			for range saves {
				w := r.Next(1, "Title")
				if errs[i] = s.Save(context.Background(), w); errs[i] != nil {
					return
				}
				r = r.After(w)
			}
		}()
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	t.Logf("%d saves of one seller by %d stores at once in %v", stores*saves, stores, time.Since(start).Round(time.Millisecond))
	feed, err := open(t, client, table).Feed(t.Context(), seller, "", 2*stores*saves)
	require.NoError(t, err)
	require.Len(t, feed, stores*saves)
}
