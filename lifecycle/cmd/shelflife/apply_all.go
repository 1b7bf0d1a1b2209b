package main

import (
	"bytes"
	"context"
	"time"

	"github.com/shelflife-go/shelflife/listing/document"
)

// turn is one of several listings that apply is at work on.
type turn struct {
	target
	tool  *tool
	out   bytes.Buffer // what it has to say at the end
	work  *applying    // nil until it is planned
	ended bool
	code  int
}

// applyAll applies several folders, each a step in its turn, so that their requests
// are under way at the same time.
func (t *tool) applyAll(ctx context.Context, all []target, s applySettings) error {
	turns := make([]*turn, len(all))
	var plans []planned
	for i, x := range all {
		own := *t
		turns[i] = &turn{target: x, tool: &own}
		own.arg, own.out = x.arg, &turns[i].out
		turns[i].do(ctx, func(ctx context.Context, j *job) error {
			p, err := j.plan(ctx, s.until)
			shown := j.progress()
			shown.name, shown.terminal = document.Printable(j.name)+": ", false
			turns[i].work = newApplying(p, shown, s)
			plans = append(plans, p)
			return err
		})
	}
	if err := t.confirmPlan(ctx, plans...); err != nil {
		return err
	}
	written := 0 // turns whose end is written
	for wait := time.Duration(0); ctx.Err() == nil; {
		next, left := time.Duration(0), false
		for _, x := range turns {
			if x.ended {
				continue
			}
			x.do(ctx, func(ctx context.Context, j *job) error {
				if err := j.Clock.Sleep(ctx, wait); err != nil {
					return err
				}
				x.work.progress.clock = j.Clock
				wait = 0 // the others have waited too
				own, ended, err := j.step(ctx, x.work)
				if x.ended = ended; !ended && (!left || own < next) {
					next = own
				}
				return err
			})
			left = left || !x.ended
		}
		for ; written < len(turns) && turns[written].ended && ctx.Err() == nil; written++ {
			if _, err := turns[written].out.WriteTo(t.out); err != nil {
				return err
			}
		}
		if !left {
			break
		}
		wait = next
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	codes := []int{codeFine}
	for _, x := range turns {
		codes = append(codes, x.code)
	}
	return worst(codes)
}

// do does something for the listing, and ends its turns with the first error.
func (x *turn) do(ctx context.Context, what func(context.Context, *job) error) {
	err := x.err
	if err == nil {
		err = x.tool.onOne(ctx, x.job(x.tool), what)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	x.ended, x.code = true, x.tool.report(err)
}
