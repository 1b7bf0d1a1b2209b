package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) applyCommand() *cobra.Command {
	var until string
	var noWait, retry bool
	c := &cobra.Command{
		Use:   "apply [folder]",
		Short: "Make the listing what the folder says",
		Long: "Apply carries out the steps of \"shelflife plan\", one request at a time, and waits for\n" +
			"each. It may be interrupted or killed at any moment: run it again to go on, on\n" +
			"whatever machine has the store. Nothing is sent twice.\n\n" + untilHelp,
		Args: usage(cobra.MaximumNArgs(1)),
		RunE: t.onFolder(func(ctx context.Context, j *job) error {
			by := j.who()
			p, err := j.plan(ctx, until)
			if err != nil {
				return err
			}
			if len(p.Steps) > 0 && !t.approved {
				fmt.Fprint(t.err, p)
				if err := t.confirm(ctx, "Do this?"); err != nil {
					return err
				}
			}
			if p.adopt != nil {
				if _, err := j.Manager.Do(ctx, j.id, p.adopt, by, lifecycle.IfRevision(0)); err != nil {
					return err
				}
			}
			options := []lifecycle.DoOption{by}
			if retry {
				options = append(options, lifecycle.Retry())
			}
			return j.apply(ctx, p, noWait, options)
		}),
	}
	t.actFlags(c)
	untilFlag(c, &until)
	c.Flags().BoolVar(&noWait, "no-wait", false, "send, but do not wait; exit with 3 if something is left to do")
	c.Flags().BoolVar(&retry, "retry", false, "ask again for what has failed")
	return c
}

// apply works until nothing is left, or until it would have to wait.
func (j *job) apply(ctx context.Context, plan planned, noWait bool, options []lifecycle.DoOption) error {
	p := j.progress()
	defer p.end()
	for {
		done, err := j.Manager.Apply(ctx, j.id, plan.want, options...)
		if err != nil && !passing(err) {
			return err
		}
		p.show(j.Clock.Now(), done.Progress, err)
		switch {
		case err == nil && len(done.Left) == 0:
			p.end()
			return j.state(ctx)
		case noWait && (done.Record.Request != nil || err != nil):
			p.end()
			if err != nil {
				return err
			}
			return j.pending(ctx)
		}
		if done.Record.Revision > plan.revision { // what had failed was asked for once more
			options = options[:1]
		}
		if err := j.Clock.Sleep(ctx, done.Wait); err != nil {
			return err
		}
	}
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
