package rule_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// ruleHouseStyle is a rule of one's own, beside those of the marketplace.
var ruleHouseStyle = rule.Rule{
	ID: "house.support-address", Severity: rule.Must,
	Statement: "support details name the team's mailbox",
	Remedy:    "add support@example.com",
	Source:    "our publishing handbook",
}

var houseChecks = []rule.Check[listing.Listing]{
	{Rule: ruleHouseStyle, Find: func(l listing.Listing, r *rule.Report) {
		if l.Support != nil && !strings.Contains(l.Support.Details, "support@example.com") {
			r.Broken("support.details", "do not name the mailbox")
		}
	}},
}

// A rule of one's own is a value and a function, and its findings join those
// of the library.
func ExampleRun() {
	l := lifecycletest.ModelPackage()
	l.Title = ""
	l.Support.Details = "Call us."

	found := rule.Join(listing.Check(l), rule.Run(l, houseChecks))
	fmt.Println(found.Err())
	// Output:
	// 2 violations:
	// 	support.details: do not name the mailbox; add support@example.com (house.support-address)
	// 	title: is missing; give a title of 1 to 72 characters on one line (info.title)
}

// A table of checks is also the list of its rules.
func ExampleOf() {
	for _, r := range rule.Of(houseChecks) {
		fmt.Println(r.Severity, r.ID, "-", r.Statement)
	}
	// Output: must house.support-address - support details name the team's mailbox
}

// A check may speak of a fact that is not known: the finding is a gap, neither
// passed nor broken.
func ExampleReport_NotChecked() {
	checks := []rule.Check[string]{{Rule: ruleHouseStyle, Find: func(mailbox string, r *rule.Report) {
		if mailbox == "" {
			r.NotChecked("support.details", "the team's mailbox", "the directory did not answer")
		}
	}}}
	found := rule.Run("", checks)
	fmt.Println(found.Err())
	fmt.Println(found)
	// Output:
	// <nil>
	// not checked:
	// 	support.details: the team's mailbox (house.support-address): the directory did not answer
}

// errors.Is asks whatever came back for one rule, errors.As for all that is
// wrong.
func ExampleViolations() {
	l := lifecycletest.ModelPackage()
	l.Title = ""
	l.Categories = nil
	err := fmt.Errorf("nightly publishing: %w", listing.Check(l).Err())

	fmt.Println(errors.Is(err, listing.RuleTitle), errors.Is(err, listing.RuleLogo))

	var found rule.Violations
	if errors.As(err, &found) {
		for _, v := range found {
			fmt.Printf("%s: %s [%s]\n", v.Path, v.Problem, v.Rule.ID)
		}
	}
	// Output:
	// true false
	// categories: has 0 entries, at least 1 needed [info.categories]
	// title: is missing [info.title]
}

// Findings of a part carry paths of the whole.
func ExampleFindings_Under() {
	part := rule.Run(lifecycletest.ModelPackage(), []rule.Check[listing.Listing]{
		{Rule: ruleHouseStyle, Find: func(_ listing.Listing, r *rule.Report) { r.Broken("support.details", "are dull") }},
	})
	fmt.Println(part.Under("catalog[3]").Violations[0].Path)
	// Output: catalog[3].support.details
}

// An id that was stored or printed leads back to its rule.
func ExampleTable_Get() {
	r := rule.Table(listing.Rules()).Get("info.title")
	fmt.Println(r.Statement)
	// Output: a listing has a title of at most 72 characters, which does not begin with white space
}
