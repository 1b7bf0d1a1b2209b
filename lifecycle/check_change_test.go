package lifecycle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// faultyVersions draws versions of which each may have a fault of its own, or be at
// fault beside another.
func faultyVersions(t *rapid.T, l listing.Listing) []version.Version {
	var all []version.Version
	for i := range rapid.IntRange(0, 4).Draw(t, "versions") {
		v := lifecycletest.Version(fmt.Sprintf("%d.0", i+1), l.Kind)
		switch rapid.SampledFrom([]string{"", "", "", "notes", "number", "resource", "usage", "control", "twice", "same resource", "kind"}).Draw(t, "fault") {
		case "notes":
			v.ReleaseNotes = ""
		case "number":
			v.Number = strings.Repeat("9", 300)
		case "resource":
			v.Resource = "arn:aws:sagemaker:moon-1:1:model/x"
		case "usage":
			v.Usage = ""
		case "control":
			v.ReleaseNotes = "bell\a and a ™"
		case "twice":
			v.Number = "1.0"
		case "same resource":
			v.Resource = lifecycletest.Version("1.0", l.Kind).Resource
		case "kind":
			other := version.Algorithm
			if l.Kind == version.Algorithm {
				other = version.ModelPackage
			}
			v.Resource = lifecycletest.Version(v.Number, other).Resource
		}
		all = append(all, v)
	}
	return all
}

// faultyListing draws a listing that may break rules outside its versions, too.
func faultyListing(t *rapid.T) listing.Listing {
	l := lifecycletest.Listings().Draw(t, "listing")
	switch rapid.SampledFrom([]string{"", "title", "support", "offer", "kind"}).Draw(t, "fault of the document") {
	case "title":
		l.Title = ""
	case "support":
		l.Support = nil
	case "offer":
		l.Offer = nil
	case "kind":
		l.Kind = "robot"
	}
	l.Versions = faultyVersions(t, l)
	return l
}

// editedVersions draws what becomes of the versions: some stay, some are edited,
// some go, others are added, and their order may change.
func editedVersions(t *rapid.T, before []version.Version, l listing.Listing) []version.Version {
	var all []version.Version
	for _, v := range before {
		switch rapid.SampledFrom([]string{"stays", "stays", "edited", "restricted", "gone"}).Draw(t, "becomes") {
		case "stays":
			all = append(all, v.Clone())
		case "edited":
			v = v.Clone()
			v.ReleaseNotes += "."
			all = append(all, v)
		case "restricted":
			v = v.Clone()
			v.Status = version.Restricted
			all = append(all, v)
		}
	}
	all = append(all, faultyVersions(t, l)...)
	if rapid.Bool().Draw(t, "reversed") {
		slices.Reverse(all)
	}
	return all
}

// The check of a change leaves out faults of versions that stay as they are, and
// nothing else: whatever is wrong between versions is found.
func TestCheckOfAChangeLeavesOutOnlyWhatStays(t *testing.T) {
	t.Parallel()
	leftOut := 0
	rapid.Check(t, func(rt *rapid.T) {
		before := faultyListing(rt)
		after := faultyListing(rt)
		after.Versions = editedVersions(rt, before.Versions, after)
		whole := listing.Check(after)
		require.Equal(rt, whole, listing.CheckChange(listing.Listing{}, after), "all of it is new")

		change := listing.CheckChange(before, after)
		for _, found := range [][2]rule.Violations{{whole.Violations, change.Violations}, {whole.Advice, change.Advice}} {
			require.Empty(rt, missing(found[1], found[0]), "a change has no fault that the document does not have")
			for _, v := range missing(found[0], found[1]) {
				leftOut++
				i := versionOf(v.Path)
				require.GreaterOrEqual(rt, i, 0, v)
				require.True(rt, stays(before, after.Versions[i]), v)
				require.NotContains(rt, v.Problem, "also the", "between versions")
				require.NotEqual(rt, listing.RuleKindMatches, v.Rule)
				require.NotEqual(rt, listing.RuleResourceUnique, v.Rule)
			}
		}
	})
	if !testing.Short() { // a few draws may show nothing
		require.NotZero(t, leftOut, "the generator shows nothing")
	}
}

// missing returns those of all that are not among the others.
func missing(all, others rule.Violations) rule.Violations {
	return slices.DeleteFunc(slices.Clone(all), func(v rule.Violation) bool { return slices.Contains(others, v) })
}

// versionOf returns the place of the version that the path leads into, or -1.
func versionOf(path string) int {
	var i int
	if n, err := fmt.Sscanf(path, "versions[%d]", &i); n != 1 || err != nil {
		return -1
	}
	return i
}

func stays(before listing.Listing, v version.Version) bool {
	return slices.ContainsFunc(before.Versions, v.Equal)
}

// What only shows between versions is found though each of them stays as it is.
func TestCheckOfAChangeFindsWhatIsBetweenVersions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*listing.Listing)
		want   rule.Rule
		path   string
	}{
		"a number twice": {func(l *listing.Listing) { l.Versions[1].Number = l.Versions[0].Number }, version.RuleNumber, "versions[1].number"},
		"a resource twice": {func(l *listing.Listing) { l.Versions[1].Resource = l.Versions[0].Resource },
			listing.RuleResourceUnique, "versions[1].resource"},
		"another kind": {func(l *listing.Listing) {
			l.Versions[1].Resource = lifecycletest.Version("2.0", version.Algorithm).Resource
		}, listing.RuleKindMatches, "versions[1].resource"},
	} {
		l := lifecycletest.ModelPackage()
		l.Versions = append(l.Versions, lifecycletest.Version("2.0", l.Kind))
		c.change(&l)
		for _, found := range []rule.Findings{listing.Check(l), listing.CheckChange(l, l), listing.CheckChange(listing.Listing{}, l)} {
			require.ErrorIs(t, found.Err(), c.want, name)
			i := slices.IndexFunc(found.Violations, func(v rule.Violation) bool { return v.Rule == c.want })
			require.Equal(t, c.path, found.Violations[i].Path, name)
		}
	}
}
