package awsmarketplace_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// sendBytes returns the body of the StartChangeSet request for the change.
func sendBytes(t testing.TB, c lifecycle.Change) ([]byte, error) {
	t.Helper()
	wire := &recorder{answer: `{"ChangeSetId": "cs1"}`}
	_, err := awsmarketplace.NewMarketplace(fixture.Config(t, wire)).Send(t.Context(), c)
	if err != nil {
		require.Empty(t, wire.requests, "refused, yet something was sent")
		return nil, err
	}
	require.Len(t, wire.requests, 1)
	require.Equal(t, "POST /StartChangeSet", wire.requests[0].operation)
	return wire.requests[0].body, nil
}

func TestGoldenRequestsAreAsDocumented(t *testing.T) {
	t.Parallel()
	tests := map[string]lifecycle.Change{
		"submit": submission(nil),
		"submit algorithm per inference without allow-list": submission(func(c *lifecycle.Content) {
			c.Listing.Kind = version.Algorithm
			c.Listing.Versions = []version.Version{algorithm("1.0")}
			c.Listing.SKU, c.Listing.Promotion.Video, c.Listing.Promotion.Links = "", "", nil
			c.Listing.Support = &listing.Support{}
			c.Listing.Offer.Model, c.Listing.Offer.TrialDays = pricing.Inference, 0
			c.Listing.Offer.EULA = pricing.EULA{URL: "https://s3.amazonaws.com/example/eula.txt"}
			c.AllowList = nil
			c.Rates = pricing.RateCard{
				pricing.PerInference:            pricing.MustUSD("0.00012"),
				pricing.Training("ml.m5.large"): pricing.MustUSD("2"),
				pricing.Batch("ml.m5.large"):    pricing.MustUSD("100000000"),
			}
		}),
		"submit free": submission(func(c *lifecycle.Content) {
			c.Listing.Offer.Model, c.Listing.Offer.TrialDays, c.Listing.Offer.Rates = pricing.Free, 0, nil
			c.Rates = pricing.RateCard{pricing.Batch("ml.m5.large"): {}, pricing.RealTime("ml.m5.large"): {}}
		}),
		"submit again": change(lifecycle.EventSubmit, func(c *lifecycle.Content) {
			c.Listing.Title = "Invoice reader"
			c.Listing.Versions[0].Usage = "POST a page as image/jpeg."
			c.AllowList = nil
		}),
		"sign off public": change(lifecycle.EventSignOff, nil),
		"sign off private": change(lifecycle.EventSignOff, func(c *lifecycle.Content) {
			c.Listing.Visibility = listing.Private
			c.Listing.Buyers = []listing.AccountID{"777788889999"}
			c.AllowList = c.Listing.Buyers
		}),
		"unpublish": change(lifecycle.EventUnpublish, nil),
		"unpublish with replacement": func() lifecycle.Change {
			c := change(lifecycle.EventUnpublish, nil)
			c.Replacement = "prod-nopqrstuvwxyz"
			return c
		}(),
		"add version with new instance type": change(lifecycle.EventAddVersion, func(c *lifecycle.Content) {
			added := modelPackage("2.0")
			added.Recommended = version.Recommended{Batch: "ml.g5.xlarge", RealTime: "ml.g5.xlarge"}
			added.Input.Parameters, added.Input.CustomAttributes, added.Output.Fields = nil, nil, nil
			c.Listing.Versions = append(c.Listing.Versions, added)
			c.Rates = rates(pricing.RateCard{
				pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
			})
		}),
		"add version": change(lifecycle.EventAddVersion, func(c *lifecycle.Content) {
			c.Listing.Versions = append(c.Listing.Versions, modelPackage("2.0"))
		}),
		"update version": change(lifecycle.EventUpdateVersion, func(c *lifecycle.Content) {
			c.Listing.Versions[1].ReleaseNotes = "Clarified limits"
			c.Listing.Versions[1].Input.Parameters = nil
		}),
		"restrict versions": change(lifecycle.EventRestrictVersion, func(c *lifecycle.Content) {
			c.Listing.Versions[0].Status = version.Restricted
			c.Listing.Versions[1].Status = version.Restricted
			c.Listing.Versions = append(c.Listing.Versions, modelPackage("2.0"))
		}),
		"update information": change(lifecycle.EventUpdateInformation, func(c *lifecycle.Content) {
			c.Listing.SKU = ""
			c.Listing.Support = nil
		}),
		"update pricing": change(lifecycle.EventUpdatePricing, func(c *lifecycle.Content) {
			c.Listing.Offer.TrialDays = 30
			c.Rates = rates(pricing.RateCard{pricing.Batch("ml.m5.large"): pricing.MustUSD("0.3")})
		}),
		"update offer": change(lifecycle.EventUpdatePricing, func(c *lifecycle.Content) {
			c.Listing.Offer.Name = "Invoice reader"
			c.Listing.Offer.RefundPolicy = "No refunds."
			c.Listing.Offer.EULA = pricing.EULA{URL: "https://s3.amazonaws.com/example/eula.txt"}
		}),
		"update allow-list": change(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) {
			c.AllowList = []listing.AccountID{"999900001111", "111122223333", "999900001111"}
		}),
		"unknown revisions": func() lifecycle.Change {
			c := change(lifecycle.EventUpdateAllowList, func(c *lifecycle.Content) { c.AllowList = nil })
			c.Entities.ProductRevision = 0
			return c
		}(),
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := sendBytes(t, c)
			require.NoError(t, err)
			golden.Equal(t, filepath.Join("testdata", "plan", strings.ReplaceAll(name, " ", "-")+".json"), string(indent(t, body)))

			again, err := sendBytes(t, c)
			require.NoError(t, err)
			assert.Equal(t, body, again, "the same change must give the same bytes")
		})
	}
}

func TestSendRefusesWhatHasNoRequest(t *testing.T) {
	t.Parallel()
	later := lifecycle.EventSubmit
	tests := map[string]struct {
		change lifecycle.Change
		want   []string
	}{
		"nothing changed": {change(later, nil), []string{"nothing of what the marketplace is told has changed"}},
		"allow-list in another order": {change(later, func(c *lifecycle.Content) { slices.Reverse(c.AllowList) }),
			[]string{"nothing of what the marketplace is told has changed"}},
		"two versions added": {change(later, func(c *lifecycle.Content) {
			c.Listing.Versions = append(c.Listing.Versions, modelPackage("2.0"), modelPackage("2.1"))
		}), []string{"AddDeliveryOptions: NOT_SENT: 2 versions are added"}},
		"two versions edited, and one gone": {func() lifecycle.Change {
			c := change(later, func(c *lifecycle.Content) {
				c.Listing.Versions[0].Usage, c.Listing.Versions[1].Usage = "Other", "Other"
			})
			c.Before.Listing.Versions = append(c.Before.Listing.Versions, modelPackage("0.9"))
			return c
		}(), []string{`version "0.9" is gone`, "UpdateDeliveryOptions: NOT_SENT: 2 versions are edited"}},
		"edited and restricted": {change(later, func(c *lifecycle.Content) {
			c.Listing.Versions[0].Status, c.Listing.Versions[0].Usage = version.Restricted, "Other"
		}), []string{`version "1.0" is edited and restricted at once`}},
		"added as restricted": {change(later, func(c *lifecycle.Content) {
			v := modelPackage("2.0")
			v.Status = version.Restricted
			c.Listing.Versions = append(c.Listing.Versions, v)
		}), []string{"restricted before it was ever offered"}},
		"offered again, another resource": {func() lifecycle.Change {
			c := change(later, func(c *lifecycle.Content) { c.Listing.Versions[1].Resource += "x" })
			c.Before.Listing.Versions[0].Status = version.Restricted
			return c
		}(), []string{`version "1.0" is restricted for good`, `version "1.1" has another resource`}},
		"restricted one edited": {func() lifecycle.Change {
			c := change(later, func(c *lifecycle.Content) {
				c.Listing.Versions[0].Status, c.Listing.Versions[0].Usage = version.Restricted, "Other"
			})
			c.Before.Listing.Versions[0].Status = version.Restricted
			return c
		}(), []string{`version "1.0" is restricted and cannot be edited`}},
		"too many restricted": {func() lifecycle.Change {
			c := change(later, nil)
			for range 51 {
				v := modelPackage("3." + strings.Repeat("0", len(c.Before.Listing.Versions)))
				c.Entities.DeliveryOptions[v.Number] = firstOption
				c.Before.Listing.Versions = append(c.Before.Listing.Versions, v)
				v.Status = version.Restricted
				c.After.Listing.Versions = append(c.After.Listing.Versions, v)
			}
			return c
		}(), []string{"51 versions are restricted, 50 are allowed"}},
		"delivery option not known": {func() lifecycle.Change {
			c := change(later, func(c *lifecycle.Content) { c.Listing.Versions[0].Usage = "Other" })
			c.Entities.DeliveryOptions = nil
			return c
		}(), []string{`UpdateDeliveryOptions: NOT_SENT: the delivery option of version "1.0" is not known`}},
		"offer not known": {func() lifecycle.Change {
			c := change(later, func(c *lifecycle.Content) { c.Listing.Offer.RefundPolicy = "None." })
			c.Entities.Offer = ""
			return c
		}(), []string{"UpdateSupportTerms: NOT_SENT: the id of the offer is not known"}},
		"offer removed":          {change(later, func(c *lifecycle.Content) { c.Listing.Offer = nil }), []string{"neither added nor removed"}},
		"no rates left":          {change(later, func(c *lifecycle.Content) { c.Rates = nil }), []string{"no dimension is priced"}},
		"not submitted":          {func() lifecycle.Change { c := submission(nil); c.Kind = lifecycle.EventSignOff; return c }(), []string{"submit it first"}},
		"half known":             {func() lifecycle.Change { c := change(later, nil); c.Before = nil; return c }(), []string{"must be known together"}},
		"first without an offer": {submission(func(c *lifecycle.Content) { c.Listing.Offer = nil }), []string{"the listing has no offer"}},
		"first with two versions": {submission(func(c *lifecycle.Content) {
			c.Listing.Versions = append(c.Listing.Versions, modelPackage("2.0"))
		}), []string{"exactly one version, the listing has 2"}},
		"first, free without known dimensions": {submission(func(c *lifecycle.Content) {
			c.Listing.Offer.Model, c.Rates = pricing.Free, nil
		}), []string{"a free offer needs a rate of zero for each"}},
		"malformed resource, and no rates": {submission(func(c *lifecycle.Content) {
			c.Listing.Versions[0].Resource, c.Rates = "arn:other", nil
		}), []string{"not the ARN", "no dimension is priced"}},
		"no name and token": {func() lifecycle.Change {
			c := change(later, nil)
			c.Name, c.Token = "", uuid.Nil
			return c
		}(), []string{"no name or no token"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sendBytes(t, test.change)
			var rejection *lifecycle.Rejection
			require.ErrorAs(t, err, &rejection)
			require.Len(t, rejection.Problems, len(test.want), "%v", err)
			for i, want := range test.want {
				assert.Contains(t, rejection.Problems[i].String(), want)
				assert.Equal(t, awsmarketplace.CodeNotSent, rejection.Problems[i].Code)
			}
		})
	}
}

// TestSendTheDifferenceAndNothingElse edits any part of a listing: the change
// types are those of the edited parts, each once an entity.
func TestSendTheDifferenceAndNothingElse(t *testing.T) {
	t.Parallel()
	edits := []struct {
		want string
		edit func(c *lifecycle.Content)
	}{
		{"MachineLearningProduct@1.0 UpdateInformation", func(c *lifecycle.Content) { c.Listing.Overview += "." }},
		{"MachineLearningProduct@1.0 UpdateInformation", func(c *lifecycle.Content) { c.Listing.Promotion.Links = nil }},
		{"MachineLearningProduct@1.0 UpdateTargeting", func(c *lifecycle.Content) { c.AllowList = c.AllowList[:1] }},
		{"MachineLearningProduct@1.0 AddDeliveryOptions", func(c *lifecycle.Content) {
			c.Listing.Versions = append(c.Listing.Versions, modelPackage("2.0"))
		}},
		{"MachineLearningProduct@1.0 UpdateDeliveryOptions", func(c *lifecycle.Content) { c.Listing.Versions[1].Notebook += "x" }},
		{"MachineLearningProduct@1.0 UpdateDeliveryOptions", func(c *lifecycle.Content) { c.Listing.Versions[1].Recommended.Batch = "ml.m5.xlarge" }},
		{"MachineLearningProduct@1.0 RestrictDeliveryOptions", func(c *lifecycle.Content) { c.Listing.Versions[0].Status = version.Restricted }},
		{"Offer@1.0 UpdateInformation", func(c *lifecycle.Content) { c.Listing.Offer.Description += "." }},
		{"Offer@1.0 UpdatePricingTerms", func(c *lifecycle.Content) { c.Listing.Offer.TrialDays = 20 }},
		{"Offer@1.0 UpdatePricingTerms", func(c *lifecycle.Content) {
			c.Rates = rates(pricing.RateCard{pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1")})
		}},
		{"Offer@1.0 UpdateLegalTerms", func(c *lifecycle.Content) { c.Listing.Offer.EULA = pricing.EULA{URL: "https://example.com/eula.txt"} }},
		{"Offer@1.0 UpdateSupportTerms", func(c *lifecycle.Content) { c.Listing.Offer.RefundPolicy += "." }},
	}
	rapid.Check(t, func(rt *rapid.T) {
		chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(edits)-1), 1, len(edits), rapid.ID).Draw(rt, "edits")
		slices.Sort(chosen)
		var want []string
		c := change(lifecycle.EventSubmit, func(c *lifecycle.Content) {
			for _, i := range chosen {
				edits[i].edit(c)
				want = append(want, edits[i].want)
			}
		})
		body, err := sendBytes(t, c)
		require.NoError(rt, err)
		require.Equal(rt, slices.Compact(want), changeTypes(rt, body))
	})
}

func changeTypes(t require.TestingT, body []byte) (types []string) {
	var request struct {
		ChangeSet []struct {
			ChangeType string
			Entity     struct{ Type string }
		}
	}
	require.NoError(t, json.Unmarshal(body, &request))
	for _, c := range request.ChangeSet {
		types = append(types, c.Entity.Type+" "+c.ChangeType)
	}
	return types
}

func TestSendGoesToTheOneRegionWithItsOwnToken(t *testing.T) {
	t.Parallel()
	wire := &recorder{answer: `{"ChangeSetId": "cs1"}`}
	c := change(lifecycle.EventUnpublish, nil)
	changeSet, err := awsmarketplace.NewMarketplace(fixture.Config(t, wire)).Send(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, "cs1", changeSet)
	assert.Equal(t, "catalog.marketplace.us-east-1.amazonaws.com", wire.requests[0].host)
	assert.Contains(t, wire.requests[0].signature, "/us-east-1/aws-marketplace/aws4_request")
	assert.Contains(t, string(wire.requests[0].body), `"ClientRequestToken":"`+c.Token.String()+`"`)
	assert.Contains(t, string(wire.requests[0].body), `"ChangeSetName":"`+c.Name+`"`)
}

var _ http.RoundTripper = (*recorder)(nil)
