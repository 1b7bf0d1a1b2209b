package listing_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
)

func ExampleParse() {
	l, err := listing.Parse([]byte(`{
		"kind": "model package",
		"regions": ["us-east-2", "eu-central-1"],
		"title": "Invoice field extractor",
		"offer": {"model": "hourly", "rates": {"ml.m5.large.m.i.b": "0.40"}}
	}`))
	fmt.Println(err)
	fmt.Println(l.Title, "in", l.Regions.Only)
	fmt.Println(l.Offer.Rates[pricing.Batch("ml.m5.large")])
	// Output:
	// <nil>
	// Invoice field extractor in [us-east-2 eu-central-1]
	// 0.40
}

// Parse returns every fault at once, each with its place and its path.
func ExampleParse_faults() {
	_, err := listing.Parse([]byte(`{
		"Title": "Invoices",
		"versions": [{"number": 1}],
		"offer": {"rates": {"ml.m5.large.m.i.b": 0.40}}
	}`))
	fmt.Println(err)

	var first *document.Error
	fmt.Println(errors.As(err, &first), first.Path)
	fmt.Println(errors.Is(err, pricing.RuleExact))
	// Output:
	// document: line 2, column 12: Title: is not a known field: spell it "title"
	// document: line 3, column 27: versions[0].number: is the number 1, want a string
	// document: line 4, column 44: offer.rates["ml.m5.large.m.i.b"]: 0.40 is not in quotes; in JSON, write a plain decimal in quotes, such as "0.40" (pricing.exact)
	// true Title
	// true
}

func ExampleCheck() {
	l := lifecycletest.ModelPackage()
	l.Title = strings.Repeat("é", 73)
	l.Versions[0].Notebook = ""
	l.Offer.TrialDays = 120

	found := listing.Check(l)
	for _, v := range found.Violations {
		fmt.Printf("%s %s\n  fix: %s\n  see: %s\n", v.Path, v.Problem, v.Remedy, v.Rule.Sources)
	}
	fmt.Println(errors.Is(found.Err(), listing.RuleTitle), errors.Is(found.Err(), listing.RuleLogo))
	// Output:
	// offer.trialDays is 120
	//   fix: choose 5 to 31 days, or 0 for no trial
	//   see: seller guide of 2022, machine learning product pricing (5 to 120 days); seller guide of 2026, machine learning product pricing (5 to 31 days; buyers get a mail three days before the end); Catalog API of 2026, UpdatePricingTerms: FreeTrialPricingTerm
	// title has 73 characters, 72 are allowed
	//   fix: shorten it by 1
	//   see: seller guide of 2022, step 2; Catalog API of 2026, UpdateInformation: ProductTitle; shapes of 2026-11-06, ProductTitle: pattern (no white space at the start)
	// versions[0].notebook is missing
	//   fix: give the https address of the notebook
	//   see: seller guide of 2022, step 3; Catalog API of 2026, AddDeliveryOptions: SampleNotebookUrl
	// true false
}

func ExampleFormat() {
	data, err := listing.Format(listing.Listing{
		Kind:        "algorithm",
		Visibility:  listing.Private,
		Buyers:      []listing.AccountID{"444455556666"},
		Information: listing.Information{Title: "Churn forecaster"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = os.Stdout.Write(data)
	// Output:
	// {
	//   "kind": "algorithm",
	//   "visibility": "private",
	//   "buyers": [
	//     "444455556666"
	//   ],
	//   "regions": "all",
	//   "title": "Churn forecaster",
	//   "shortDescription": "",
	//   "overview": "",
	//   "promotion": {
	//     "logo": ""
	//   }
	// }
}

func ExampleRules() {
	for _, r := range listing.Rules() {
		if r.Severity == "should" {
			fmt.Println(r, "-", r.Statement)
		}
	}
	// Output:
	// promo.keywords-not-repeated - keywords do not repeat the title or the categories, which are searched anyway
	// text.no-placeholders - no text has what a template leaves to be filled in
	// text.trademark-space - there is no space before ™ or ®
	// promo.logo-shape - a logo is 120 to 640 pixels wide and high, with a ratio of 1:1 or 2:1 and a white or transparent background
	// version.number-ascii - the number of a version is ASCII, for letters of other scripts can look the same
	// version.notebook-on-github - the notebook and the samples of a version are on GitHub
	// version.usage-example - the usage information shows how to call the endpoint or to start a job, with the CLI or an SDK
	// version.mime-types - the descriptions of input and output name the MIME content types
	// version.parameters-shown - a version has at most 24 parameters and 24 output fields, which is what the portal shows
	// pricing.trial-recommended - an hourly offer has a free trial, and a free trial lasts 14 to 30 days
}

// New buyers choose among the offered versions; a restricted one stays with
// those who have it.
func ExampleListing_Offered() {
	l := lifecycletest.ModelPackage()
	l.Versions = append(l.Versions, lifecycletest.Version("1.1", l.Kind))
	l.Versions[0].Status = "restricted"
	for _, v := range l.Offered() {
		fmt.Println(v.Number)
	}
	_, known := l.Version("1.0")
	fmt.Println(known)
	// Output:
	// 1.1
	// true
}

// A file of many listings is checked line by line, without holding it in memory.
func ExampleCheckAll() {
	lines := bufio.NewScanner(strings.NewReader(`{"kind": "model package", "regions": "all", "title": "Invoice field extractor"}
{"kind": "algorithm", "regions": "all", "name": "Churn forecaster"}
`))
	lines.Buffer(nil, document.MaxSize)
	documents := func(yield func(listing.Document, error) bool) {
		for n := 1; lines.Scan(); n++ {
			if !yield(listing.Document{Name: fmt.Sprint("line ", n), Data: bytes.Clone(lines.Bytes())}, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(listing.Document{Name: "the rest"}, err)
		}
	}
	for c, err := range listing.CheckAll(documents) {
		if err != nil {
			fmt.Printf("%s: %v\n", c.Name, err)
			continue
		}
		fmt.Printf("%s: %d violations, such as %v\n", c.Name, len(c.Findings.Violations), c.Findings.Violations[0])
	}
	// Output:
	// line 1: 9 violations, such as categories: has 0 entries, at least 1 needed; name 1 to 3 categories of the marketplace (info.categories)
	// line 2: document: line 1, column 49: name: is not a known field: remove it, or correct its name
}
