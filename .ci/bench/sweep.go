package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// An account has at most 250 change sets open, so two thousand are of eight sellers.
const requestsOfSeller = 250

// sweepAgainstCalls counts the calls over the wire that one sweep of all takes, against
// one call for each request.
func sweepAgainstCalls(ctx context.Context, r row, o options) (result, error) {
	swept, sellers := 0, min(o.many/requestsOfSeller, 8)
	for i := range sellers {
		calls, err := sweepOf(ctx, listing.AccountID(fmt.Sprintf("%012d", 100_000_000_000+i)))
		if err != nil {
			return result{}, err
		}
		swept += calls
	}
	return counted(r, float64(swept), float64(sellers*requestsOfSeller), "calls"), nil
}

// sweepOf returns the calls of a sweep while all requests of a seller are under way.
func sweepOf(ctx context.Context, seller listing.AccountID) (int, error) {
	sim, err := simulator.New(simulator.Config{Seller: string(seller)})
	if err != nil {
		return 0, err
	}
	l := lifecycletest.ModelPackage()
	v := &l.Versions[0]
	v.Resource = version.ARN(strings.ReplaceAll(string(v.Resource), string(lifecycletest.Seller), string(seller)))
	v.AccessRole = version.Role("arn:aws:iam::" + seller + ":role/MarketplaceIngestion")
	instances := []string{lifecycletest.Instance}
	if err := sim.PutModelPackage(simulator.ModelPackage{
		ARN: string(v.Resource), CertifyForMarketplace: true,
		SupportedTransformInstanceTypes: instances, SupportedRealtimeInferenceInstanceTypes: instances,
		SupportedContentTypes: []string{"image/png"}, SupportedResponseMIMETypes: []string{"application/json"},
	}); err != nil {
		return 0, err
	}
	w := &wire{sim: sim}
	address := "http://localhost"
	market := awsmarketplace.NewMarketplace(aws.Config{
		Region: "us-east-1", BaseEndpoint: &address, HTTPClient: &http.Client{Transport: w},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
	})
	m, err := lifecycle.New(seller, memstore.New(), market, lifecycle.WithClock(simulated{sim}))
	if err != nil {
		return 0, err
	}
	for range requestsOfSeller {
		id := uuid.New()
		if _, err := m.Do(ctx, id, lifecycle.Create{Listing: l}); err != nil {
			return 0, err
		}
		if _, err := m.Do(ctx, id, lifecycle.Submit{}); err != nil {
			return 0, err
		}
	}
	if _, err := m.Sweep(ctx); err != nil { // which sends them
		return 0, err
	}
	before := w.calls
	found, err := m.Sweep(ctx)
	if err != nil {
		return 0, err
	}
	return w.calls - before, unless(found.Pending == requestsOfSeller)
}

// wire hands calls to the simulator and counts them.
type wire struct {
	sim   *simulator.Simulator
	calls int
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.calls++
	answer := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w.sim.ServeHTTP(answer, r)
	response := answer.Result()
	response.Request = r
	return response, nil
}

// simulated is the clock of a simulator. It lets time pass at once.
type simulated struct{ *simulator.Simulator }

func (c simulated) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return c.Advance(d)
}
