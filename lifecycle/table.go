package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/looplab/fsm"
)

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
	row(EventDiscard, "", Draft),
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
	row(EventReconcileTest, TestProduct, Draft, TestProduct),
	row(EventReconcileLive, Live, Draft, TestProduct, Live),
	row(EventReconcileUnpublished, Unpublished, Live, Unpublished),
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

// errNoTransition: the table has no row for the event in the state.
var errNoTransition = errors.New("no such transition")

// machineEvents is the table in looplab's words. It is read only.
var machineEvents = func() fsm.Events {
	events := make(fsm.Events, len(table))
	for i, t := range table {
		events[i] = fsm.EventDesc{Name: string(t.Event), Src: []string{string(t.From)}, Dst: string(t.To)}
	}
	return events
}()

// machine is one of looplab's, with what the guards say to the question that it is
// asked.
type machine struct {
	*fsm.FSM
	refusal error
}

// machines are kept from question to question, as making one takes longer than
// asking it. None is ever asked two questions at a time.
var machines = sync.Pool{New: func() any {
	m := &machine{}
	m.FSM = fsm.NewFSM("", machineEvents, fsm.Callbacks{
		"before_event": func(_ context.Context, e *fsm.Event) {
			if m.refusal != nil {
				e.Cancel(m.refusal)
			}
		},
	})
	return m
}}

// ask puts one question to a machine that stands at state: may the event
// happen, and where does it lead? What the guards refuse it for, or nil, is the
// answer if the table has the transition. The machine runs under a context that
// nobody can cancel.
func ask(state State, event Event, refusal error) (State, error) {
	m := machines.Get().(*machine)
	m.refusal = refusal
	m.SetState(string(state))
	err := translate(m.Event(context.Background(), string(event)))
	to := State(m.Current())
	m.refusal = nil
	machines.Put(m)
	if err != nil {
		return state, err
	}
	return to, nil
}

// translate turns looplab's errors into ours. Staying in a state is a success; a
// cancelled event gives back the guard's own error.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if stayed, ok := as[fsm.NoTransitionError](err); ok {
		return stayed.Err
	}
	if refused, ok := as[fsm.CanceledError](err); ok {
		return refused.Err
	}
	if invalid, ok := as[fsm.InvalidEventError](err); ok {
		return fmt.Errorf("%w: %q in state %q", errNoTransition, invalid.Event, invalid.State)
	}
	if unknown, ok := as[fsm.UnknownEventError](err); ok {
		return fmt.Errorf("%w: event %q is not in the table", errNoTransition, unknown.Event)
	}
	return fmt.Errorf("state machine: %w", err)
}

func as[E error](err error) (target E, ok bool) {
	ok = errors.As(err, &target)
	return target, ok
}
