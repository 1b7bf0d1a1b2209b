package lifecycle

import "slices"

// Transition is one row of the table of transitions: the event takes a
// listing from one state to another, or leaves it in the state.
type Transition struct {
	// Event is what happens.
	Event Event
	// From is the state before; the zero value is a listing not yet created.
	From State
	// To is the state after.
	To State
}

// Transitions returns the whole table: every move that exists, in the order
// of a listing's life. What is not in it is refused. The caller owns the
// slice.
func Transitions() []Transition { return slices.Clone(table) }

var table = slices.Concat(
	row(EventCreate, Draft, ""),
	row(EventAdoptTest, TestProduct, ""),
	row(EventAdoptLive, Live, ""),
	row(EventAdoptUnpublished, Unpublished, ""),
	stay(EventEdit, Draft, TestProduct),
	row(EventSubmit, Submitted, Draft, TestProduct),
	row(EventPreviewReady, TestProduct, Submitted),
	row(EventReturnToDraft, Draft, Submitted),
	row(EventReturnToTest, TestProduct, Submitted),
	stay(EventSignOff, TestProduct),
	row(EventGoLive, Live, TestProduct),
	stay(EventAddVersion, Live),
	stay(EventUpdateVersion, Live),
	stay(EventRestrictVersion, Live),
	stay(EventUpdateInformation, Live),
	stay(EventUpdatePricing, Live),
	stay(EventUpdateAllowList, Live),
	stay(EventUpdated, Live),
	stay(EventUnpublish, Live),
	row(EventUnpublished, Unpublished, Live),
	stay(EventEndSupport, Unpublished),
	stay(EventSending, Submitted, TestProduct, Live),
	stay(EventSent, Submitted, TestProduct, Live),
	stay(EventSendAgain, Submitted, TestProduct, Live),
	stay(EventCancel, Submitted, TestProduct, Live),
	stay(EventCancelRefused, Submitted, TestProduct, Live),
	stay(EventRequestEnded, TestProduct, Live),
)

func row(event Event, to State, from ...State) []Transition {
	rows := make([]Transition, len(from))
	for i, f := range from {
		rows[i] = Transition{Event: event, From: f, To: to}
	}
	return rows
}

func stay(event Event, states ...State) []Transition {
	var rows []Transition
	for _, s := range states {
		rows = append(rows, Transition{Event: event, From: s, To: s})
	}
	return rows
}
