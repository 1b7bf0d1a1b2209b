package guides_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/bucket"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/preflight"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

func remove(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID) (lifecycle.Record, error) {
	// snippet: unpublish
	_, err := manager.Do(ctx, id, lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."})
	if err != nil {
		return lifecycle.Record{}, err
	}
	return manager.Await(ctx, id) // AWS may take up to 37 days
	// end
}

func Example_unpublish() {
	bench := newBench()
	id := bench.listing(lifecycle.Live)
	record, err := remove(context.Background(), bench.Manager, id)
	fmt.Println(record.State, err)
	// Output: Unpublished <nil>
}

func look(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID, document listing.Listing) error {
	// snippet: look
	plan, err := manager.Plan(ctx, id, lifecycle.SignOff{}) // what would be sent, and what changes for buyers
	if err != nil {
		return err // every rule that stands in the way
	}
	fmt.Println(plan.From, "→", plan.Then)

	commands, err := manager.Available(ctx, id) // every command, and what stands in its way
	if err != nil {
		return err
	}
	for _, c := range commands {
		if c.Findings.Err() == nil {
			fmt.Println("now possible:", c.Command)
		}
	}

	first, err := manager.PlanDocument(ctx, document) // the same for a document that is not stored yet
	// end
	fmt.Println(first.Command)
	return err
}

func Example_look() {
	bench := newBench()
	id := bench.listing(lifecycle.TestProduct)
	document := lifecycletest.ModelPackage()
	fmt.Println(look(context.Background(), bench.Manager, id, document))
	// Output:
	// Test Product → Live
	// now possible: edit
	// now possible: sign-off
	// now possible: reconcile-test
	// now possible: reconcile-live
	// submit
	// <nil>
}

func reasons(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID, want lifecycle.Desired) {
	// snippet: reasons
	_, err := manager.Apply(ctx, id, want)
	var violations rule.Violations
	if errors.As(err, &violations) {
		for _, v := range violations { // every broken rule
			fmt.Println(v)
		}
	}
	fmt.Println(errors.Is(err, listing.RuleTitle)) // whether this rule is among them
	// end
}

func Example_reasons() {
	bench := newBench()
	want := lifecycle.Desired{Name: "invoices", Listing: lifecycletest.ModelPackage(), Until: lifecycle.TestProduct}
	want.Listing.Versions[0].Number = ""
	want.Listing.Title = strings.Repeat("Invoices ", 9)
	reasons(context.Background(), bench.Manager, bench.ID(want.Name), want)
	// Output:
	// title: has 81 characters, 72 are allowed; shorten it by 9 (info.title)
	// versions[0].number: is missing; give a number such as 1.0 that no other version has (version.number)
	// true
}

func explain(l listing.Listing) {
	// snippet: explain
	record := lifecycle.Record{Seller: "111122223333", State: lifecycle.Draft, Draft: l}
	found := lifecycle.Explain(record, lifecycle.Submit{}, lifecycle.Input{At: lifecycletest.Start})
	for _, v := range found.Violations {
		fmt.Println("no:", v) // it stands in the way
	}
	for _, v := range found.Advice {
		fmt.Println("better:", v) // it never does
	}
	fmt.Println(len(found.NotChecked), "rules need facts") // such as whether the resource is certified
	// end
}

func Example_explain() {
	l := lifecycletest.ModelPackage()
	l.Offer.TrialDays = 90
	explain(l)
	// Output:
	// no: offer.trialDays: is 90; choose 5 to 31 days, or 0 for no trial (pricing.trial-days)
	// better: offer.trialDays: is 90; set trialDays to 14 to 30 (pricing.trial-recommended)
	// 14 rules need facts
}

// snippet: policy
var ourTitle = rule.Rule{
	ID: "northwind.title", Severity: rule.Must, Source: "our style guide",
	Statement: "titles start with our name", Remedy: "put Northwind in front",
}

var policy = lifecycle.Policy{
	Checks: []rule.Check[listing.Listing]{{Rule: ourTitle, Find: func(l listing.Listing, r *rule.Report) {
		if !strings.HasPrefix(l.Title, "Northwind ") {
			r.Broken("title", "%q does not start with Northwind", rule.Shorten(l.Title))
		}
	}}},
	Refuse: []rule.Rule{pricing.RuleTrialRecommended}, // the marketplace only recommends it
}

// end

func TestPolicy(t *testing.T) {
	bench := lifecycletest.NewBench(t, lifecycle.WithPolicy(policy))
	l := lifecycletest.ModelPackage()
	l.Offer.TrialDays = 5
	_, err := bench.PlanDocument(context.Background(), l)
	lifecycletest.RequireRefused(t, err, ourTitle, pricing.RuleTrialRecommended)
}

func elsewhere(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID) error {
	// snippet: elsewhere
	drift, err := manager.Drift(ctx, id) // what differs, field by field
	if err != nil || len(drift.Differences) == 0 {
		return err
	}
	record, err := manager.Load(ctx, id)
	if err != nil {
		return err
	}
	snapshot, err := manager.Read(ctx, record.Entities.Product) // what the marketplace has
	if err != nil {
		return err
	}
	_, err = manager.Do(ctx, id, lifecycle.Reconcile{Snapshot: snapshot}) // take it into the record
	// end
	return err
}

// Somebody changes a product in the portal, here another manager with records of its
// own. Drift finds it, and afterwards there is none.
func TestElsewhere(t *testing.T) {
	ctx := context.Background()
	ours, theirs := onSimulator(t)
	want := lifecycle.Desired{Name: "invoices", Listing: invoices(t), Until: lifecycle.Live}
	id := ours.ID(want.Name)
	for {
		applied, err := ours.Apply(ctx, id, want)
		require.NoError(t, err)
		if len(applied.Left) == 0 {
			break
		}
		require.NoError(t, progress(ctx, ours, id))
	}
	record, err := ours.Load(ctx, id)
	require.NoError(t, err)

	adopted, err := adopt(ctx, theirs, record.Entities.Product)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Live, adopted.State)
	changed := adopted.Draft
	changed.Title = "Invoice Reader"
	_, err = theirs.Do(ctx, adopted.ID, lifecycle.UpdateInformation{
		Information: changed.Information, Promotion: changed.Promotion, Support: *changed.Support,
	})
	require.NoError(t, err)
	_, err = theirs.Await(ctx, adopted.ID)
	require.NoError(t, err)

	drift, err := ours.Drift(ctx, id)
	require.NoError(t, err)
	require.NotEmpty(t, drift.Differences)
	require.NoError(t, elsewhere(ctx, ours, id))
	record, err = ours.Load(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "Invoice Reader", record.Draft.Title)
	drift, err = ours.Drift(ctx, id)
	require.NoError(t, err)
	require.Empty(t, drift.Differences)
}

func follow(ctx context.Context, manager *lifecycle.Manager, id uuid.UUID, cursor lifecycle.Cursor) error {
	// snippet: follow
	for live, err := range manager.Listings(ctx, lifecycle.Query{State: lifecycle.Live}) {
		if err != nil {
			return err
		}
		fmt.Println(live.Title, live.State) // a page of many decodes no document
	}
	for entry, err := range manager.Journal(ctx, id) { // one listing, oldest first
		if err != nil {
			return err
		}
		fmt.Println(entry.Event, entry.State)
	}
	for each, err := range manager.Feed(ctx, cursor) { // all listings, in the order of saving
		if err != nil {
			return err
		}
		cursor = each.Cursor // keep it, and go on from there
	}
	// end
	fmt.Println("went on to a later cursor:", cursor != "")
	return nil
}

func Example_follow() {
	bench := newBench()
	id := bench.listing(lifecycle.Live)
	fmt.Println(follow(context.Background(), bench.Manager, id, ""))
	// Output:
	// Invoice field extractor Live
	// create Draft
	// submit Submitted
	// sending Submitted
	// sent Submitted
	// preview-ready Test Product
	// sign-off Test Product
	// sending Test Product
	// sent Test Product
	// go-live Live
	// went on to a later cursor: true
	// <nil>
}

func prepare(ctx context.Context, cfg aws.Config, document *listing.Listing, png []byte) (preflight.Report, error) {
	// snippet: prepare
	report, err := preflight.New(cfg).Run(ctx, preflight.Input{
		Listing: *document, Commands: []lifecycle.Event{lifecycle.EventSubmit}, Seller: "111122223333",
	}) // credentials, permissions, roles, resources, logo and EULA; nothing is changed
	if err != nil {
		return report, err
	}

	files, err := bucket.New(cfg, bucket.Config{Name: "our-listings", Region: "us-east-1", Owner: "111122223333"})
	if err != nil {
		return report, err
	}
	document.Promotion.Logo, err = files.PutLogo(ctx, png) // checked and uploaded; nothing is overwritten
	// end
	return report, err
}

// Where AWS refuses everything, the report says so, and the logo is not uploaded.
func TestPrepare(t *testing.T) {
	cfg, calls := refusing(t)
	l := lifecycletest.ModelPackage()
	report, err := prepare(context.Background(), cfg, &l, lifecycletest.Logo())
	require.Error(t, err)
	require.NotEmpty(t, report.Missing())
	require.Positive(t, calls())
}
