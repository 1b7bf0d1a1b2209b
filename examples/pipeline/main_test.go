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
	"github.com/shelflife-go/shelflife/version"
)

const (
	seller = "111122223333"
	pkg    = version.ARN("arn:aws:sagemaker:us-east-2:111122223333:model-package/invoices-7")
)

// clock is the simulator's, which moves on instead of waiting: far, so that there are
// few looks, since the test dies at each of them.
type clock struct{ *simulator.Simulator }

func (c clock) Sleep(_ context.Context, d time.Duration) error { return c.Advance(20 * d) }

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
	for _, arn := range []version.ARN{document.Versions[0].Resource, pkg} {
		require.NoError(t, market.PutModelPackage(simulator.ModelPackage{
			ARN: string(arn), CertifyForMarketplace: true,
			Image:                                   seller + ".dkr.ecr.us-east-2.amazonaws.com/northwind/invoice-extractor:latest",
			SupportedRealtimeInferenceInstanceTypes: instances, SupportedTransformInstanceTypes: instances,
		}))
	}
	server := httptest.NewServer(market)
	t.Cleanup(server.Close)
	return world{market, server.URL, memstore.New(), document}
}

func (w world) manager(t *testing.T, p *mortal.Process) *lifecycle.Manager {
	t.Helper()
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(w.endpoint), HTTPClient: mortal.Wire{Process: p},
		Credentials: credentials.NewStaticCredentialsProvider("simulated", "simulated", ""),
	}
	m, err := lifecycle.New(seller, mortal.Store{Process: p, Store: w.store}, awsmarketplace.NewMarketplace(cfg),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)), lifecycle.WithClock(clock{w.market}))
	require.NoError(t, err)
	return m
}

func (w world) run(t *testing.T, p *mortal.Process) error {
	t.Helper()
	return release(context.Background(), w.manager(t, p), clock{w.market}, "invoice-extractor", w.document, pkg, "Reads tables.")
}

// requireReleased requires two versions, the first restricted, and that each request was
// sent once: submit, sign-off, the version, and the restriction.
func (w world) requireReleased(t *testing.T, when string) {
	t.Helper()
	m := w.manager(t, &mortal.Process{})
	record, err := m.Load(context.Background(), m.ID("invoice-extractor"))
	require.NoError(t, err)
	require.Equal(t, lifecycle.Live, record.State, when)
	require.Len(t, record.Draft.Versions, 2, when)
	require.Equal(t, version.Restricted, record.Draft.Versions[0].Status, when)
	fresh := record.Draft.Versions[1]
	require.Equal(t, []any{"1.1", pkg, "Reads tables.", version.Offered}, []any{fresh.Number, fresh.Resource, fresh.ReleaseNotes, fresh.Status}, when)
	require.Len(t, w.market.Ledger().ChangeSets, 4, when)
	drift, err := m.Drift(context.Background(), record.ID)
	require.NoError(t, err)
	require.Empty(t, drift.Differences, when)
}

// The program dies at each call of the store and of AWS, and is run again.
func TestKilledAtEveryCall(t *testing.T) {
	t.Parallel()
	reference, undisturbed := &mortal.Process{}, newWorld(t)
	require.NoError(t, undisturbed.run(t, reference))
	undisturbed.requireReleased(t, "never killed")
	require.NoError(t, undisturbed.run(t, &mortal.Process{}))
	undisturbed.requireReleased(t, "run twice")
	require.Greater(t, reference.Calls, 80)

	for dieAt := 1; dieAt <= reference.Calls; dieAt += depth.Of(11, 3, 1) {
		for _, afterEffect := range []bool{false, true} {
			w := newWorld(t)
			require.ErrorIs(t, w.run(t, &mortal.Process{DieAt: dieAt, AfterEffect: afterEffect}), mortal.ErrKilled)
			require.NoError(t, w.run(t, &mortal.Process{}))
			w.requireReleased(t, fmt.Sprintf("killed at call %d (after its effect: %t)", dieAt, afterEffect))
		}
	}
}

// The next package is the next version, and a refusal says everything at once.
func TestNextPackage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.run(t, &mortal.Process{}))
	m := w.manager(t, &mortal.Process{})
	record, err := m.Load(context.Background(), m.ID("invoice-extractor"))
	require.NoError(t, err)
	next := withVersion(record.Draft, pkg+"8", "More.")
	require.Equal(t, "1.2", next.Versions[2].Number)
	require.Equal(t, version.Restricted, next.Versions[1].Status)
	require.Equal(t, version.Offered, record.Draft.Versions[1].Status, "the record is as it was")

	err = release(context.Background(), m, clock{w.market}, "invoice-extractor", w.document, pkg+"8", "")
	require.ErrorIs(t, err, version.RuleReleaseNotes)
	require.ErrorIs(t, err, lifecycle.RuleResourceExists)
	require.Len(t, w.market.Ledger().ChangeSets, 4, "nothing was sent")

	for number, want := range map[string]string{"1.9": "1.10", "7": "8", "2.0.3": "2.0.4", "1.0-beta": "1.0-beta.1"} {
		require.Equal(t, want, bumped(number))
	}
}
