package lifecycle

import (
	"slices"
	"time"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

// prices guard the rate card against the resources and against its past.
var prices = []rule.Check[move]{
	{Rule: RuleEveryInstancePriced, Find: func(m move, r *rule.Report) {
		offer := m.document().Offer
		if offer == nil {
			return // offer.present speaks of that
		}
		required, all := m.facts.supported(m.document())
		for _, d := range pricing.SortDimensions(slices.Values(required)) {
			if _, priced := m.target.Rates[d]; !priced {
				r.BrokenRemedy("offer.rates."+d.String(), "price it", "is supported but not priced")
			}
		}
		if !all {
			r.NotChecked("offer.rates", "the instance types that every resource supports", "")
			return
		}
		for _, d := range m.target.Rates.Dimensions() {
			if _, before := m.publishedRates()[d]; !before && !slices.Contains(required, d) {
				r.BrokenRemedy("offer.rates."+d.String(), "remove it", "is priced, but no version supports it")
			}
		}
	}},
	{Rule: RuleRatesStay, Find: func(m move, r *rule.Report) {
		for _, d := range m.publishedRates().Dimensions() {
			if _, stays := m.target.Rates[d]; !stays {
				r.Broken("offer.rates."+d.String(), "is gone")
			}
		}
	}},
	{Rule: RuleModelStays, Find: func(m move, r *rule.Report) {
		before, after := m.published().Offer, m.document().Offer
		if before != nil && after != nil && before.Model != after.Model {
			r.Broken("offer.model", "changes from %q to %q", before.Model, rule.Shorten(string(after.Model)))
		}
	}},
	{Rule: RuleRiseAlone, Find: func(m move, r *rule.Report) {
		before := m.publishedRates()
		if before == nil || !raises(before, m.target.Rates) {
			return
		}
		for _, d := range m.target.Rates.Dimensions() {
			old, priced := before[d]
			switch {
			case !priced:
				r.Broken("offer.rates."+d.String(), "is added while another price rises")
			case m.target.Rates[d].Cmp(old) < 0:
				r.Broken("offer.rates."+d.String(), "falls from %s to %s while another price rises", old, m.target.Rates[d])
			}
		}
	}},
	{Rule: RuleRiseEvery120Days, Find: func(m move, r *rule.Report) {
		before, last := m.publishedRates(), m.record.RaisedAt
		if before == nil || last == nil || !raises(before, m.target.Rates) {
			return
		}
		if next := last.Add(risePeriod); m.at.Before(next) {
			r.BrokenRemedy("offer.rates", "raise prices from "+next.Format(time.RFC3339)+" on", "rise again after the rise on %s", last.Format(time.RFC3339))
		}
	}},
}

// newRates keeps AddVersion from changing prices on the side.
var newRates = rule.Check[move]{Rule: RuleUpdate, Find: func(m move, r *rule.Report) {
	c, ok := m.command.(AddVersion)
	if !ok {
		return
	}
	for _, d := range c.Rates.Dimensions() {
		if old, priced := m.publishedRates()[d]; priced && old != c.Rates[d] {
			r.BrokenRemedy("rates."+d.String(), "update the pricing instead", "is priced at %s already", old)
		}
	}
}}

// risePeriod is how long prices stay after they were raised.
const risePeriod = 120 * 24 * time.Hour

func (m move) publishedRates() pricing.RateCard {
	if m.record.Published == nil {
		return nil
	}
	return m.record.Published.Rates
}
