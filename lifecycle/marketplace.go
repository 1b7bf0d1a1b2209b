package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

var (
	// ErrBusy is a product or an offer that another change set holds; try later.
	ErrBusy = errors.New("held by another change set")
	// ErrThrottled is too many calls, or too many open change sets; try later.
	ErrThrottled = errors.New("throttled")
	// ErrUnavailable is no answer, or a fault on the other side; whether a call
	// took effect is not known. Try later.
	ErrUnavailable = errors.New("unavailable")
	// ErrDenied is a permission that the caller lacks.
	ErrDenied = errors.New("permission denied")
	// ErrStaleEntity is a product or an offer that was changed elsewhere since its
	// revision was read.
	ErrStaleEntity = errors.New("changed elsewhere")
	// ErrTooLate is a change set that can no longer be cancelled.
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

// Error lists the problems.
func (r *Rejection) Error() string {
	texts := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		texts[i] = p.String()
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
	return fmt.Sprintf("%s is held by change set %s (%q)%s: wait until it has ended, or cancel it", e.Entity, e.ChangeSet, e.Name, since)
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
// its cause returned. Package markettest has the suite that every marketplace
// must pass.
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
	// Phase says whether it has ended, and how.
	Phase StatusPhase
	// Fault reports, with PhaseFailed, that the marketplace itself failed and
	// the same change may be sent again as a new change set.
	Fault bool
	// Problems are the reasons of a failure.
	Problems []Problem
	// StartedAt and EndedAt are the marketplace's instants, in UTC; zero if it
	// gave none.
	StartedAt, EndedAt time.Time
	// Entities, with PhaseSucceeded, are the ids, revisions and delivery
	// options of everything that the change set touched.
	Entities Entities
}

// StatusPhase says whether a change set has ended, and how.
type StatusPhase string

const (
	// PhasePending change sets are queued, reviewed or being applied.
	PhasePending StatusPhase = "pending"
	// PhaseSucceeded change sets took effect.
	PhaseSucceeded StatusPhase = "succeeded"
	// PhaseFailed change sets took no effect.
	PhaseFailed StatusPhase = "failed"
	// PhaseCancelled change sets were cancelled and took no effect.
	PhaseCancelled StatusPhase = "cancelled"
)

// Resources describes SageMaker resources.
//
// For implementers: safe for concurrent use; errors match ErrNotFound when
// there is no such resource, ErrDenied when the caller may not see it, and
// ErrThrottled or ErrUnavailable where those fit.
type Resources interface {
	// Describe returns what SageMaker says of the resource.
	Describe(ctx context.Context, arn version.ARN) (Resource, error)
}

// Resource is what SageMaker says of a model package or algorithm.
type Resource struct {
	// Status is SageMaker's word; only ResourceCompleted can be listed.
	Status ResourceStatus
	// Certified reports that it was created with certification for the
	// marketplace.
	Certified bool
	// Batch, RealTime and Training are the instance types that it supports in
	// each mode, such as "ml.m5.large".
	Batch, RealTime, Training []string
	// InferenceImages are the ECR addresses of the images that serve it.
	InferenceImages []string
	// TrainingImage is the ECR address of an algorithm's training image.
	TrainingImage string
}

// ResourceStatus is the status of a SageMaker resource, in SageMaker's words.
type ResourceStatus string

const (
	// ResourceCompleted resources are ready.
	ResourceCompleted ResourceStatus = "Completed"
	// ResourceMissing is this library's word for a resource that does not
	// exist.
	ResourceMissing ResourceStatus = "missing"
	// ResourceDenied is this library's word for a resource that the caller may
	// not describe.
	ResourceDenied ResourceStatus = "denied"
)

// Assets fetches the files that a listing refers to: its logo and its EULA.
//
// For implementers: safe for concurrent use; errors match ErrNotFound when there
// is nothing at the address.
type Assets interface {
	// Fetch returns the file at an https address, or its first limit bytes.
	Fetch(ctx context.Context, url string, limit int64) ([]byte, error)
}

// Sellers tells what is known of a seller.
//
// For implementers: safe for concurrent use; what is not known is left
// [Unknown], and an error means that nothing is known.
type Sellers interface {
	// Profile returns what is known of the account as a seller.
	Profile(ctx context.Context, account listing.AccountID) (SellerProfile, error)
}

// SellerProfile is what is known of a seller. AWS has no documented call that
// answers these questions, so the profile is usually declared. It is itself a
// [Sellers] that says the same of every account.
type SellerProfile struct {
	// Registered: the account is registered as a marketplace seller.
	Registered Answer
	// ProfileComplete: the public seller profile is complete.
	ProfileComplete Answer
	// TaxAndBank: tax interview and bank forms are finished.
	TaxAndBank Answer
}

// Profile returns the profile itself.
func (p SellerProfile) Profile(context.Context, listing.AccountID) (SellerProfile, error) {
	return p, nil
}

// Answer is yes, no, or not known. The zero value is Unknown.
type Answer string

const (
	// Unknown is what nobody said.
	Unknown Answer = ""
	// Yes is that it is so.
	Yes Answer = "yes"
	// No is that it is not so.
	No Answer = "no"
)
