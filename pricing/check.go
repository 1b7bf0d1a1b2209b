package pricing

import (
	"slices"
	"strings"
	"unicode"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing/metering"
)

// Check returns everything that is wrong with the offer, as far as the document
// alone shows it. Paths are relative to the offer.
func Check(o Offer) rule.Findings { return rule.Run(o, checks) }

// Collect adds to c what [Check] finds in the offer at a place of a listing.
func Collect(c *rule.Collector, at rule.Place, o Offer) { rule.Collect(c, at, o, checks) }

// Texts calls judge for every text of the offer, with a report for its place and the
// path from there.
func Texts(o Offer, r rule.Report, judge func(r rule.Report, path, text string)) {
	judge(r, "name", o.Name)
	judge(r, "description", o.Description)
	judge(r, "model", string(o.Model))
	judge(r, "refundPolicy", o.RefundPolicy)
	judge(r, "eula.url", o.EULA.URL)
}

// Rules returns the rules that [Check], [ParseUSD], [CheckEULA] and package
// metering check.
func Rules() []rule.Rule {
	return append(rule.Of(checks), RuleExact, RuleEULAPlainText, metering.RuleHeader)
}

var checks = []rule.Check[Offer]{
	{Rule: RulePresent, Find: func(o Offer, r *rule.Report) {
		if o.Model != Free && o.Model != Hourly && o.Model != Inference {
			r.BrokenRemedy("model", `write "free", "hourly" or "per inference"`, "%q is not a pricing model", rule.Shorten(string(o.Model)))
		}
	}},
	{Rule: RuleNamed, Find: func(o Offer, r *rule.Report) {
		r.Text("name", o.Name, 150)
		if strings.ContainsAny(o.Name, `\<>`) {
			r.Broken("name", `has one of the characters \ < >`)
		}
		r.Text("description", o.Description, 255)
	}},
	{Rule: RuleRefundPolicy, Find: checkRefundPolicy},
	{Rule: RuleEULA, Find: func(o Offer, r *rule.Report) {
		switch {
		case o.EULA == EULA{}:
			r.Broken("eula", "neither chooses the standard contract nor has an address")
		case o.EULA.Standard && o.EULA.URL != "":
			r.BrokenRemedy("eula", "keep one of the two", "has both the standard contract and an address")
		default:
			if strings.HasPrefix(strings.ToLower(o.EULA.URL), "http://") {
				r.BrokenRemedy("eula.url", "give its https address", "is an http address: a contract that comes that way can be changed on its way to the marketplace")
				return
			}
			r.OptionalHTTPS("eula.url", o.EULA.URL, 32_000)
		}
	}},
	{Rule: RuleDimension, Find: func(o Offer, r *rule.Report) {
		for _, d := range o.Rates.those(func(d Dimension) bool { return !d.valid() }) {
			r.Broken(ratePath(d), "has the mode %q and the instance type %q, which are no dimension", rule.Shorten(string(d.Mode)), rule.Shorten(d.Instance))
		}
	}},
	{Rule: RuleFreeHasNoRates, Find: func(o Offer, r *rule.Report) {
		if o.Model != Free {
			return
		}
		for _, d := range o.Rates.those(func(d Dimension) bool { return !o.Rates[d].IsZero() }) {
			r.Broken(ratePath(d), "is %s in a free offer", o.Rates[d])
		}
		if o.TrialDays != 0 {
			r.Broken("trialDays", "is %d in a free offer", o.TrialDays)
		}
	}},
	{Rule: RuleBatchIsHourly, Find: func(o Offer, r *rule.Report) {
		if (o.Model == Hourly || o.Model == Inference) && !o.Rates.Has(ModeBatch) {
			r.Broken("rates", "have no hourly batch price")
		}
	}},
	{Rule: RuleInferenceRate, Find: checkInferenceRate},
	{Rule: RuleTrialDays, Find: func(o Offer, r *rule.Report) {
		if o.TrialDays != 0 && (o.TrialDays < 5 || o.TrialDays > 31) {
			r.Broken("trialDays", "is %d", o.TrialDays)
		}
	}},
	{Rule: RuleTrialRecommended, Find: func(o Offer, r *rule.Report) {
		hasOrNeedsTrial := o.Model == Hourly || o.Model == Inference && o.TrialDays != 0
		if hasOrNeedsTrial && (o.TrialDays < 14 || o.TrialDays > 30) {
			r.Broken("trialDays", "is %d", o.TrialDays)
		}
	}},
}

func checkRefundPolicy(o Offer, r *rule.Report) {
	r.Text("refundPolicy", o.RefundPolicy, 500)
	if strings.TrimRightFunc(o.RefundPolicy, unicode.IsSpace) != o.RefundPolicy {
		r.Broken("refundPolicy", "ends with white space")
	}
	for _, c := range o.RefundPolicy {
		if !allowedInRefundPolicy(c) {
			r.Broken("refundPolicy", "has %q, which the marketplace does not accept", string(c))
			return
		}
	}
}

func allowedInRefundPolicy(c rune) bool {
	return c <= '~' || strings.ContainsRune("©®™¢£¤¥", c)
}

func checkInferenceRate(o Offer, r *rule.Report) {
	_, perInference := o.Rates[PerInference]
	switch o.Model {
	case Inference:
		if !perInference {
			r.Broken("rates", "have no price per inference")
		}
		for _, d := range o.Rates.those(func(d Dimension) bool { return d.Mode == ModeRealTime }) {
			r.BrokenRemedy(ratePath(d), "remove it", "is an hourly real-time price in an offer paid per inference")
		}
	case Hourly:
		if perInference {
			r.BrokenRemedy(ratePath(PerInference), "remove it", "is a price per inference in an hourly offer")
		}
		if !o.Rates.Has(ModeRealTime) {
			r.Broken("rates", "have no hourly real-time price")
		}
	}
}

// Has reports whether the card has a price for the mode on any instance type.
func (c RateCard) Has(mode Mode) bool {
	for d := range c {
		if d.Mode == mode {
			return true
		}
	}
	return false
}

// those returns the dimensions of the card that are of a kind, in the order of their
// keys.
func (c RateCard) those(are func(Dimension) bool) []Dimension {
	var found []Dimension
	for d := range c {
		if are(d) {
			found = append(found, d)
		}
	}
	if found == nil {
		return nil // as in most offers: to sort nothing takes memory
	}
	return SortDimensions(slices.Values(found))
}

func ratePath(d Dimension) string { return document.Member("rates", d.String()) }
