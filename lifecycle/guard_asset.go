package lifecycle

import (
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

// asset is a file that a command brings to the marketplace.
type asset struct {
	url, path string
	// limit is one byte more than is allowed, so that too much shows.
	limit int64
	check func([]byte) rule.Findings
	// rules are what check applies.
	rules []rule.Rule
}

// newAssets returns the files that the marketplace has not seen yet.
func newAssets(r Record, c Command) []asset {
	d, requests := c.delta(r)
	if !requests {
		return nil
	}
	before, after := r.published(), d.document(r.Draft)
	var all []asset
	if logo := after.Promotion.Logo; logo != "" && logo != before.Promotion.Logo {
		all = append(all, asset{logo, "promotion.logo", listing.MaxLogoSize + 1, listing.CheckLogo,
			[]rule.Rule{listing.RuleLogo, listing.RuleLogoShape}})
	}
	if offer := after.Offer; offer != nil && offer.EULA.URL != "" && (before.Offer == nil || before.Offer.EULA != offer.EULA) {
		all = append(all, asset{offer.EULA.URL, "offer.eula.url", pricing.MaxEULASize + 1,
			func(data []byte) rule.Findings { return pricing.CheckEULA(data).Under("offer") },
			[]rule.Rule{pricing.RuleEULAPlainText}})
	}
	return all
}

func (m move) assetFindings() rule.Findings {
	var found rule.Findings
	for _, a := range newAssets(m.record, m.command) {
		data, known := m.facts.Assets[a.url]
		switch {
		case !known:
			for _, each := range a.rules {
				found.NotChecked = append(found.NotChecked, rule.Gap{Rule: each, Path: a.path, Missing: "the file at the address", Why: m.facts.Why[a.url]})
			}
		case data == nil:
			found.Violations = append(found.Violations, rule.Violation{Rule: a.rules[0], Path: a.path,
				Problem: "leads to nothing" + because(m.facts.Why[a.url]), Remedy: "upload the file where the marketplace can read it"})
		default:
			found = rule.Join(found, a.check(data))
		}
	}
	return found
}
