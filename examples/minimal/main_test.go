package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/depth"
	"github.com/shelflife-go/shelflife/internal/mortal"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
)

const seller = "111122223333"

type simulatedClock struct{ *simulator.Simulator }

func (c simulatedClock) Sleep(_ context.Context, d time.Duration) error { return c.Advance(d) }

// world is what outlives a process.
type world struct {
	market   *simulator.Simulator
	endpoint string
	store    lifecycle.Store
	document listing.Listing
}

func newWorld(t *testing.T) world {
	t.Helper()
	data, err := os.ReadFile("../quickstart/listings/invoice-extractor.json")
	require.NoError(t, err)
	document, err := listing.Parse(data)
	require.NoError(t, err)
	market, err := simulator.New(simulator.Config{Seller: seller})
	require.NoError(t, err)
	instances := []string{"ml.g4dn.xlarge", "ml.m5.xlarge"}
	require.NoError(t, market.PutModelPackage(simulator.ModelPackage{
		ARN: string(document.Versions[0].Resource), CertifyForMarketplace: true,
		Image:                                   seller + ".dkr.ecr.us-east-2.amazonaws.com/northwind/invoice-extractor:latest",
		SupportedRealtimeInferenceInstanceTypes: instances, SupportedTransformInstanceTypes: instances,
	}))
	server := httptest.NewServer(market)
	t.Cleanup(server.Close)
	return world{market, server.URL, memstore.New(), document}
}

func (w world) run(t *testing.T, p *mortal.Process) error {
	t.Helper()
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(w.endpoint), HTTPClient: mortal.Wire{Process: p},
		Credentials: credentials.NewStaticCredentialsProvider("simulated", "simulated", ""),
	}
	manager, err := lifecycle.New(seller, mortal.Store{Process: p, Store: w.store}, awsmarketplace.NewMarketplace(cfg),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)), lifecycle.WithClock(simulatedClock{w.market}))
	require.NoError(t, err)
	return publish(context.Background(), manager, w.document, func(d time.Duration) { require.NoError(t, w.market.Advance(d)) })
}

// requireOneProduct requires that the marketplace took one change set and made
// one product of it, and that the store has it.
func (w world) requireOneProduct(t *testing.T, when string) {
	t.Helper()
	sets := w.market.Ledger().ChangeSets
	require.Len(t, sets, 1, when)
	created := 0
	for _, c := range sets[0].Changes {
		if c.Type == "CreateProduct" {
			created++
		}
	}
	require.Equal(t, 1, created, when)
	manager, err := lifecycle.New(seller, w.store, awsmarketplace.NewMarketplace(aws.Config{}))
	require.NoError(t, err)
	var found []lifecycle.Summary
	for s, err := range manager.Listings(context.Background(), lifecycle.Query{}) {
		require.NoError(t, err)
		found = append(found, s)
	}
	require.Len(t, found, 1, when)
	require.Equal(t, lifecycle.TestProduct, found[0].State)
	require.NotEmpty(t, found[0].Product)
}

// The program dies at each call of the store and of AWS, and is run again: there
// is one product, made by one change set.
func TestKilledAtEveryCall(t *testing.T) {
	reference, undisturbed := &mortal.Process{}, newWorld(t)
	require.NoError(t, undisturbed.run(t, reference))
	undisturbed.requireOneProduct(t, "never killed")
	require.Greater(t, reference.Calls, 20)
	require.NoError(t, undisturbed.run(t, &mortal.Process{}), "it finds everything done")
	undisturbed.requireOneProduct(t, "run twice")

	for dieAt := 1; dieAt <= reference.Calls; dieAt += depth.Of(11, 3, 1) {
		for _, afterEffect := range []bool{false, true} {
			w := newWorld(t)
			require.ErrorIs(t, w.run(t, &mortal.Process{DieAt: dieAt, AfterEffect: afterEffect}), mortal.ErrKilled)
			require.NoError(t, w.run(t, &mortal.Process{}))
			w.requireOneProduct(t, fmt.Sprintf("killed at call %d (after its effect: %t)", dieAt, afterEffect))
		}
	}
}
