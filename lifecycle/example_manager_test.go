package lifecycle_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// exampleManager returns a manager of a market and a clock in memory.
func exampleManager() (*lifecycle.Manager, *lifecycletest.Market) {
	clock := &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market,
		lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		panic(err)
	}
	return manager, market
}

func ExampleManager_Do() {
	ctx := context.Background()
	manager, _ := exampleManager()
	id := manager.ID("invoice-extractor")
	create := lifecycle.Create{Name: "invoice-extractor", Listing: lifecycletest.ModelPackage()}
	for range 2 { // the second call finds that it is done already
		decision, err := manager.Do(ctx, id, create, lifecycle.By("ann"), lifecycle.Once("create"))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(decision.Record.State, decision.Record.Revision)
	}
	_, err := manager.Do(ctx, id, lifecycle.SignOff{})
	fmt.Println(errors.Is(err, lifecycle.RuleSignOff))
	// Output:
	// Draft 1
	// Draft 1
	// true
}

func ExampleManager_Await() {
	ctx := context.Background()
	manager, market := exampleManager()
	id := manager.ID("invoice-extractor")
	market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "INVALID_INPUT", Message: "the image is gone"}}})
	for _, command := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		if _, err := manager.Do(ctx, id, command); err != nil {
			fmt.Println(err)
			return
		}
	}
	record, err := manager.Await(ctx, id)
	var failed *lifecycle.RequestError
	fmt.Println(errors.As(err, &failed), record.State)
	fmt.Println(record.Last.Problems[0])
	// Output:
	// true Draft
	// INVALID_INPUT: the image is gone
}

// portal is a marketplace where somebody gave the product another title.
type portal struct{ *lifecycletest.Market }

func (portal) Read(context.Context, string) (lifecycle.Snapshot, error) {
	changed := lifecycletest.ModelPackage()
	changed.Title = "Changed in the portal"
	return lifecycletest.Snapshot(changed, lifecycle.VisibilityPublic), nil
}

func ExampleManager_Drift() {
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), portal{lifecycletest.NewMarket(clock)}, lifecycle.WithClock(clock))
	if err != nil {
		fmt.Println(err)
		return
	}
	id := manager.ID("invoice-extractor")
	adopt := lifecycle.Adopt{Snapshot: lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)}
	if _, err := manager.Do(ctx, id, adopt); err != nil {
		fmt.Println(err)
		return
	}
	drift, err := manager.Drift(ctx, id)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, difference := range drift.Differences {
		fmt.Println(difference)
	}
	// Output:
	// ~ title: Invoice field extractor → Changed in the portal
}

func ExampleManager_Feed() {
	ctx := context.Background()
	manager, _ := exampleManager()
	for _, name := range []string{"invoice-extractor", "churn-forecaster"} {
		create := lifecycle.Create{Name: name, Listing: lifecycletest.ModelPackage()}
		if _, err := manager.Do(ctx, manager.ID(name), create); err != nil {
			fmt.Println(err)
			return
		}
	}
	for entry, err := range manager.Feed(ctx, "") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Cursor, entry.Entry.Event)
	}
	// Output:
	// 1 create
	// 2 create
}

// A reader that wants to be told of what is new, and of nothing that was before.
func ExampleManager_FeedEnd() {
	ctx := context.Background()
	manager, _ := exampleManager()
	id := manager.ID("invoice-extractor")
	_, err := manager.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	end, err2 := manager.FeedEnd(ctx)
	_, err3 := manager.Do(ctx, id, lifecycle.Submit{})
	if err := errors.Join(err, err2, err3); err != nil {
		fmt.Println(err)
		return
	}
	for entry, err := range manager.Feed(ctx, end) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Entry.Event)
	}
	// Output: submit
}

// What AWS has refused, or somebody has cancelled, and was not asked for again.
func ExampleManager_Listings() {
	ctx := context.Background()
	manager, market := exampleManager()
	id := manager.ID("invoice-extractor")
	market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "INVALID_INPUT", Message: "the image is gone"}}})
	for _, command := range []lifecycle.Command{lifecycle.Create{Name: "invoice-extractor", Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		if _, err := manager.Do(ctx, id, command); err != nil {
			fmt.Println(err)
			return
		}
	}
	_, err := manager.Await(ctx, id)
	fmt.Println(errors.As(err, new(*lifecycle.RequestError)))
	for summary, err := range manager.Listings(ctx, lifecycle.Query{Unsuccessful: true}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(summary.Name, summary.State, summary.Unsuccessful.Kind, summary.Unsuccessful.Result)
	}
	// Output:
	// true
	// invoice-extractor Draft submit failed
}
