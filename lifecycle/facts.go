package lifecycle

import (
	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Facts are what a decision needs to know beyond the record. Any of them can
// be missing; the rules that needed it are then reported as not checked. The
// zero value knows nothing.
type Facts struct {
	// By names who asks, for the journal.
	By string
	// House are the caller's own rules.
	House House
	// Seller is what is known of the seller; nil is nothing.
	Seller *SellerProfile
	// MayRequest tells whether the caller may work with change sets.
	MayRequest Answer
	// Resources holds what SageMaker said of each resource that could be asked
	// for.
	Resources map[version.ARN]Resource
	// Assets holds the bytes at each address that could be asked for; nil bytes
	// are an address with nothing behind it.
	Assets map[string][]byte
	// Replacements holds, by id, the records of listings that may replace
	// another: with state and product id. A zero record is known not to exist.
	Replacements map[uuid.UUID]Record
}

// House is what a caller demands beyond the marketplace. The zero value demands
// nothing.
type House struct {
	// Checks are rules of its own, applied to every document that a command
	// brings to the marketplace.
	Checks []rule.Check[listing.Listing]
	// Refuse are rules whose advice stands in the way like a violation.
	Refuse []rule.Rule
}

// supported returns the dimensions that the known resources of the listing's
// versions need priced, and whether all of them are known.
func (f Facts) supported(l listing.Listing) (dimensions []pricing.Dimension, all bool) {
	if l.Offer == nil {
		return nil, false
	}
	all = len(l.Versions) > 0
	for _, v := range l.Versions {
		resource, known := f.Resources[v.Resource]
		if !known || resource.Status == ResourceMissing || resource.Status == ResourceDenied {
			all = false
			continue
		}
		dimensions = append(dimensions, l.Offer.Model.Required(resource.Batch, resource.RealTime, resource.Training)...)
	}
	return dimensions, all
}
