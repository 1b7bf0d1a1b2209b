// Package permission knows what each command of package lifecycle needs at AWS:
// as statements of a policy, and as questions to ask.
package permission

import (
	"slices"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Needs is what commands do at AWS. The zero value is what a command needs that
// sends nothing: to read.
type Needs struct {
	// product and offer are the change types that are sent for each.
	product, offer []string
	// describes is set if resources of SageMaker are looked at.
	describes bool
	cancels   bool
	// creates is set if a product and an offer are made.
	creates bool
}

var updateOffer = []string{"UpdateInformation", "UpdatePricingTerms", "UpdateLegalTerms", "UpdateSupportTerms"}

// byCommand has every command. A submission is either the first one, or one
// after edits that may touch anything. A free offer prices all that a resource
// supports, so that looking at a resource again can bring new rates.
var byCommand = map[lifecycle.Event]Needs{
	lifecycle.EventCreate:               {},
	lifecycle.EventAdoptTest:            {},
	lifecycle.EventAdoptLive:            {},
	lifecycle.EventAdoptUnpublished:     {},
	lifecycle.EventEdit:                 {},
	lifecycle.EventDiscard:              {},
	lifecycle.EventReconcileTest:        {},
	lifecycle.EventReconcileLive:        {},
	lifecycle.EventReconcileUnpublished: {},
	lifecycle.EventSubmit: {
		// CreateOfferOnProduct is asked about the product when an offer is created.
		product: []string{"CreateProduct", "UpdateInformation", "UpdateTargeting", "AddDeliveryOptions", "UpdateDeliveryOptions",
			"RestrictDeliveryOptions", "ReleaseProduct", "CreateOfferOnProduct"},
		offer:     append([]string{"CreateOffer", "ReleaseOffer"}, updateOffer...),
		describes: true, creates: true,
	},
	lifecycle.EventSignOff:           {product: []string{"UpdateVisibility", "UpdateTargeting"}}, // a private listing opens to its buyers
	lifecycle.EventAddVersion:        {product: []string{"AddDeliveryOptions"}, offer: []string{"UpdatePricingTerms"}, describes: true},
	lifecycle.EventUpdateVersion:     {product: []string{"UpdateDeliveryOptions"}, offer: []string{"UpdatePricingTerms"}, describes: true},
	lifecycle.EventRestrictVersion:   {product: []string{"RestrictDeliveryOptions"}},
	lifecycle.EventUpdateInformation: {product: []string{"UpdateInformation"}},
	lifecycle.EventUpdatePricing:     {offer: updateOffer},
	lifecycle.EventUpdateAllowList:   {product: []string{"UpdateTargeting"}},
	lifecycle.EventUnpublish:         {product: []string{"UpdateVisibility"}},
	lifecycle.EventCancel:            {cancels: true},
	lifecycle.EventEndSupport:        {},
}

// changeTypeOrder is the order of a listing's life.
var changeTypeOrder = []string{
	"CreateProduct", "UpdateInformation", "UpdateTargeting", "AddDeliveryOptions", "UpdateDeliveryOptions", "RestrictDeliveryOptions",
	"ReleaseProduct", "UpdateVisibility", "CreateOfferOnProduct", "CreateOffer", "UpdatePricingTerms", "UpdateLegalTerms", "UpdateSupportTerms", "ReleaseOffer",
}

// Of returns what the commands need together, and the index of the first event
// that is not a command, or -1.
func Of(commands []lifecycle.Event) (all Needs, unknown int) {
	for i, command := range commands {
		each, known := byCommand[command]
		if !known {
			return Needs{}, i
		}
		all.product = append(all.product, each.product...)
		all.offer = append(all.offer, each.offer...)
		all.describes = all.describes || each.describes
		all.cancels = all.cancels || each.cancels
		all.creates = all.creates || each.creates
	}
	return all, -1
}

// Describes reports whether resources of SageMaker are looked at.
func (n Needs) Describes() bool { return n.describes }

// AddsVersion reports whether a version, and its access role, are handed over.
func (n Needs) AddsVersion() bool { return slices.Contains(n.product, "AddDeliveryOptions") }

// SendsLogo reports whether the address of the logo is sent.
func (n Needs) SendsLogo() bool { return slices.Contains(n.product, "UpdateInformation") }

// SendsEULA reports whether the address of the EULA is sent.
func (n Needs) SendsEULA() bool { return slices.Contains(n.offer, "UpdateLegalTerms") }

// starts reports whether a change set is started.
func (n Needs) starts() bool { return len(n.product)+len(n.offer) > 0 }

// changeTypes returns the change types that are sent, each once.
func (n Needs) changeTypes() []string { return inOrder(n.product, n.offer) }

// inOrder returns the change types, each once, in the order of a listing's life.
func inOrder(lists ...[]string) (types []string) {
	all := slices.Concat(lists...)
	for _, each := range changeTypeOrder {
		if slices.Contains(all, each) {
			types = append(types, each)
		}
	}
	return types
}
