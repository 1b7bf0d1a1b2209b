package guides_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

func match(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID) {
	// snippet: match
	_, err := manager.Do(ctx, id, lifecycle.Submit{})
	fmt.Println(errors.Is(err, listing.RuleTitle))           // whether this rule is broken
	fmt.Println(errors.Is(err, rule.Rule{ID: "info.title"})) // the same, by its id

	var broken rule.Violations
	errors.As(err, &broken) // all of them, each with its path
	// end
	fmt.Println(len(broken), broken[0].Path)
}

func Example_match() {
	bench := newBench()
	l := lifecycletest.ModelPackage()
	l.Title = ""
	id := uuid.New()
	if _, err := bench.Do(context.Background(), id, lifecycle.Create{Listing: l}); err != nil {
		fmt.Println(err)
	}
	match(context.Background(), bench.Manager, id)
	// Output:
	// true
	// true
	// 1 title
}
