package guides_test

import (
	"context"
	"fmt"
	"os"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

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
