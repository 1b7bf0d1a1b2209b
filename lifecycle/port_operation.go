package lifecycle

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
)

// OperationObserver is told of each call of a method of a [Manager] that takes a context:
// when it begins, and by the function that it returns, which may be nil, when it has
// ended. What the method does, it does under the context that is returned, the calls of
// the ports among it. A sequence, such as that of [Manager.Journal], begins and ends
// each time that it is ranged over.
//
// A method that calls another for a part of its work, as [Manager.Apply] calls
// [Manager.Do], is told of together with it: the inner one begins later and ends
// earlier, under a context that comes from the outer one's.
//
// Nothing that it is told has a part of a document, but Ended.Err may quote one: what
// leaves the process should tell what kind of error it is, and not its text. It must be
// safe for concurrent use. It is called in the goroutine of the call; what takes long
// belongs into another. Package telemetry has one for OpenTelemetry.
type OperationObserver func(ctx context.Context, o Operation) (context.Context, func(Ended))

// Operation is a call of a method of a [Manager] that begins.
type Operation struct {
	// Method is the name of the method, such as "Advance".
	Method string
	// Seller is the manager's.
	Seller listing.AccountID
	// Listing is the id of the listing that the call is about; the zero value if it
	// is about none, or about all.
	Listing uuid.UUID
	// Command is the event of the command that the call was given; empty if it was
	// given none.
	Command Event
}

// Ended is what came of an [Operation].
type Ended struct {
	// Before and After are the states of the listing, as the call has first and last
	// seen it; empty if it has not, or there is no such listing.
	Before, After State
	// Request is the name of the change set of the latest request that the call has
	// seen; empty if it has seen none.
	Request string
	// Saved are the entries that the call has saved, in their order, without those of
	// the calls within it.
	Saved []Saved
	// Err is what the method returned: a [*Refusal] has the rules that were broken.
	// Of a sequence it is the last error.
	Err error
}

// Saved is an entry that was saved, without what it changed.
type Saved struct {
	// Transition is what happened, and the states before and after it.
	Transition
	// Revision and At are those of the entry.
	Revision int64
	At       time.Time
	// Since is when the listing came to the state before, as far as its journal
	// goes; zero unless the entry leads to another state, or if that is not known. To know
	// it, the manager reads the journal.
	Since time.Time
	// Request and Kind are the name of the change set and the command of the request that
	// the entry is about; empty if it is about none.
	Request string
	Kind    Event
	// Result is how the request ended with the entry; [Pending] if it did not.
	Result Result
	// Took is, of a request that has ended, how long the marketplace had it: from the
	// entry before it was sent to the end that the marketplace tells, or else to the
	// entry. It is 0 for a request that was not sent.
	Took time.Duration
}

// The keys of the attributes that a [Manager] and what is built on it give to their
// logger. Spans have attributes of the same names.
const (
	// LogSeller is the account that owns the listing.
	LogSeller = "seller"
	// LogListing is the id of the listing.
	LogListing = "listing"
	// LogRevision is the revision of an entry.
	LogRevision = "revision"
	// LogEvent is the event of an entry.
	LogEvent = "event"
	// LogState is the state of the listing after it.
	LogState = "state"
	// LogCommand is the command that led to a request.
	LogCommand = "command"
	// LogRequest is the name of the change set of a request.
	LogRequest = "request"
	// LogPhase is how far a request is.
	LogPhase = "phase"
	// LogFact is a fact that could not be had, by its key in [Facts.Why].
	LogFact = "fact"
	// LogPath is a field of the document.
	LogPath = "path"
	// LogError is the text of an error, without what addresses hide.
	LogError = "error"
)
