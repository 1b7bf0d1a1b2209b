package lifecycle

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

// The commands. Each is the event of the [Command] of the same name.
const (
	EventCreate            Event = "create"
	EventEdit              Event = "edit"
	EventSubmit            Event = "submit"
	EventSignOff           Event = "sign off"
	EventAddVersion        Event = "add version"
	EventUpdateVersion     Event = "update version"
	EventRestrictVersion   Event = "restrict version"
	EventUpdateInformation Event = "update information"
	EventUpdatePricing     Event = "update pricing"
	EventUpdateAllowList   Event = "update allow-list"
	EventUnpublish         Event = "unpublish"
	EventCancel            Event = "cancel"
	EventEndSupport        Event = "end support"
)

// The steps of a request. Only [Manager.Advance] makes them happen.
const (
	// EventSending: from here on the change set may exist at the marketplace.
	EventSending Event = "sending"
	// EventSent: the marketplace took the change set and gave it an id.
	EventSent Event = "sent"
	// EventSendAgain: the marketplace failed; a new change set follows.
	EventSendAgain Event = "send again"
	// EventCancelRefused: it was too late to cancel; the request goes on.
	EventCancelRefused Event = "cancel refused"
	// EventPreviewReady: a submission succeeded.
	EventPreviewReady Event = "preview ready"
	// EventReturnToDraft: a first submission failed or was cancelled.
	EventReturnToDraft Event = "return to draft"
	// EventReturnToTest: a later submission failed or was cancelled.
	EventReturnToTest Event = "return to test"
	// EventGoLive: the sign-off succeeded.
	EventGoLive Event = "go live"
	// EventUpdated: a change of a live listing succeeded.
	EventUpdated Event = "updated"
	// EventUnpublished: the removal succeeded.
	EventUnpublished Event = "unpublished"
	// EventRequestEnded: a sign-off, update or removal failed or was
	// cancelled; the listing stays as it was.
	EventRequestEnded Event = "request ended"
)
