package lifecycle

import (
	"maps"
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// clone returns a copy that shares no memory with r, and whose Draft and Published
// share none with each other.
func (r Record) clone() Record {
	r.Draft = r.Draft.Clone()
	if r.Published != nil {
		published := r.Published.Clone()
		r.Published = &published
	}
	r.Entities = r.Entities.clone()
	if r.Request != nil {
		request := r.Request.clone()
		r.Request = &request
	}
	if r.Last != nil {
		last := r.Last.clone()
		r.Last = &last
	}
	r.Restricted = maps.Clone(r.Restricted)
	r.InstanceTypes = cloneTypes(r.InstanceTypes)
	r.Rise = copyOf(r.Rise)
	r.KnownSince, r.UnpublishedAt, r.SupportEndedAt = copyOf(r.KnownSince), copyOf(r.UnpublishedAt), copyOf(r.SupportEndedAt)
	r.Keys = slices.Clone(r.Keys)
	return r
}

func (e Entities) clone() Entities {
	e.DeliveryOptions = maps.Clone(e.DeliveryOptions)
	return e
}

func (q Request) clone() Request {
	q.SendingAt, q.SentAt, q.StartedAt = copyOf(q.SendingAt), copyOf(q.SentAt), copyOf(q.StartedAt)
	q.Delta, q.Removal = q.Delta.clone(), copyOf(q.Removal)
	return q
}

func (o Outcome) clone() Outcome {
	o.StartedAt, o.EndedAt = copyOf(o.StartedAt), copyOf(o.EndedAt)
	o.Problems, o.Entities = slices.Clone(o.Problems), o.Entities.clone()
	return o
}

func (d Delta) clone() Delta {
	d.Kind, d.Visibility, d.Support = copyOf(d.Kind), copyOf(d.Visibility), copyOf(d.Support)
	d.Buyers, d.AllowList = copyAccounts(d.Buyers), copyAccounts(d.AllowList)
	if d.Regions != nil {
		d.Regions = &listing.Regions{Only: slices.Clone(d.Regions.Only)}
	}
	if d.Information != nil {
		information := d.Information.Clone()
		d.Information = &information
	}
	if d.Promotion != nil {
		promotion := d.Promotion.Clone()
		d.Promotion = &promotion
	}
	if d.Offer != nil {
		offer := d.Offer.Clone()
		d.Offer = &offer
	}
	d.Rates, d.RatesGone, d.Cleared = maps.Clone(d.Rates), slices.Clone(d.RatesGone), slices.Clone(d.Cleared)
	d.Versions = slices.Clone(d.Versions)
	for i, v := range d.Versions {
		d.Versions[i] = v.Clone()
	}
	d.Restricted, d.Removed, d.Order = slices.Clone(d.Restricted), slices.Clone(d.Removed), slices.Clone(d.Order)
	d.InstanceTypes = cloneTypes(d.InstanceTypes)
	return d
}

func copyAccounts(list *[]listing.AccountID) *[]listing.AccountID {
	if list == nil {
		return nil
	}
	copied := slices.Clone(*list)
	return &copied
}

func cloneTypes(types map[version.ARN]InstanceTypes) map[version.ARN]InstanceTypes {
	types = maps.Clone(types)
	for arn, t := range types {
		types[arn] = InstanceTypes{Batch: slices.Clone(t.Batch), RealTime: slices.Clone(t.RealTime), Training: slices.Clone(t.Training)}
	}
	return types
}

// copyOf returns a pointer to a copy of what p points to, or nil.
func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	copied := *p
	return &copied
}
