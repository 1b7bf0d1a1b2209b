package lifecycle_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

func TestPriceOfWhatIsNotSupported(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	r.Draft = r.Draft.Clone()
	r.Draft.Offer.Rates[pricing.Batch("ml.old.large")] = pricing.MustUSD("1.00")
	found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Violations
	require.Len(t, found, 1)
	assert.Equal(t, lifecycle.RuleEveryInstancePriced, found[0].Rule)
	assert.Equal(t, "is priced, but no version supports it", found[0].Problem)
}

// Of an offer that is missing, offer.present speaks, and what it would have
// had to keep.
func TestSubmitWithoutOffer(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	r.Draft = r.Draft.Clone()
	r.Draft.Offer = nil
	found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	lifecycletest.RequireRefused(t, found.Err(), pricing.RulePresent)
	assert.Empty(t, notChecked(found))

	r, facts = withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	r.Draft = r.Draft.Clone()
	r.Draft.Offer = nil
	require.ErrorIs(t, lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err(), pricing.RulePresent)
}

func TestNothingIsPricedAnewWhileAnotherPriceRises(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	for arn, resource := range facts.Resources {
		resource.Batch = []string{lifecycletest.Instance, "ml.g5.xlarge"}
		facts.Resources[arn] = resource
	}
	q := question{record: r}
	for price, refused := range map[string]bool{"0.40": false, "0.41": true} {
		updateOffer(&q, func(o *pricing.Offer) {
			o.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD(price)
			o.Rates[pricing.Batch("ml.g5.xlarge")] = pricing.MustUSD("1.10")
		})
		found := lifecycle.Explain(r, q.command, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
		if !refused {
			require.NoError(t, found.Err())
			continue
		}
		lifecycletest.RequireRefused(t, found.Err(), lifecycle.RuleRiseAlone)
		assert.Equal(t, []string{`offer.rates["ml.g5.xlarge.m.i.b"]`}, paths(found.Violations))
	}
}

// A rise takes effect on the first day of the month after its 90 days of notice,
// whatever the zone of the instant that is given.
func TestAnnouncedRise(t *testing.T) {
	t.Parallel()
	for announced, want := range map[string]struct{ effective, open string }{
		"2026-01-01T00:00:00Z":      {"2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z"}, // 90 days end on 1 April; 120 days are over on 1 May
		"2026-01-01T00:00:01Z":      {"2026-05-01T00:00:00Z", "2026-05-01T00:00:01Z"},
		"2025-12-31T23:59:59Z":      {"2026-04-01T00:00:00Z", "2026-04-30T23:59:59Z"},
		"2026-03-16T09:30:00Z":      {"2026-07-01T00:00:00Z", "2026-07-14T09:30:00Z"},
		"2026-05-03T00:00:00Z":      {"2026-09-01T00:00:00Z", "2026-09-01T00:00:00Z"},
		"2026-05-02T23:59:59Z":      {"2026-08-01T00:00:00Z", "2026-08-30T23:59:59Z"},
		"2026-10-02T12:00:00Z":      {"2027-01-01T00:00:00Z", "2027-01-30T12:00:00Z"},
		"2026-10-03T00:30:00+02:00": {"2027-01-01T00:00:00Z", "2027-01-30T22:30:00Z"},
		"2027-12-01T00:00:00Z":      {"2028-03-01T00:00:00Z", "2028-03-30T00:00:00Z"}, // 90 days end on 29 February
	} {
		at, err := time.Parse(time.RFC3339, announced)
		require.NoError(t, err)
		rise := lifecycle.AnnouncedRise(at)
		assert.Equal(t, at.UTC(), rise.AnnouncedAt)
		assert.Equal(t, want.effective, rise.EffectiveAt.Format(time.RFC3339), announced)
		assert.Equal(t, want.open, rise.OpenAt().Format(time.RFC3339), announced)
	}
	rise := lifecycle.AnnouncedRise(time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC))
	assert.Equal(t, rise.AnnouncedAt.Add(120*24*time.Hour), rise.OpenAt())
	rise = lifecycle.AnnouncedRise(time.Date(2026, 7, 3, 0, 0, 0, 0, time.UTC)) // 121 days to 1 November
	assert.Equal(t, rise.EffectiveAt, rise.OpenAt(), "never before it takes effect")
}

// After a rise no price changes in either direction until it is in effect, and
// what else goes out with prices gets advice.
func TestPricesStayAfterARise(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	rise := lifecycle.AnnouncedRise(r.UpdatedAt)
	r.Rise = &rise
	for _, prices := range [][2]string{{"0.39", "0.50"}, {"0.41", "0.50"}, {"0.40", "0.49"}} {
		q := question{record: r}
		reprice(&q, prices[0], prices[1])
		for at, refused := range map[time.Time]bool{
			r.UpdatedAt: true, rise.EffectiveAt.Add(-1): true, rise.OpenAt().Add(-1): true, rise.OpenAt(): false,
		} {
			found := lifecycle.Explain(r, q.command, lifecycle.Input{At: at, Facts: facts})
			if !refused {
				require.NoError(t, found.Err())
				continue
			}
			lifecycletest.RequireRefused(t, found.Err(), lifecycle.RuleRiseEvery120Days)
			assert.Contains(t, found.Violations[0].Remedy, rise.OpenAt().Format(time.RFC3339))
		}
	}

	offer := r.Draft.Offer.Clone()
	offer.Name += "!"
	found := lifecycle.Explain(r, lifecycle.UpdatePricing{Offer: offer}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, found.Err())
	assert.NotContains(t, rules(found.Advice), lifecycle.RuleAddBeforeRaising, "the name is no price")
	offer.TrialDays = 21
	found = lifecycle.Explain(r, lifecycle.UpdatePricing{Offer: offer}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, found.Err())
	assert.Contains(t, rules(found.Advice), lifecycle.RuleAddBeforeRaising)
}

// A version that brings instance types needs prices for them, which the marketplace
// may refuse after a rise.
func TestAVersionWithInstanceTypesAfterARise(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	rise := lifecycle.AnnouncedRise(r.UpdatedAt)
	r.Rise = &rise
	v := lifecycletest.Version("2.0", version.ModelPackage)
	add := lifecycle.AddVersion{Version: v}
	facts.Resources[v.Resource] = lifecycletest.Resource(version.ModelPackage)
	found := lifecycle.Explain(r, add, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, found.Err())
	assert.NotContains(t, rules(found.Advice), lifecycle.RuleAddBeforeRaising)

	more := lifecycletest.Resource(version.ModelPackage)
	more.Batch = []string{lifecycletest.Instance, "ml.g5.xlarge"}
	facts.Resources[v.Resource] = more
	add.Rates = pricing.RateCard{pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10")}
	for at, advised := range map[time.Time]bool{r.UpdatedAt: true, rise.OpenAt().Add(-1): true, rise.OpenAt(): false} {
		found = lifecycle.Explain(r, add, lifecycle.Input{At: at, Facts: facts})
		require.NoError(t, found.Err())
		assert.Equal(t, advised, slices.Contains(rules(found.Advice), lifecycle.RuleAddBeforeRaising))
	}
}

// Until a rise takes effect the marketplace may still show the old prices: that is
// no difference, and taking them in forgets nothing of the rise.
func TestOldPricesUntilARiseTakesEffect(t *testing.T) {
	t.Parallel()
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	held := lifecycletest.Snapshot(r.Published.Listing, lifecycle.VisibilityPublic)
	held.Content.AllowList, r.Entities = r.Published.AllowList, held.Entities
	rise := lifecycle.AnnouncedRise(r.UpdatedAt)
	d := pricing.Batch(lifecycletest.Instance)
	raised := r.Published.Clone()
	raised.Rates[d] = pricing.MustUSD("9.00")
	raised.Listing.Offer.Rates = raised.Rates
	r.Rise, r.Published, r.Draft = &rise, &raised, raised.Listing.Clone()

	drift, err := lifecycle.Compare(r, held, rise.EffectiveAt.Add(-1))
	require.NoError(t, err)
	assert.Empty(t, drift.Differences)
	drift, err = lifecycle.Compare(r, held, rise.EffectiveAt)
	require.NoError(t, err)
	require.Len(t, drift.Differences, 1)
	assert.Equal(t, `offer.rates["ml.m5.large.m.i.b"]`, drift.Differences[0].Path)

	decided, err := lifecycle.Decide(r, lifecycle.Reconcile{Snapshot: held}, lifecycle.Input{At: rise.EffectiveAt.Add(-1)})
	require.NoError(t, err)
	assert.Equal(t, pricing.MustUSD("9.00"), decided.Record.Published.Rates[d])
	assert.Equal(t, pricing.MustUSD("9.00"), decided.Record.Draft.Offer.Rates[d])
	assert.Equal(t, rise, *decided.Record.Rise)
	decided, err = lifecycle.Decide(r, lifecycle.Reconcile{Snapshot: held}, lifecycle.Input{At: rise.EffectiveAt})
	require.NoError(t, err)
	assert.Equal(t, pricing.MustUSD("0.40"), decided.Record.Published.Rates[d])
}

func rules(found rule.Violations) []rule.Rule {
	var all []rule.Rule
	for _, v := range found {
		all = append(all, v.Rule)
	}
	return all
}

// A new price is not refused for what nobody knows of published versions.
func TestANewPriceOfAnUnknownResourceIsNotChecked(t *testing.T) {
	t.Parallel()
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	offer := r.Draft.Offer.Clone()
	offer.Rates[pricing.Batch("ml.g5.xlarge")] = pricing.MustUSD("1.10")
	update := lifecycle.UpdatePricing{Offer: offer}
	in := lifecycle.Input{At: r.UpdatedAt}
	lifecycletest.RequireRefused(t, lifecycle.Explain(r, update, in).Err(), lifecycle.RuleEveryInstancePriced)
	types := lifecycle.InstanceTypes{Batch: []string{lifecycletest.Instance, "ml.g5.xlarge"}, RealTime: []string{lifecycletest.Instance}}
	r.InstanceTypes = map[version.ARN]lifecycle.InstanceTypes{r.Draft.Versions[1].Resource: types}
	found := lifecycle.Explain(r, update, in)
	require.NoError(t, found.Err())
	assert.NotContains(t, notChecked(found), lifecycle.RuleEveryInstancePriced, "a published version supports it")
	same := lifecycle.InstanceTypes{Batch: []string{lifecycletest.Instance}, RealTime: []string{lifecycletest.Instance}}
	for _, kept := range []map[version.ARN]lifecycle.InstanceTypes{nil, {r.Draft.Versions[0].Resource: same}, {r.Draft.Versions[1].Resource: same}} {
		r.InstanceTypes = kept
		found = lifecycle.Explain(r, update, in)
		require.NoError(t, found.Err())
		assert.Contains(t, notChecked(found), lifecycle.RuleEveryInstancePriced, "of %d of two versions it is known", len(kept))
	}
}

// A free listing has no prices that could be unknown.
func TestAFreeListingHasNoUnknownPrices(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, freeListing(), lifecycle.Live, false)
	content := r.Published.Clone()
	content.Rates, r.Published = nil, &content
	offer := r.Draft.Offer.Clone()
	offer.Name += "!"
	found := lifecycle.Explain(r, lifecycle.UpdatePricing{Offer: offer}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, found.Err())
	assert.NotContains(t, notChecked(found), lifecycle.RuleRatesStay)
}

// A plan says from when on buyers pay what is raised, and that nothing can change
// before.
func TestPlanOfARise(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	offer := r.Draft.Offer.Clone()
	offer.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD("0.39")
	plan, err := b.Plan(ctx, id, lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
	assert.Empty(t, plan.Notes)
	offer.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD("0.41")
	plan, err = b.Plan(ctx, id, lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
	rise := lifecycle.AnnouncedRise(b.Clock.Now())
	require.Len(t, plan.Notes, 1)
	assert.Contains(t, plan.Notes[0], "from "+rise.EffectiveAt.Format(time.DateOnly))
	assert.Contains(t, plan.Notes[0], "before "+rise.OpenAt().Format(time.DateOnly))
	assert.Contains(t, plan.String(), "afterwards:\n  buyers pay the raised prices from ")
}

// What a published version supports has to be priced where SageMaker was asked for
// it and has answered, and only there.
func TestPublishedVersionsArePricedAsFarAsTheyWereAskedFor(t *testing.T) {
	t.Parallel()
	live, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	arn := live.Draft.Versions[0].Resource
	more := lifecycletest.Resource(version.ModelPackage)
	more.Batch = append(more.Batch, "ml.g5.xlarge")
	for name, c := range map[string]struct {
		kept  map[version.ARN]lifecycle.InstanceTypes
		asked map[version.ARN]lifecycle.Resource
		says  string
	}{
		"asked":            {nil, map[version.ARN]lifecycle.Resource{arn: more}, "is supported but not priced"},
		"kept, not asked":  {map[version.ARN]lifecycle.InstanceTypes{arn: more.InstanceTypes}, nil, ""},
		"asked, no answer": {nil, map[version.ARN]lifecycle.Resource{arn: {Status: lifecycle.ResourceDenied}}, ""},
		"neither":          {nil, nil, ""},
	} {
		q := question{record: live}
		q.record.InstanceTypes = c.kept
		updateOffer(&q, func(*pricing.Offer) {})
		found := lifecycle.Explain(q.record, q.command, lifecycle.Input{At: live.UpdatedAt, Facts: lifecycle.Facts{Resources: c.asked}})
		assert.NotContains(t, notChecked(found), lifecycle.RuleEveryInstancePriced, name)
		if c.says == "" {
			require.NoError(t, found.Err(), name)
			continue
		}
		lifecycletest.RequireRefused(t, found.Err(), lifecycle.RuleEveryInstancePriced)
		assert.Equal(t, c.says, found.Violations[0].Problem, name)
	}
}

// Without versions nobody knows what has to be priced.
func TestPricesWithoutVersionsAreNotChecked(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	r.Draft = r.Draft.Clone()
	r.Draft.Versions = nil
	found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	lifecycletest.RequireRefused(t, found.Err(), listing.RuleAtLeastOneVersion)
	assert.Contains(t, notChecked(found), lifecycle.RuleEveryInstancePriced)
}

// Without an offer, which a damaged record may not have either, there is no price to
// give advice on.
func TestARiseWithoutAnOffer(t *testing.T) {
	t.Parallel()
	for _, drop := range []func(*lifecycle.Record){
		func(r *lifecycle.Record) { r.Draft.Offer = nil },
		func(r *lifecycle.Record) { r.Published.Listing.Offer = nil },
	} {
		r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
		rise := lifecycle.AnnouncedRise(r.UpdatedAt)
		r.Rise, r.Draft = &rise, r.Draft.Clone()
		drop(&r)
		found := lifecycle.Explain(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
		assert.NotContains(t, rules(found.Advice), lifecycle.RuleAddBeforeRaising)
	}
}
