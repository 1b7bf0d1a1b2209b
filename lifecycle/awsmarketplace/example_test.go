package awsmarketplace_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// The configuration usually comes from config.LoadDefaultConfig, and nothing
// points at a simulator.
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
	cfg := aws.Config{Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
	})}
	market := awsmarketplace.NewMarketplace(cfg, awsmarketplace.WithEndpoint(server.URL))
	resources := awsmarketplace.NewResources(cfg, awsmarketplace.WithEndpoint(server.URL))

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
