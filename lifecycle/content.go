package lifecycle

import (
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

func (Create) content(Record) (Content, bool)     { return Content{}, false }
func (Edit) content(Record) (Content, bool)       { return Content{}, false }
func (Cancel) content(Record) (Content, bool)     { return Content{}, false }
func (EndSupport) content(Record) (Content, bool) { return Content{}, false }

func (c Submit) content(r Record) (Content, bool) {
	out := draftContent(r)
	if c.Testers != nil {
		out.AllowList = slices.Clone(c.Testers)
	}
	return out, true
}

// A private listing goes live by opening to its named buyers, and to nobody
// else: those who only tested it lose sight of it.
func (SignOff) content(r Record) (Content, bool) {
	out := draftContent(r)
	if isPrivate(r.Draft) {
		out.AllowList = slices.Clone(r.Draft.Buyers)
	}
	return out, true
}

func (c AddVersion) content(r Record) (Content, bool) {
	out := draftContent(r)
	out.Listing.Versions = append(out.Listing.Versions, c.Version.Clone())
	if out.Listing.Offer != nil && len(c.Rates) > 0 {
		rates := maps.Clone(out.Listing.Offer.Rates)
		if rates == nil {
			rates = pricing.RateCard{}
		}
		maps.Copy(rates, c.Rates)
		out.Listing.Offer.Rates = rates
	}
	return out, true
}

func (c UpdateVersion) content(r Record) (Content, bool) {
	out := draftContent(r)
	if i := indexOf(out.Listing, c.Version.Number); i >= 0 {
		out.Listing.Versions[i] = c.Version.Clone()
	}
	return out, true
}

func (c RestrictVersion) content(r Record) (Content, bool) {
	out := draftContent(r)
	if i := indexOf(out.Listing, c.Number); i >= 0 {
		out.Listing.Versions[i].Status = version.Restricted
	}
	return out, true
}

func (c UpdateInformation) content(r Record) (Content, bool) {
	out := draftContent(r)
	out.Listing.Information = c.Information.Clone()
	out.Listing.Promotion = c.Promotion.Clone()
	support := c.Support
	out.Listing.Support = &support
	return out, true
}

func (c UpdatePricing) content(r Record) (Content, bool) {
	out := draftContent(r)
	offer := c.Offer.Clone()
	out.Listing.Offer = &offer
	return out, true
}

func (c UpdateAllowList) content(r Record) (Content, bool) {
	out := draftContent(r)
	out.AllowList = slices.Clone(c.Accounts)
	if isPrivate(r.Draft) {
		out.Listing.Buyers = slices.Clone(c.Accounts)
	}
	return out, true
}

func (Unpublish) content(r Record) (Content, bool) {
	return draftContent(r), true
}

// draftContent is the draft beside what the marketplace has of the rest.
func draftContent(r Record) Content {
	out := Content{Listing: r.Draft.Clone()}
	if r.Published != nil {
		out.AllowList = slices.Clone(r.Published.AllowList)
	}
	return out
}

// completeRates returns the rate card to send. A free offer prices every
// dimension that is known at zero, since the marketplace wants each priced; a
// rate once published stays.
func completeRates(offer *pricing.Offer, published *Content, supported []pricing.Dimension) pricing.RateCard {
	if offer == nil {
		return nil
	}
	card := maps.Clone(offer.Rates)
	if offer.Model != pricing.Free {
		return card
	}
	if card == nil {
		card = pricing.RateCard{}
	}
	if published != nil {
		for d := range published.Rates {
			supported = append(supported, d)
		}
	}
	for _, d := range supported {
		if _, stated := card[d]; !stated {
			card[d] = pricing.USD{}
		}
	}
	return card
}

func indexOf(l listing.Listing, number string) int {
	return slices.IndexFunc(l.Versions, func(v version.Version) bool { return v.Number == number })
}

func isPrivate(l listing.Listing) bool { return l.Visibility.OrDefault() == listing.Private }

func sameAccounts(a, b []listing.AccountID) bool {
	x, y := slices.Clone(a), slices.Clone(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(slices.Compact(x), slices.Compact(y))
}
