package lifecycle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/pricing"
)

func TestPriceOfWhatIsNotSupported(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	r.Draft = r.Draft.Clone()
	r.Draft.Offer.Rates[pricing.Batch("ml.old.large")] = pricing.MustUSD("1.00")
	found := lifecycle.Explain(r, lifecycle.Submit{}, facts, r.UpdatedAt).Violations
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
	found := lifecycle.Explain(r, lifecycle.Submit{}, facts, r.UpdatedAt)
	lifecycletest.RequireRefused(t, found.Err(), pricing.RulePresent)
	assert.Empty(t, notChecked(found))

	r, facts = withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	r.Draft = r.Draft.Clone()
	r.Draft.Offer = nil
	require.ErrorIs(t, lifecycle.Explain(r, lifecycle.Submit{}, facts, r.UpdatedAt).Err(), pricing.RulePresent)
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
		found := lifecycle.Explain(r, q.command, facts, r.UpdatedAt)
		if !refused {
			require.NoError(t, found.Err())
			continue
		}
		lifecycletest.RequireRefused(t, found.Err(), lifecycle.RuleRiseAlone)
		assert.Equal(t, []string{"offer.rates.ml.g5.xlarge.m.i.b"}, paths(found.Violations))
	}
}

func TestPricesMayFallSoonAfterARise(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.RaisedAt = &r.UpdatedAt
	q := question{record: r}
	reprice(&q, "0.39", "0.50")
	require.NoError(t, lifecycle.Explain(r, q.command, facts, r.UpdatedAt).Err())
}
