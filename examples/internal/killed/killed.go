// Package killed lets the program of an example die at each of its calls, and runs it
// again: nothing may be lost, and nothing be done twice.
package killed

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

const seller = "111122223333"

// World is what outlives a process.
type World struct {
	Market   *simulator.Simulator
	Document listing.Listing // of the quickstart

	endpoint string
	store    lifecycle.Store
}

// NewWorld returns a world with the model packages of the document, and more.
func NewWorld(t *testing.T, more ...version.ARN) World {
	t.Helper()
	data, err := os.ReadFile("../quickstart/listings/invoice-extractor.json")
	require.NoError(t, err)
	document, err := listing.Parse(data)
	require.NoError(t, err)
	market, err := simulator.New(simulator.Config{Seller: seller})
	require.NoError(t, err)
	instances := []string{"ml.g4dn.xlarge", "ml.m5.xlarge"}
	for _, arn := range append(more, document.Versions[0].Resource) {
		require.NoError(t, market.PutModelPackage(simulator.ModelPackage{
			ARN: string(arn), CertifyForMarketplace: true,
			Image:                                   seller + ".dkr.ecr.us-east-2.amazonaws.com/northwind/invoice-extractor:latest",
			SupportedRealtimeInferenceInstanceTypes: instances, SupportedTransformInstanceTypes: instances,
		}))
	}
	server := httptest.NewServer(market)
	t.Cleanup(server.Close)
	return World{market, document, server.URL, memstore.New()}
}

// Clock is the simulator's, which moves on instead of waiting: far, so that there are
// few looks, since a test dies at each of them.
type Clock struct{ *simulator.Simulator }

// Sleep implements [lifecycle.Clock].
func (c Clock) Sleep(_ context.Context, d time.Duration) error { return c.Advance(20 * d) }

// Manager returns a manager whose calls are those of the process.
func (w World) Manager(t *testing.T, p *mortal.Process) *lifecycle.Manager {
	t.Helper()
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(w.endpoint), HTTPClient: mortal.Wire{Process: p},
		Credentials: credentials.NewStaticCredentialsProvider("simulated", "simulated", ""),
	}
	m, err := lifecycle.New(seller, mortal.Store{Process: p, Store: w.store}, awsmarketplace.NewMarketplace(cfg),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)), lifecycle.WithClock(Clock{w.Market}))
	require.NoError(t, err)
	return m
}

// AtEveryCall runs the program undisturbed, then twice, and then killed at each of its
// calls, before and after the effect, each time in a new world. After each, check has to
// find what the program is to achieve. The program has to make at least so many calls.
func AtEveryCall(t *testing.T, world func() World, calls int, program func(World, *mortal.Process) error, check func(w World, when string)) {
	t.Helper()
	reference, undisturbed := &mortal.Process{}, world()
	require.NoError(t, program(undisturbed, reference))
	check(undisturbed, "never killed")
	require.GreaterOrEqual(t, reference.Calls, calls)
	require.NoError(t, program(undisturbed, &mortal.Process{}), "it finds everything done")
	check(undisturbed, "run twice")

	for dieAt := 1; dieAt <= reference.Calls; dieAt += depth.Of(11, 3, 1) {
		for _, afterEffect := range []bool{false, true} {
			w := world()
			require.ErrorIs(t, program(w, &mortal.Process{DieAt: dieAt, AfterEffect: afterEffect}), mortal.ErrKilled)
			require.NoError(t, program(w, &mortal.Process{}))
			check(w, fmt.Sprintf("killed at call %d (after its effect: %t)", dieAt, afterEffect))
		}
	}
}
