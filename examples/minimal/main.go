// Command minimal is the program in README: it creates a listing from a
// document, submits it to AWS Marketplace and waits for the preview. It can be
// killed at any moment: run it again, and it goes on.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
)

func main() {
	ctx := context.Background()
	data, err := os.ReadFile("invoice-extractor.json")
	check(err)
	document, err := listing.Parse(data) // an unknown field is an error
	check(err)

	cfg, err := config.LoadDefaultConfig(ctx)
	check(err)
	store, err := sqlitestore.Open(ctx, "listings.db")
	check(err)
	manager, err := lifecycle.New("111122223333", store, awsmarketplace.NewMarketplace(cfg),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)),
		lifecycle.WithAssets(awsmarketplace.NewAssets(nil)))
	check(err)
	check(publish(ctx, manager, document, time.Sleep))
}

// publish leads the listing to the preview, which takes about an hour.
func publish(ctx context.Context, manager *lifecycle.Manager, document listing.Listing, sleep func(time.Duration)) error {
	const name = "invoice-extractor" // of your choice; the same name is the same listing
	want := lifecycle.Desired{Name: name, Listing: document, Until: lifecycle.TestProduct}
	for {
		applied, err := manager.Apply(ctx, manager.ID(name), want)
		if err != nil {
			return err // every broken rule at once, or what AWS answered
		}
		fmt.Println(applied.Summary.State, applied.Summary.Product) // at last: Test Product prod-…
		if len(applied.Left) == 0 {
			return nil
		}
		sleep(applied.Wait)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
