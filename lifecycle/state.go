package lifecycle

import (
	"fmt"
	"slices"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// State is where a listing stands, in the words of the marketplace's portal.
// The zero value is a listing that does not exist yet. What is under way is
// not a state: it is the record's [Request].
type State string

const (
	// Draft is being written; buyers see nothing.
	Draft State = "Draft"
	// Submitted is on its way to the preview; nothing can be edited.
	Submitted State = "Submitted"
	// TestProduct can be previewed and subscribed to by the seller and the
	// accounts on the allow-list.
	TestProduct State = "Test Product"
	// Live is for sale: to everyone when public, to the named buyers when
	// private.
	Live State = "Live"
	// Unpublished takes no new buyers; those it has are supported for 90 days
	// at least.
	Unpublished State = "Unpublished"
)

// States returns every state in the order of a listing's life.
func States() []State { return []State{Draft, Submitted, TestProduct, Live, Unpublished} }

// Event is what happens to a listing: a command that was accepted, or a step
// of the request that the command led to.
type Event string

// The commands. Each is the event of the [Command] of the same name; [Adopt] and
// [Reconcile] have one for each state that they lead to.
const (
	EventCreate            Event = "create"
	EventAdoptTest         Event = "adopt-test"
	EventAdoptLive         Event = "adopt-live"
	EventAdoptUnpublished  Event = "adopt-unpublished"
	EventEdit              Event = "edit"
	EventDiscard           Event = "discard"
	EventSubmit            Event = "submit"
	EventSignOff           Event = "sign-off"
	EventAddVersion        Event = "add-version"
	EventUpdateVersion     Event = "update-version"
	EventRestrictVersion   Event = "restrict-version"
	EventUpdateInformation Event = "update-information"
	EventUpdatePricing     Event = "update-pricing"
	EventUpdateAllowList   Event = "update-allow-list"
	EventUnpublish         Event = "unpublish"
	EventCancel            Event = "cancel"
	EventEndSupport        Event = "end-support"

	EventReconcileTest        Event = "reconcile-test"
	EventReconcileLive        Event = "reconcile-live"
	EventReconcileUnpublished Event = "reconcile-unpublished"
)

// The steps of a request. Only [Manager.Advance] makes them happen.
const (
	// EventSending is the last entry before the change set is sent: from here on
	// it may exist at the marketplace.
	EventSending Event = "sending"
	// EventSent gives the id under which the marketplace took the change set.
	EventSent Event = "sent"
	// EventSendAgain replaces a change set that the marketplace itself failed.
	EventSendAgain Event = "send-again"
	// EventCancelRefused is a cancellation that came too late; the request goes
	// on.
	EventCancelRefused Event = "cancel-refused"
	// EventPreviewReady ends a submission that succeeded.
	EventPreviewReady Event = "preview-ready"
	// EventReturnToDraft ends a first submission that failed or was cancelled.
	EventReturnToDraft Event = "return-to-draft"
	// EventReturnToTest ends a later submission that failed or was cancelled.
	EventReturnToTest Event = "return-to-test"
	// EventGoLive ends a sign-off that succeeded.
	EventGoLive Event = "go-live"
	// EventUpdated ends a change of a live listing that succeeded.
	EventUpdated Event = "updated"
	// EventUnpublished ends a removal that succeeded.
	EventUnpublished Event = "unpublished"
	// EventRequestEnded ends a sign-off, update or removal that failed or was
	// cancelled; the listing stays as it was.
	EventRequestEnded Event = "request-ended"
)

// What a newer release may have written is refused by its name: a state or an
// event that is not understood must not be mistaken for another.

// UnmarshalText reads a state; an unknown one is an error.
func (s *State) UnmarshalText(text []byte) error {
	return read(s, text, "state", States()...)
}

// UnmarshalText reads an event; an unknown one is an error.
func (e *Event) UnmarshalText(text []byte) error {
	events := make([]Event, len(table))
	for i, t := range table {
		events[i] = t.Event
	}
	return read(e, text, "event", events...)
}

func read[T ~string](into *T, text []byte, kind string, known ...T) error {
	if len(text) > 0 && !slices.Contains(known, T(text)) {
		return fmt.Errorf("%q is no %s that this release knows", rule.Shorten(string(text)), kind)
	}
	*into = T(text)
	return nil
}
