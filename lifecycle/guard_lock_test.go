package lifecycle_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

func TestPublishedVersionsCannotBeDropped(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.State = lifecycle.TestProduct
	edited := r.Draft.Clone()
	edited.Versions = edited.Versions[1:]
	found := lifecycle.Explain(r, lifecycle.Edit{Listing: edited}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
	require.Len(t, found, 1)
	assert.Equal(t, lifecycle.RuleNumberLocked, found[0].Rule)
	assert.Equal(t, `version "1.0" is gone`, found[0].Problem)
}

// The violation points at the version that would be the last one restricted.
func TestLastVersionIsNamed(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	q := question{record: r}
	restrict(&q, 1)
	found := lifecycle.Explain(q.record, lifecycle.RestrictVersion{Number: "1.0"}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
	require.Len(t, found, 1)
	assert.Equal(t, lifecycle.RuleLastUnrestricted, found[0].Rule)
	assert.Equal(t, "versions[0].status", found[0].Path)

	r, facts = withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	edited := r.Draft.Clone()
	edited.Versions[0].Status = version.Restricted
	edited.Versions = append(edited.Versions, restrictedVersion("1.1"))
	found = lifecycle.Explain(r, lifecycle.Edit{Listing: edited}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
	require.Len(t, found, 2)
	assert.Equal(t, lifecycle.RuleLastUnrestricted, found[0].Rule)
	assert.Equal(t, "versions[0].status", found[0].Path)
	assert.Equal(t, lifecycle.RuleRestrictLiveOnly, found[1].Rule)
}

func TestRestrictedVersionIsNotRestrictedAgain(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	q := question{record: r}
	restrict(&q, 0)
	found := lifecycle.Explain(q.record, lifecycle.RestrictVersion{Number: "1.0"}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.Len(t, found.Violations, 1, "and not that it changes nothing, besides")
	require.ErrorIs(t, found.Err(), lifecycle.RuleVersionEditable)
	assert.Contains(t, found.Violations.Error(), "nothing is left to do")
}

// A version that there is not is all that is wrong with a command that names it, and
// those that there are are said.
func TestUnknownVersionIsNamedAlone(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	for _, c := range []lifecycle.Command{lifecycle.RestrictVersion{Number: "3.0"}, lifecycle.UpdateVersion{Version: version.Version{Number: "3.0"}}} {
		found := lifecycle.Explain(r, c, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
		require.Len(t, found, 1, found)
		assert.Equal(t, lifecycle.RuleVersionKnown, found[0].Rule)
		assert.Equal(t, `there is no version "3.0"`, found[0].Problem)
		assert.Equal(t, "give the number of a version that there is: 1.0, 1.1", found[0].Remedy)

		draft, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
		found = lifecycle.Explain(draft, c, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
		assert.Contains(t, found.Error(), `there is no version "3.0": none was published; `+lifecycle.RuleVersionKnown.Remedy)
	}
}

func TestNothingIsLockedBeforeItExists(t *testing.T) {
	edit := lifecycle.Edit{Listing: listing.Listing{Visibility: listing.Private}}
	found := lifecycle.Explain(lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}, edit, lifecycle.Input{At: lifecycletest.Start})
	lifecycletest.RequireRefused(t, found.Err(), lifecycle.RuleEdit)
}

func TestRestrictedVersionIsNotOfferedAgain(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	q := question{record: r}
	restrict(&q, 0)
	q.record.State = lifecycle.TestProduct
	edited := q.record.Draft.Clone()
	edited.Versions[0].Status = version.Offered
	found := lifecycle.Explain(q.record, lifecycle.Edit{Listing: edited}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
	require.Len(t, found, 1)
	assert.Equal(t, `offers version "1.0" again`, found[0].Problem)
	assert.Contains(t, found[0].Remedy, `write "restricted"`)
}

// One version is added, one edited and one restricted in one request.
func TestOneOfEachInARequest(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.State, r.Draft = lifecycle.TestProduct, r.Draft.Clone()
	r.Draft.Versions[0].ReleaseNotes = "Clearer."
	r.Draft.Versions[1].Status = version.Restricted
	r.Draft.Versions = append(r.Draft.Versions, lifecycletest.Version("2.0", version.ModelPackage))
	require.NoError(t, lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err())
}

func TestRegionsByHandAreListed(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Regions.Only = []listing.Region{"us-east-1", "eu-west-1", "eu-west-2"}
	r, facts := withTwoVersions(t, l, lifecycle.Draft, false)
	advice := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Advice
	require.Len(t, advice, 1)
	assert.Equal(t, "are us-east-1, eu-west-1, eu-west-2", advice[0].Problem)
}

func TestTwoEditedVersionsAreOneTooMany(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.State, r.Draft = lifecycle.TestProduct, r.Draft.Clone()
	r.Draft.Versions[0].ReleaseNotes = "Clearer."
	require.True(t, can(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}))
	r.Draft.Versions[1].ReleaseNotes = "Clearer, too."
	found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.Equal(t, []rule.Rule{lifecycle.RuleOneVersion}, found.Violations.Rules())
	require.Equal(t, "versions[1].number", found.Violations[0].Path)
}
