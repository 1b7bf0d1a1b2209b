package lifecycle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
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

func TestPricesMayFallSoonAfterARise(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.RaisedAt = &r.UpdatedAt
	q := question{record: r}
	reprice(&q, "0.39", "0.50")
	require.NoError(t, lifecycle.Explain(r, q.command, lifecycle.Input{At: r.UpdatedAt, Facts: facts}).Err())
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
	r.InstanceTypes = nil
	found = lifecycle.Explain(r, update, in)
	require.NoError(t, found.Err())
	assert.Contains(t, notChecked(found), lifecycle.RuleEveryInstancePriced)
}
