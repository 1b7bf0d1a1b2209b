package lifecycle_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// Each state that a resource can be in breaks the rule that speaks of it, and
// no other.
func TestResourceIsRefusedForOneReason(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*lifecycle.Resource)
		want   rule.Rule
		says   string
	}{
		"not there": {func(r *lifecycle.Resource) { *r = lifecycle.Resource{Status: lifecycle.ResourceMissing} },
			lifecycle.RuleResourceExists, "does not exist"},
		"not shown": {func(r *lifecycle.Resource) { *r = lifecycle.Resource{Status: lifecycle.ResourceDenied} },
			lifecycle.RuleDescribeAlgorithm, "may not be described by the caller"},
		"not ready": {func(r *lifecycle.Resource) { r.Status, r.Certified, r.InferenceImages = "Pending", false, nil },
			lifecycle.RuleResourceExists, `has the status "Pending"`},
		"no training image": {func(r *lifecycle.Resource) { r.TrainingImage = "" },
			lifecycle.RuleHasInferenceImage, "has no training image"},
		"no inference image": {func(r *lifecycle.Resource) { r.InferenceImages = nil },
			lifecycle.RuleHasInferenceImage, "has no inference image"},
		"another training type": {func(r *lifecycle.Resource) { r.Training = []string{"ml.m5.large", "ml.c5.large"} },
			lifecycle.RuleEveryInstancePriced, "is supported but not priced"},
	} {
		r, facts := withTwoVersions(t, lifecycletest.Algorithm(), lifecycle.Draft, false)
		q := question{record: r, facts: facts}
		resource(&q, c.change)
		found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
		require.Len(t, found, 1, name)
		assert.Equal(t, c.want, found[0].Rule, name)
		assert.Equal(t, c.says, found[0].Problem, name)
	}
	r, facts := withTwoVersions(t, lifecycletest.Algorithm(), lifecycle.Draft, false)
	r.Draft.Versions[0].Recommended.Training = "ml.c5.large"
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), version.RuleRecommendedTraining)
}

func TestResourceOfAnotherAccountWithOwnImages(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	v := &r.Draft.Versions[0]
	v.Resource = version.ARN(strings.Replace(string(v.Resource), string(lifecycletest.Seller), "999900001111", 1))
	v.AccessRole = "arn:aws:iam::999900001111:role/MarketplaceIngestion"
	facts.Resources[v.Resource] = lifecycletest.Resource(version.ModelPackage)
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), lifecycle.RuleOwnsResource)
}

// What is not known of a resource is said by every rule that needed it; of
// what is no resource at all, version.arn alone speaks.
func TestUnknownResourceSilencesNoRule(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.Algorithm(), lifecycle.Draft, false)
	facts.Resources = nil
	found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, found.Err())
	assert.ElementsMatch(t, []rule.Rule{
		lifecycle.RuleOwnsResource, lifecycle.RuleImageRegion, lifecycle.RuleHasInferenceImage, lifecycle.RuleDescribeAlgorithm,
		lifecycle.RuleResourceExists, lifecycle.RuleResourceCertified, lifecycle.RuleEveryInstancePriced,
		version.RuleRecommendedBatch, version.RuleRecommendedRealTime, version.RuleRecommendedTraining,
	}, notChecked(found))

	r.Draft.Versions[0].Resource = "arn:aws:sagemaker:moon-1:1:model/x"
	found = lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	lifecycletest.RequireRefused(t, found.Err(), version.RuleARN)
	for _, gap := range found.NotChecked {
		assert.NotEqual(t, "versions[0].resource", gap.Path, gap)
	}
}

// What was recommended before needs no look at a resource that may be gone.
func TestRecommendationsThatStayAreNotCheckedAgain(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	for arn := range facts.Resources {
		facts.Resources[arn] = lifecycle.Resource{Status: lifecycle.ResourceMissing}
	}
	v := r.Draft.Versions[0].Clone()
	v.ReleaseNotes = "Clearer."
	d, err := lifecycle.Decide(r, lifecycle.UpdateVersion{Version: v}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, err)
	assert.NotContains(t, notChecked(d.Findings), version.RuleRecommendedBatch)
	forgotten := r
	forgotten.InstanceTypes = nil
	found := lifecycle.Explain(forgotten, lifecycle.UpdateVersion{Version: v}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	assert.NotContains(t, notChecked(found), version.RuleRecommendedBatch)
	v.Recommended.Batch = "ml.c5.large"
	_, err = lifecycle.Decide(r, lifecycle.UpdateVersion{Version: v}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.ErrorIs(t, err, version.RuleRecommendedBatch, "what the resource supported is kept")
	found = lifecycle.Explain(forgotten, lifecycle.UpdateVersion{Version: v}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, found.Err())
	assert.Contains(t, notChecked(found), version.RuleRecommendedBatch)
}

func TestEachDenialHasItsRemedy(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	r := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller, State: lifecycle.Draft, Draft: l}
	for denial, want := range map[lifecycle.Denial]string{
		"":                          "the caller may not work with change sets",
		lifecycle.DenialCredentials: "the credentials are missing, wrong or expired",
		lifecycle.DenialSeller:      "the marketplace has not verified the seller",
	} {
		facts := lifecycletest.Facts(l)
		facts.MayRequest, facts.Denial = lifecycle.No, denial
		found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: lifecycletest.Start, Facts: facts}).Violations
		require.Len(t, found, 1, denial)
		require.Equal(t, lifecycle.RuleMarketplacePermission, found[0].Rule)
		require.Equal(t, want, found[0].Problem)
	}
}
