package pricing

import "maps"

// Equal reports whether o and other are the same document: every field has the
// same value. A nil rate card equals an empty one.
func (o Offer) Equal(other Offer) bool {
	return o.Name == other.Name &&
		o.Description == other.Description &&
		o.Model == other.Model &&
		o.TrialDays == other.TrialDays &&
		o.RefundPolicy == other.RefundPolicy &&
		o.EULA == other.EULA &&
		o.Rates.Equal(other.Rates)
}

// Equal reports whether both cards price the same dimensions at the same
// amounts. A nil card equals an empty one.
func (c RateCard) Equal(other RateCard) bool { return maps.Equal(c, other) }
