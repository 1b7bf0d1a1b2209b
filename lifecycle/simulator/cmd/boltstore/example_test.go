package boltstore_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder for the example
	store, err := boltstore.Open(filepath.Join(dir, "marketplace.db"))
	if err != nil {
		panic(err)
	}
	defer store.Close() //nolint:errcheck // what was answered is on disk already
	market, err := simulator.New(simulator.Config{Store: store})
	if err != nil {
		panic(err)
	}
	fmt.Println(market.Now())
	// Output: 2026-01-05 09:00:00 +0000 UTC
}
