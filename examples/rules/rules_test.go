package rules_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

// teamName is a rule of our own.
var teamName = rule.Rule{
	ID: "northwind.team-name", Severity: rule.Must,
	Statement: "titles start with the team's name", Remedy: "put Northwind in front", Source: "our style guide",
}

// policy adds our rule to those of the marketplace, and refuses what one of its
// recommendations advises against.
var policy = lifecycle.Policy{
	Checks: []rule.Check[listing.Listing]{{Rule: teamName, Find: func(l listing.Listing, r *rule.Report) {
		if !strings.HasPrefix(l.Title, "Northwind ") {
			r.Broken("title", "%q does not start with Northwind", rule.Shorten(l.Title))
		}
	}}},
	Refuse: []rule.Rule{pricing.RuleTrialRecommended},
}

// snippet: facts
// explainSubmit returns everything that would stand in the way of submitting the
// document, given that seller and resources are in order.
func explainSubmit(l listing.Listing) rule.Findings {
	record := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller, State: lifecycle.Draft, Draft: l}
	in := lifecycle.Input{At: lifecycletest.Start, Facts: lifecycletest.Facts(l), Policy: policy}
	return lifecycle.Explain(record, lifecycle.Submit{}, in)
}

// end

// The documents that we are about to submit break no rule.
func TestOurListings(t *testing.T) {
	for _, file := range []string{"invoice-extractor.json", "churn-forecaster.json"} {
		data, err := os.ReadFile("../quickstart/listings/" + file)
		require.NoError(t, err)
		l, err := listing.Parse(data)
		require.NoError(t, err)
		found := listing.Check(l)
		require.NoError(t, found.Err(), "%s\n%s", file, found.Table())
		require.True(t, strings.HasPrefix(l.Title, "Northwind "))
	}
}

// snippet: rules
func TestOurRules(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Offer.TrialDays = 7
	lifecycletest.RequireRefused(t, explainSubmit(l).Err(), teamName, pricing.RuleTrialRecommended)
	l.Title, l.Offer.TrialDays = "Northwind Invoices", 14
	require.NoError(t, explainSubmit(l).Err())
}

// end

// snippet: any
// Our rule refuses any listing with another title, and never hides what the
// marketplace would refuse.
func TestOurRulesOnAnyListing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := lifecycletest.Listings().Draw(rt, "listing")
		require.ErrorIs(rt, explainSubmit(l).Err(), teamName)
		faulty := lifecycletest.AlmostValid().Draw(rt, "faulty")
		require.ErrorIs(rt, explainSubmit(faulty.Listing).Err(), faulty.Rule)
	})
}

// end

// Example prints every reason at once: for people, and for CI.
func Example() {
	l := lifecycletest.ModelPackage()
	l.Promotion.Logo = "logo.png"
	l.Versions[0].Recommended.RealTime = "ml.c5.large"
	found := explainSubmit(l)
	for _, v := range found.Violations {
		fmt.Println("-", v)
	}
	data, err := json.Marshal(found.Violations[0])
	fmt.Println(string(data), err)
	// Output:
	// - promotion.logo: "logo.png" is not an https address that the marketplace accepts; give an address such as https://example.com/file (promo.logo)
	// - title: "Invoice field extractor" does not start with Northwind; put Northwind in front (northwind.team-name)
	// - versions[0].recommended.realTime: "ml.c5.large" is not supported by the resource; choose one of the real-time instance types that the resource supports (version.recommended-realtime)
	// {"rule":{"id":"promo.logo","severity":"must","statement":"a listing has a logo at an https address","remedy":"give the https address of a PNG, JPG or GIF image of at most 5 MB","sources":{"guide2022":"step 2","catalog2026":"UpdateInformation: LogoUrl"}},"path":"promotion.logo","problem":"\"logo.png\" is not an https address that the marketplace accepts","remedy":"give an address such as https://example.com/file"} <nil>
}
