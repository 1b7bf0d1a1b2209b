package catalog

// CreateOffer starts an offer, which is a Draft at first.
type CreateOffer struct {
	// ProductID is that of the product, or a reference to the change of the same
	// change set that creates it.
	ProductID string `json:"ProductId"`
	// Name has up to 150 characters.
	Name string `json:",omitempty"`
	// OfferSetID is a set of private offers.
	OfferSetID string `json:"OfferSetId,omitempty"`
}

// UpdateOfferInformation changes name and note of an offer: what is nil or zero
// stays as it is.
type UpdateOfferInformation struct {
	// Name has up to 150 characters.
	Name *string `json:",omitempty"`
	// Description is the seller's own note, up to 255 characters.
	Description *string `json:",omitempty"`
	// PreExistingAgreement is for private offers; it can be cleared.
	PreExistingAgreement Clearable[PreExistingAgreement] `json:",omitzero"`
}

// PreExistingAgreement is what a private offer replaces.
type PreExistingAgreement struct {
	// AcquisitionChannel is "AwsMarketplace" or "External".
	AcquisitionChannel string
	// PricingModel is one of [UpdatePricingTerms].
	PricingModel string
}

// UpdateOfferTargeting replaces who an offer is for. It has one of its members;
// buyer accounts make the offer a private one.
type UpdateOfferTargeting struct {
	// PositiveTargeting is for those only, NegativeTargeting, which has country
	// codes only, for all others.
	PositiveTargeting *Targeting `json:",omitempty"`
	NegativeTargeting *Targeting `json:",omitempty"`
}

// UpdateAvailability sets until when a private offer can be accepted.
type UpdateAvailability struct {
	// AvailabilityEndDate is a day, such as "2027-01-31".
	AvailabilityEndDate string
}

// UpdatePricingTerms replaces what an offer costs: a term that is not repeated
// is gone.
type UpdatePricingTerms struct {
	// PricingModel is "Usage", "Free", "Contract" or "Byol"; it cannot change.
	PricingModel string
	// Terms has at least one entry, and each type at most once.
	Terms []Term
}

// UpdateLegalTerms replaces the EULA.
type UpdateLegalTerms struct {
	// Terms is one [TermLegal] with one document.
	Terms []Term
}

// UpdateSupportTerms replaces the refund policy.
type UpdateSupportTerms struct {
	// Terms is one [TermSupport], or an empty list for none.
	Terms []Term
}

// UpdateRenewalTerms replaces how a contract is renewed.
type UpdateRenewalTerms struct {
	// Terms is one [TermRenewal], or an empty list for none.
	Terms []Term
}

// UpdateValidityTerms replaces how long the agreement of a private offer holds.
type UpdateValidityTerms struct {
	// Terms is one [TermValidity], or an empty list for none.
	Terms []Term
}

// UpdatePaymentScheduleTerms replaces when a private offer is paid.
type UpdatePaymentScheduleTerms struct {
	// Terms is one [TermPaymentSchedule], or an empty list for none.
	Terms []Term
}

// ReleaseOffer publishes an offer. It has no members.
type ReleaseOffer struct{}
