// Command events is a Lambda function that lets the marketplace's events move
// listings on. An EventBridge rule on the default bus of us-east-1, with the
// source aws.marketplacecatalog, calls it directly or through an SQS queue.
//
// Events get lost, so let a schedule call it as well: what is no event of the
// marketplace makes it sweep everything that is under way.
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
	store, err := sqlitestore.Open(ctx, os.Getenv("LISTINGS")) // on EFS, say
	check(err)
	manager, err := lifecycle.New(listing.AccountID(os.Getenv("SELLER")), store, awsmarketplace.NewMarketplace(cfg))
	check(err)
	lambda.Start(handler{manager}.Handle)
}

type handler struct{ manager *lifecycle.Manager }

// Handle takes one event, or a batch of them from a queue. Of a batch it
// returns the messages that are worth delivering again.
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
		if err == nil || errors.Is(err, awsmarketplace.ErrEvent) { // which no repetition would mend
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
