package telemetry

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// Scope is the name of the instrumentation scope of all spans and metrics.
const Scope = "github.com/shelflife-go/shelflife/lifecycle/telemetry"

// prefix is what the names of spans' and metrics' attributes have before the key that a
// logger is given.
const prefix = "shelflife."

// The attributes of spans and metrics. Where the manager logs the same thing, the key
// there is the name without "shelflife.": see [lifecycle.LogListing].
const (
	// Seller is the account that owns the listing. Metrics have it with [PerSeller].
	Seller = attribute.Key(prefix + lifecycle.LogSeller)
	// Listing is the id of the listing. No metric has it.
	Listing = attribute.Key(prefix + lifecycle.LogListing)
	// Command is the event of a command, such as "add-version".
	Command = attribute.Key(prefix + lifecycle.LogCommand)
	// Request is the name of the change set of a request. No metric has it.
	Request = attribute.Key(prefix + lifecycle.LogRequest)
	// ChangeSet is the marketplace's id of a change set. No metric has it.
	ChangeSet = attribute.Key(prefix + "change_set")
	// Operation is the method of the manager, such as "Do".
	Operation = attribute.Key(prefix + "operation")
	// Call is the method of the marketplace, such as "Send".
	Call = attribute.Key(prefix + "call")
	// Event is the event of an entry, such as "go-live".
	Event = attribute.Key(prefix + lifecycle.LogEvent)
	// Revision is the revision of an entry. No metric has it.
	Revision = attribute.Key(prefix + lifecycle.LogRevision)
	// State is the state of a listing after an entry or an operation; of the metric of
	// the time in a state, that state.
	State = attribute.Key(prefix + lifecycle.LogState)
	// Before is the state of a listing before an entry or an operation.
	Before = attribute.Key(prefix + "state.before")
	// Outcome is how a request ended: "succeeded", "failed" or "cancelled".
	Outcome = attribute.Key(prefix + "outcome")
	// Rules are the ids of the rules that a refused command breaks.
	Rules = attribute.Key(prefix + "rules")
	// Rule is the id of one of them.
	Rule = attribute.Key(prefix + "rule")
	// ErrorType is what kind of error there was; absent if there was none. It is the
	// attribute of OpenTelemetry's own conventions.
	ErrorType = attribute.Key("error.type")
)

// The metrics. Durations are in seconds.
const (
	operationDuration   = "shelflife.operation.duration"
	marketplaceDuration = "shelflife.marketplace.duration"
	transitions         = "shelflife.transitions"
	refusals            = "shelflife.refusals"
	requests            = "shelflife.requests"
	requestDuration     = "shelflife.request.duration"
	stateDuration       = "shelflife.state.duration"
)

const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
)

var (
	// callBuckets are for what a caller waits for. Await may take as long as a request.
	callBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, minute, 10 * minute, hour, day}
	// requestBuckets are for what the marketplace works on: from a minute to the 37
	// days of the longest review.
	requestBuckets = []float64{minute, 5 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, day, 2 * day, 4 * day, 7 * day, 14 * day, 21 * day, 30 * day, 37 * day}
	// stateBuckets are for how long a listing stays in a state: from minutes to years.
	stateBuckets = []float64{5 * minute, hour, 4 * hour, day, 2 * day, 7 * day, 14 * day, 37 * day, 90 * day, 180 * day, 365 * day, 730 * day}
)
