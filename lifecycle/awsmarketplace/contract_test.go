package awsmarketplace_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	smithydocument "github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/document"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/markettest"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/version"
)

// The adapter keeps the contract of its port over the wire.
func TestMarketplaceKeepsTheContract(t *testing.T) {
	t.Parallel()
	markettest.Run(t, func(t *testing.T) markettest.Harness {
		sim, err := simulator.New(simulator.Config{Seller: string(lifecycletest.Seller)})
		require.NoError(t, err)
		for _, arn := range markettest.Resources() {
			putResource(t, sim, arn)
		}
		address, gate := fixture.Serve(t, sim), &gate{}
		colleague := colleague{t, sim, marketplacecatalog.NewFromConfig(fixture.ConfigAt(t, nil, address), func(o *marketplacecatalog.Options) {
			o.Region = "us-east-1"
		})}
		return markettest.Harness{
			Market: awsmarketplace.NewMarketplace(fixture.ConfigAt(t, gate, address)),
			Now:    sim.Now,
			Pass:   func(d time.Duration) { require.NoError(t, sim.Advance(d)) },
			Settle: 27 * time.Hour,
			Break: func(trouble markettest.Trouble) {
				kind, wire := map[markettest.Trouble]simulator.FaultKind{
					markettest.Throttled: simulator.Throttle, markettest.Unavailable: simulator.Unavailable,
					markettest.RequestLost: simulator.DropRequest, markettest.AnswerLost: simulator.LoseAnswer,
				}[trouble]
				if !wire {
					gate.denied.Store(true)
					return
				}
				require.NoError(t, sim.Inject(simulator.Fault{Kind: kind}))
			},
			FailNext: func(fault bool, problem lifecycle.Problem) {
				f := simulator.Fault{Kind: simulator.FailChange, ErrorCode: problem.Code, Message: problem.Message}
				if fault {
					f = simulator.Fault{Kind: simulator.ServerFault}
				}
				require.NoError(t, sim.Inject(f))
			},
			Interfere: func(product string) {
				colleague.start(product)
				require.NoError(t, sim.Advance(time.Hour))
			},
			Hold: colleague.start,
			Taken: func() (names []string) {
				for _, set := range sim.Ledger().ChangeSets {
					names = append(names, set.Name)
				}
				return names
			},
		}
	})
}

func putResource(t *testing.T, sim *simulator.Simulator, arn version.ARN) {
	t.Helper()
	instances := []string{lifecycletest.Instance}
	parts, err := arn.Parts()
	require.NoError(t, err)
	if parts.Kind == version.Algorithm {
		require.NoError(t, sim.PutAlgorithm(simulator.Algorithm{
			ARN: string(arn), CertifyForMarketplace: true, InferenceImage: "image", SupportedTransformInstanceTypes: instances,
			SupportedRealtimeInferenceInstanceTypes: instances, SupportedTrainingInstanceTypes: instances,
		}))
		return
	}
	require.NoError(t, sim.PutModelPackage(simulator.ModelPackage{
		ARN: string(arn), CertifyForMarketplace: true,
		SupportedTransformInstanceTypes: instances, SupportedRealtimeInferenceInstanceTypes: instances,
	}))
}

// gate spoils the credentials of a call when it is told to, so that the other
// side denies it.
type gate struct{ denied atomic.Bool }

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.denied.Swap(false) {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", strings.ReplaceAll(r.Header.Get("Authorization"), "/aws-marketplace/", "/iam/"))
	}
	return fixture.Network.RoundTrip(r)
}

// colleague is somebody else with the same account.
type colleague struct {
	t      *testing.T
	sim    *simulator.Simulator
	client *marketplacecatalog.Client
}

func (c colleague) start(product string) string {
	c.t.Helper()
	out, err := c.client.StartChangeSet(context.Background(), &marketplacecatalog.StartChangeSetInput{
		Catalog: aws.String("AWSMarketplace"), ChangeSetName: aws.String("of a colleague"),
		ChangeSet: []types.Change{{
			ChangeType:      aws.String("UpdateInformation"),
			Entity:          &types.Entity{Type: aws.String("MachineLearningProduct@1.0"), Identifier: &product},
			DetailsDocument: smithydocument.NewLazyDocument(map[string]any{"Sku": "COLLEAGUE-" + c.sim.Now().Format("150405")}),
		}},
	})
	require.NoError(c.t, err)
	return *out.ChangeSetId
}
