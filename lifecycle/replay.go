package lifecycle

import (
	"fmt"
	"maps"
	"time"

	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Replay makes the record that a whole journal adds up to. The record encodes
// to the same bytes as the one that was stored with the last entry. An entry
// that does not follow from those before it gives an error that matches
// [ErrJournal]. Replay is pure.
func Replay(journal []Entry) (Record, error) {
	var r Record
	for _, e := range journal {
		to, err := ask(r.State, e.Event, func() error { return nil })
		if err != nil {
			return Record{}, fmt.Errorf("%w: entry %d: %w", ErrJournal, e.Revision, err)
		}
		if to != e.State {
			return Record{}, fmt.Errorf("%w: entry %d: %s leads to %q, not %q", ErrJournal, e.Revision, e.Event, to, e.State)
		}
		if r, err = apply(r, e); err != nil {
			return Record{}, err
		}
	}
	return r, nil
}

// apply is the one place at which a record changes. Whether the entry may
// happen was decided before; whether it carries what its event needs is
// checked here, because a journal may come from anywhere.
func apply(r Record, e Entry) (Record, error) {
	missing := func(what string) (Record, error) {
		return Record{}, fmt.Errorf("%w: entry %d (%s): %s is missing", ErrJournal, e.Revision, e.Event, what)
	}
	if e.Revision != r.Revision+1 {
		return Record{}, fmt.Errorf("%w: entry %d follows entry %d", ErrJournal, e.Revision, r.Revision)
	}
	switch e.Event {
	case EventCreate:
		if e.ID == nil || e.Draft == nil {
			return missing("the id or the document")
		}
		r.ID, r.Seller, r.Draft, r.CreatedAt = *e.ID, e.Seller, e.Draft.Clone(), e.At
	case EventAdoptTest, EventAdoptLive, EventAdoptUnpublished:
		if e.ID == nil || e.Draft == nil || e.Adopted == nil {
			return missing("the id, the document or what the marketplace had")
		}
		r = adopt(r, e)
	case EventEdit:
		if e.Draft == nil {
			return missing("the document")
		}
		r.Draft = e.Draft.Clone()
	case EventEndSupport:
		at := e.At
		r.SupportEndedAt = &at
	case EventSending, EventSent, EventCancel, EventCancelRefused:
		if r.Request == nil {
			return missing("a request under way")
		}
		r = progress(r, e)
	case EventPreviewReady, EventReturnToDraft, EventReturnToTest, EventGoLive, EventUpdated, EventUnpublished, EventRequestEnded:
		if r.Request == nil || e.Outcome == nil {
			return missing("a request under way or its outcome")
		}
		if want := outcomeEvent(r, e.Outcome.Result); want != e.Event {
			return Record{}, fmt.Errorf("%w: entry %d: a request to %s that has %s ends by %q, not by %q",
				ErrJournal, e.Revision, r.Request.Kind, e.Outcome.Result, want, e.Event)
		}
		r = conclude(r, e)
	default: // a command that leads to a request, or the request sent again
		if e.Request == nil {
			return missing("the request")
		}
		if underWay := r.Request != nil; underWay != (e.Event == EventSendAgain) {
			return Record{}, fmt.Errorf("%w: entry %d (%s): a request is under way: %t", ErrJournal, e.Revision, e.Event, underWay)
		}
		request := *e.Request
		request.Target = request.Target.clone()
		r.Request = &request
	}
	r.Revision, r.State, r.UpdatedAt = e.Revision, e.State, e.At
	return r, nil
}

func progress(r Record, e Entry) Record {
	request := *r.Request
	switch e.Event {
	case EventSending:
		at := e.At
		request.Phase, request.SendingAt = Sending, &at
	case EventSent:
		at := e.At
		request.Phase, request.ChangeSet, request.SentAt = Following, e.ChangeSet, &at
		// From here on the Regions may be known to the marketplace, whatever
		// comes of the submission.
		r.RegionsLocked = r.RegionsLocked || request.Kind == EventSubmit
	case EventCancel:
		request.Cancelling = true
	case EventCancelRefused:
		request.Cancelling = false
	}
	r.Request = &request
	return r
}

func conclude(r Record, e Entry) Record {
	request, outcome := *r.Request, *e.Outcome
	r.Request, r.Last, r.Entities = nil, &outcome, outcome.Entities
	if request.Kind == EventSubmit && (outcome.Result == Succeeded || outcome.unknown()) {
		r.RegionsLocked = true // also where the answer to sending it was lost for good
	}
	if outcome.Result != Succeeded {
		return r
	}
	at := e.At
	if outcome.EndedAt != nil {
		at = *outcome.EndedAt
	}
	if r.Published != nil && raises(r.Published.Rates, request.Target.Rates) {
		r.RaisedAt = &at
	}
	r.Restricted = restricted(r.Restricted, request.Target, at)
	r.Published, r.Draft = &request.Target, request.Target.Listing.Clone()
	if request.Kind == EventUnpublish {
		r.UnpublishedAt = &at
	}
	return r
}

func restricted(since map[string]time.Time, target Content, at time.Time) map[string]time.Time {
	since = maps.Clone(since)
	for _, v := range target.Listing.Versions {
		if _, before := since[v.Number]; v.Status == version.Restricted && !before {
			if since == nil {
				since = map[string]time.Time{}
			}
			since[v.Number] = at
		}
	}
	return since
}

func raises(before, after pricing.RateCard) bool {
	for d, price := range after {
		if old, priced := before[d]; priced && price.Cmp(old) > 0 {
			return true
		}
	}
	return false
}
