package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Replay returns the record that a whole journal adds up to: the same, to the
// byte of its JSON, that was saved with the last entry. It returns an error that
// matches [ErrJournal] for an entry that does not follow from those before it.
// Replay is pure.
func Replay(journal []Entry) (Record, error) {
	var r Record
	for _, e := range journal {
		var err error
		if r, err = replayed(r, e); err != nil {
			return Record{}, err
		}
	}
	return r, nil
}

// replayed returns the record after one more entry, if it may follow.
func replayed(r Record, e Entry) (Record, error) {
	to, err := ask(r.State, e.Event, nil)
	if err != nil {
		return Record{}, fmt.Errorf("%w: entry %d: %w", ErrJournal, e.Revision, err)
	}
	if to != e.State {
		return Record{}, fmt.Errorf("%w: entry %d: %s leads to %q, not %q", ErrJournal, e.Revision, e.Event, to, e.State)
	}
	return apply(r, e)
}

// apply is the one place at which a record changes. Whether the entry may
// happen was decided before; whether it carries what its event needs is
// checked here, because a journal may come from anywhere.
func apply(r Record, e Entry) (Record, error) {
	if e.Revision != r.Revision+1 {
		return Record{}, fmt.Errorf("%w: entry %d follows entry %d", ErrJournal, e.Revision, r.Revision)
	}
	if lacks := missingFrom(r, e); lacks != "" {
		return Record{}, fmt.Errorf("%w: entry %d (%s): %s is missing", ErrJournal, e.Revision, e.Event, lacks)
	}
	if r.ID != uuid.Nil { // it has its names
		if err := e.named(r.Key()).own(r.Key(), e.Revision); err != nil {
			return Record{}, fmt.Errorf("%w: entry %d (%s): %w", ErrJournal, e.Revision, e.Event, err)
		}
	}
	switch e.Event {
	case EventCreate:
		r = created(r, e)
		r.Draft = e.Delta.document(listing.Listing{})
	case EventAdoptTest, EventAdoptLive, EventAdoptUnpublished:
		r = adopted(r, e)
	case EventReconcileTest, EventReconcileLive, EventReconcileUnpublished:
		r = pruned(reconciled(r, e))
	case EventEdit:
		r.Draft = e.Delta.document(r.Draft)
		r = pruned(r)
	case EventDiscard:
		r = Record{ID: r.ID, Seller: r.Seller, Name: r.Name, Keys: r.Keys, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
	case EventEndSupport:
		at := e.At
		r.SupportEndedAt = &at
	case EventSending, EventSent, EventCancel, EventCancelRefused, EventSendAgain:
		r = pursued(r, e)
	case EventPreviewReady, EventReturnToDraft, EventReturnToTest, EventGoLive, EventUpdated, EventUnpublished, EventRequestEnded:
		if want := outcomeEvent(r, e.Outcome.Result); want != e.Event {
			return Record{}, fmt.Errorf("%w: entry %d: a request to %s that has %s ends by %q, not by %q",
				ErrJournal, e.Revision, r.Request.Kind, e.Outcome.Result, want, e.Event)
		}
		r = concluded(r, e)
	default: // a command that leads to a request
		if r.Request != nil {
			return Record{}, fmt.Errorf("%w: entry %d (%s): a request is under way already", ErrJournal, e.Revision, e.Event)
		}
		r = requested(r, e)
	}
	r.Revision, r.State, r.UpdatedAt = e.Revision, e.State, e.At
	if e.Once != nil {
		r.Keys = append(slices.Clone(r.Keys), *e.Once)
		r.Keys = r.Keys[max(0, len(r.Keys)-keptKeys):]
	}
	return r, nil
}

// missingFrom names what the entry lacks for its event, or nothing.
func missingFrom(r Record, e Entry) string {
	switch e.Event {
	case EventCreate:
		if e.ID == nil || e.Delta == nil {
			return "the id or the document"
		}
	case EventAdoptTest, EventAdoptLive, EventAdoptUnpublished:
		if e.ID == nil || e.Delta == nil || e.Snapshot == nil {
			return "the id, the delta or what the marketplace had"
		}
	case EventReconcileTest, EventReconcileLive, EventReconcileUnpublished:
		if e.Snapshot == nil {
			return "what the marketplace had"
		}
	case EventEdit:
		if e.Delta == nil {
			return "the delta"
		}
	case EventDiscard, EventEndSupport:
	case EventSending, EventSent, EventCancel, EventCancelRefused:
		if r.Request == nil {
			return "a request under way"
		}
	case EventSendAgain:
		if r.Request == nil || e.ChangeSetName == "" {
			return "a request under way or its new name"
		}
	case EventPreviewReady, EventReturnToDraft, EventReturnToTest, EventGoLive, EventUpdated, EventUnpublished, EventRequestEnded:
		if r.Request == nil || e.Outcome == nil {
			return "a request under way or its outcome"
		}
	default:
		if e.Delta == nil || e.ChangeSetName == "" {
			return "the delta or the name of the change set"
		}
	}
	return ""
}

// created returns the record with its names, and nothing else of the draft that
// may have been discarded before it.
func created(r Record, e Entry) Record {
	return Record{ID: *e.ID, Seller: e.Seller, Name: e.Name, Keys: r.Keys, CreatedBy: e.By, CreatedAt: e.At}
}

// changedAt is when the marketplace last changed what the entry's snapshot
// shows, as far as it says so.
func changedAt(e Entry) time.Time {
	if at := e.Snapshot.ModifiedAt; !at.IsZero() && !at.After(e.At) {
		return at
	}
	return e.At
}

func requested(r Record, e Entry) Record {
	delta := *e.Delta
	if len(delta.InstanceTypes) > 0 {
		types := maps.Clone(r.InstanceTypes)
		if types == nil {
			types = map[version.ARN]InstanceTypes{}
		}
		maps.Copy(types, delta.InstanceTypes)
		r.InstanceTypes, delta.InstanceTypes = types, nil
	}
	r.Request = &Request{
		Revision: e.Revision, Kind: e.Event, Name: e.ChangeSetName, Token: tokenOf(r.ID, e.ChangeSetName),
		Phase: Recorded, Attempt: 1, RecordedAt: e.At, Delta: delta, Removal: e.Removal,
	}
	return r
}

func pursued(r Record, e Entry) Record {
	request := *r.Request
	at := e.At
	switch e.Event {
	case EventSending:
		request.Phase, request.SendingAt = Sending, &at
	case EventSent:
		request.Phase, request.ChangeSet, request.SentAt = Following, e.ChangeSet, &at
		if e.StartedAt != nil {
			started := possible(*e.StartedAt, request, at)
			request.StartedAt = &started
		}
		// From here on the Regions may be known to the marketplace, whatever
		// comes of the submission.
		r.RegionsLocked = r.RegionsLocked || request.Kind == EventSubmit
	case EventSendAgain:
		request.Name, request.Token = e.ChangeSetName, tokenOf(r.ID, e.ChangeSetName)
		request.Phase, request.Attempt = Recorded, request.Attempt+1
		request.ChangeSet, request.SendingAt, request.SentAt, request.StartedAt = "", nil, nil, nil
	case EventCancel:
		request.Cancelling, request.CancelRefused = true, false
	case EventCancelRefused:
		request.Cancelling, request.CancelRefused = false, true
	}
	r.Request = &request
	return r
}

func concluded(r Record, e Entry) Record {
	request, outcome := *r.Request, *e.Outcome
	target := r.with(request.Delta)
	r.Entities = r.Entities.with(outcome.Entities)
	outcome.Entities = Entities{}
	r.Request, r.Last = nil, &outcome
	if request.Kind == EventSubmit && (outcome.Result == Succeeded || outcome.unknown()) {
		r.RegionsLocked = true // also where the answer to sending it was lost for good
	}
	if outcome.Result != Succeeded {
		return pruned(r)
	}
	at := e.At
	if outcome.EndedAt != nil {
		at = possible(*outcome.EndedAt, request, at)
	}
	if r.Published != nil && raises(r.Published.Rates, target.Rates) {
		rise := AnnouncedRise(at)
		r.Rise = &rise
	}
	r.Restricted = restricted(r.Restricted, target.Listing.Versions, at)
	target.Listing.Versions = inOrder(r.published().Versions, target.Listing.Versions)
	r.Draft = target.Listing
	target = target.Clone()
	r.Published = &target
	if request.Kind == EventUnpublish {
		r.UnpublishedAt = &at
	}
	return r
}

// inOrder returns the versions in the order in which they were published, which is
// what "latest" means: those that were published before, as they stood, then those
// that are new. The marketplace knows no other order.
func inOrder(published, versions []version.Version) []version.Version {
	rank, _ := byNumber(published)
	place := func(v version.Version) int {
		if i, before := rank[v.Number]; before {
			return i
		}
		return len(published)
	}
	byPlace := func(a, b version.Version) int { return place(a) - place(b) }
	if slices.IsSortedFunc(versions, byPlace) {
		return versions
	}
	versions = slices.Clone(versions)
	slices.SortStableFunc(versions, byPlace)
	return versions
}

// possible returns an instant of the marketplace's as far as it is possible: neither
// before the request was sent nor after its entry was written.
func possible(at time.Time, q Request, written time.Time) time.Time {
	if sent := q.sendingSince(); at.Before(sent) {
		return sent
	}
	if at.After(written) {
		return written
	}
	return at
}

// pruned returns the record without the instance types of resources that no
// version of its documents has.
func pruned(r Record) Record {
	used := map[version.ARN]bool{}
	for _, versions := range [][]version.Version{r.Draft.Versions, r.published().Versions} {
		for _, v := range versions {
			used[v.Resource] = true
		}
	}
	types := maps.Clone(r.InstanceTypes)
	maps.DeleteFunc(types, func(arn version.ARN, _ InstanceTypes) bool { return !used[arn] })
	if r.InstanceTypes = types; len(types) == 0 {
		r.InstanceTypes = nil
	}
	return r
}

func restricted(since map[string]time.Time, versions []version.Version, at time.Time) map[string]time.Time {
	cloned := false
	for _, v := range versions {
		if _, before := since[v.Number]; v.Status != version.Restricted || before {
			continue
		}
		if !cloned {
			since, cloned = maps.Clone(since), true
		}
		if since == nil {
			since = map[string]time.Time{}
		}
		since[v.Number] = at
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

// outcomeEvent is the event by which a request ends.
func outcomeEvent(r Record, result Result) Event {
	switch kind := r.Request.Kind; {
	case kind == EventSubmit && result == Succeeded:
		return EventPreviewReady
	case kind == EventSubmit && r.Published == nil:
		return EventReturnToDraft
	case kind == EventSubmit:
		return EventReturnToTest
	case result != Succeeded:
		return EventRequestEnded
	case kind == EventSignOff:
		return EventGoLive
	case kind == EventUnpublish:
		return EventUnpublished
	}
	return EventUpdated
}
