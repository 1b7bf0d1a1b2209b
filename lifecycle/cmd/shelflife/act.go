package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
)

// act is a command that gives one command to a listing.
type act struct {
	use, short, long string
	args             cobra.PositionalArgs
	question         string // %s is the listing
	flags            func(c *cobra.Command)
	command          func(ctx context.Context, j *job, rest []string) (lifecycle.Command, error)
}

func (t *tool) actCommand(a act) *cobra.Command {
	var noWait bool
	c := &cobra.Command{
		Use: a.use, Short: a.short, Long: a.long, Args: usage(a.args),
		RunE: t.onListing(func(ctx context.Context, j *job, rest []string) error {
			command, err := a.command(ctx, j, rest)
			if err != nil {
				return err
			}
			r, err := j.Manager.Load(ctx, j.id)
			if err != nil {
				return err
			}
			if err := t.confirm(ctx, fmt.Sprintf(a.question, document.Printable(j.name))); err != nil {
				return err
			}
			d, err := j.Manager.Do(ctx, j.id, command, j.who(), lifecycle.IfRevision(r.Revision))
			if err != nil {
				return err
			}
			return j.follow(ctx, command, d, noWait)
		}),
	}
	t.actFlags(c)
	c.Flags().BoolVar(&noWait, "no-wait", false, "send, but do not wait; exit with 3 if the request is under way")
	if a.flags != nil {
		a.flags(c)
	}
	return c
}

// follow sends what a command led to and, unless told otherwise, waits for its end.
func (j *job) follow(ctx context.Context, c lifecycle.Command, d lifecycle.Decision, noWait bool) error {
	if d.Record.Request == nil {
		return j.summary(d.Record)
	}
	if noWait {
		p, err := j.Manager.Advance(ctx, j.id)
		if err != nil {
			return err
		}
		if p.Record.Request != nil {
			return j.pending(ctx)
		}
	}
	r, err := j.await(ctx)
	var ended *lifecycle.RequestError
	if c.Event() == lifecycle.EventCancel && errors.As(err, &ended) && ended.Outcome.Result == lifecycle.Cancelled {
		return j.state(ctx) // as was asked for
	}
	if err != nil {
		return err
	}
	return j.summary(r)
}

// just returns the command, whatever the listing and the arguments are.
func just(c lifecycle.Command) func(context.Context, *job, []string) (lifecycle.Command, error) {
	return func(context.Context, *job, []string) (lifecycle.Command, error) { return c, nil }
}
