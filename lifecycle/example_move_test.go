package lifecycle_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// From one store into another, of whatever kind.
func ExampleExport() {
	ctx, from, to := context.Background(), memstore.New(), memstore.New()
	manager, err := lifecycle.New(lifecycletest.Seller, from, lifecycletest.NewMarket(&lifecycletest.Clock{}))
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"invoice", "churn"} {
		if _, err := manager.Do(ctx, manager.ID(name), lifecycle.Create{Name: name, Listing: lifecycletest.ModelPackage()}); err != nil {
			log.Fatal(err)
		}
	}

	var file bytes.Buffer // os.Create, outside of an example
	if _, err := lifecycle.Export(ctx, from, lifecycletest.Seller, &file); err != nil {
		log.Fatal(err)
	}
	moved, err := lifecycle.Import(ctx, to, lifecycletest.Seller, &file)
	fmt.Println(moved.Listings, moved.Entries, moved.Known, err)
	// Output: 2 2 0 <nil>
}

func ExampleVerify() {
	ctx, store := context.Background(), memstore.New()
	manager, err := lifecycle.New(lifecycletest.Seller, store, lifecycletest.NewMarket(&lifecycletest.Clock{}))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := manager.Do(ctx, manager.ID("invoice"), lifecycle.Create{Name: "invoice", Listing: lifecycletest.ModelPackage()}); err != nil {
		log.Fatal(err)
	}
	for id, err := range lifecycle.Verify(ctx, store, lifecycletest.Seller) {
		fmt.Println(id == manager.ID("invoice"), err)
	}
	// Output: true <nil>
}

// What is simulated does not come among what is sold.
func ExampleSimulated() {
	var file bytes.Buffer
	ctx, store := context.Background(), memstore.New()
	if _, err := lifecycle.Export(ctx, store, lifecycletest.Seller, &file, lifecycle.Simulated()); err != nil {
		log.Fatal(err)
	}
	_, err := lifecycle.Import(ctx, store, lifecycletest.Seller, &file)
	fmt.Println(err)
	// Output: not a whole export of listings that are not simulated: it has simulated listings
}
