package lifecycle_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

func TestSubmitOfALiveListingIsRefusedForItsState(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	found := lifecycle.Explain(r, lifecycle.Submit{}, facts, r.UpdatedAt).Violations
	require.Len(t, found, 1)
	assert.Equal(t, "not possible while the listing is Live", found[0].Problem)
}

// A free listing has to price what its resources have come to support, at
// nothing: that is a change, though the document is the same.
func TestRatesOfAFreeListingGrowWithItsResources(t *testing.T) {
	grow := func(f lifecycle.Facts) {
		for arn, resource := range f.Resources {
			resource.Batch = []string{lifecycletest.Instance, "ml.g5.xlarge"}
			f.Resources[arn] = resource
		}
	}
	r, facts := withTwoVersions(t, freeListing(), lifecycle.TestProduct, false)
	require.NoError(t, lifecycle.Explain(r, lifecycle.SignOff{}, facts, r.UpdatedAt).Err())
	grow(facts)
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, lifecycle.SignOff{}, facts, r.UpdatedAt).Err(), lifecycle.RuleSignOff)

	r, facts = withTwoVersions(t, freeListing(), lifecycle.Live, false)
	update := lifecycle.UpdatePricing{Offer: *r.Draft.Offer}
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, update, facts, r.UpdatedAt).Err(), lifecycle.RuleUpdate)
	grow(facts)
	require.NoError(t, lifecycle.Explain(r, update, facts, r.UpdatedAt).Err())
}

func TestRecordsWithoutWhatIsPublishedFailClosed(t *testing.T) {
	draft := lifecycletest.ModelPackage()
	r := lifecycle.Record{Seller: lifecycletest.Seller, State: lifecycle.TestProduct, Draft: draft}
	for _, command := range []lifecycle.Command{lifecycle.Submit{}, lifecycle.SignOff{}} {
		assert.NotPanics(t, func() { lifecycle.Explain(r, command, lifecycletest.Facts(draft), lifecycletest.Start) })
	}
}

func TestTestersAreAccountsEachOnce(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	for path, testers := range map[string][]listing.AccountID{
		"testers[0]": {"12345678901"}, "testers[1]": {"777788889999", "777788889999"},
	} {
		found := lifecycle.Explain(r, lifecycle.Submit{Testers: testers}, facts, r.UpdatedAt).Violations
		require.Len(t, found, 1, path)
		assert.Equal(t, lifecycle.RuleTesters, found[0].Rule)
		assert.Equal(t, path, found[0].Path)
	}
}

func TestRemovalIsContactable(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	for _, c := range []struct{ email, reason, path string }{
		{"ann@example.com", strings.Repeat("é", 2_000), ""},
		{"ann@example.com", strings.Repeat("é", 2_001), "reason"},
		{"ann@example.com", "", "reason"},
		{"ann@localhost", "Replaced.", "email"},
		{"ann.b@localhost", "Replaced.", "email"},
		{"<ann@example.com>", "Replaced.", "email"},
		{"ann", "Replaced.", "email"},
	} {
		found := lifecycle.Explain(r, lifecycle.Unpublish{Email: c.email, Reason: c.reason}, facts, r.UpdatedAt)
		if c.path == "" {
			require.NoError(t, found.Err())
			continue
		}
		lifecycletest.RequireRefused(t, found.Err(), lifecycle.RuleUnpublishContact)
		assert.Equal(t, []string{c.path}, paths(found.Violations), c.email)
	}
}

func TestReplacementIsAnotherListingOnTheMarketplace(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	other := uuid.New()
	product := lifecycle.Entities{Product: "prod-ad8EXAMPLE651"}
	live := lifecycle.Record{State: lifecycle.Live, Entities: product}
	for _, c := range []struct {
		id    uuid.UUID
		known map[uuid.UUID]lifecycle.Record
		says  string
	}{
		{other, map[uuid.UUID]lifecycle.Record{other: live}, ""},
		{other, map[uuid.UUID]lifecycle.Record{other: {State: lifecycle.TestProduct, Entities: product}}, ""},
		{other, map[uuid.UUID]lifecycle.Record{other: {State: lifecycle.Live}}, "has no product id"},
		{other, map[uuid.UUID]lifecycle.Record{other: {State: lifecycle.Draft}}, "is Draft"},
		{other, map[uuid.UUID]lifecycle.Record{other: {}}, "the seller has no listing"},
		{other, nil, "nothing can be learned of listing"},
		{r.ID, map[uuid.UUID]lifecycle.Record{r.ID: live}, "is the listing itself"},
	} {
		facts.Replacements = c.known
		found := lifecycle.Explain(r, lifecycle.Unpublish{Email: "ann@example.com", Reason: "r", Replacement: c.id}, facts, r.UpdatedAt)
		if c.says == "" {
			require.NoError(t, found.Err())
			continue
		}
		lifecycletest.RequireRefused(t, found.Err(), lifecycle.RuleUnpublishReplacement)
		assert.Contains(t, found.Violations[0].Problem, c.says)
	}
}

func TestEndOfSupportBeforeRemovalIsRefusedForItsState(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, lifecycle.EndSupport{}, facts, r.UpdatedAt).Err(), lifecycle.RuleEndSupport)
}
