// Command events is a Lambda function that advances the listing that an event of the
// marketplace is about. An EventBridge rule on the default bus of us-east-1, with the
// source aws.marketplacecatalog, calls it directly or through an SQS queue.
//
// Events may be lost, so let a schedule call it as well, for example once an hour:
// anything that is not an event of the marketplace makes it advance every listing
// that has a request under way.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	check(err)
	store, err := sqlitestore.Open(ctx, os.Getenv("LISTINGS")) // a file on EFS, for example
	check(err)
	manager, err := lifecycle.New(listing.AccountID(os.Getenv("SELLER")), store, awsmarketplace.NewMarketplace(cfg))
	check(err)
	lambda.Start(handler{manager}.Handle)
}

type handler struct{ manager *lifecycle.Manager }

// Handle takes one event, or a batch of them from a queue. Of a batch it
// returns the messages to deliver again.
func (h handler) Handle(ctx context.Context, payload json.RawMessage) (any, error) {
	var batch events.SQSEvent
	if err := json.Unmarshal(payload, &batch); err == nil && len(batch.Records) > 0 {
		return h.queue(ctx, batch), nil
	}
	event, err := awsmarketplace.ParseEvent(payload)
	if err != nil || event.Kind == "" {
		_, err := h.manager.Sweep(ctx)
		return nil, err
	}
	return nil, awsmarketplace.Wake(ctx, h.manager, payload)
}

func (h handler) queue(ctx context.Context, batch events.SQSEvent) events.SQSEventResponse {
	var again events.SQSEventResponse
	for _, message := range batch.Records {
		err := awsmarketplace.Wake(ctx, h.manager, []byte(message.Body))
		if err == nil || errors.Is(err, awsmarketplace.ErrEvent) { // a malformed event stays malformed
			continue
		}
		log.Printf("message %s: %v", message.MessageId, err)
		again.BatchItemFailures = append(again.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
	}
	return again
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
