package lifecycle

import (
	"maps"
	"time"

	"github.com/shelflife-go/shelflife/pricing"
)

const (
	// RiseNotice is how long before its effect a rise of prices is announced to
	// buyers: 90 days of 24 hours (seller guide, "Updating a public offer").
	RiseNotice = 90 * 24 * time.Hour
	// risePeriod is how long the Catalog API refuses updates of prices after a rise
	// was requested.
	risePeriod = 120 * 24 * time.Hour
)

// PriceRise is a rise of prices that the marketplace has accepted. Buyers pay the
// old prices until it takes effect. The zero value is no rise.
type PriceRise struct {
	// AnnouncedAt is when the marketplace accepted it, in UTC; it tells the buyers
	// then.
	AnnouncedAt time.Time `json:"announcedAt"`
	// EffectiveAt is when buyers begin to pay the new prices, in UTC: the first day
	// of the month after that in which the notice of 90 days ends.
	EffectiveAt time.Time `json:"effectiveAt"`
}

// AnnouncedRise returns the rise that was announced at an instant, with the date of
// its effect.
func AnnouncedRise(at time.Time) PriceRise {
	at = instant(at)
	end := at.Add(RiseNotice)
	return PriceRise{AnnouncedAt: at, EffectiveAt: time.Date(end.Year(), end.Month()+1, 1, 0, 0, 0, 0, time.UTC)}
}

// OpenAt returns the first instant at which prices may change again, in UTC: when
// the rise has taken effect, and 120 days of 24 hours are over since it was
// announced.
func (p PriceRise) OpenAt() time.Time {
	if end := p.AnnouncedAt.Add(risePeriod); end.After(p.EffectiveAt) {
		return end
	}
	return p.EffectiveAt
}

// pending reports whether buyers still pay the prices from before the rise.
func (p *PriceRise) pending(at time.Time) bool { return p != nil && at.Before(p.EffectiveAt) }

// closed reports whether prices may not change because of the rise.
func (p *PriceRise) closed(at time.Time) bool { return p != nil && at.Before(p.OpenAt()) }

// riseUnknown reports whether prices may have been raised before the record knew of
// the listing, so that they may not change yet.
func (r Record) riseUnknown(at time.Time) bool {
	return r.KnownSince != nil && r.Rise == nil && at.Before(AnnouncedRise(*r.KnownSince).OpenAt())
}

// announced returns the rates with the prices that were announced but are not in
// effect yet: whether the marketplace shows them before is not documented. No price
// can fall in that time, so that a lower one is the one from before the rise.
func (r Record) announced(held pricing.RateCard, at time.Time) pricing.RateCard {
	if !r.Rise.pending(at) {
		return held
	}
	rates := maps.Clone(held)
	for d, announced := range r.publishedRates() {
		if price, stated := held[d]; stated && announced.Cmp(price) > 0 {
			rates[d] = announced
		}
	}
	return rates
}
