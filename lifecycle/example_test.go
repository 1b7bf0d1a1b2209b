package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

var exampleID = uuid.MustParse("0b5f6d1e-7c1a-4f63-9a53-3f0a6c1c2b11")

func Example() {
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(clock),
		lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	want := lifecycle.Desired{Name: "invoice-extractor", Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	for {
		applied, err := manager.Apply(ctx, manager.ID(want.Name), want)
		if err != nil {
			fmt.Println(err)
			return
		}
		if len(applied.Left) == 0 {
			fmt.Println(applied.Record.State)
			return
		}
		_ = clock.Sleep(ctx, applied.Wait) // time.Sleep in a program
	}
	// Output:
	// Live
}

func ExampleDecide() {
	draft := lifecycletest.ModelPackage()
	record := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}
	created, err := lifecycle.Decide(record, lifecycle.Create{Listing: draft}, lifecycle.Input{At: lifecycletest.Start, By: "ann"})
	if err != nil {
		fmt.Println(err)
		return
	}
	submitted, err := lifecycle.Decide(created.Record, lifecycle.Submit{}, lifecycle.Input{At: lifecycletest.Start, Facts: lifecycletest.Facts(draft)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(submitted.Record.State, submitted.Record.Request.Kind, submitted.Record.Request.Phase)
	// Output: Submitted submit recorded
}

func ExampleExplain() {
	draft := lifecycletest.ModelPackage()
	draft.Title = ""
	draft.Versions[0].Recommended.RealTime = "ml.c5.large"
	created, err := lifecycle.Decide(lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}, lifecycle.Create{Listing: draft}, lifecycle.Input{At: lifecycletest.Start})
	if err != nil {
		fmt.Println(err)
		return
	}
	facts := lifecycletest.Facts(draft)
	facts.Seller = nil
	found := lifecycle.Explain(created.Record, lifecycle.Submit{}, lifecycle.Input{At: lifecycletest.Start, Facts: facts})
	for _, v := range found.Violations {
		fmt.Println(v)
	}
	for _, gap := range found.NotChecked {
		fmt.Println(gap)
	}
	// Output:
	// title: is missing; give a title of 1 to 72 characters on one line (info.title)
	// versions[0].recommended.realTime: "ml.c5.large" is not supported by the resource; choose one of the real-time instance types that the resource supports (version.recommended-realtime)
	// seller: what is known of account 111122223333 (seller.profile-complete)
	// seller: what is known of account 111122223333 (seller.registered)
	// seller: what is known of account 111122223333 (seller.tax-and-bank)
}

func ExampleExplain_endSupport() {
	unpublished := lifecycletest.Start
	record := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller, State: lifecycle.Unpublished, UnpublishedAt: &unpublished}
	end, _ := record.SupportedUntil()
	fmt.Println(lifecycle.Explain(record, lifecycle.EndSupport{}, lifecycle.Input{At: end.Add(-time.Nanosecond)}).Err() == nil)
	fmt.Println(lifecycle.Explain(record, lifecycle.EndSupport{}, lifecycle.Input{At: end}).Err() == nil)
	// Output:
	// false
	// true
}

func ExampleCommands() {
	for name, command := range lifecycle.Commands() {
		fmt.Printf("%s: %T\n", name, command)
	}
	// Output:
	// create: lifecycle.Create
	// adopt: lifecycle.Adopt
	// edit: lifecycle.Edit
	// discard: lifecycle.Discard
	// submit: lifecycle.Submit
	// sign-off: lifecycle.SignOff
	// add-version: lifecycle.AddVersion
	// update-version: lifecycle.UpdateVersion
	// restrict-version: lifecycle.RestrictVersion
	// update-information: lifecycle.UpdateInformation
	// update-pricing: lifecycle.UpdatePricing
	// update-allow-list: lifecycle.UpdateAllowList
	// unpublish: lifecycle.Unpublish
	// end-support: lifecycle.EndSupport
	// cancel: lifecycle.Cancel
	// reconcile: lifecycle.Reconcile
}

func ExampleRefusal() {
	record := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller, State: lifecycle.Draft}
	_, err := lifecycle.Decide(record, lifecycle.SignOff{}, lifecycle.Input{At: lifecycletest.Start})
	fmt.Println(errors.Is(err, lifecycle.RuleSignOff))
	var violations rule.Violations
	if errors.As(err, &violations) {
		fmt.Println(violations[0].Remedy)
	}
	// Output:
	// true
	// submit the listing, test the preview, and sign it off then
}

func ExampleReplay() {
	created, err := lifecycle.Decide(lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Input{At: lifecycletest.Start, By: "ann"})
	if err != nil {
		fmt.Println(err)
		return
	}
	record, err := lifecycle.Replay(created.Entries)
	fmt.Println(record.State, record.Draft.Title, err)
	// Output: Draft Invoice field extractor <nil>
}

func ExampleManager_Explain() {
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := manager.Do(ctx, exampleID, lifecycle.Create{Listing: listing.Listing{}}); err != nil {
		fmt.Println(err)
		return
	}
	found, err := manager.Explain(ctx, exampleID, lifecycle.Submit{})
	fmt.Println(len(found.Violations), "reasons not to submit an empty draft", err)
	// Output: 11 reasons not to submit an empty draft <nil>
}

func ExampleManager_Plan() {
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(clock),
		lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, command := range []lifecycle.Command{
		lifecycle.Create{Listing: lifecycletest.ModelPackage()},
		lifecycle.Submit{},
		lifecycle.SignOff{},
	} {
		if _, err := manager.Do(ctx, exampleID, command); err != nil {
			fmt.Println(err)
			return
		}
		if _, err := manager.Await(ctx, exampleID); err != nil {
			fmt.Println(err)
			return
		}
	}
	document := lifecycletest.ModelPackage()
	document.Highlights = []string{"Reads twelve languages"}
	plan, err := manager.Plan(ctx, exampleID, lifecycle.UpdateInformation{
		Information: document.Information, Promotion: document.Promotion, Support: *document.Support,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.From, "→", plan.Then)
	fmt.Println("takes", plan.Takes)
	for _, d := range plan.Differences {
		fmt.Println(d)
	}
	// Output:
	// Live → Live
	// takes minutes to hours, at times days
	// ~ highlights: ["Reads nine languages","Needs no template"] → ["Reads twelve languages"]
}

func ExampleCompare() {
	holding := lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
	adopted, err := lifecycle.Decide(lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}, lifecycle.Adopt{Snapshot: holding}, lifecycle.Input{At: lifecycletest.Start, By: "ann"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(adopted.Record.State)

	// Somebody renames the listing in the portal.
	holding.Content.Listing.Title = "Invoice reader"
	holding.Entities.ProductRevision++
	drift, err := lifecycle.Compare(adopted.Record, holding, lifecycletest.Start)
	fmt.Println(err)
	for _, d := range drift.Differences {
		fmt.Println(d)
	}
	// Output:
	// Live
	// <nil>
	// ~ entities.productRevision: 3 → 4
	// ~ title: Invoice field extractor → Invoice reader
}

func ExampleManager_Sweep() {
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(clock),
		lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		id := uuid.New()
		for _, command := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
			if _, err := manager.Do(ctx, id, command); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	for {
		found, err := manager.Sweep(ctx)
		if err != nil || found.Wait == 0 {
			fmt.Println(found.Ended, "ended,", err)
			return
		}
		if err := clock.Sleep(ctx, found.Wait); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output: 3 ended, <nil>
}
