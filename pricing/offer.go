package pricing

import (
	"maps"
	"slices"
)

// Offer is the public offer of a listing. The zero value is an empty draft
// that [Check] finds incomplete.
type Offer struct {
	// Name is the offer's name: at most 150 characters.
	Name string `json:"name"`
	// Description is the seller's own note: at most 255 characters.
	Description string `json:"description"`
	// Model is how the listing is paid for. It cannot change once the offer is
	// released.
	Model Model `json:"model"`
	// Rates price each dimension. A free offer may leave them out.
	Rates RateCard `json:"rates,omitempty"`
	// TrialDays is the length of the free trial in days, 5 to 31; 0 for none.
	TrialDays int `json:"trialDays,omitempty"`
	// RefundPolicy: at most 500 characters, of those that the marketplace takes.
	RefundPolicy string `json:"refundPolicy"`
	// EULA is the end user license agreement.
	EULA EULA `json:"eula"`
}

// Model is how a listing is paid for.
type Model string

const (
	// Free costs nothing.
	Free Model = "free"
	// Hourly is paid by the hour of each instance, in every mode.
	Hourly Model = "hourly"
	// Inference is paid per inference on real-time endpoints, and by the hour
	// in batch transform and training.
	Inference Model = "per inference"
)

// EULA is the license that buyers accept: the standard contract of AWS
// Marketplace, or the seller's own. The zero value is none.
type EULA struct {
	// Standard chooses the standard contract.
	Standard bool `json:"standard,omitempty"`
	// URL is the https address of a plain text file that the marketplace can
	// read.
	URL string `json:"url,omitempty"`
}

// Clone returns a copy that shares nothing with o.
func (o Offer) Clone() Offer {
	o.Rates = maps.Clone(o.Rates)
	return o
}

// Required returns the dimensions that an offer of the model must price for a
// resource that supports the given instance types in each mode, in the order
// of their keys.
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
