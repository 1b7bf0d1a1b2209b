package rules_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// draft is the document that a colleague is working on.
const draft = "testdata/draft.json"

// read reads a document. A misspelled field is an error that has its path.
func read(file string) (listing.Listing, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return listing.Listing{}, err
	}
	return listing.Parse(data)
}

// explainFirstSubmit returns what would stand in the way of submitting a document,
// without a store, an account or a network. NotChecked has the rules that need to
// know more.
func explainFirstSubmit(l listing.Listing) rule.Findings {
	record := lifecycle.Record{Seller: lifecycletest.Seller, State: lifecycle.Draft, Draft: l}
	return lifecycle.Explain(record, lifecycle.Submit{}, lifecycle.Input{At: lifecycletest.Start})
}

// Example_lines prints each reason on a line, as a linter does.
func Example_lines() {
	l, err := read(draft)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range listing.Check(l).Violations {
		fmt.Printf("%s: %v\n", draft, v)
	}
	// Output:
	// testdata/draft.json: offer.trialDays: is 90; choose 5 to 31 days, or 0 for no trial (pricing.trial-days)
	// testdata/draft.json: versions[0].releaseNotes: is missing; say what is new in this version (version.release-notes)
}

// Example_table prints everything for a person: what is refused, what is only
// advised, and what could not be checked.
func Example_table() {
	l, err := read(draft)
	if err != nil {
		fmt.Println(err)
		return
	}
	found := explainFirstSubmit(l)
	fmt.Print(rule.Findings{Violations: found.Violations, Advice: found.Advice}.Table())
	fmt.Println(len(found.NotChecked), "rules need to know more, such as:", found.NotChecked[0])
	// Output:
	// must    offer.trialDays           pricing.trial-days           is 90                                         choose 5 to 31 days, or 0 for no trial
	// must    versions[0].releaseNotes  version.release-notes        is missing                                    say what is new in this version
	// should  offer.trialDays           pricing.trial-recommended    is 90                                         set trialDays to 14 to 30
	// should  promotion.keywords[1]     promo.keywords-not-repeated  "Computer Vision" is the title or a category  choose another keyword
	// 14 rules need to know more, such as: whether the caller may work with change sets (permission.marketplace)
}

// Example_json prints the reasons for another program. Ids never change.
func Example_json() {
	l, err := read(draft)
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := json.MarshalIndent(listing.Check(l).Violations, "", "  ")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(data))
	// Output:
	// [
	//   {
	//     "rule": {
	//       "id": "pricing.trial-days",
	//       "severity": "must",
	//       "statement": "a free trial lasts 5 to 31 days",
	//       "remedy": "choose 5 to 31 days, or 0 for no trial",
	//       "sources": {
	//         "guide2022": "machine learning product pricing (5 to 120 days)",
	//         "guide2026": "machine learning product pricing (5 to 31 days; buyers get a mail three days before the end)",
	//         "catalog2026": "UpdatePricingTerms: FreeTrialPricingTerm",
	//         "changed": "5 to 120 days and hourly offers only in 2022; 5 to 31 days and offers per inference too in 2026"
	//       }
	//     },
	//     "path": "offer.trialDays",
	//     "problem": "is 90",
	//     "remedy": "choose 5 to 31 days, or 0 for no trial"
	//   },
	//   {
	//     "rule": {
	//       "id": "version.release-notes",
	//       "severity": "must",
	//       "statement": "a version has release notes of at most 29,999 characters",
	//       "remedy": "say what is new in this version",
	//       "sources": {
	//         "guide2022": "step 3",
	//         "catalog2026": "machine learning products, add a version (\"under 30,000\" characters; the lower limit satisfies both)",
	//         "shapes": "AddDeliveryOptions: ReleaseNotes (at most 30,000)",
	//         "changed": "2022 gives no limit; \"under 30,000\" characters in 2026"
	//       }
	//     },
	//     "path": "versions[0].releaseNotes",
	//     "problem": "is missing",
	//     "remedy": "say what is new in this version"
	//   }
	// ]
}

// Without facts, a submission is refused for what the document alone decides.
func TestFirstSubmitOfDraftIsRefused(t *testing.T) {
	l, err := read(draft)
	require.NoError(t, err)
	lifecycletest.RequireRefused(t, explainFirstSubmit(l).Err(), version.RuleReleaseNotes, pricing.RuleTrialDays)

	l.Versions[0].ReleaseNotes = "First release."
	l.Offer.TrialDays = 14
	require.NoError(t, explainFirstSubmit(l).Err())
}

// Advice does not stand in the way. Refuse makes violations of it: of some rules, or
// of all.
func TestAdviceThatWeRefuse(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Offer.TrialDays = 7
	l.Promotion.Keywords = []string{"invoice", "intelligent automation"}
	found := listing.Check(l)
	require.NoError(t, found.Err())
	lifecycletest.RequireRefused(t, found.Refuse(pricing.RuleTrialRecommended).Err(), pricing.RuleTrialRecommended)
	lifecycletest.RequireRefused(t, found.Refuse().Err(), pricing.RuleTrialRecommended, listing.RuleKeywordsNotRepeated)
}
