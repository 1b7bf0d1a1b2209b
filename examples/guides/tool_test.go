package guides_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// snippet: check
// check prints every broken rule of a document, with its line and column, and reports
// whether there is none.
func check(file string, data []byte) bool {
	l, err := listing.Parse(data)
	if err != nil {
		fmt.Printf("%s: %v\n", file, err) // every fault of the syntax, with line and column
		return false
	}
	found := listing.Check(l)
	for _, v := range found.Violations {
		at, _ := document.Locate(data, v.Path)
		fmt.Printf("%s:%d:%d: %v\n", file, at.Line, at.Column, v)
	}
	return len(found.Violations) == 0
}

// end

func Example_check() {
	data, err := os.ReadFile("../rules/testdata/draft.json")
	if err != nil {
		panic(err)
	}
	fmt.Println(check("draft.json", data))
	// Output:
	// draft.json:82:18: offer.trialDays: is 90; choose 5 to 31 days, or 0 for no trial (pricing.trial-days)
	// draft.json:38:23: versions[0].releaseNotes: is missing; say what is new in this version (version.release-notes)
	// false
}

// snippet: steps
// preview prints the commands that Apply would give, one after the other. It asks AWS for
// facts, and changes nothing.
func preview(ctx context.Context, manager *lifecycle.Manager, want lifecycle.Desired) error {
	record, err := manager.Load(ctx, manager.ID(want.Name))
	if errors.Is(err, lifecycle.ErrNotFound) {
		record, err = lifecycle.Record{ID: manager.ID(want.Name), Seller: manager.Seller()}, nil
	}
	if err != nil {
		return err
	}
	steps, err := lifecycle.Steps(record, want, lifecycle.Input{At: time.Now()})
	if err != nil {
		return err // all that would be refused, of all the steps
	}
	for _, s := range steps {
		fmt.Println(s.Event)
	}
	return nil
}

// end

func Example_steps() {
	bench := newBench()
	want := lifecycle.Desired{Name: "invoices", Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	fmt.Println(preview(context.Background(), bench.Manager, want))
	// Output:
	// create
	// submit
	// sign-off
	// <nil>
}

// snippet: apply
// apply leads a listing to what is wanted. It may be killed and started again at any
// moment.
func apply(ctx context.Context, manager *lifecycle.Manager, want lifecycle.Desired, clock lifecycle.Clock) error {
	id, last := manager.ID(want.Name), ""
	for {
		applied, err := manager.Apply(ctx, id, want)
		if err != nil {
			return err
		}
		if len(applied.Left) == 0 {
			return nil
		}
		if now := fmt.Sprintln(applied.Left[0].Event, "in", applied.Summary.State); now != last {
			fmt.Print(now)
			last = now
		}
		if err := clock.Sleep(ctx, applied.Wait); err != nil {
			return err
		}
	}
}

// end

func Example_apply() {
	bench := newBench()
	want := lifecycle.Desired{Name: "invoices", Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	fmt.Println(apply(context.Background(), bench.Manager, want, bench.Clock))
	// Output:
	// submit in Draft
	// submit in Submitted
	// sign-off in Test Product
	// <nil>
}
