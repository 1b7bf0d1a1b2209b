package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// maxAttempts bounds how many change sets a request may become when the
// marketplace itself fails.
const maxAttempts = 5

// retention is how long the marketplace knows a change set after its end, at the
// least.
const retention = 60 * 24 * time.Hour

// Progress is what [Manager.Advance] found.
type Progress struct {
	// Record is the record as it stands now.
	Record Record
	// Wait is how long to wait before asking again is worth it; 0 when nothing
	// is under way.
	Wait time.Duration
	// Overdue reports a request that takes longer than its kind usually does.
	// It is not a failure.
	Overdue bool
}

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
// tells when. It matches [ErrBusy], [ErrThrottled], [ErrUnavailable] or [ErrDenied]
// when the marketplace is the cause, and [ErrNotFound] when the seller has no
// such listing, or the marketplace no longer knows the change set and what it
// has does not show what came of it.
func (m *Manager) Advance(ctx context.Context, id uuid.UUID) (Progress, error) {
	r, err := m.store.Load(ctx, m.key(id))
	if err != nil {
		return Progress{}, err
	}
	for range saveAttempts {
		if r.Request == nil {
			return Progress{Record: r}, nil
		}
		d := Decision{Record: r}
		if err := m.pursue(ctx, &d); err != nil {
			return m.progress(r), fmt.Errorf("listing %s: %s: %w", id, r.Request.Kind, err)
		}
		if len(d.Entries) == 0 {
			return m.progress(r), nil
		}
		switch err := m.save(ctx, d); {
		case err == nil:
			r = d.Record
		case !errors.Is(err, ErrStale):
			return m.progress(r), err
		default: // another process was faster: go on from where it got to
			if r, err = m.store.Load(ctx, m.key(id)); err != nil {
				return Progress{}, err
			}
		}
	}
	return m.progress(r), nil
}

// Await advances the listing until nothing is under way, waiting between one
// look and the next as its clock has it. It returns nil when the latest request
// succeeded, or none was ever made, and a [*RequestError] when it failed or was
// cancelled. Passing faults of the marketplace are waited out; any other error
// of [Manager.Advance] ends it, and so does the end of ctx.
func (m *Manager) Await(ctx context.Context, id uuid.UUID) (Record, error) {
	for {
		p, err := m.Advance(ctx, id)
		switch {
		case err != nil && !passing(err):
			return p.Record, err
		case err == nil && p.Wait == 0:
			return p.Record, outcomeError(p.Record)
		}
		if err := m.clock.Sleep(ctx, max(p.Wait, shortestWait)); err != nil {
			return p.Record, err
		}
	}
}

func passing(err error) bool {
	return errors.Is(err, ErrBusy) || errors.Is(err, ErrThrottled) || errors.Is(err, ErrUnavailable)
}

func outcomeError(r Record) error {
	if r.Last == nil || r.Last.Result == Succeeded {
		return nil
	}
	return &RequestError{Listing: r.ID, Outcome: *r.Last}
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
	switch status.Phase {
	case PhasePending:
		return m.cancel(ctx, d)
	case PhaseSucceeded:
		outcome.Result, outcome.Entities = Succeeded, status.Entities
	case PhaseCancelled:
		outcome.Result = Cancelled
	case PhaseFailed:
		if status.Fault && !request.Cancelling && request.Attempt < maxAttempts {
			return d.sendAgain(m.clock.Now())
		}
		outcome.Result = Failed
	default:
		return fmt.Errorf("change set %s has the unknown phase %q", request.ChangeSet, status.Phase)
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
	if tracer, ok := m.market.(Tracer); ok && before.Published == nil {
		entities, err := tracer.Trace(ctx, changeOf(before))
		switch {
		case err == nil && (entities.Product == "" || entities.Offer == ""):
			return fmt.Errorf("tracing %q gave the product %q and the offer %q", before.Request.Name, entities.Product, entities.Offer)
		case err == nil:
			return d.end(Outcome{Result: Succeeded, Entities: entities}, "", m.clock.Now())
		case !errors.Is(err, ErrNotFound):
			return err
		}
	}
	if reader, ok := m.market.(Reader); ok && before.Published != nil {
		h, err := reader.Read(ctx, before.Entities.Product)
		if err != nil {
			return err
		}
		outcome := Outcome{Entities: h.Entities}
		done, undone := agrees(after.Record, before, h), agrees(before, after.Record, h)
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
	return fmt.Errorf("%w: look at the portal for what came of it, then cancel the request to go on", cause)
}

// agrees reports that the marketplace has what the record says and not what the
// other one says, but for revisions, and for Regions, which no change set can
// change. Drift takes accounts beside the record's for the marketplace's own;
// those of the other record are not.
func agrees(r, other Record, h Holding) bool {
	r.Entities, h.Regions = h.Entities, nil
	d, err := DriftOf(r, h)
	return err == nil && len(d.Differences) == 0 && !slices.ContainsFunc(h.Content.AllowList, func(a listing.AccountID) bool {
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
	problem := Problem{Code: outcomeUnknown, Message: "the marketplace has forgotten the change set: look at the portal for what came of it"}
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

// sendAgain turns the request into a new change set, with a name and a token
// of its own, so that the failed one is not mistaken for it.
func (d *Decision) sendAgain(at time.Time) error {
	request := *d.Record.Request
	request.Phase, request.Attempt = Recorded, request.Attempt+1
	request.ChangeSet, request.SendingAt, request.SentAt = "", nil, nil
	if err := request.identify(d.Record.ID, d.Record.Revision+1); err != nil {
		return err
	}
	return d.step(Entry{Event: EventSendAgain, Request: &request}, at)
}

func changeOf(r Record) Change {
	c := Change{
		Name: r.Request.Name, Token: r.Request.Token, Listing: r.ID, Kind: r.Request.Kind,
		Entities: r.Entities, Before: r.Published, After: r.Request.Target,
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

func (m *Manager) progress(r Record) Progress {
	if r.Request == nil {
		return Progress{Record: r}
	}
	now := m.clock.Now()
	return Progress{Record: r, Wait: nextLook(now.Sub(r.Request.RecordedAt)), Overdue: len(r.Overdue(now).Advice) > 0}
}

const shortestWait = 30 * time.Second

// nextLook waits a quarter of the age so far, so that a request that takes an
// hour is seen within minutes of its end and one that takes weeks costs few
// calls.
func nextLook(age time.Duration) time.Duration {
	return min(max(age/4, shortestWait), time.Hour).Truncate(time.Second)
}

// Overdue returns advice when the request under way takes longer than its kind
// usually does: 6 hours, or 37 days where people review it. It is never a
// failure. It is pure.
func (r Record) Overdue(at time.Time) rule.Findings {
	return rule.Run(r, []rule.Check[Record]{{Rule: RuleTakesAboutAnHour, Find: func(r Record, report *rule.Report) {
		if r.Request == nil {
			return
		}
		if age := at.Sub(r.Request.RecordedAt); age > r.usual() {
			report.Broken("", "the request to %s is under way for %s", r.Request.Kind, age.Truncate(time.Minute))
		}
	}}})
}

// usual is how long the request under way takes at the most, when all is well.
func (r Record) usual() time.Duration {
	if r.reviewed() {
		return 37 * 24 * time.Hour
	}
	return 6 * time.Hour
}

// reviewed reports that people look at the request under way.
func (r Record) reviewed() bool {
	opens := r.Request.Kind == EventSignOff && !isPrivate(r.Draft)
	return opens || r.Request.Kind == EventUnpublish
}
