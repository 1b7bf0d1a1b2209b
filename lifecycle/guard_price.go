package lifecycle

import (
	"cmp"
	"maps"
	"time"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

// The rules of prices, given those that were published.
var (
	RuleEveryInstancePriced = rule.Rule{ID: "pricing.every-instance-priced", Severity: rule.Must,
		Statement: "an offer prices every instance type that a version supports, in each mode, and no others",
		Remedy:    "price exactly the dimensions that the resources support",
		Sources:   rule.Sources{Guide2022: "pricing", Catalog2026: "UpdatePricingTerms: INVALID_RATE_CARD"}}
	RuleRatesStay = rule.Rule{ID: "pricing.rates-stay", Severity: rule.Must,
		Statement: "a published rate is never removed",
		Remedy:    "put the rate back",
		Sources:   rule.Sources{Catalog2026: "UpdatePricingTerms: INVALID_RATE_CARD"}}
	RuleModelStays = rule.Rule{ID: "pricing.model-stays", Severity: rule.Must,
		Statement: "the pricing model of a released offer never changes",
		Remedy:    "put the model back, or create a new listing",
		Sources:   rule.Sources{Catalog2026: "UpdatePricingTerms: INCOMPATIBLE_PRICING_MODEL"}}
	RuleRiseAlone = rule.Rule{ID: "pricing.rise-alone", Severity: rule.Must,
		Statement: "a change that raises a price neither lowers another nor adds one",
		Remedy:    "lower and add first; raise in a request of its own",
		Sources:   rule.Sources{Catalog2026: "UpdatePricingTerms: INVALID_PRICE_CHANGE"}}
	RuleRiseEvery120Days = rule.Rule{ID: "pricing.rise-every-120-days", Severity: rule.Must,
		Statement: "after a rise no price changes for 120 days, nor before the rise takes effect",
		Remedy:    "wait until then",
		Sources:   rule.Sources{Guide2026: "updating a public offer", Catalog2026: "UpdatePricingTerms: INVALID_PRICE_CHANGE", Changed: "2022 says nothing; by 2026 a rise is announced 90 days ahead, takes effect on the first day of the month after, and no price changes before"}}
	RuleAddBeforeRaising = rule.Rule{ID: "pricing.add-before-raising", Severity: rule.Should,
		Statement: "instance types are added, and other terms of the price changed, before prices are raised",
		Remedy:    "add versions first, raise prices later",
		Sources:   rule.Sources{Catalog2026: "UpdatePricingTerms: INVALID_PRICE_CHANGE", Other2026: "AWS samples, updating the prices of a machine learning product", Changed: "2022 says nothing; in 2026 a version with new instance types is probably refused after a rise"}}
)

// prices guard the rate card against the resources and against its past.
var prices = []rule.Check[move]{
	{Rule: RuleEveryInstancePriced, Find: func(m move, r *rule.Report) {
		offer := m.document().Offer
		if offer == nil {
			return // offer.present is about that
		}
		required, why, all := m.required()
		for _, d := range pricing.SortDimensions(maps.Keys(required)) {
			if _, priced := m.target.Rates[d]; !priced {
				r.BrokenRemedy(ratePath(d), "price it", "is supported but not priced")
			}
		}
		if !all {
			r.NotChecked("offer.rates", "the instance types that every new resource supports", why)
			return
		}
		var supported map[pricing.Dimension]bool
		known := true
		for _, d := range m.target.Rates.Dimensions() {
			if _, before := m.publishedRates()[d]; before || required[d] {
				continue
			}
			if supported == nil {
				supported, known = m.supportedByPublished()
			}
			switch {
			case supported[d]:
			case !known:
				r.NotChecked(ratePath(d), "the instance types that every published resource supports", "")
			default:
				r.BrokenRemedy(ratePath(d), "remove it", "is priced, but no version supports it")
			}
		}
	}},
	{Rule: RuleRatesStay, Find: func(m move, r *rule.Report) {
		m.ratesKnown(r)
		for _, d := range m.publishedRates().Dimensions() {
			if _, stays := m.target.Rates[d]; !stays {
				r.Broken(ratePath(d), "is gone")
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
		m.ratesKnown(r)
		if before == nil || !raises(before, m.target.Rates) {
			return
		}
		for _, d := range m.target.Rates.Dimensions() {
			old, priced := before[d]
			switch {
			case !priced:
				r.Broken(ratePath(d), "is added while another price rises")
			case m.target.Rates[d].Cmp(old) < 0:
				r.Broken(ratePath(d), "falls from %s to %s while another price rises", old, m.target.Rates[d])
			}
		}
	}},
	{Rule: RuleRiseEvery120Days, Find: func(m move, r *rule.Report) {
		before, rise := m.publishedRates(), m.record.Rise
		unknown := m.record.riseUnknown(m.at)
		if !rise.closed(m.at) && !unknown {
			return
		}
		for _, d := range m.target.Rates.Dimensions() {
			if old, priced := before[d]; priced && m.target.Rates[d] != old {
				if unknown {
					r.NotChecked(ratePath(d), "when prices were last raised", whyAdopted)
					continue
				}
				r.BrokenRemedy(ratePath(d), "change it from "+rise.OpenAt().Format(time.RFC3339)+" on",
					"changes from %s to %s, after the rise that was announced on %s and takes effect on %s",
					old, m.target.Rates[d], rise.AnnouncedAt.Format(time.DateOnly), rise.EffectiveAt.Format(time.DateOnly))
			}
		}
	}},
	{Rule: RuleAddBeforeRaising, Find: func(m move, r *rule.Report) {
		if m.record.riseUnknown(m.at) && m.sendsPrices() {
			r.NotChecked("offer", "when prices were last raised", whyAdopted)
		}
		if rise := m.record.Rise; rise.closed(m.at) && m.sendsPrices() {
			r.BrokenRemedy("offer", "if the marketplace refuses it, send it again from "+rise.OpenAt().Format(time.RFC3339)+" on",
				"the marketplace may refuse it, for prices were raised on %s", rise.AnnouncedAt.Format(time.DateOnly))
		}
	}},
}

// whyAdopted says why something is not known that happened earlier.
const whyAdopted = "the listing was made elsewhere, and the marketplace does not tell"

// sendsPrices reports whether the marketplace has to be told the terms of the price:
// rates or the trial.
func (m move) sendsPrices() bool {
	before, after := m.published().Offer, m.document().Offer
	return before != nil && after != nil && (before.TrialDays != after.TrialDays || !m.publishedRates().Equal(m.target.Rates))
}

// newRates keeps AddVersion from changing prices on the side.
var newRates = rule.Check[move]{Rule: RuleUpdate, Find: func(m move, r *rule.Report) {
	c, ok := m.command.(AddVersion)
	if !ok {
		return
	}
	for _, d := range c.Rates.Dimensions() {
		if old, priced := m.publishedRates()[d]; priced && old != c.Rates[d] {
			r.BrokenRemedy(document.Member("rates", d.String()), "update the pricing instead", "is priced at %s already", old)
		}
	}
}}

// ratesKnown reports it as a gap when the published prices are not known.
func (m move) ratesKnown(r *rule.Report) {
	if offer := m.published().Offer; offer != nil && offer.Model != pricing.Free && len(m.publishedRates()) == 0 {
		r.NotChecked("offer.rates", "the published prices", "")
	}
}

func (m move) publishedRates() pricing.RateCard { return m.record.publishedRates() }

// required returns the dimensions that have to be priced for versions that are
// not published yet, and whether all of those are known. What published versions
// need is priced already, or the marketplace would not have taken them; they count
// only where SageMaker was asked all the same.
func (m move) required() (dimensions map[pricing.Dimension]bool, why string, all bool) {
	l := m.document()
	dimensions = map[pricing.Dimension]bool{}
	all = len(l.Versions) > 0
	for _, v := range l.Versions {
		types, known := m.instanceTypes(v)
		_, published := m.publishedVersion(v.Number)
		if _, asked := m.facts.Resources[v.Resource]; published && (!asked || !known) {
			continue
		}
		if !known {
			all = false
			why = cmp.Or(why, m.why(string(v.Resource)))
			continue
		}
		for _, d := range l.Offer.Model.Required(types.Batch, types.RealTime, types.Training) {
			dimensions[d] = true
		}
	}
	return dimensions, why, all
}

// supportedByPublished returns the dimensions that published versions support, and
// whether that is known of all of them.
func (m move) supportedByPublished() (supported map[pricing.Dimension]bool, known bool) {
	supported, known = map[pricing.Dimension]bool{}, true
	for _, v := range m.published().Versions {
		types, told := m.instanceTypes(v)
		known = known && told
		for _, d := range m.document().Offer.Model.Required(types.Batch, types.RealTime, types.Training) {
			supported[d] = true
		}
	}
	return supported, known
}

func ratePath(d pricing.Dimension) string { return document.Member("offer.rates", d.String()) }
