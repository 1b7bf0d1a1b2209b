package pricing

import (
	"maps"
	"slices"
)

// Offer is the public offer of a listing. The zero value is an empty draft,
// which [Check] finds incomplete.
type Offer struct {
	// Name is the name of the offer: 1 to 150 characters.
	Name string `json:"name"`
	// Description is a note of the seller: 1 to 255 characters.
	Description string `json:"description"`
	// Model says how buyers pay. It cannot change once the offer is released.
	Model Model `json:"model"`
	// Rates are the prices of the dimensions. A free offer needs none.
	Rates RateCard `json:"rates,omitempty"`
	// TrialDays is the length of the free trial in days: 5 to 31, or 0 for no
	// trial.
	TrialDays int `json:"trialDays,omitempty"`
	// RefundPolicy is the refund policy: 1 to 500 characters. The marketplace
	// accepts ASCII and the characters © ® ™ ¢ £ ¤ ¥.
	RefundPolicy string `json:"refundPolicy"`
	// EULA is the end user license agreement.
	EULA EULA `json:"eula"`
}

// Model says how buyers pay for a listing.
type Model string

const (
	// Free means that buyers pay nothing.
	Free Model = "free"
	// Hourly means that buyers pay by the hour of each instance, in every mode.
	Hourly Model = "hourly"
	// Inference means that buyers pay per inference for real-time endpoints, and
	// by the hour for batch transform and training.
	Inference Model = "per inference"
)

// EULA is the end user license agreement: either the standard contract of AWS
// Marketplace or the seller's own text. The zero value is neither, which [Check]
// reports.
type EULA struct {
	// Standard chooses the standard contract.
	Standard bool `json:"standard,omitempty"`
	// URL is the https address of a plain text file of at most [MaxEULASize]
	// bytes. The marketplace must be able to read it.
	URL string `json:"url,omitempty"`
}

// Clone returns a copy that shares no memory with o.
func (o Offer) Clone() Offer {
	o.Rates = maps.Clone(o.Rates)
	return o
}

// Required returns the dimensions that an offer of model m must price, in the
// order of their keys. The arguments are the instance types that the resource
// supports for batch transform, real-time inference and training.
func (m Model) Required(batch, realTime, training []string) []Dimension {
	var all []Dimension
	for _, instance := range batch {
		all = append(all, Batch(instance))
	}
	for _, instance := range training {
		all = append(all, Training(instance))
	}
	if m == Inference {
		realTime = nil
		all = append(all, PerInference)
	}
	for _, instance := range realTime {
		all = append(all, RealTime(instance))
	}
	return SortDimensions(slices.Values(all))
}
