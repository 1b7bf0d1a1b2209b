package lifecycle_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// ExplainSteps goes on where Steps ends: every rule in the way of any step is told.
func TestExplainSteps(t *testing.T) {
	t.Parallel()
	const info, add, price, restrict = lifecycle.EventUpdateInformation, lifecycle.EventAddVersion, lifecycle.EventUpdatePricing, lifecycle.EventRestrictVersion
	for name, c := range map[string]struct {
		state lifecycle.State
		until lifecycle.State
		edit  func(*listing.Listing)
		ahead []lifecycle.Event
		rules []rule.Rule // each broken once
	}{
		"nothing":         {lifecycle.Live, lifecycle.Live, func(*listing.Listing) {}, nil, nil},
		"nothing changes": {lifecycle.Draft, lifecycle.Live, func(*listing.Listing) {}, []lifecycle.Event{lifecycle.EventSubmit, lifecycle.EventSignOff}, nil},
		"only a draft":    {lifecycle.Draft, lifecycle.Draft, func(l *listing.Listing) { l.Title = "" }, []lifecycle.Event{lifecycle.EventEdit}, nil},
		"a draft with faults": {lifecycle.Draft, lifecycle.TestProduct, func(l *listing.Listing) {
			l.Title, l.Overview = "", ""
			l.Versions[0].Recommended.Batch = "ml.c5.large"
		}, []lifecycle.Event{lifecycle.EventEdit, lifecycle.EventSubmit}, []rule.Rule{listing.RuleTitle, listing.RuleOverview, version.RuleRecommendedBatch}},
		"many versions at once": {lifecycle.Draft, lifecycle.TestProduct, func(l *listing.Listing) {
			for _, number := range []string{"3.0", "4.0"} {
				l.Versions = append(l.Versions, lifecycletest.Version(number, l.Kind))
			}
			l.Versions[2].Usage = ""
		}, []lifecycle.Event{lifecycle.EventEdit, lifecycle.EventSubmit}, []rule.Rule{listing.RuleUsagePerVersion, version.RuleUsage}},
		"three updates, two of them refused": {lifecycle.Live, lifecycle.Live, func(l *listing.Listing) {
			l.Title, l.Versions[0].Status = "", version.Restricted
			l.Offer.TrialDays = 3
		}, []lifecycle.Event{info, price, restrict}, []rule.Rule{listing.RuleTitle, pricing.RuleTrialDays}},
		"a new version that is refused, and its price": {lifecycle.Live, lifecycle.Live, func(l *listing.Listing) {
			v := lifecycletest.Version("3.0", l.Kind)
			v.Notebook = ""
			l.Versions = append(l.Versions, v)
			l.Overview = ""
		}, []lifecycle.Event{info, add}, []rule.Rule{listing.RuleOverview, version.RuleNotebook}},
		"a lock and an update": {lifecycle.Live, lifecycle.Live, func(l *listing.Listing) {
			l.Versions[0].Number, l.Regions.Only = "9.9", []listing.Region{"us-east-1"}
			l.Title = ""
		}, []lifecycle.Event{info}, []rule.Rule{lifecycle.RuleNumberLocked, lifecycle.RuleRegionsLocked, listing.RuleTitle}},
		"off sale": {lifecycle.Unpublished, lifecycle.Live, func(l *listing.Listing) { l.Title = "Other" }, nil, []rule.Rule{lifecycle.RuleUpdate}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), c.state, false)
			want := r.Draft.Clone()
			c.edit(&want)
			ahead, found := lifecycle.ExplainSteps(r, lifecycle.Desired{Listing: want, Until: c.until}, lifecycle.Input{At: r.UpdatedAt, Facts: lifecycletest.Facts(want)})
			assert.Equal(t, c.ahead, ahead)
			assert.Len(t, found.Violations, len(c.rules), "%v", found)
			for _, r := range c.rules {
				assert.ErrorIs(t, found.Err(), r)
			}
		})
	}
}

// A listing that does not exist is judged as the submission that would make it, and a
// request under way is in the way of everything.
func TestExplainStepsFromNothingAndBusy(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	in := lifecycle.Input{At: lifecycletest.Start, Facts: lifecycletest.Facts(l)}
	ahead, found := lifecycle.ExplainSteps(lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}, lifecycle.Desired{Listing: l, Until: lifecycle.TestProduct}, in)
	assert.Equal(t, []lifecycle.Event{lifecycle.EventCreate, lifecycle.EventSubmit}, ahead)
	assert.NoError(t, found.Err())

	b := lifecycletest.NewBench(t)
	id := b.Listing(t, l, lifecycle.Submitted, true)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	l.Title = ""
	ahead, found = lifecycle.ExplainSteps(r, lifecycle.Desired{Listing: l, Until: lifecycle.TestProduct}, lifecycle.Input{At: r.UpdatedAt, Facts: lifecycletest.Facts(l)})
	assert.Equal(t, []lifecycle.Event{lifecycle.EventEdit, lifecycle.EventSubmit}, ahead)
	assert.Len(t, found.Violations, 2)
	assert.ErrorIs(t, found.Err(), lifecycle.RuleOneRequest)
	assert.ErrorIs(t, found.Err(), listing.RuleTitle)
}

// Whatever the document: where Steps finds a way, nothing stands in it, and what Steps
// is refused for is among what is told.
func TestExplainStepsTellsWhatStepsDoes(t *testing.T) {
	t.Parallel()
	records := map[lifecycle.State]lifecycle.Record{"": {ID: exampleID, Seller: lifecycletest.Seller}}
	for _, state := range []lifecycle.State{lifecycle.Draft, lifecycle.TestProduct, lifecycle.Live} {
		records[state], _ = withTwoVersions(t, lifecycletest.ModelPackage(), state, false)
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := records[rapid.SampledFrom([]lifecycle.State{"", lifecycle.Draft, lifecycle.TestProduct, lifecycle.Live}).Draw(rt, "state")]
		l := lifecycletest.AlmostValid().Draw(rt, "listing").Listing
		want := lifecycle.Desired{Listing: l, Until: lifecycle.Live}
		in := lifecycle.Input{At: lifecycletest.Start.AddDate(1, 0, 0), Facts: lifecycletest.Facts(l)}
		_, err := lifecycle.Steps(r, want, in)
		_, found := lifecycle.ExplainSteps(r, want, in)
		if err == nil {
			assert.NoError(rt, found.Err())
			return
		}
		var refusal *lifecycle.Refusal
		require.ErrorAs(rt, err, &refusal)
		for _, v := range refusal.Findings.Violations {
			assert.ErrorIs(rt, found.Err(), v.Rule)
		}
	})
}

func ExampleExplainSteps() {
	record := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}
	want := lifecycle.Desired{Listing: lifecycletest.ModelPackage(), Until: lifecycle.TestProduct}
	want.Listing.Title = ""
	want.Listing.Offer.TrialDays = 3
	facts := lifecycletest.Facts(want.Listing)
	facts.Seller = &lifecycle.SellerProfile{Registered: lifecycle.No, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}
	ahead, found := lifecycle.ExplainSteps(record, want, lifecycle.Input{At: lifecycletest.Start, Facts: facts})
	fmt.Println(ahead)
	for _, v := range found.Violations {
		fmt.Println(v.Path, v.Rule.ID)
	}
	// Output:
	// [create submit]
	// offer.trialDays pricing.trial-days
	// seller seller.registered
	// title info.title
}
