package lifecycle

import (
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/pricing"
)

// OtherTerms are what the public offer has that a listing has no field for. A change
// of the prices replaces all that an offer costs, so that these terms are sent back as
// they were read. No command changes them. The zero value is nothing.
type OtherTerms struct {
	// Rates are the prices of dimensions that [pricing.Dimension] does not know, by the
	// keys of the marketplace.
	Rates map[string]pricing.USD `json:"rates,omitempty"`
	// TrialLimits are how many units of each dimension the free trial includes, by
	// key; 0 is no limit. It is nil if the trial limits no dimension, and then includes
	// every one.
	TrialLimits map[string]int64 `json:"trialLimits,omitempty"`
	// Pricing are the types of other terms that say what the offer costs, such as
	// "ConfigurableUpfrontPricingTerm". They cannot be sent back: while there are any,
	// a change of the prices is not sent.
	Pricing []string `json:"pricing,omitempty"`
}

// Clone returns a copy that shares nothing with t.
func (t OtherTerms) Clone() OtherTerms {
	t.Rates, t.TrialLimits, t.Pricing = maps.Clone(t.Rates), maps.Clone(t.TrialLimits), slices.Clone(t.Pricing)
	return t
}

// with returns the terms beside an offer with the rates. The limits go with the trial,
// and are the same for dimensions that were not priced before, as the marketplace wants
// it.
func (t OtherTerms) with(offer *pricing.Offer, before, rates pricing.RateCard) OtherTerms {
	if offer == nil || offer.TrialDays == 0 || len(t.TrialLimits) == 0 {
		t.TrialLimits = nil
		return t
	}
	limits := slices.Collect(maps.Values(t.TrialLimits))
	common := limits[0]
	if slices.ContainsFunc(limits, func(n int64) bool { return n != common }) {
		common = 0
	}
	all := maps.Clone(t.TrialLimits)
	for d := range rates {
		_, priced := before[d]
		if _, limited := all[d.String()]; !priced && !limited {
			all[d.String()] = common
		}
	}
	t.TrialLimits = all
	return t
}
