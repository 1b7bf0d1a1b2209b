// Command minimal is the program in README: it creates a listing from a
// document, submits it to AWS Marketplace and waits for the preview.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
)

func main() {
	ctx := context.Background()
	data, err := os.ReadFile("invoice-extractor.json")
	check(err)
	document, err := listing.Parse(data) // strict: every unknown field is named
	check(err)

	cfg, err := config.LoadDefaultConfig(ctx)
	check(err)
	store, err := sqlitestore.Open(ctx, "listings.db")
	check(err)
	manager, err := lifecycle.New("111122223333", store, awsmarketplace.NewMarketplace(cfg),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)),
		lifecycle.WithAssets(awsmarketplace.NewAssets(nil)))
	check(err)

	id := uuid.New()
	_, err = manager.Do(ctx, id, lifecycle.Create{Listing: document})
	check(err)
	_, err = manager.Do(ctx, id, lifecycle.Submit{}) // every broken rule at once, or written down
	check(err)
	record, err := manager.Await(ctx, id) // sends it, follows it: about an hour
	check(err)
	fmt.Println(record.State, record.Entities.Product) // Test Product prod-…
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
