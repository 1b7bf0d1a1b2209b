package lifecycle

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// Applied is how far [Manager.Apply] has come.
type Applied struct {
	// Progress is that of the request under way, if there is one.
	Progress
	// Left are the steps that are still to do, the request under way first; empty
	// when everything is as desired.
	Left []Step `json:"left"`
	// Findings are those of the command that was carried out, if one was.
	Findings rule.Findings `json:"findings"`
}

// Apply carries out the next step towards the listing as it should be, and takes
// the request under way as far as it goes without waiting. Call it again until
// nothing is left: from a loop, from a cron job, after a crash, by whatever
// process; what was done is not done again. A listing that does not exist is
// created.
//
// It returns a [*Refusal] with every rule that stands in the way of any of the
// steps, and otherwise the errors of [Manager.Do] and [Manager.Advance], such as
// [ErrForgotten] and [ErrCannotKeep]; Wait and Left are as useful then. When the latest request has ended without success it
// returns a [*RequestError], now and until something has changed: the document, the
// listing, or the caller gives [Retry]. [Once] and [IfRevision] have no effect.
func (m *Manager) Apply(ctx context.Context, id uuid.UUID, want Desired, options ...DoOption) (done Applied, err error) {
	ctx, op := m.begin(ctx, "Apply", id, nil)
	defer op.end(&err)
	o, err := optionsOf(options)
	if err != nil {
		return Applied{}, err
	}
	r, _, err := m.find(ctx, id)
	if err != nil {
		return Applied{}, err
	}
	if r.Request == nil {
		steps, err := m.steps(ctx, r, want, o)
		done = Applied{Progress: m.progress(r), Left: steps}
		if err != nil || len(steps) == 0 {
			return done, err
		}
		if err := again(r, want, o); err != nil {
			return done, err
		}
		d, err := m.Do(ctx, id, steps[0].Command, By(o.by), GivenFacts(o.given), IfRevision(r.Revision))
		if err != nil && !errors.Is(err, ErrStale) { // another process being faster is a step, too
			return done, err
		}
		done.Findings = d.Findings
	}
	if p, err := m.Advance(ctx, id); err != nil {
		op.saw(p.Record)
		done.Progress = p // which says when to try again
		if p.Record.Revision > 0 {
			done.Left, _ = Steps(p.Record, want, Input{At: m.clock.Now(), Policy: m.policy})
		}
		return done, err
	}
	if r, _, err = m.find(ctx, id); err != nil {
		return done, err
	}
	done.Progress = m.progress(r)
	if done.Left, err = m.steps(ctx, r, want, o); err == nil {
		err = again(r, want, o)
	}
	return done, err
}

// Repeats returns how the latest request of the record ended, if it ended without
// success, nothing was changed since, and the next of [Steps] is to ask for the same
// again: [Manager.Apply] does not do so unless it is given [Retry]. Otherwise it returns
// nil. It is pure.
func Repeats(r Record, want Desired) *Outcome {
	last := r.unsuccessful()
	if last == nil || last.Revision != r.Revision {
		return nil
	}
	p := newPlanner(r, want, Input{})
	if next := p.next(); next == nil || next.Event() != last.Kind {
		return nil
	}
	out := last.clone()
	return &out
}

// again refuses to ask once more, without a change or a word of the caller's, for
// what has just ended without success: a loop would do so for ever.
func again(r Record, want Desired, o doing) error {
	if last := Repeats(r, want); last != nil && !o.retry {
		return &RequestError{Listing: r.ID, Outcome: *last}
	}
	return nil
}

// steps is Steps with the facts on all resources that are new.
func (m *Manager) steps(ctx context.Context, r Record, want Desired, o doing) ([]Step, error) {
	g := gatherer{Manager: m, facts: Facts{Why: map[string]string{}}}
	var fresh []version.ARN
	for _, v := range want.Listing.Versions {
		if _, published := r.published().Version(v.Number); published {
			continue
		}
		if _, err := v.Resource.Parts(); err == nil {
			fresh = append(fresh, v.Resource)
		}
	}
	given := o.given.or(m.given)
	g.describe(ctx, fresh, given)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return Steps(r, want, Input{At: m.clock.Now(), By: o.by, Policy: m.policy, Facts: given.or(g.facts)})
}
