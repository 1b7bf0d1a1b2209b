package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shelflife-go/shelflife/listing"
)

// ErrForgotten is returned when the marketplace no longer knows the change set or
// the product of a listing, and what it has does not show what became of the
// request. A person must look at the portal, AWS Partner Central.
var ErrForgotten = errors.New("forgotten by the marketplace")

// unseenError is what is made of an error that matches ErrNotFound, which callers
// are told of listings that do not exist only. It matches kind instead; what else
// the cause is, errors.As finds.
type unseenError struct {
	kind   error
	advice string
	cause  error
}

func (e *unseenError) Error() string { return fmt.Sprintf("%v%s: %v", e.kind, e.advice, e.cause) }

// Is reports whether target is the kind of the error.
func (e *unseenError) Is(target error) bool { return target == e.kind }

// As finds what else the cause is.
func (e *unseenError) As(target any) bool { return errors.As(e.cause, target) }

// notYet returns the error for what the marketplace must have and does not show:
// it is asked again.
func notYet(cause error) error {
	if !errors.Is(cause, ErrNotFound) {
		return cause
	}
	return &unseenError{kind: ErrUnavailable, advice: ": the marketplace does not show it yet", cause: cause}
}

// forgotten concludes, from what the marketplace has, what came of a change set
// that it no longer knows. Where that does not show, a person must look; if the
// request is unwanted, it ends all the same.
func (m *Manager) forgotten(ctx context.Context, d *Decision, cause error) error {
	concluded, err := m.conclude(ctx, d)
	switch {
	case concluded:
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case d.Record.Request.unwanted():
		return m.endUnknown(d, "the marketplace has forgotten the change set", err)
	case errors.Is(err, ErrAnswer):
		return fmt.Errorf("%w: look at AWS Partner Central for what became of it: %w", ErrForgotten, err)
	case err != nil:
		return err
	}
	return &unseenError{kind: ErrForgotten, advice: ": look at AWS Partner Central (formerly the AWS Marketplace Management Portal) for what became of it, then cancel the request to go on", cause: cause}
}

// conclude ends the request if what the marketplace has shows how it ended, and
// reports whether it does.
func (m *Manager) conclude(ctx context.Context, d *Decision) (bool, error) {
	if d.Record.Published == nil {
		return m.concludeFirst(ctx, d)
	}
	s, err := m.market.Read(ctx, d.Record.Entities.Product)
	if errors.Is(err, errors.ErrUnsupported) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	after, err := m.succeeded(*d)
	if err != nil {
		return false, err
	}
	var f flaws
	if f.of("entities", s.Entities, d.Record); len(f.all) > 0 {
		return false, f.err("Read")
	}
	outcome := Outcome{Entities: s.Entities}
	if is, was := s.Entities, d.Record.Entities; is.ProductRevision < was.ProductRevision || is.OfferRevision < was.OfferRevision {
		outcome.Entities = Entities{} // the marketplace shows what was there before
	}
	switch done, undone := agrees(after, d.Record, s, m.clock.Now()), agrees(d.Record, after, s, m.clock.Now()); {
	case done && !undone: // another logo, for one, cannot be told from the marketplace's own copy
		outcome.Result = Succeeded
	case undone && !done:
		outcome.Result = Failed
		outcome.Problems = []Problem{{Code: "FORGOTTEN", Message: "the marketplace knows no such change set, or none any more, and has what it had before"}}
	default:
		return false, nil
	}
	return true, d.end(outcome, "", m.clock.Now())
}

// concludeFirst looks for what a first submission has made, by the mark of the
// listing.
func (m *Manager) concludeFirst(ctx context.Context, d *Decision) (bool, error) {
	change := changeOf(d.Record)
	traced, found, err := m.trace(ctx, change)
	switch {
	case err != nil || !found:
		return false, err
	case traced.Offer == "":
		return false, fmt.Errorf("tracing %q: %w: offer is empty, and the change set has succeeded", change.Name, ErrAnswer)
	}
	if traced.Token != change.Token {
		same, err := m.shows(ctx, d, &traced.Entities)
		if err != nil || !same {
			return false, err
		}
	}
	return true, d.end(Outcome{Result: Succeeded, Entities: traced.Entities}, "", m.clock.Now())
}

// recognise looks, before a first submission makes anything, for a product that
// carries the mark of the listing already: from before the store was restored from a
// backup, for one, or left by a change set that the marketplace itself failed. It
// ends the request if there is one, and reports whether it did.
func (m *Manager) recognise(ctx context.Context, d *Decision) (bool, error) {
	change := changeOf(d.Record)
	traced, found, err := m.trace(ctx, change)
	if err != nil || !found {
		return false, err
	}
	if traced.Token == change.Token && d.Record.Request.Phase == Sending {
		// It is what this request has made: its change set is not listed yet.
		return true, &unseenError{kind: ErrUnavailable, advice: ": " + traced.Product + " is made already", cause: ErrNotFound}
	}
	if traced.Offer != "" {
		switch same, err := m.shows(ctx, d, &traced.Entities); {
		case err != nil:
			return false, err
		case same:
			return true, d.end(Outcome{Result: Succeeded, Entities: traced.Entities}, "", m.clock.Now())
		}
	}
	return true, d.end(Outcome{Result: Failed, Problems: []Problem{{Code: "PRODUCT_EXISTS", Message: fmt.Sprintf(
		"product %q was made for this listing before, and is not what was submitted: read it and reconcile, or take its tags away in AWS Partner Central; no second product was made", traced.Product)}}},
		"", m.clock.Now())
}

// trace looks for what carries the mark of the listing, and reports whether there is
// something.
func (m *Manager) trace(ctx context.Context, change Change) (traced Traced, found bool, err error) {
	traced, err = m.market.Trace(ctx, change)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, errors.ErrUnsupported):
		return Traced{}, false, nil
	case err != nil:
		return Traced{}, false, fmt.Errorf("tracing %q: %w", change.Name, err)
	}
	return traced, true, nil
}

// shows reports whether the marketplace has what the request asks for, and takes
// note of the revisions that have it.
func (m *Manager) shows(ctx context.Context, d *Decision, into *Entities) (bool, error) {
	s, err := m.market.Read(ctx, into.Product)
	if err != nil {
		if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, ErrNotFound) {
			err = nil
		}
		return false, err
	}
	after, err := m.succeeded(*d)
	if err != nil || !agrees(after, d.Record, s, m.clock.Now()) {
		return false, err
	}
	if is := s.Entities; is.Offer != into.Offer || is.ProductRevision < into.ProductRevision || is.OfferRevision < into.OfferRevision {
		return false, nil
	}
	var f flaws
	if f.of("entities", s.Entities, d.Record); len(f.all) > 0 {
		return false, f.err("Read")
	}
	*into = s.Entities
	return true, nil
}

// succeeded returns the record as it is if the request succeeds.
func (m *Manager) succeeded(d Decision) (Record, error) {
	err := d.end(Outcome{Result: Succeeded}, "", m.clock.Now())
	return d.Record, err
}

// agrees reports whether the marketplace has what the record says and not what the
// other one says, but for revisions, and for Regions, which no change set can
// change. Drift takes accounts beside the record's for the marketplace's own;
// those of the other record are not.
func agrees(r, other Record, s Snapshot, at time.Time) bool {
	r.Entities, s.Regions = s.Entities, nil
	d, err := Compare(r, s, at)
	if err != nil || len(d.Differences) > 0 {
		return false
	}
	return other.Published == nil || !slices.ContainsFunc(s.Content.AllowList, func(a listing.AccountID) bool {
		return slices.Contains(other.Published.AllowList, a) && !slices.Contains(r.Published.AllowList, a)
	})
}

// endUnknown gives up on a change set of which the marketplace does not tell what
// became, so that the listing can be worked on again, and says what is not known.
// The record keeps the revisions that it has: newer ones may be somebody else's.
func (m *Manager) endUnknown(d *Decision, what string, why error) error {
	message := what + ": look at AWS Partner Central for what came of it, then reconcile"
	if why != nil {
		message += "; looking for it failed: " + why.Error()
	}
	return d.end(Outcome{Result: Failed, Problems: []Problem{{Code: outcomeUnknown, Message: message}}}, "", m.clock.Now())
}
