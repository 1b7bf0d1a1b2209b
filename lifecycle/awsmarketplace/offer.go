package awsmarketplace

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/catalog"
	"github.com/shelflife-go/shelflife/pricing"
)

// standardEULA is the newest version of the standard contract, the only one
// taken for new offers.
const standardEULA = "2022-07-14"

func offerInformation(o pricing.Offer) catalog.UpdateOfferInformation {
	return catalog.UpdateOfferInformation{Name: &o.Name, Description: &o.Description}
}

// pricingTerms states the complete rate card and the trial, because the
// marketplace drops every term that is not repeated. The trial includes every
// dimension, or those that it limits. The content has an offer.
func pricingTerms(c lifecycle.Content) catalog.UpdatePricingTerms {
	out := catalog.UpdatePricingTerms{PricingModel: "Usage"}
	if c.Listing.Offer.Model == pricing.Free {
		out.PricingModel = "Free"
	}
	prices, limits := maps.Clone(c.Other.Rates), c.Other.TrialLimits
	if prices == nil {
		prices = map[string]pricing.USD{}
	}
	for d, price := range c.Rates {
		prices[d.String()] = price
	}
	rates, grants := []catalog.Rate{}, []catalog.Grant{}
	for _, key := range slices.Sorted(maps.Keys(prices)) {
		rates = append(rates, catalog.Rate{DimensionKey: key, Price: prices[key].String()})
		if len(limits) == 0 {
			grants = append(grants, catalog.Grant{DimensionKey: key})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(limits)) {
		grants = append(grants, catalog.Grant{DimensionKey: key, MaxQuantity: limits[key]})
	}
	out.Terms = []catalog.Term{{Type: catalog.TermUsage, CurrencyCode: "USD", RateCards: []catalog.RateCard{{RateCard: rates}}}}
	if days := c.Listing.Offer.TrialDays; days > 0 {
		out.Terms = append(out.Terms, catalog.Term{Type: catalog.TermFreeTrial, Duration: fmt.Sprintf("P%dD", days), Grants: grants})
	}
	return out
}

func legalTerms(e pricing.EULA) catalog.UpdateLegalTerms {
	document := catalog.LegalDocument{Type: catalog.CustomEULA, URL: e.URL}
	if e.Standard {
		document = catalog.LegalDocument{Type: catalog.StandardEULA, Version: standardEULA}
	}
	return catalog.UpdateLegalTerms{Terms: []catalog.Term{{Type: catalog.TermLegal, Documents: []catalog.LegalDocument{document}}}}
}

func supportTerms(refundPolicy string) catalog.UpdateSupportTerms {
	return catalog.UpdateSupportTerms{Terms: []catalog.Term{{Type: catalog.TermSupport, RefundPolicy: refundPolicy}}}
}
