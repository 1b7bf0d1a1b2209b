package awsmarketplace

import (
	"fmt"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/pricing"
)

// standardEULA is the newest version of the standard contract, the only one
// taken for new offers.
const standardEULA = "2022-07-14"

type createOffer struct {
	ProductID string `json:"ProductId"`
}

type updateOfferInformation struct {
	Name        string
	Description string
}

type updatePricingTerms struct {
	PricingModel string
	Terms        []pricingTerm
}

// pricingTerm is a UsageBasedPricingTerm or a FreeTrialPricingTerm.
type pricingTerm struct {
	Type         string
	CurrencyCode string     `json:",omitempty"`
	RateCards    []rateCard `json:",omitempty"`
	Duration     string     `json:",omitempty"`
	Grants       []grant    `json:",omitempty"`
}

type rateCard struct {
	RateCard []rate
}

// rate has its price as a string, so that it stays exact.
type rate struct {
	DimensionKey string
	Price        string
}

// grant has no MaxQuantity: a trial is unlimited for as long as it lasts.
type grant struct {
	DimensionKey string
}

type updateLegalTerms struct {
	Terms []legalTerm
}

type legalTerm struct {
	Type      string
	Documents []legalDocument
}

type legalDocument struct {
	Type    string
	Version string `json:",omitempty"`
	URL     string `json:"Url,omitempty"`
}

type updateSupportTerms struct {
	Terms []supportTerm
}

type supportTerm struct {
	Type         string
	RefundPolicy string
}

func offerInformation(o pricing.Offer) updateOfferInformation {
	return updateOfferInformation{Name: o.Name, Description: o.Description}
}

// pricingTerms states the complete rate card and the trial, because the
// marketplace drops every term that is not repeated. The content has an offer.
func pricingTerms(c lifecycle.Content) updatePricingTerms {
	out := updatePricingTerms{PricingModel: "Usage"}
	if c.Listing.Offer.Model == pricing.Free {
		out.PricingModel = "Free"
	}
	rates, grants := []rate{}, []grant{}
	for _, d := range c.Rates.Dimensions() {
		rates = append(rates, rate{DimensionKey: d.String(), Price: c.Rates[d].String()})
		grants = append(grants, grant{DimensionKey: d.String()})
	}
	out.Terms = []pricingTerm{{Type: "UsageBasedPricingTerm", CurrencyCode: "USD", RateCards: []rateCard{{RateCard: rates}}}}
	if days := c.Listing.Offer.TrialDays; days > 0 {
		out.Terms = append(out.Terms, pricingTerm{Type: "FreeTrialPricingTerm", Duration: fmt.Sprintf("P%dD", days), Grants: grants})
	}
	return out
}

func legalTerms(e pricing.EULA) updateLegalTerms {
	document := legalDocument{Type: "CustomEula", URL: e.URL}
	if e.Standard {
		document = legalDocument{Type: "StandardEula", Version: standardEULA}
	}
	return updateLegalTerms{[]legalTerm{{Type: "LegalTerm", Documents: []legalDocument{document}}}}
}

func supportTerms(refundPolicy string) updateSupportTerms {
	return updateSupportTerms{[]supportTerm{{Type: "SupportTerm", RefundPolicy: refundPolicy}}}
}
