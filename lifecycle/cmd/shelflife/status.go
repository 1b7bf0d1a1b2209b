package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
)

func (t *tool) statusCommand() *cobra.Command {
	var state string
	var unsuccessful bool
	c := &cobra.Command{
		Use:   "status [folder or name…]",
		Short: "Say where a listing stands, or list all of the seller",
		Long: "Status says where a listing stands, what is under way, and what may be done next or\n" +
			"stands in the way of it. Without an argument it lists all listings of the seller.\n\n" + eachHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return t.onEach(c.Context(), t.targetsOf(args, true), func(ctx context.Context, j *job) error { return j.status(ctx) })
			}
			in, err := stateOf(state)
			if err != nil {
				return err
			}
			return t.catalogue(c.Context(), lifecycle.Query{State: in, Unsuccessful: unsuccessful})
		},
	}
	t.storeFlags(c)
	c.Flags().StringVar(&state, "state", "", "only listings in the `state`, such as \"Test Product\"")
	c.Flags().BoolVar(&unsuccessful, "unsuccessful", false, "only listings whose latest request failed or was cancelled")
	return c
}

// stateOf returns the state that --state names, in whatever capitals; empty for none.
func stateOf(name string) (lifecycle.State, error) {
	states := lifecycle.States()
	names := make([]string, len(states))
	for i, state := range states {
		if names[i] = strconv.Quote(string(state)); strings.EqualFold(name, string(state)) {
			return state, nil
		}
	}
	if name == "" {
		return "", nil
	}
	return "", usageError{fmt.Errorf("--state %q: give one of %s", name, strings.Join(names, ", "))}
}

// catalogue lists the listings of the seller.
func (t *tool) catalogue(ctx context.Context, q lifecycle.Query) (err error) {
	j := &job{tool: t}
	if err := t.opened(ctx, j); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	all := []lifecycle.Summary{}
	var unreadable error
	for s, err := range j.Manager.Listings(ctx, q) {
		if err != nil {
			unreadable = errors.Join(unreadable, err)
			continue
		}
		all = append(all, s)
	}
	if t.json {
		if err := report.WriteJSON(t.out, map[string]any{"listings": all}); err != nil {
			return err
		}
		return unreadable
	}
	if len(all) == 0 && unreadable == nil {
		what := "listings"
		if q.State != "" {
			what += " in the state " + strconv.Quote(string(q.State))
		}
		if q.Unsuccessful {
			what += " with an unsuccessful latest request"
		}
		t.none(what, j.Manager.Seller())
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, s := range all {
		line(w, s)
	}
	return errors.Join(w.Flush(), unreadable)
}

// nameOf returns what a listing is called in lists.
func nameOf(s lifecycle.Summary) string { return cmp.Or(s.Name, s.ID.String()) }

// line writes what a list shows of a listing.
func line(w io.Writer, s lifecycle.Summary) {
	product, request := s.Product, ""
	if product == "" {
		product = "-"
	}
	if r := s.Request; r != nil {
		request = fmt.Sprintf("%s %s since %s", r.Kind, r.Phase, stamp(r.RecordedAt))
	} else if o := s.Unsuccessful; o != nil {
		request = fmt.Sprintf("%s %s at %s", o.Kind, o.Result, stamp(o.RecordedAt))
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", document.Printable(nameOf(s)), s.State, product, document.Printable(document.Cut(s.Title, 40)), request)
}

// summary writes where the listing stands, in one line or as JSON.
func (j *job) summary(r lifecycle.Record) error {
	if j.json {
		return report.WriteJSON(j.out, r.Summary())
	}
	w := tabwriter.NewWriter(j.out, 0, 0, 2, ' ', 0)
	line(w, r.Summary())
	return w.Flush()
}

func (j *job) status(ctx context.Context) error {
	r, err := j.Manager.Load(ctx, j.id)
	if err != nil {
		return err
	}
	available, err := j.Manager.Available(ctx, j.id)
	if err != nil {
		return err
	}
	at := j.Clock.Now()
	p := lifecycle.ProgressOf(r, at)
	if j.json {
		return report.WriteJSON(j.out, map[string]any{"summary": r.Summary(), "progress": p, "last": r.Last, "available": available, "calendar": lifecycle.Calendar(r, at)})
	}
	if err := j.summary(r); err != nil {
		return err
	}
	if q := r.Request; q != nil {
		fmt.Fprintf(j.out, "under way: %s, %s; usually ends by %s, at the latest by %s\n", q.Kind, q.Phase, stamp(p.Estimate.Since.Add(p.Estimate.Usual)), stamp(p.Estimate.Latest))
	}
	if r.Last != nil && r.Last.Result != lifecycle.Succeeded {
		fmt.Fprintf(j.out, "last request: %s %s\n", r.Last.Kind, r.Last.Result)
		for _, each := range r.Last.Problems {
			fmt.Fprintf(j.out, "  %s\n", each)
		}
	}
	var can, but, cannot []string
	for _, each := range available {
		if len(each.Findings.Violations) == 0 {
			can = append(can, string(each.Command))
			for _, v := range each.Findings.Advice {
				if v.Rule.ID == lifecycle.RuleRiseEvery120Days.ID {
					but = append(but, fmt.Sprintf("%s: %s", each.Command, v))
				}
			}
		} else if j.verbose {
			cannot = append(cannot, fmt.Sprintf("cannot %s: %s", each.Command, each.Findings.Violations[0]))
		}
	}
	fmt.Fprintf(j.out, "can: %s\n", strings.Join(can, ", "))
	for _, each := range append(but, cannot...) {
		fmt.Fprintln(j.out, document.Printable(each))
	}
	return nil
}
