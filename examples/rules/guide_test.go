package rules_test

// snippet: imports
import (
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// end

// snippet: files
// under yields every JSON file below a folder. A file that cannot be read is yielded
// with its error, and does not end the search.
func under(folder fs.FS) iter.Seq2[listing.Document, error] {
	return func(yield func(listing.Document, error) bool) {
		_ = fs.WalkDir(folder, ".", func(file string, entry fs.DirEntry, err error) error {
			if err == nil && (entry.IsDir() || path.Ext(file) != ".json") {
				return nil
			}
			d := listing.Document{Name: file}
			if err == nil {
				d.Data, err = fs.ReadFile(folder, file)
			}
			if !yield(d, err) {
				return fs.SkipAll
			}
			return nil
		})
	}
}

// Example_files checks all listings of a repository at once, as a job that must pass
// before a change is merged: a line for each reason, with file, line and column.
func Example_files() {
	files, broken := 0, 0
	for c, err := range listing.CheckAll(under(os.DirFS("testdata"))) {
		files++
		if err != nil {
			broken++
			fmt.Printf("%s: %v\n", c.Name, err)
			continue
		}
		for _, v := range c.Findings.Violations {
			broken++
			at, _ := document.Locate(c.Data, v.Path)
			fmt.Printf("%s:%d:%d: %v\n", c.Name, at.Line, at.Column, v)
		}
	}
	fmt.Println(broken, "reasons in", files, "files")
	// Output:
	// draft.json:82:18: offer.trialDays: is 90; choose 5 to 31 days, or 0 for no trial (pricing.trial-days)
	// draft.json:38:23: versions[0].releaseNotes: is missing; say what is new in this version (version.release-notes)
	// forecast/listing.json: document: line 4, column 12: Title: is not a known field: spell it "title"
	// 3 reasons in 2 files
}

// end

// snippet: policy
// ourTitle is a rule of our own.
var ourTitle = rule.Rule{
	ID: "northwind.title", Severity: rule.Must,
	Statement: "titles start with our name", Remedy: "put Northwind in front", Source: "our style guide",
}

// policy adds our rule to those of the marketplace, and refuses what one of its
// recommendations advises against.
var policy = lifecycle.Policy{
	Checks: []rule.Check[listing.Listing]{{Rule: ourTitle, Find: func(l listing.Listing, r *rule.Report) {
		if !strings.HasPrefix(l.Title, "Northwind ") {
			r.Broken("title", "%q does not start with Northwind", rule.Shorten(l.Title))
		}
	}}},
	Refuse: []rule.Rule{pricing.RuleTrialRecommended}, // the marketplace only recommends it
}

// end

// snippet: facts
// explainSubmit returns everything that would stand in the way of submitting the
// document, given that seller and resources are in order.
func explainSubmit(l listing.Listing) rule.Findings {
	record := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller, State: lifecycle.Draft, Draft: l}
	in := lifecycle.Input{At: lifecycletest.Start, Facts: lifecycletest.Facts(l), Policy: policy}
	return lifecycle.Explain(record, lifecycle.Submit{}, in)
}

// end

// snippet: rules
func TestOurRules(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Offer.TrialDays = 7
	lifecycletest.RequireRefused(t, explainSubmit(l).Err(), ourTitle, pricing.RuleTrialRecommended)
	l.Title, l.Offer.TrialDays = "Northwind Invoices", 14
	require.NoError(t, explainSubmit(l).Err())
}

// end

// snippet: exactly
// The document breaks these rules and no others. When one is mended or another
// broken, the test says which.
func TestDraftIsRefused(t *testing.T) {
	data, err := os.ReadFile("testdata/draft.json")
	require.NoError(t, err)
	l, err := listing.Parse(data) // a misspelled field is an error that has its path
	require.NoError(t, err)
	lifecycletest.RequireRefused(t, listing.Check(l).Err(), version.RuleReleaseNotes, pricing.RuleTrialDays)

	l.Versions[0].ReleaseNotes = "First release."
	l.Offer.TrialDays = 14
	require.NoError(t, listing.Check(l).Err())
}

// end

// snippet: any
// Our rule refuses any listing with another title, and never hides what the
// marketplace would refuse.
func TestOurRulesOnAnyListing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := lifecycletest.Listings().Draw(rt, "listing")
		require.ErrorIs(rt, explainSubmit(l).Err(), ourTitle)
		faulty := lifecycletest.AlmostValid().Draw(rt, "faulty")
		require.ErrorIs(rt, explainSubmit(faulty.Listing).Err(), faulty.Rule)
	})
}

// end
