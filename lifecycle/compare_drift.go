package lifecycle

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shelflife-go/shelflife/listing"
)

// Drift lists the differences between the record and the marketplace: Before is
// the record's value, After the marketplace's.
type Drift struct {
	// Differences are what was changed elsewhere; empty when nothing was.
	Differences []Difference `json:"differences,omitempty"`
	// Rewritten are what the marketplace changes by itself: the addresses of its
	// own copies of the logo and the EULA, and accounts of its own on the allow-list.
	Rewritten []Difference `json:"rewritten,omitempty"`
}

// Compare compares a record with what the marketplace has at an instant, field by
// field. A price that was raised is no difference where the marketplace still has
// the old one, until the rise takes effect. It is pure. The error is that of a rate
// card with a malformed dimension.
func Compare(r Record, s Snapshot, at time.Time) (Drift, error) {
	var d Drift
	before := Content{}
	if r.Published != nil {
		before = r.Published.Clone()
	}
	held := s.Content.Clone()
	held.Rates = r.announced(held.Rates, at)
	compareAccounts(&d, &before, &held)
	compareRegions(&d, &before, &held, s.Regions)
	// The marketplace does not tell it.
	held.Listing.Visibility = before.Listing.Visibility
	found, err := differences(&before, &held)
	if err != nil {
		return Drift{}, err
	}
	for _, each := range found {
		copied := each.Path == "promotion.logo" && ownCopy(each.After) ||
			each.Path == "offer.eula.url" && each.Before != "" && each.After != "" && s.CopiedEULA
		if copied {
			d.Rewritten = append(d.Rewritten, each)
		} else {
			d.Differences = append(d.Differences, each)
		}
	}
	d.compare("visibility", string(r.marketVisibility()), string(s.Visibility))
	d.compare("entities.offer", r.Entities.Offer, s.Entities.Offer)
	d.compare("entities.productRevision", revision(r.Entities.ProductRevision), revision(s.Entities.ProductRevision))
	d.compare("entities.offerRevision", revision(r.Entities.OfferRevision), revision(s.Entities.OfferRevision))
	slices.SortStableFunc(d.Differences, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return d, nil
}

func (d *Drift) compare(path, before, after string) {
	if before != after {
		d.Differences = append(d.Differences, Difference{Path: path, Before: before, After: after})
	}
}

func revision(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// compareAccounts takes accounts that the marketplace has beside those of the
// record for its own: which those are is not documented.
func compareAccounts(d *Drift, before, held *Content) {
	added := without(held.AllowList, before.AllowList)
	if len(added) > 0 {
		slices.Sort(added)
		d.Rewritten = append(d.Rewritten, Difference{Path: "allowList", After: compact(slices.Compact(added))})
	}
	held.AllowList = without(held.AllowList, added)
}

// compareRegions compares a selection of Regions only: which ones "all" are is
// the marketplace's to say.
func compareRegions(d *Drift, before, held *Content, regions []listing.Region) {
	if was := before.Listing.Regions; !was.All() && !was.Equal(listing.Regions{Only: regions}) && len(regions) > 0 {
		sorted := slices.Clone(was.Only)
		slices.Sort(sorted)
		has := slices.Clone(regions)
		slices.Sort(has)
		d.compare("regions", compact(sorted), compact(has))
	}
	held.Listing.Regions = before.Listing.Regions
}

// ownCopy reports that the address is that of the marketplace's copy of a logo.
func ownCopy(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && strings.HasPrefix(parsed.Host, "awsmp-logos.") && strings.HasSuffix(parsed.Host, ".amazonaws.com")
}

// marketVisibility is the product's visibility when the record is right.
func (r Record) marketVisibility() MarketVisibility {
	switch {
	case r.State == Unpublished:
		return VisibilityRestricted
	case r.State == Live && !isPrivate(r.Draft):
		return VisibilityPublic
	case r.Published == nil:
		return VisibilityDraft
	}
	return VisibilityLimited
}
