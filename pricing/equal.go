package pricing

import "maps"

// Equal reports whether o and other are the same document: they have the same
// value in every field. A nil rate card equals an empty one. Equal does not
// allocate.
func (o Offer) Equal(other Offer) bool {
	return o.Name == other.Name &&
		o.Description == other.Description &&
		o.Model == other.Model &&
		o.TrialDays == other.TrialDays &&
		o.RefundPolicy == other.RefundPolicy &&
		o.EULA == other.EULA &&
		o.Rates.Equal(other.Rates)
}

// Equal reports whether c and other have the same dimensions with the same
// prices. A nil card equals an empty one.
func (c RateCard) Equal(other RateCard) bool { return maps.Equal(c, other) }
