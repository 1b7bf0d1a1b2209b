package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
)

// maxAttempts bounds how many change sets a request may become when the
// marketplace itself fails.
const maxAttempts = 5

// retention is how long the marketplace knows a change set after its end, at the
// least.
const retention = 60 * 24 * time.Hour

// ErrForgotten is returned when the marketplace no longer knows the change set or
// the product of a listing, and what it has does not show what became of the
// request. A person must look at the portal.
var ErrForgotten = errors.New("forgotten by the marketplace")

// forgottenError is ErrForgotten with its cause. It hides that the cause matches
// ErrNotFound, which is what callers are told of listings that do not exist; what
// else the cause is, errors.As finds.
type forgottenError struct {
	advice string
	cause  error
}

func (e *forgottenError) Error() string {
	return fmt.Sprintf("%v%s: %v", ErrForgotten, e.advice, e.cause)
}

// Is reports whether target is ErrForgotten.
func (e *forgottenError) Is(target error) bool { return target == ErrForgotten }

// As finds what else the cause is.
func (e *forgottenError) As(target any) bool { return errors.As(e.cause, target) }

// Advance takes the request of a listing as far as it goes without waiting:
// it sends what was only written down, looks for what may have been sent, asks
// how a change set stands, and writes down the outcome. With nothing under way
// it does nothing.
//
// It may be called from anywhere, any number of times, by any number of
// processes at once, and after a crash at any instant: nothing is sent twice
// and no outcome is lost. How the request ended is in Progress.Record.Last.
//
// An error leaves the request as it is, to be advanced again later; Progress
// tells when. It returns errors that match [ErrBusy], [ErrThrottled],
// [ErrUnavailable] or [ErrDenied] when the marketplace or the store is the cause,
// [ErrForgotten] when a person must look, and [ErrNotFound] only when the seller
// has no such listing.
func (m *Manager) Advance(ctx context.Context, id uuid.UUID) (Progress, error) {
	r, before, err := m.load(ctx, id)
	if err != nil {
		return Progress{}, err
	}
	for range saveAttempts {
		if r.Request == nil {
			return m.progress(r), nil
		}
		d := Decision{Record: r}
		if err := m.pursue(ctx, &d); err != nil {
			return m.progress(r), m.failedLook(ctx, r, err)
		}
		if len(d.Entries) == 0 {
			return m.progress(r), nil
		}
		after, err := m.save(ctx, before, d, 0)
		if errors.Is(err, ErrExists) { // another listing came to have the product meanwhile
			d, err = m.productTaken(r, err)
			if err == nil {
				after, err = m.save(ctx, before, d, 0)
			}
		}
		switch {
		case err == nil:
			r, before = d.Record, after
		case !errors.Is(err, ErrStale):
			return m.progress(r), err
		default: // another process was faster: go on from where it got to
			if r, before, err = m.load(ctx, id); err != nil {
				return Progress{}, err
			}
		}
	}
	return m.progress(r), nil
}

// failedLook logs a look at the marketplace that failed and returns the error
// with what it is about. ErrNotFound is what Advance returns for a listing that
// does not exist: what the marketplace does not find is another matter.
func (m *Manager) failedLook(ctx context.Context, r Record, err error) error {
	m.log.WarnContext(ctx, "look failed", "id", r.ID, "request", r.Request.Kind, "phase", r.Request.Phase, "error", err)
	if errors.Is(err, ErrNotFound) && !errors.Is(err, ErrForgotten) {
		err = &forgottenError{cause: err}
	}
	return fmt.Errorf("listing %s: %s: %w", r.ID, r.Request.Kind, err)
}

// productTaken ends a request whose product another listing of the seller came to
// have, by Adopt for example: it can have one record only.
func (m *Manager) productTaken(r Record, cause error) (Decision, error) {
	d := Decision{Record: r}
	problem := Problem{Code: "PRODUCT_TAKEN", Message: cause.Error()}
	return d, d.end(Outcome{Result: Failed, Problems: []Problem{problem}}, "", m.clock.Now())
}

// AwaitOption changes one call of [Manager.Await].
type AwaitOption func(*awaiting)

type awaiting struct {
	progress func(Progress, error)
}

// OnProgress makes Await call f after each look, with the error of a look that
// failed. f is called in the goroutine of Await.
func OnProgress(f func(p Progress, err error)) AwaitOption {
	return func(a *awaiting) { a.progress = f }
}

// Await advances the listing until its request has ended, and returns the record
// as it is then. It waits between one look and the next: a quarter of the
// request's age, at least 30 seconds and at most an hour.
//
// It returns nil when the request succeeded, and a [*RequestError] when it failed
// or was cancelled. That is the request which was under way when Await began, even
// if others came after it; without one it is the latest, if there ever was one.
// Faults that may pass, those that match [ErrBusy], [ErrThrottled] or
// [ErrUnavailable], are waited out; any other error of [Manager.Advance] ends it,
// and so does the end of ctx, whose cause is joined with the last fault.
func (m *Manager) Await(ctx context.Context, id uuid.UUID, options ...AwaitOption) (Record, error) {
	a := awaiting{progress: func(Progress, error) {}}
	for i, option := range options {
		if option == nil {
			return Record{}, fmt.Errorf("%w: option %d is nil: leave it out", ErrConfig, i)
		}
		option(&a)
	}
	var awaited int64 // the revision of the request
	first, _, err := m.load(ctx, id)
	for ; err != nil && passing(err) && ctx.Err() == nil; first, _, err = m.load(ctx, id) {
		a.progress(Progress{}, err)
		if ended := m.clock.Sleep(ctx, shortestWait); ended != nil {
			return Record{}, errors.Join(ended, err)
		}
	}
	if err != nil {
		return Record{}, err
	}
	if first.Request != nil {
		awaited = first.Request.Revision
	} else if first.Last != nil {
		awaited = first.Last.Request
	}
	r := first
	for {
		p, err := m.Advance(ctx, id)
		if p.Record.Revision > 0 {
			r = p.Record
		}
		a.progress(p, err)
		switch {
		case err != nil && !passing(err):
			return r, err
		case err == nil && (r.Request == nil || r.Request.Revision != awaited):
			return m.outcome(ctx, r, awaited)
		}
		if ended := m.clock.Sleep(ctx, max(p.Wait, shortestWait)); ended != nil {
			return r, errors.Join(ended, err)
		}
	}
}

func passing(err error) bool {
	return errors.Is(err, ErrBusy) || errors.Is(err, ErrThrottled) || errors.Is(err, ErrUnavailable)
}

// outcome returns the record, and how the request ended that was written down at
// the revision.
func (m *Manager) outcome(ctx context.Context, r Record, awaited int64) (Record, error) {
	last := r.Last
	if last != nil && last.Request != awaited { // others came after it
		for e, err := range m.Journal(ctx, r.ID) {
			if err != nil {
				return r, err
			}
			if e.Outcome != nil && e.Outcome.Request == awaited {
				last = e.Outcome
			}
		}
	}
	if last == nil || last.Result == Succeeded {
		return r, nil
	}
	return r, &RequestError{Listing: r.ID, Outcome: *last}
}

// pursue adds the next step of the request to d, or nothing while there is
// nothing to do but wait.
func (m *Manager) pursue(ctx context.Context, d *Decision) error {
	switch request := d.Record.Request; {
	case request.Phase == Recorded && request.Cancelling:
		return d.end(Outcome{Result: Cancelled}, "", m.clock.Now())
	case request.Phase == Recorded:
		return d.step(Entry{Event: EventSending}, m.clock.Now())
	case request.Phase == Sending:
		return m.send(ctx, d)
	case request.Phase == Following:
		return m.follow(ctx, d)
	default:
		return fmt.Errorf("%w: the request has the unknown phase %q", ErrJournal, request.Phase)
	}
}

// send sends the request, unless it finds that this was done already. Only
// then is its change set known.
func (m *Manager) send(ctx context.Context, d *Decision) error {
	request := d.Record.Request
	changeSet, err := m.market.Find(ctx, request.Name)
	if errors.Is(err, ErrNotFound) && m.clock.Now().Sub(request.sendingSince()) >= retention {
		return m.forgotten(ctx, d, err) // it may have been taken, and have ended since
	}
	if errors.Is(err, ErrNotFound) {
		changeSet, err = m.market.Send(ctx, changeOf(d.Record))
	}
	if err == nil {
		return d.step(Entry{Event: EventSent, ChangeSet: changeSet}, m.clock.Now())
	}
	var rejection *Rejection
	refused := errors.As(err, &rejection)
	heldUp := request.Cancelling && errors.Is(err, ErrBusy)
	if !refused && !heldUp && !errors.Is(err, ErrStaleEntity) {
		return err
	}
	// A refusal may be due to this very request, sent by another process in
	// the meantime. Only when it is not to be found does the refusal stand.
	switch changeSet, again := m.market.Find(ctx, request.Name); {
	case again == nil:
		return d.step(Entry{Event: EventSent, ChangeSet: changeSet}, m.clock.Now())
	case !errors.Is(again, ErrNotFound):
		return again
	case refused:
		return d.end(Outcome{Result: Failed, Problems: rejection.Problems}, "", m.clock.Now())
	case heldUp:
		return d.end(Outcome{Result: Cancelled}, "", m.clock.Now())
	}
	return m.endStale(ctx, d, err)
}

// endStale ends a request that was decided on something older than what the
// marketplace has, and takes note of what it has now.
func (m *Manager) endStale(ctx context.Context, d *Decision, cause error) error {
	entities, err := m.market.Identify(ctx, d.Record.Entities)
	if err != nil {
		return err
	}
	problem := Problem{Code: "CHANGED_ELSEWHERE", Message: cause.Error() + ": look at what was changed, then decide again"}
	return d.end(Outcome{Result: Failed, Problems: []Problem{problem}, Entities: entities}, "", m.clock.Now())
}

func (m *Manager) follow(ctx context.Context, d *Decision) error {
	request := d.Record.Request
	status, err := m.market.Follow(ctx, request.ChangeSet)
	if errors.Is(err, ErrNotFound) {
		return m.forgotten(ctx, d, err)
	}
	if err != nil {
		return err
	}
	outcome := Outcome{Problems: status.Problems, StartedAt: known(status.StartedAt), EndedAt: known(status.EndedAt)}
	outcome.Result = status.Result
	switch status.Result {
	case Pending:
		return m.cancel(ctx, d)
	case Succeeded:
		outcome.Entities = status.Entities
		if known := d.Record.Entities.with(status.Entities); known.Product == "" || known.Offer == "" {
			return fmt.Errorf("change set %s has succeeded with the product %q and the offer %q", request.ChangeSet, known.Product, known.Offer)
		}
	case Cancelled:
	case Failed:
		if status.Fault && !request.Cancelling && request.Attempt < maxAttempts {
			return d.sendAgain(m.clock.Now())
		}
	default:
		return fmt.Errorf("change set %s has the unknown result %q", request.ChangeSet, status.Result)
	}
	return d.end(outcome, "", m.clock.Now())
}

// forgotten concludes, from what the marketplace has, what came of a change set
// that it no longer knows. Where that does not show, a person must look.
func (m *Manager) forgotten(ctx context.Context, d *Decision, cause error) error {
	before, after := d.Record, *d
	if err := after.end(Outcome{Result: Succeeded}, "", m.clock.Now()); err != nil {
		return err
	}
	if before.Published == nil {
		entities, err := m.market.Trace(ctx, changeOf(before))
		switch {
		case err == nil && (entities.Product == "" || entities.Offer == ""):
			return fmt.Errorf("tracing %q gave the product %q and the offer %q", before.Request.Name, entities.Product, entities.Offer)
		case err == nil:
			return d.end(Outcome{Result: Succeeded, Entities: entities}, "", m.clock.Now())
		case !errors.Is(err, ErrNotFound) && !errors.Is(err, errors.ErrUnsupported):
			return err
		}
	} else {
		s, err := m.market.Read(ctx, before.Entities.Product)
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		outcome := Outcome{Entities: s.Entities}
		done, undone := err == nil && agrees(after.Record, before, s, m.clock.Now()), err == nil && agrees(before, after.Record, s, m.clock.Now())
		switch { // another logo, for one, cannot be told from the marketplace's own copy
		case done && !undone:
			outcome.Result = Succeeded
			return d.end(outcome, "", m.clock.Now())
		case undone && !done:
			outcome.Result = Failed
			outcome.Problems = []Problem{{Code: "FORGOTTEN", Message: "the marketplace knows no such change set, or none any more, and has what it had before"}}
			return d.end(outcome, "", m.clock.Now())
		}
	}
	if d.Record.Request.Cancelling {
		return m.endUnknown(ctx, d)
	}
	return &forgottenError{advice: ": look at AWS Partner Central (formerly the AWS Marketplace Management Portal) for what became of it, then cancel the request to go on", cause: cause}
}

// agrees reports whether the marketplace has what the record says and not what the
// other one says, but for revisions, and for Regions, which no change set can
// change. Drift takes accounts beside the record's for the marketplace's own;
// those of the other record are not.
func agrees(r, other Record, s Snapshot, at time.Time) bool {
	r.Entities, s.Regions = s.Entities, nil
	d, err := Compare(r, s, at)
	return err == nil && len(d.Differences) == 0 && !slices.ContainsFunc(s.Content.AllowList, func(a listing.AccountID) bool {
		return slices.Contains(other.Published.AllowList, a) && !slices.Contains(r.Published.AllowList, a)
	})
}

// endUnknown gives up on a change set that the marketplace has forgotten, so
// that the listing can be worked on again.
func (m *Manager) endUnknown(ctx context.Context, d *Decision) error {
	var entities Entities
	if d.Record.Entities.Product != "" {
		var err error
		if entities, err = m.market.Identify(ctx, d.Record.Entities); err != nil {
			return err
		}
	}
	problem := Problem{Code: outcomeUnknown, Message: "the marketplace has forgotten the change set: look at AWS Partner Central (formerly the AWS Marketplace Management Portal) for what came of it"}
	return d.end(Outcome{Result: Failed, Problems: []Problem{problem}, Entities: entities}, "", m.clock.Now())
}

// cancel asks for a pending change set to be cancelled, if that is wanted.
func (m *Manager) cancel(ctx context.Context, d *Decision) error {
	request := d.Record.Request
	if !request.Cancelling {
		return nil
	}
	err := m.market.Cancel(ctx, request.ChangeSet)
	if errors.Is(err, ErrTooLate) {
		return d.step(Entry{Event: EventCancelRefused}, m.clock.Now())
	}
	return err
}

func changeOf(r Record) Change {
	c := Change{
		Name: r.Request.Name, Token: r.Request.Token, Listing: r.ID, Kind: r.Request.Kind,
		Entities: r.Entities, Before: r.Published, After: r.with(r.Request.Delta),
	}
	if r.Request.Removal != nil {
		c.Replacement = r.Request.Removal.Replacement
	}
	return c
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = instant(t)
	return &t
}

func (m *Manager) progress(r Record) Progress { return ProgressOf(r, m.clock.Now()) }
