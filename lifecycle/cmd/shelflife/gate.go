package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// verdict is what gate says.
type verdict struct {
	Name    string          `json:"name"`
	Verdict string          `json:"verdict"`
	State   lifecycle.State `json:"state,omitempty"`
	// Since is when the listing came into the state.
	Since *time.Time `json:"since,omitempty"`
	// Request is what is under way, Last how the latest request ended.
	Request *lifecycle.RequestSummary `json:"request,omitempty"`
	Last    *lifecycle.Outcome        `json:"last,omitempty"`
	// BlockedBy is what stands in the way of the next step.
	BlockedBy rule.Violations `json:"blockedBy,omitempty"`

	code int
}

func (t *tool) gateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "gate [folder or name]",
		Short: "Tell other pipelines whether a listing is live, by the exit code",
		Long: "Gate looks once how the listing stands, for a pipeline that goes on only if it is on sale.\n" +
			"It exits with\n\n" +
			"  0  live, whatever else is under way\n" +
			"  1  refused: rules stand in the way of the next step\n" +
			"  3  pending: a request is under way\n" +
			"  4  failed: the latest request did not succeed\n" +
			"  5  not live: a draft, a test product, unpublished, or no such listing",
		Args: usage(cobra.MaximumNArgs(1)),
		RunE: t.onListing(func(ctx context.Context, j *job, _ []string) error {
			v, err := j.gate(ctx)
			if err != nil {
				return err
			}
			if t.json {
				err = report.WriteJSON(t.out, v)
			} else {
				err = v.text(t)
			}
			if err != nil || v.code == codeFine {
				return err
			}
			return exitError{code: v.code}
		}),
	}
	t.storeFlags(c)
	return c
}

func (j *job) gate(ctx context.Context) (verdict, error) {
	v := verdict{Name: j.name, Verdict: "not live", code: codeNotLive}
	p, err := j.Manager.Advance(ctx, j.id)
	switch {
	case errors.Is(err, lifecycle.ErrNotFound):
		return v, nil
	case err != nil && !passing(err):
		return v, err
	}
	r, err := j.Manager.Load(ctx, j.id)
	if err != nil {
		return v, err
	}
	v.State, v.Last, v.Request = r.State, r.Last, p.Summary.Request
	if v.Since, err = j.since(ctx); err != nil {
		return v, err
	}
	var next lifecycle.Command
	switch r.State {
	case lifecycle.Draft:
		next = lifecycle.Submit{}
	case lifecycle.TestProduct:
		next = lifecycle.SignOff{}
	}
	switch {
	case r.State == lifecycle.Live:
		v.Verdict, v.code = "live", codeFine
	case r.Request != nil:
		v.Verdict, v.code = "pending", codePending
	case r.Last != nil && r.Last.Result != lifecycle.Succeeded:
		v.Verdict, v.code = "failed", codeFailed
	case next != nil:
		found, err := j.Manager.Explain(ctx, j.id, next)
		if err != nil {
			return v, err
		}
		if v.BlockedBy = found.Violations; len(v.BlockedBy) > 0 {
			v.Verdict, v.code = "refused", codeRules
		}
	}
	return v, nil
}

// since returns when the listing came into its state.
func (j *job) since(ctx context.Context) (*time.Time, error) {
	var at *time.Time
	var state lifecycle.State
	for e, err := range j.Manager.Journal(ctx, j.id) {
		if err != nil {
			return nil, err
		}
		if at == nil || e.State != state {
			at, state = &e.At, e.State
		}
	}
	return at, nil
}

func (v verdict) text(t *tool) error {
	state := string(v.State)
	if v.Since != nil {
		state += " since " + stamp(*v.Since)
	} else {
		state = "no such listing"
	}
	if _, err := fmt.Fprintf(t.out, "%s: %s (%s)\n", document.Printable(v.Name), v.Verdict, state); err != nil {
		return err
	}
	for _, each := range v.BlockedBy {
		fmt.Fprintf(t.out, "  %s\n", each)
	}
	if v.code == codeFailed {
		for _, each := range v.Last.Problems {
			fmt.Fprintf(t.out, "  %s\n", each)
		}
	}
	return nil
}
