package lifecycle_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

func TestSubmitOfALiveListingIsRefusedForItsState(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
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
	require.NoError(t, lifecycle.Explain(r, lifecycle.SignOff{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err())
	grow(facts)
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, lifecycle.SignOff{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), lifecycle.RuleSignOff)

	r, facts = withTwoVersions(t, freeListing(), lifecycle.Live, false)
	update := lifecycle.UpdatePricing{Offer: *r.Draft.Offer}
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, update, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), lifecycle.RuleUpdate)
	grow(facts)
	require.NoError(t, lifecycle.Explain(r, update, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err())
}

func TestRecordsWithoutWhatIsPublishedFailClosed(t *testing.T) {
	draft := lifecycletest.ModelPackage()
	r := lifecycle.Record{Seller: lifecycletest.Seller, State: lifecycle.TestProduct, Draft: draft}
	for _, command := range []lifecycle.Command{lifecycle.Submit{}, lifecycle.SignOff{}} {
		assert.NotPanics(t, func() {
			lifecycle.Explain(r, command, lifecycle.Input{At: lifecycletest.Start, Facts: lifecycletest.Facts(draft)})
		})
	}
}

func TestTestersAreAccountsEachOnce(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	for path, testers := range map[string][]listing.AccountID{
		"testers[0]": {"12345678901"}, "testers[1]": {"777788889999", "777788889999"},
	} {
		found := lifecycle.Explain(r, lifecycle.Submit{Testers: testers}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
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
		found := lifecycle.Explain(r, lifecycle.Unpublish{Email: c.email, Reason: c.reason}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
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
	const product = "prod-ad8EXAMPLE651"
	live := lifecycle.Summary{State: lifecycle.Live, Product: product}
	for _, c := range []struct {
		id    uuid.UUID
		known map[uuid.UUID]lifecycle.Summary
		says  string
	}{
		{other, map[uuid.UUID]lifecycle.Summary{other: live}, ""},
		{other, map[uuid.UUID]lifecycle.Summary{other: {State: lifecycle.TestProduct, Product: product}}, ""},
		{other, map[uuid.UUID]lifecycle.Summary{other: {State: lifecycle.Live}}, "has no product id"},
		{other, map[uuid.UUID]lifecycle.Summary{other: {State: lifecycle.Live, Product: "two\nlines"}}, "the product id of listing .*"},
		{other, map[uuid.UUID]lifecycle.Summary{other: {State: lifecycle.Draft}}, "is Draft"},
		{other, map[uuid.UUID]lifecycle.Summary{other: {}}, "the seller has no listing " + other.String()},
		{other, nil, "nothing can be learned of listing " + other.String()},
		{r.ID, map[uuid.UUID]lifecycle.Summary{r.ID: live}, "is the listing itself"},
	} {
		facts.Replacements = c.known
		found := lifecycle.Explain(r, lifecycle.Unpublish{Email: "ann@example.com", Reason: "r", Replacement: c.id}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
		if c.says == "" {
			require.NoError(t, found.Err())
			continue
		}
		lifecycletest.RequireRefused(t, found.Err(), lifecycle.RuleUnpublishReplacement)
		assert.Regexp(t, c.says+"$", found.Violations[0].Problem)
	}
}

// A removal can be cancelled for a day, and given up when the marketplace may have
// forgotten it; other requests can be cancelled at any time.
func TestWhenARequestCanBeCancelled(t *testing.T) {
	const day = 24 * time.Hour
	for _, kind := range []lifecycle.Event{lifecycle.EventUnpublish, lifecycle.EventUpdateInformation} {
		r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
		sent := r.Request.RecordedAt
		r.Request.Kind, r.Request.SendingAt, r.Request.SentAt, r.Request.StartedAt, r.Request.ChangeSet = kind, &sent, &sent, &sent, "cs1"
		for after, open := range map[time.Duration]bool{0: true, day - 1: true, day: false, 60*day - 1: false, 60 * day: true, 61 * day: true} {
			found := lifecycle.Explain(r, lifecycle.Cancel{}, lifecycle.Input{At: sent.Add(after)}).Violations
			if open || kind != lifecycle.EventUnpublish {
				assert.Empty(t, found, "%s after %s", kind, after)
			} else {
				assert.Equal(t, []rule.Rule{lifecycle.RuleCancelWindow}, found.Rules(), after)
			}
		}
	}
}

func TestEndOfSupportBeforeRemovalIsRefusedForItsState(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, lifecycle.EndSupport{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), lifecycle.RuleEndSupport)
}

// What sign-off takes from the draft without a submission before it, the
// buyers of a private listing, is judged at sign-off.
func TestSignOffJudgesWhatItPublishes(t *testing.T) {
	for name, c := range map[string]struct {
		listing listing.Listing
		edit    func(*listing.Listing)
		want    rule.Rule
	}{
		"no buyers":  {lifecycletest.Algorithm(), func(l *listing.Listing) { l.Buyers = nil }, listing.RulePrivateNamesBuyers},
		"no account": {lifecycletest.Algorithm(), func(l *listing.Listing) { l.Buyers = []listing.AccountID{"bob"} }, listing.RulePrivateNamesBuyers},
		"rates for free": {freeListing(), func(l *listing.Listing) {
			l.Offer.Rates = pricing.RateCard{pricing.Batch("ml.m5.large"): pricing.MustUSD("9")}
		}, pricing.RuleFreeHasNoRates},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := lifecycletest.NewBench(t), context.Background()
			id := b.Listing(t, c.listing, lifecycle.TestProduct, false)
			r, err := b.Load(ctx, id)
			require.NoError(t, err)
			l := r.Draft.Clone()
			c.edit(&l)
			_, err = b.Do(ctx, id, lifecycle.Edit{Listing: l})
			require.NoError(t, err)
			_, err = b.Do(ctx, id, lifecycle.SignOff{})
			require.ErrorIs(t, err, c.want)
		})
	}
}

// An edit that says the same in other words needs no new submission.
func TestSayingTheSameOtherwiseIsNoEdit(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Visibility, l.Regions.Only = "", []listing.Region{"us-east-1", "us-east-2"}
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, l, lifecycle.TestProduct, false)
	l.Visibility, l.Regions.Only = listing.Public, []listing.Region{"us-east-2", "us-east-1"}
	_, err := b.Do(ctx, id, lifecycle.Edit{Listing: l})
	require.NoError(t, err)
	d, err := b.Do(ctx, id, lifecycle.SignOff{})
	require.NoError(t, err)
	assert.Equal(t, []rule.Rule{lifecycle.RuleRegionsByHand}, d.Findings.Advice.Rules(), "the portal must be told before it is live")
}

func TestAddVersionDoesNotChangePrices(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	add := lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage),
		Rates: pricing.RateCard{pricing.Batch(lifecycletest.Instance): pricing.MustUSD("0.01")}}
	require.Equal(t, []rule.Rule{lifecycle.RuleUpdate}, lifecycle.Explain(r, add, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations.Rules())
	add.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD("0.40")
	require.True(t, can(r, add, lifecycle.Input{At: r.UpdatedAt, Facts: facts}))
}

// A draft is kept as long as the marketplace may have a product of it.
func TestADraftThatTheMarketplaceMayHaveIsNotDiscarded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state lifecycle.State
		code  string
		says  string
	}{
		{lifecycle.Draft, "OUTCOME_UNKNOWN", "whether the marketplace has a product of it is not known"},
		{lifecycle.Draft, "BAD_LOGO", ""},
		{lifecycle.TestProduct, "OUTCOME_UNKNOWN", "not possible while the listing is Test Product"},
	} {
		r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), c.state, false)
		r.RegionsLocked = true
		r.Last = &lifecycle.Outcome{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: c.code}}}
		found := lifecycle.Explain(r, lifecycle.Discard{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
		if c.says == "" {
			require.NoError(t, found.Err())
			continue
		}
		require.Len(t, found.Violations, 1)
		assert.Equal(t, lifecycle.RuleDiscard, found.Violations[0].Rule)
		assert.Equal(t, c.says, found.Violations[0].Problem)
	}
}
