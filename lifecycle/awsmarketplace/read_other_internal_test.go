package awsmarketplace

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
)

// otherOffer has a price of a dimension that is none of this library's, and a trial
// that is limited in units.
const otherOffer = `{"Id": "offer-abcdefghijklm", "State": "Released", "Name": "Offer", "Description": "Note", "Terms": [
  {"Type": "UsageBasedPricingTerm", "CurrencyCode": "USD", "RateCards": [{"RateCard": [
    {"DimensionKey": "m.i.c", "Price": "0.002"}, {"DimensionKey": "inference.count.m.i.c", "Price": "0.001"}, {"DimensionKey": "ml.m5.large.m.i.b", "Price": "0.4"}]}]},
  {"Type": "FreeTrialPricingTerm", "Duration": "P14D", "Grants": [
    {"DimensionKey": "m.i.c", "MaxQuantity": 100}, {"DimensionKey": "inference.count.m.i.c", "MaxQuantity": 100}, {"DimensionKey": "ml.m5.large.m.i.b", "MaxQuantity": 100}]},
  {"Type": "LegalTerm", "Documents": [{"Type": "StandardEula", "Version": "2022-07-14"}]},
  {"Type": "SupportTerm", "RefundPolicy": "None."}]}`

// other reads the offer beside a product that is on sale.
func other(t *testing.T, offer string) lifecycle.Snapshot {
	t.Helper()
	s, err := snapshotOf(published(t, "ml-model-package-entity-detail"), []byte(offer))
	require.NoError(t, err)
	s.Entities.Product, s.Entities.ProductRevision = "prod-abcdefghijklm", 3
	s.Entities.Offer, s.Entities.OfferRevision = "offer-abcdefghijklm", 1
	s.Visibility, s.ModifiedAt = lifecycle.VisibilityPublic, time.Date(2025, 1, 5, 9, 0, 0, 0, time.UTC)
	return s
}

// adoptedBy returns a manager that has adopted the snapshot.
func adoptedBy(t *testing.T, s lifecycle.Snapshot) (*lifecycle.Manager, uuid.UUID, lifecycle.Decision) {
	t.Helper()
	manager, err := lifecycle.New("123456789123", memstore.New(), &Marketplace{})
	require.NoError(t, err)
	id := uuid.New()
	d, err := manager.Do(t.Context(), id, lifecycle.Adopt{Snapshot: s})
	require.NoError(t, err)
	return manager, id, d
}

// planned returns the terms of the one UpdatePricingTerms that the command sends, as
// an offer has them.
func planned(t *testing.T, manager *lifecycle.Manager, id uuid.UUID, c lifecycle.Command) string {
	t.Helper()
	plan, err := manager.Plan(t.Context(), id, c)
	require.NoError(t, err)
	var terms struct{ Terms json.RawMessage }
	for _, each := range plan.Changes {
		if each.Type == "UpdatePricingTerms" {
			require.NoError(t, json.Unmarshal(each.Document, &terms))
		}
	}
	require.NotEmpty(t, terms.Terms)
	return string(terms.Terms)
}

// What an offer has and a listing cannot say is read, named, kept in the store, and
// sent back as it was by a change of the prices.
func TestOtherTermsAreKept(t *testing.T) {
	t.Parallel()
	s := other(t, otherOffer)
	limits := map[string]int64{"m.i.c": 100, "inference.count.m.i.c": 100, "ml.m5.large.m.i.b": 100}
	want := lifecycle.OtherTerms{Rates: map[string]pricing.USD{"m.i.c": pricing.MustUSD("0.002")}, TrialLimits: limits}
	assert.Equal(t, want, s.Content.Other)
	assert.Equal(t, pricing.RateCard{pricing.PerInference: pricing.MustUSD("0.001"), pricing.Batch("ml.m5.large"): pricing.MustUSD("0.4")}, s.Content.Rates, "what is known stays typed")

	manager, id, d := adoptedBy(t, s)
	var said []string
	for _, v := range d.Findings.Advice {
		said = append(said, v.Path+" "+v.Problem)
	}
	assert.Equal(t, []string{
		`offer.rates["m.i.c"] is 0.002, for a dimension that this release does not know`,
		`offer.trialLimits["inference.count.m.i.c"] the free trial includes 100 units`,
		`offer.trialLimits["m.i.c"] the free trial includes 100 units`,
		`offer.trialLimits["ml.m5.large.m.i.b"] the free trial includes 100 units`,
	}, said)
	r, err := manager.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, want, r.Published.Other)
	replayed, err := lifecycle.Replay(d.Entries)
	require.NoError(t, err)
	assert.Equal(t, r, replayed)
	drift, err := lifecycle.Compare(r, s, r.UpdatedAt)
	require.NoError(t, err)
	assert.Zero(t, drift)

	changed := other(t, strings.NewReplacer(`"Price": "0.002"`, `"Price": "0.003"`, `"m.i.c", "MaxQuantity": 100`, `"m.i.c", "MaxQuantity": 50`).Replace(otherOffer))
	drift, err = lifecycle.Compare(r, changed, r.UpdatedAt)
	require.NoError(t, err)
	assert.Equal(t, []lifecycle.Difference{
		{Path: `offer.rates["m.i.c"]`, Before: "0.002", After: "0.003"},
		{Path: `offer.trialLimits["m.i.c"]`, Before: "100", After: "50"},
	}, drift.Differences)
	changed.Entities.OfferRevision = 2
	reconciled, err := lifecycle.Decide(r, lifecycle.Reconcile{Snapshot: changed}, lifecycle.Input{At: r.UpdatedAt})
	require.NoError(t, err)
	assert.Equal(t, changed.Content.Other, reconciled.Record.Published.Other)
	assert.NotEmpty(t, reconciled.Findings.Advice)

	cheaper := r.Draft.Offer.Clone()
	cheaper.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.3")
	assert.JSONEq(t, `[
		{"Type": "UsageBasedPricingTerm", "CurrencyCode": "USD", "RateCards": [{"RateCard": [{"DimensionKey": "inference.count.m.i.c", "Price": "0.001"},
			{"DimensionKey": "m.i.c", "Price": "0.002"}, {"DimensionKey": "ml.m5.large.m.i.b", "Price": "0.30"}]}]},
		{"Type": "FreeTrialPricingTerm", "Duration": "P14D", "Grants": [{"DimensionKey": "inference.count.m.i.c", "MaxQuantity": 100},
			{"DimensionKey": "m.i.c", "MaxQuantity": 100}, {"DimensionKey": "ml.m5.large.m.i.b", "MaxQuantity": 100}]}]`,
		planned(t, manager, id, lifecycle.UpdatePricing{Offer: cheaper}))

	over := r.Draft.Offer.Clone()
	over.TrialDays = 0
	terms := planned(t, manager, id, lifecycle.UpdatePricing{Offer: over})
	assert.NotContains(t, terms, "FreeTrialPricingTerm", "the limits go with the trial")
	assert.Contains(t, terms, `"m.i.c"`)
}

// After every change of the prices the record has what the marketplace has: what is
// read back is no drift.
func TestOtherTermsAfterAChange(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*pricing.Offer){
		"a price":       func(o *pricing.Offer) { o.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.3") },
		"a dimension":   func(o *pricing.Offer) { o.Rates[pricing.Batch("ml.c5.large")] = pricing.MustUSD("0.3") },
		"another trial": func(o *pricing.Offer) { o.TrialDays = 30 },
		"no trial":      func(o *pricing.Offer) { o.TrialDays = 0 },
	} {
		manager, id, d := adoptedBy(t, other(t, otherOffer))
		offer := d.Record.Draft.Offer.Clone()
		edit(&offer)
		terms := planned(t, manager, id, lifecycle.UpdatePricing{Offer: offer})
		asked, err := lifecycle.Decide(d.Record, lifecycle.UpdatePricing{Offer: offer}, lifecycle.Input{At: d.Record.UpdatedAt})
		require.NoError(t, err, name)
		after, ok := asked.Record.Target()
		require.True(t, ok)

		var read lifecycle.Content
		s, err := snapshotOf([]byte(`{}`), []byte(`{"Terms": `+terms+`}`))
		require.NoError(t, err)
		read = s.Content
		assert.Equal(t, after.Other, read.Other, name)
		assert.Equal(t, after.Rates, read.Rates, name)
		if offer.TrialDays > 0 {
			for key, limit := range read.Other.TrialLimits {
				assert.EqualValues(t, 100, limit, "%s: the marketplace wants one limit for all: %s", name, key)
			}
			assert.Len(t, read.Other.TrialLimits, len(after.Rates)+1, name)
		}
	}
}

// A trial that does not include every dimension stays as it is: a change of something
// else sends no terms, and a change of the prices sends those that there were.
func TestPartialTrialsAreLeftAlone(t *testing.T) {
	t.Parallel()
	s := other(t, strings.Replace(otherOffer, `{"DimensionKey": "inference.count.m.i.c", "MaxQuantity": 100}, {"DimensionKey": "ml.m5.large.m.i.b", "MaxQuantity": 100}`,
		`{"DimensionKey": "ml.m5.large.m.i.b", "MaxQuantity": 5}`, 1))
	manager, id, d := adoptedBy(t, s)
	l := d.Record.Draft
	information := l.Information.Clone()
	information.Highlights = []string{"Another highlight"}
	plan, err := manager.Plan(t.Context(), id, lifecycle.UpdateInformation{Information: information, Promotion: l.Promotion, Support: *l.Support})
	require.NoError(t, err)
	require.Len(t, plan.Changes, 1)
	assert.Equal(t, "UpdateInformation", plan.Changes[0].Type)

	cheaper := l.Offer.Clone()
	cheaper.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.3")
	terms := planned(t, manager, id, lifecycle.UpdatePricing{Offer: cheaper})
	assert.Contains(t, terms, `"Grants":[{"DimensionKey":"m.i.c","MaxQuantity":100},{"DimensionKey":"ml.m5.large.m.i.b","MaxQuantity":5}]`)
}

// Terms that can be neither said nor sent back are named, and no change of the prices
// is sent that would drop them. Others are.
func TestContractTermsAreNotDropped(t *testing.T) {
	t.Parallel()
	s := other(t, strings.Replace(otherOffer, `"Terms": [`, `"Terms": [{"Type": "ConfigurableUpfrontPricingTerm", "CurrencyCode": "USD"}, {"Type": "SomeNewPricingTerm"},`, 1))
	assert.Equal(t, []string{"ConfigurableUpfrontPricingTerm", "SomeNewPricingTerm"}, s.Content.Other.Pricing)
	manager, id, d := adoptedBy(t, s)
	assert.Contains(t, d.Findings.Advice[0].Problem, "ConfigurableUpfrontPricingTerm")

	offer := d.Record.Draft.Offer.Clone()
	offer.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.3")
	_, err := manager.Plan(t.Context(), id, lifecycle.UpdatePricing{Offer: offer})
	var rejection *lifecycle.Rejection
	require.ErrorAs(t, err, &rejection)
	assert.Equal(t, CodeNotSent, rejection.Problems[0].Code)
	assert.Contains(t, rejection.Problems[0].Message, "ConfigurableUpfrontPricingTerm, SomeNewPricingTerm")

	offer = d.Record.Draft.Offer.Clone()
	offer.Name = "Another name"
	_, err = manager.Plan(t.Context(), id, lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
}

// The model follows from what is paid, whether the dimension is known or not.
func TestModelOfOtherDimensions(t *testing.T) {
	t.Parallel()
	for want, rates := range map[pricing.Model]string{
		pricing.Inference: `{"DimensionKey": "m.i.c", "Price": "0.1"}, {"DimensionKey": "ml.m5.large.m.i.b", "Price": "0.4"}`,
		pricing.Hourly:    `{"DimensionKey": "ml.m5.large.m.i.a", "Price": "0.1"}`,
		pricing.Free:      `{"DimensionKey": "seller.units", "Price": "0"}`,
	} {
		s, err := snapshotOf([]byte(`{}`), []byte(`{"Terms": [{"Type": "UsageBasedPricingTerm", "RateCards": [{"RateCard": [`+rates+`]}]}]}`))
		require.NoError(t, err)
		assert.Equal(t, want, s.Content.Listing.Offer.Model)
	}
}

// AWS's own sample of an offer, of a product of another kind, is read as it is.
func TestSampleOfferIsReadAsItIs(t *testing.T) {
	t.Parallel()
	s, err := snapshotOf(published(t, "ml-model-package-entity-detail"), published(t, "offer-entity-detail"))
	require.NoError(t, err)
	assert.Empty(t, s.Content.Rates)
	assert.Equal(t, lifecycle.OtherTerms{
		Rates:       map[string]pricing.USD{"m3.large": pricing.MustUSD("0.10"), "m4.xlarge": pricing.MustUSD("0.20")},
		TrialLimits: map[string]int64{"m3.xlarge": 10, "m4.xlarge": 10},
		Pricing:     []string{"ConfigurableUpfrontPricingTerm", "ByolPricingTerm", "RecurringPaymentTerm", "FixedUpfrontPricingTerm"},
	}, s.Content.Other)
	assert.Equal(t, []listing.AccountID{"123456789123"}, s.Content.AllowList)
}
