package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// maxAttempts bounds how many change sets a request may become when the
// marketplace itself fails.
const maxAttempts = 5

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
// [ErrAnswer] when the marketplace answers what cannot be, [ErrForgotten] when a
// person must look, and [ErrNotFound] only when the seller has no such listing.
func (m *Manager) Advance(ctx context.Context, id uuid.UUID) (p Progress, err error) {
	ctx, op := m.begin(ctx, "Advance", id, nil)
	defer op.end(&err)
	r, before, err := m.load(ctx, id)
	if err != nil {
		return Progress{}, err
	}
	for range saveAttempts {
		if r.Request == nil {
			return m.progress(r), nil
		}
		d := Decision{Record: r}
		err := m.pursue(ctx, &d)
		if errors.Is(err, ErrAnswer) && r.Request.unwanted() { // or it could be cancelled never
			m.log.WarnContext(ctx, "request given up", LogSeller, m.seller, LogListing, r.ID, LogCommand, r.Request.Kind, LogRequest, r.Request.Name, LogError, shortened(err.Error(), maxMessage))
			d = Decision{Record: r}
			err = m.endUnknown(&d, "the marketplace does not tell what came of the change set", err)
		}
		if err != nil {
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
	m.log.WarnContext(ctx, "look failed", LogSeller, m.seller, LogListing, r.ID, LogCommand, r.Request.Kind, LogRequest, r.Request.Name, LogPhase, r.Request.Phase, LogError, shortened(rule.Addresses(err.Error()), maxMessage))
	if errors.Is(err, ErrNotFound) && !errors.Is(err, ErrForgotten) {
		err = &unseenError{kind: ErrForgotten, cause: err}
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
	switch {
	case err == nil:
		return m.adopt(ctx, d, changeSet)
	case !errors.Is(err, ErrNotFound):
		return err
	case m.clock.Now().Sub(request.sendingSince()) >= retention:
		return m.forgotten(ctx, d, err) // it may have been taken, and have ended since
	}
	if d.Record.Published == nil {
		if done, err := m.recognise(ctx, d); done || err != nil {
			return err
		}
	}
	changeSet, err = m.market.Send(ctx, changeOf(d.Record))
	if err == nil {
		return d.step(Entry{Event: EventSent, ChangeSet: changeSet}, m.clock.Now())
	}
	var busy *BusyError
	if errors.As(err, &busy) && busy.Name == request.Name && busy.ChangeSet != "" {
		if _, err := judgedID("Send", busy.ChangeSet, nil); err != nil {
			return err
		}
		return m.adopt(ctx, d, busy.ChangeSet) // it is this very request, which Find does not show yet
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
		return m.adopt(ctx, d, changeSet)
	case !errors.Is(again, ErrNotFound):
		return again
	case refused:
		return d.end(Outcome{Result: Failed, Problems: rejection.Problems}, "", m.clock.Now())
	case heldUp:
		return d.end(Outcome{Result: Cancelled}, "", m.clock.Now())
	}
	// The record keeps the revisions that it has: the newest are somebody else's.
	problem := Problem{Code: "CHANGED_ELSEWHERE", Message: err.Error() + ": look at what was changed and reconcile, then decide again"}
	return d.end(Outcome{Result: Failed, Problems: []Problem{problem}}, "", m.clock.Now())
}

// adopt takes note of a change set of the request that was started before the
// answer was lost, with the marketplace's own instant.
func (m *Manager) adopt(ctx context.Context, d *Decision, changeSet string) error {
	status, err := m.market.Follow(ctx, changeSet)
	if errors.Is(err, ErrNotFound) && m.clock.Now().Sub(d.Record.Request.sendingSince()) >= retention {
		return m.forgotten(ctx, d, err)
	}
	if err != nil {
		return notYet(err)
	}
	return d.step(Entry{Event: EventSent, ChangeSet: changeSet, StartedAt: known(status.StartedAt)}, m.clock.Now())
}

func (m *Manager) follow(ctx context.Context, d *Decision) error {
	request := d.Record.Request
	status, err := m.market.Follow(ctx, request.ChangeSet)
	if errors.Is(err, ErrNotFound) && m.clock.Now().Sub(request.sendingSince()) >= retention {
		return m.forgotten(ctx, d, err)
	}
	if err != nil {
		return notYet(err)
	}
	outcome := Outcome{Problems: status.Problems, StartedAt: known(status.StartedAt), EndedAt: known(status.EndedAt)}
	outcome.Result = status.Result
	switch status.Result {
	case Pending:
		return m.cancel(ctx, d)
	case Succeeded:
		outcome.Entities, err = m.touched(ctx, d, status)
		if err != nil {
			return err
		}
	case Cancelled:
	case Failed:
		if status.Fault && !request.unwanted() && request.Attempt < maxAttempts {
			return d.sendAgain(m.clock.Now())
		}
	}
	return d.end(outcome, "", m.clock.Now())
}

// touched returns what a change set that succeeded has made of product and offer.
// What it touched must be above the revision that it was pinned to: else the
// marketplace still shows what was there before. A revision that may be somebody
// else's is not taken over; the one before it makes the next change fail as changed
// elsewhere. The same holds where nobody wants to wait for what is newer.
func (m *Manager) touched(ctx context.Context, d *Decision, status Status) (Entities, error) {
	was, is, changeSet := d.Record.Entities, status.Entities, d.Record.Request.ChangeSet
	flaws := status.touching(d.Record)
	if err := flaws.err("Follow"); err != nil {
		return Entities{}, err
	}
	switch old := was.Product != "" && (is.Product == was.Product && is.ProductRevision <= was.ProductRevision ||
		is.Offer == was.Offer && is.OfferRevision <= was.OfferRevision); {
	case old && d.Record.Request.unwanted():
		return Entities{}, nil
	case old:
		return Entities{}, fmt.Errorf("%w: change set %s has succeeded, but the marketplace still shows what was there before", ErrUnavailable, changeSet)
	}
	if !status.ChangedSince {
		return is, nil
	}
	newest := was.with(is)
	same, err := m.shows(ctx, d, &newest)
	switch {
	case err != nil && (ctx.Err() != nil || passing(err)):
		return Entities{}, err
	case same:
		return newest, nil
	}
	is.ProductRevision, is.OfferRevision = max(is.ProductRevision-1, 0), max(is.OfferRevision-1, 0)
	return is, nil
}

// cancel asks for a pending change set to be cancelled, if that is wanted. One that
// is pending for longer than the marketplace takes, and than it keeps what has ended,
// is given up.
func (m *Manager) cancel(ctx context.Context, d *Decision) error {
	request := d.Record.Request
	switch {
	case request.unwanted() && m.clock.Now().Sub(request.sendingSince()) >= retention:
		return m.endUnknown(d, "the marketplace has worked on the change set for 60 days", nil)
	case !request.Cancelling:
		return nil
	}
	err := m.market.Cancel(ctx, request.ChangeSet)
	if errors.Is(err, ErrTooLate) {
		return d.step(Entry{Event: EventCancelRefused}, m.clock.Now())
	}
	return notYet(err) // Follow has just shown it
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
