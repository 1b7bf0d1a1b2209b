package guides_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
)

// exampleT is what a bench needs of a test, for examples, which have none.
type exampleT struct{ testing.TB }

func (exampleT) Helper()                           {}
func (exampleT) Cleanup(func())                    {}
func (exampleT) Errorf(format string, args ...any) { panic("an example does not work") }
func (exampleT) FailNow()                          { panic("an example does not work") }

type bench struct{ *lifecycletest.Bench }

func newBench() bench { return bench{lifecycletest.NewBench(exampleT{})} }

func (b bench) listing(state lifecycle.State) uuid.UUID {
	return b.Listing(exampleT{}, lifecycletest.ModelPackage(), state, false)
}

// refusing returns a configuration for an AWS that refuses every call, and how many
// calls there were.
func refusing(t *testing.T) (aws.Config, func() int64) {
	t.Helper()
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(server.Close)
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}, calls.Load
}

// invoices is a listing that the simulator of onSimulator has the resource of.
func invoices(t *testing.T) listing.Listing {
	t.Helper()
	data, err := os.ReadFile("../quickstart/listings/invoice-extractor.json")
	require.NoError(t, err)
	l, err := listing.Parse(data)
	require.NoError(t, err)
	return l
}

// quick moves the clock of the simulator instead of waiting for it.
type quick struct{ *simulator.Simulator }

func (q quick) Sleep(_ context.Context, d time.Duration) error { return q.Advance(d) }

// onSimulator returns two managers of one seller on one simulated AWS: each has
// records of its own.
func onSimulator(t *testing.T) (ours, theirs *lifecycle.Manager) {
	t.Helper()
	market, err := simulator.New(simulator.Config{Seller: string(lifecycletest.Seller)})
	require.NoError(t, err)
	instances := []string{"ml.g4dn.xlarge", "ml.m5.xlarge"}
	require.NoError(t, market.PutModelPackage(simulator.ModelPackage{
		ARN: string(invoices(t).Versions[0].Resource), CertifyForMarketplace: true,
		Image:                                   string(lifecycletest.Seller) + ".dkr.ecr.us-east-2.amazonaws.com/northwind/invoice-extractor:latest",
		SupportedRealtimeInferenceInstanceTypes: instances, SupportedTransformInstanceTypes: instances,
	}))
	server := httptest.NewServer(market)
	t.Cleanup(server.Close)
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL),
		Credentials: credentials.NewStaticCredentialsProvider("simulated", "simulated", ""),
	}
	manager := func() *lifecycle.Manager {
		m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), awsmarketplace.NewMarketplace(cfg),
			lifecycle.WithResources(awsmarketplace.NewResources(cfg)), lifecycle.WithClock(quick{market}))
		require.NoError(t, err)
		return m
	}
	return manager(), manager()
}
