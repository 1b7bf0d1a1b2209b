package lifecycle

import (
	"slices"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// adopted returns the record of what was adopted.
func adopted(r Record, e Entry) Record {
	held := e.Snapshot.Content
	draft := e.Delta.document(held.Listing).Clone()
	if len(e.Snapshot.Regions) > 0 && !e.Snapshot.FutureRegions {
		draft.Regions.Only = slices.Clone(e.Snapshot.Regions)
	}
	published := Content{Listing: draft.Clone(), AllowList: held.AllowList, Rates: held.Rates, Other: held.Other}
	if e.Delta.AllowList != nil {
		published.AllowList = *e.Delta.AllowList
	}
	r = created(r, e)
	at := changedAt(e)
	r.Draft, r.Published = draft, &published
	r.Entities, r.RegionsLocked = e.Snapshot.Entities, true
	r.KnownSince = &at
	r.Restricted = restricted(nil, draft.Versions, at)
	if e.State == Unpublished {
		r.UnpublishedAt = &at
	}
	return r
}

// reconciled returns the record with what the marketplace has.
func reconciled(r Record, e Entry) Record {
	before := r.Draft
	held := e.Snapshot.Content
	l := held.Listing
	l.Visibility, l.Regions, l.Buyers = before.Visibility, before.Regions, before.Buyers
	l.Versions = slices.Clone(l.Versions)
	for i, v := range l.Versions {
		l.Versions[i] = ownParts(v, r.published(), before)
	}
	at := changedAt(e)
	if e.State == Live && isPrivate(before) {
		l.Buyers = held.AllowList
	}
	rates := r.announced(held.Rates, e.At)
	if l.Offer != nil {
		offer := *l.Offer
		offer.Rates = r.announced(offer.Rates, e.At)
		if mine := r.published().Offer; e.Snapshot.CopiedEULA && mine != nil && mine.EULA.URL != "" {
			offer.EULA = mine.EULA
		}
		l.Offer = &offer
	}
	if r.Published != nil && raises(r.Published.Rates, rates) {
		rise := AnnouncedRise(at)
		r.Rise = &rise
	}
	if r.Published == nil {
		r.KnownSince = &at
	}
	r.Published = &Content{Listing: l, AllowList: held.AllowList, Rates: rates, Other: held.Other}
	r.Entities = r.Entities.with(e.Snapshot.Entities)
	r.RegionsLocked = true
	r.Restricted = restricted(r.Restricted, l.Versions, at)
	if !e.KeepsDraft {
		r.Draft = l.Clone()
	}
	if e.State == Unpublished && r.UnpublishedAt == nil {
		r.UnpublishedAt = &at
	}
	return r
}

// ownParts returns the version with what the marketplace never gives back: the
// access role, and what of the usage text are the notes on training.
func ownParts(v version.Version, known ...listing.Listing) version.Version {
	for _, l := range known {
		mine, _ := l.Version(v.Number)
		if mine.Resource != v.Resource {
			continue
		}
		v.AccessRole = mine.AccessRole
		if mine.UsageInstructions() == v.UsageInstructions() {
			v.Usage, v.Training = mine.Usage, mine.Training
		}
		return v
	}
	return v
}
