package lifecycle

import "time"

// step appends one step of the request that is under way. The table decides
// whether it may happen.
func (d *Decision) step(e Entry, at time.Time) error {
	to, err := ask(d.Record.State, e.Event, func() error { return nil })
	if err != nil {
		return err
	}
	e.Revision, e.At, e.State = d.Record.Revision+1, instant(at), to
	return d.add(e)
}

// end appends the outcome of the request that is under way.
func (d *Decision) end(o Outcome, by string, at time.Time) error {
	request := d.Record.Request
	o.Kind, o.ChangeSet = request.Kind, request.ChangeSet
	o.Entities = d.Record.Entities.with(o.Entities)
	return d.step(Entry{By: by, Event: outcomeEvent(d.Record, o.Result), Outcome: &o}, at)
}

func (d *Decision) add(e Entry) error {
	next, err := apply(d.Record, e)
	if err != nil {
		return err
	}
	d.Record = next
	d.Entries = append(d.Entries, e)
	return nil
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
