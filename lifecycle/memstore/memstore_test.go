package memstore_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) lifecycle.Store { return memstore.New() }, storetest.Named("memory"))
}

// The suite promises that its cases can share a store; this is where that is
// kept.
func TestOneStoreForAllCases(t *testing.T) {
	t.Parallel()
	s := memstore.New()
	storetest.Run(t, func(*testing.T) lifecycle.Store { return s })
}

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, memstore.New()) }

// Two sellers keep their listings in one store and never see each other's.
func Example() {
	ctx, store := context.Background(), memstore.New()
	market := lifecycletest.NewMarket(&lifecycletest.Clock{})
	manager, err := lifecycle.New("111122223333", store, market)
	if err != nil {
		fmt.Println(err)
		return
	}
	other, err := lifecycle.New("444455556666", store, market)
	if err != nil {
		fmt.Println(err)
		return
	}
	id := uuid.MustParse("5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10")
	if _, err := manager.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}); err != nil {
		fmt.Println(err)
		return
	}
	r, err := manager.Load(ctx, id)
	fmt.Println(r.Draft.Title, r.State, r.Revision, err)
	_, err = other.Load(ctx, id)
	fmt.Println(err)
	// Output:
	// Invoice field extractor Draft 1 <nil>
	// listing 5f0c6f52-4f0e-4c36-9a55-0d3a6a3c2b10 of 444455556666: not found
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	versions := 200
	if testing.Short() {
		versions = 50
	}
	storetest.Growth(t, memstore.New(), versions)
}
