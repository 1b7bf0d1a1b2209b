package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/document"
)

var (
	// ErrBusy is returned when another change set holds the product or the offer.
	// Try later.
	ErrBusy = errors.New("held by another change set")
	// ErrThrottled is returned for too many calls, or too many open change sets.
	// Try later.
	ErrThrottled = errors.New("throttled")
	// ErrLimit is returned for too many open change sets: none can be started
	// until one has ended, but those that there are can be followed. It matches
	// ErrThrottled.
	ErrLimit = fmt.Errorf("%w: too many open change sets", ErrThrottled)
	// ErrUnavailable is returned when there is no answer, or a fault on the other
	// side; whether a call took effect is not known. Try later.
	ErrUnavailable = errors.New("unavailable")
	// ErrDenied is returned when the caller lacks a permission, and where neither
	// ErrCredentials nor ErrNotVerified says more: attach the policy.
	ErrDenied = errors.New("permission denied")
	// ErrCredentials is returned when the credentials are wrong, have expired or
	// cannot be had: give others. It matches ErrDenied.
	ErrCredentials = fmt.Errorf("%w: the credentials are missing, wrong or expired", ErrDenied)
	// ErrNotVerified is returned when the marketplace has not verified the seller
	// (KYC): complete the verification. It matches ErrDenied.
	ErrNotVerified = fmt.Errorf("%w: the seller is not verified", ErrDenied)
	// ErrStaleEntity is returned when a product or an offer was changed elsewhere
	// since its revision was read.
	ErrStaleEntity = errors.New("changed elsewhere")
	// ErrTooLate is returned when a change set can no longer be cancelled.
	ErrTooLate = errors.New("too late to cancel")
)

// Rejection is a request that the marketplace refused at once: nothing was
// queued, nothing changed.
type Rejection struct {
	// Problems are the marketplace's reasons, at least one.
	Problems []Problem
	// Cause is the error underneath, or nil.
	Cause error
}

// Error lists the problems, as many and as much of them as is kept.
func (r *Rejection) Error() string {
	var texts []string
	for _, p := range bounded(r.Problems) {
		texts = append(texts, p.String())
	}
	return "the marketplace refused the request: " + strings.Join(texts, "; ")
}

// Unwrap returns the cause.
func (r *Rejection) Unwrap() error { return r.Cause }

// BusyError is ErrBusy with what is known of the change set that holds the
// product or the offer. It matches [ErrBusy] and its cause.
type BusyError struct {
	// Entity is the id of the product or the offer.
	Entity string
	// ChangeSet and Name are the holder's.
	ChangeSet, Name string
	// Since is when the holder started, in UTC; zero if that is not known.
	Since time.Time
	// Cause is the error underneath, or nil.
	Cause error
}

// Error names what is held, by what and since when.
func (e *BusyError) Error() string {
	since := ""
	if !e.Since.IsZero() {
		since = " since " + e.Since.Format(time.RFC3339)
	}
	return document.Printable(fmt.Sprintf("%s is held by change set %s (%q)%s: wait until it has ended, or cancel it",
		document.Cut(e.Entity, 255), document.Cut(e.ChangeSet, 255), document.Cut(e.Name, 255), since))
}

// Unwrap returns ErrBusy and the cause.
func (e *BusyError) Unwrap() []error { return []error{ErrBusy, e.Cause} }

// Marketplace carries out changes of one seller's listings.
//
// For implementers. Every method may be called from many goroutines at once.
// Errors match ErrThrottled, ErrUnavailable or ErrDenied where those describe
// them, and wrap their cause; an error that matches none of this package's
// leaves the request as it is, to be tried again. Do not retry inside: the
// caller does, with a clock of its own. A context that has ended is obeyed, and
// its error or cause returned. Answers are judged before they are believed: an id is a
// text of at most 255 bytes that can be seen, revisions begin at 1, names are those of
// the listing; what cannot be is [ErrAnswer] to the caller. Send, Find, Follow, Cancel and Identify are what
// publishing needs. Of the others, those that an implementation cannot do return
// an error that matches [errors.ErrUnsupported]: embed [Unsupported] for them.
// Package markettest has the suite that every marketplace must pass.
type Marketplace interface {
	// Send asks for the change in one change set, under its name and token,
	// and returns the change set's id. Sending the same change twice, in
	// sequence or at once, has the effect of sending it once.
	//
	// It returns a [*Rejection] when the change was refused at once, and
	// errors that match ErrBusy when the product or the offer is locked, best a
	// [*BusyError], and ErrStaleEntity when a revision in c.Entities is not the newest.
	Send(ctx context.Context, c Change) (changeSet string, err error)

	// Find returns the id of the newest change set with the name, whatever
	// its status, or an error that matches ErrNotFound. A change set that
	// Send has returned an id for is found from then on.
	Find(ctx context.Context, name string) (changeSet string, err error)

	// Follow reports how the change set stands. It returns an error that
	// matches ErrNotFound when there is no such change set, or none any more.
	Follow(ctx context.Context, changeSet string) (Status, error)

	// Cancel asks for the change set to be cancelled; Follow tells whether it
	// was. It returns an error that matches ErrTooLate when it can no longer
	// be cancelled and ErrNotFound when there is none.
	Cancel(ctx context.Context, changeSet string) error

	// Identify reads the current revisions and delivery options of the product
	// and the offer that known names. Empty ids are left alone. It returns an
	// error that matches ErrNotFound when one does not exist.
	Identify(ctx context.Context, known Entities) (Entities, error)

	// Plan returns the one change set that Send would start, always the same for
	// the same change. It does no I/O. It returns a [*Rejection] when there is no
	// request for what is asked. Types, entities, names and identifiers are of at most
	// 255 printable ASCII characters, and each document is a JSON object.
	Plan(c Change) (PlannedChangeSet, error)

	// Validate does what Send does, with the same errors, except that the change
	// set ends without effect: Follow then says whether the change would have
	// been made. It returns an error that matches [errors.ErrUnsupported] for a
	// change that the marketplace cannot validate.
	Validate(ctx context.Context, c Change) (changeSet string, err error)

	// Read returns what the marketplace has of the product and of its public
	// offer. Its errors are those of Identify.
	Read(ctx context.Context, product string) (Snapshot, error)

	// Pending returns ids of change sets of the account that have not ended,
	// a page at a time: page is empty at first and then the next that the call
	// before returned, until that is empty. Its errors are those of Find.
	//
	// For implementers: an id that is missing costs a call more; one that has
	// just ended is noticed by the next sweep. Neither does any harm.
	Pending(ctx context.Context, page string) (changeSets []string, next string, err error)

	// Trace returns the product that was made for the listing of the change, with
	// its offer, by a mark that Send left on them: whatever change set of the
	// listing made it, and whatever it contains. It returns an error that matches
	// ErrNotFound when it finds none, which does not prove that there is none.
	Trace(ctx context.Context, c Change) (Traced, error)
}

// Unsupported is the part of a [Marketplace] that publishing can do without.
// Embed it in an implementation that lacks some of it: every method returns an
// error that matches [errors.ErrUnsupported]. The zero value is ready for use,
// and safe for concurrent use.
type Unsupported struct{}

// Plan returns errors.ErrUnsupported.
func (Unsupported) Plan(Change) (PlannedChangeSet, error) {
	return PlannedChangeSet{}, unsupported("planning")
}

// Validate returns errors.ErrUnsupported.
func (Unsupported) Validate(context.Context, Change) (string, error) {
	return "", unsupported("validating")
}

// Read returns errors.ErrUnsupported.
func (Unsupported) Read(context.Context, string) (Snapshot, error) {
	return Snapshot{}, unsupported("reading")
}

// Pending returns errors.ErrUnsupported.
func (Unsupported) Pending(context.Context, string) ([]string, string, error) {
	return nil, "", unsupported("listing what is pending")
}

// Trace returns errors.ErrUnsupported.
func (Unsupported) Trace(context.Context, Change) (Traced, error) {
	return Traced{}, unsupported("tracing")
}

func unsupported(what string) error {
	return fmt.Errorf("%s: %w by this marketplace", what, errors.ErrUnsupported)
}

// Change is what the marketplace is asked to do.
type Change struct {
	// Name names the change set.
	Name string
	// Token makes sending it again harmless.
	Token uuid.UUID
	// Listing is the listing's id: a mark for people and policies to see.
	Listing uuid.UUID
	// Kind is the command behind it: EventSubmit, EventSignOff,
	// EventUnpublish, or one of the updates.
	Kind Event
	// Entities are the marketplace's names so far; zero before the first
	// submission succeeded.
	Entities Entities
	// Before is what the marketplace has; nil before the first submission
	// succeeded.
	Before *Content
	// After is what it shall have. Except for EventSignOff of a public listing
	// and EventUnpublish, which change its visibility, the difference from
	// Before is the whole change.
	After Content
	// Replacement is the product id of the listing that takes the place of an
	// unpublished one; empty for none.
	Replacement string
}

// Status is how a change set stands.
type Status struct {
	// Result says how it ended; the zero value is [Pending].
	Result Result
	// Fault reports, with Failed, that the marketplace itself failed and the same
	// change may be sent again as a new change set.
	Fault bool
	// Problems are the reasons of a failure: of more than 50, and of long texts, a
	// part is kept.
	Problems []Problem
	// StartedAt and EndedAt are the marketplace's instants, in UTC; zero if it
	// gave none, or one that cannot be.
	StartedAt, EndedAt time.Time
	// Entities, with Succeeded, are the ids, revisions and delivery options of
	// everything that the change set touched. Their revisions are above those that
	// the change was pinned to: while the marketplace still shows what was there
	// before, Follow returns an error that matches ErrUnavailable, or the manager
	// asks again.
	Entities Entities
	// ChangedSince reports, with Succeeded, that product or offer may have been
	// changed again after the end of the change set, so that the revisions in
	// Entities may be somebody else's.
	ChangedSince bool
}

// Traced is a product that was made for a listing.
type Traced struct {
	// Entities name the product and its public offer; the offer is empty if there
	// is none.
	Entities
	// Token is that of the change that made them; the zero value if it is not
	// known.
	Token uuid.UUID
}
