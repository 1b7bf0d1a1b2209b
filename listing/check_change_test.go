package listing_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// What is wrong with a version alone is left out where the version stays as it is;
// everything else is found.
func TestCheckChangeLeavesOutVersionsThatStay(t *testing.T) {
	t.Parallel()
	before := lifecycletest.ModelPackage()
	before.Versions[0].Notebook, before.Versions[0].ReleaseNotes = "", "bell\a"
	two := before.Clone()
	two.Versions = append(two.Versions, lifecycletest.Version("2.0", version.ModelPackage))
	two.Versions[1].Notebook = ""
	for name, c := range map[string]struct {
		before listing.Listing
		edit   func(*listing.Listing)
		want   []rule.Rule
	}{
		"nothing changes": {before, func(*listing.Listing) {}, nil},
		"all is new":      {listing.Listing{}, func(*listing.Listing) {}, []rule.Rule{version.RuleNotebook, listing.RuleNoControlCharacters}},
		"a version is edited": {before, func(l *listing.Listing) { l.Versions[0].ReleaseNotes = "Clearer." },
			[]rule.Rule{version.RuleNotebook}},
		"a version is added": {before, func(l *listing.Listing) {
			v := lifecycletest.Version("2.0", version.ModelPackage)
			v.ReleaseNotes = ""
			l.Versions = append(l.Versions, v)
		}, []rule.Rule{version.RuleReleaseNotes}},
		"versions change places": {two, func(l *listing.Listing) { slices.Reverse(l.Versions) }, nil},
		"a version is put in front": {two, func(l *listing.Listing) {
			l.Versions = append([]version.Version{lifecycletest.Version("0.9", version.ModelPackage)}, l.Versions...)
		}, nil},
		"the offer": {before, func(l *listing.Listing) { l.Offer.EULA = pricing.EULA{} }, []rule.Rule{pricing.RuleEULA}},
		"no offer":  {before, func(l *listing.Listing) { l.Offer = nil }, []rule.Rule{pricing.RulePresent}},
	} {
		after := before.Clone()
		c.edit(&after)
		assert.ElementsMatch(t, c.want, listing.CheckChange(c.before, after).Violations.Rules(), name)
	}
}
