package awsmarketplace_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/version"
)

// The configuration usually comes from config.LoadDefaultConfig. Without
// BaseEndpoint it leads to AWS.
func Example() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		log.Fatal(err)
	}
	err = sim.PutModelPackage(simulator.ModelPackage{
		ARN: "arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-v1", CertifyForMarketplace: true,
		SupportedTransformInstanceTypes: []string{"ml.m5.large"},
	})
	if err != nil {
		log.Fatal(err)
	}

	server := httptest.NewServer(sim)
	defer server.Close()
	cfg := aws.Config{
		BaseEndpoint: aws.String(server.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
		}),
	}
	market := awsmarketplace.NewMarketplace(cfg)
	resources := awsmarketplace.NewResources(cfg)

	resource, err := resources.Describe(context.Background(), "arn:aws:sagemaker:us-east-2:111122223333:model-package/invoice-v1")
	fmt.Println(resource.Status, resource.Certified, resource.Batch, err)

	_, err = market.Find(context.Background(), "never sent")
	fmt.Println(errors.Is(err, lifecycle.ErrNotFound))
	// Output:
	// Completed true [ml.m5.large] <nil>
	// true
}

func ExampleParseEvent() {
	event, err := awsmarketplace.ParseEvent([]byte(`{
		"detail-type": "Change Set Failed", "source": "aws.marketplacecatalog", "account": "111122223333",
		"detail": {"ChangeSetName": "shelflife 0b5f6d1e-7c1a-4f63-9a53-3f0a6c1c2b11 r2 submit 01234567", "FailureCode": "SERVER_FAULT"}
	}`))
	id, ours := event.Listing()
	fmt.Println(event.Kind, id, ours, event.Fault, err)
	// Output: Change Set Failed 0b5f6d1e-7c1a-4f63-9a53-3f0a6c1c2b11 true true <nil>
}

// A version is validated before it is added: AWS looks at it, and changes
// nothing.
func ExampleMarketplace_Validate() {
	sim, err := simulator.New(simulator.Config{Seller: string(lifecycletest.Seller)})
	if err != nil {
		log.Fatal(err)
	}
	l := lifecycletest.ModelPackage()
	next := lifecycletest.Version("1.1", l.Kind)
	for _, resource := range []version.ARN{l.Versions[0].Resource, next.Resource} {
		err := sim.PutModelPackage(simulator.ModelPackage{
			ARN: string(resource), CertifyForMarketplace: resource != next.Resource, // the next one is not
			SupportedTransformInstanceTypes:         []string{lifecycletest.Instance},
			SupportedRealtimeInferenceInstanceTypes: []string{lifecycletest.Instance},
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	server := httptest.NewServer(sim)
	defer server.Close()
	market := awsmarketplace.NewMarketplace(aws.Config{Credentials: anybody, BaseEndpoint: &server.URL})
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(fixture.Clock{Simulator: sim}))
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx, id := context.Background(), uuid.New()
	for _, command := range []lifecycle.Command{lifecycle.Create{Listing: l}, lifecycle.Submit{}, lifecycle.SignOff{}} {
		if _, err := manager.Do(ctx, id, command); err != nil {
			fmt.Println(err)
		}
		if _, err := manager.Await(ctx, id); err != nil {
			fmt.Println(err)
		}
	}
	changeSet, err := manager.Validate(ctx, id, lifecycle.AddVersion{Version: next})
	if err != nil {
		fmt.Println(err)
	}
	if err := sim.Advance(time.Hour); err != nil { // a program would wait
		fmt.Println(err)
	}
	status, err := manager.Validation(ctx, changeSet)
	fmt.Println(status.Result, status.Problems[0].Code, status.Problems[0].Path, err)
	// Output: failed ASSET_VALIDATION_EXCEPTION versions <nil>
}

var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
})
