package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
)

// applySettings are the flags of apply.
type applySettings struct {
	until         string
	noWait, retry bool
}

func (t *tool) applyCommand() *cobra.Command {
	var s applySettings
	c := &cobra.Command{
		Use:   "apply [folder…]",
		Short: "Make the listing what the folder says",
		Long: "Apply carries out the steps of \"shelflife plan\", one request at a time, and waits for\n" +
			"each. It may be interrupted or killed at any moment: run it again to go on, on\n" +
			"whatever machine has the store. Nothing is sent twice. Of several folders, each has\n" +
			"a request under way at the same time; it asks once for all of them.\n\n" + untilHelp + "\n\n" + eachHelp,
		RunE: func(c *cobra.Command, args []string) error {
			all := t.targetsOf(args, false)
			if len(all) > 1 {
				return t.applyAll(c.Context(), all, s)
			}
			if all[0].err != nil {
				return all[0].err
			}
			return t.onOne(c.Context(), all[0].job(t), func(ctx context.Context, j *job) error {
				p, err := j.plan(ctx, s.until)
				if err != nil {
					return err
				}
				if err := t.confirmPlan(ctx, p); err != nil {
					return err
				}
				a := newApplying(p, j.progress(), s)
				defer a.progress.end()
				for {
					wait, ended, err := j.step(ctx, a)
					if ended || err != nil {
						return err
					}
					if err := j.Clock.Sleep(ctx, wait); err != nil {
						return err
					}
				}
			})
		},
	}
	t.actFlags(c)
	untilFlag(c, &s.until)
	c.Flags().BoolVar(&s.noWait, "no-wait", false, "send, but do not wait; exit with 3 if something is left to do")
	c.Flags().BoolVar(&s.retry, "retry", false, "ask again for what has failed")
	return c
}

// confirmPlan shows plans that have steps, and asks.
func (t *tool) confirmPlan(ctx context.Context, plans ...planned) error {
	steps := 0
	for _, p := range plans {
		if len(p.Steps) > 0 && !t.approved {
			fmt.Fprint(t.err, p.text(colours(t.err), t.verbose))
			steps += len(p.Steps)
		}
	}
	if steps == 0 {
		return nil
	}
	return t.confirm(ctx, "Do this?")
}

// applying is a listing that apply is at work on.
type applying struct {
	plan     planned
	progress *progress
	noWait   bool
	retry    bool // what has failed is asked for once more
	adopted  bool

	// What shows whether the listing comes nearer to what is wanted.
	left int // steps, the fewest so far
	away int // how often a step was done without coming nearer
}

// maxAway is how many steps may be done without coming nearer to what is wanted.
const maxAway = 5

// nearer returns an error if step after step was done without coming nearer: somebody
// else undoes what apply does. While a request is under way it says nothing.
func (a *applying) nearer(done lifecycle.Applied) error {
	if done.Record.Request != nil {
		return nil
	}
	if len(done.Left) < a.left {
		a.left, a.away = len(done.Left), 0
		return nil
	}
	if a.away++; a.away < maxAway {
		return nil
	}
	return fmt.Errorf("%w: something else changes this listing at the same time, and undoes what apply does: end it, and apply again", lifecycle.ErrStale)
}

func newApplying(p planned, shown *progress, s applySettings) *applying {
	return &applying{plan: p, progress: shown, noWait: s.noWait, retry: s.retry, adopted: p.adopt == nil, left: len(p.Steps)}
}

// step does what can be done without waiting. It returns how long to wait before the
// next, or that it has ended and has written where the listing stands.
func (j *job) step(ctx context.Context, a *applying) (wait time.Duration, ended bool, err error) {
	by := j.who()
	if !a.adopted {
		if _, err := j.Manager.Do(ctx, j.id, a.plan.adopt, by, lifecycle.IfRevision(0)); err != nil {
			return 0, false, err
		}
		a.adopted = true
	}
	options := []lifecycle.DoOption{by}
	if a.retry {
		options = append(options, lifecycle.Retry())
	}
	done, err := j.Manager.Apply(ctx, j.id, a.plan.want, options...)
	if err != nil && !passing(err) {
		return 0, false, err
	}
	a.progress.show(done.Progress, err)
	switch {
	case err == nil && len(done.Left) == 0:
		a.progress.end()
		err := j.state(ctx)
		if err == nil && a.plan.Until == lifecycle.Live && done.Summary.State == lifecycle.Unpublished {
			err = exitError{code: codeNotLive, err: fmt.Errorf("%s is Unpublished, and can never be Live again: publish a new listing, under another name", document.Printable(j.name))}
		}
		return 0, true, err
	case a.noWait && err != nil:
		return 0, false, err
	case a.noWait && done.Record.Request != nil:
		a.progress.end()
		return 0, true, j.pending(ctx)
	}
	if err == nil { // or it passes
		if err := a.nearer(done); err != nil {
			return 0, false, err
		}
	}
	a.retry = a.retry && done.Record.Revision <= a.plan.revision
	return done.Wait, false, nil
}

// state writes where the listing stands.
func (j *job) state(ctx context.Context) error {
	r, err := j.Manager.Load(ctx, j.id)
	if err != nil {
		return err
	}
	return j.summary(r)
}

// pending is state for a request that was sent and not waited for.
func (j *job) pending(ctx context.Context) error {
	if err := j.state(ctx); err != nil {
		return err
	}
	return exitError{code: codePending}
}
