package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
)

func (t *tool) historyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "history [folder or name]",
		Short: "List everything that happened to a listing, oldest first",
		Long:  "History lists the journal of a listing. With --json it has every change of the document.",
		Args:  usage(cobra.MaximumNArgs(1)),
		RunE: t.onListing(func(ctx context.Context, j *job, _ []string) error {
			all := []lifecycle.Entry{}
			for e, err := range j.Manager.Journal(ctx, j.id) {
				if err != nil {
					return err
				}
				all = append(all, e)
			}
			if t.json {
				return report.WriteJSON(t.out, all)
			}
			w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
			for _, e := range all {
				by := e.By
				if by == "" {
					by = "-"
				}
				fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", e.Revision, stamp(e.At), e.Event, e.State, document.Printable(by), e.ChangeSet)
			}
			return w.Flush()
		}),
	}
	t.storeFlags(c)
	return c
}

func (t *tool) calendarCommand() *cobra.Command {
	var ics bool
	one := t.onListing(func(ctx context.Context, j *job, _ []string) error {
		r, err := j.Manager.Load(ctx, j.id)
		if err != nil {
			return err
		}
		return j.dates(lifecycle.Calendar(r, j.Clock.Now()), ics)
	})
	c := &cobra.Command{
		Use:   "calendar [folder or name]",
		Short: "List the dates that a listing owes or waits for, or all listings",
		Long: "Calendar lists the usual and the latest end of what is under way, the end of support,\n" +
			"rises of prices and ends of trials. With --ics it writes a file for calendar programs.",
		Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return one(c, args)
			}
			return t.allDates(c.Context(), ics)
		},
	}
	t.storeFlags(c)
	c.Flags().BoolVar(&ics, "ics", false, "write an iCalendar file")
	return c
}

func (t *tool) allDates(ctx context.Context, ics bool) (err error) {
	j := &job{tool: t}
	if err := t.opened(ctx, j); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	all := lifecycle.Dates{}
	for s, err := range j.Manager.Listings(ctx, lifecycle.Query{}) {
		if err != nil {
			return err
		}
		r, err := j.Manager.Load(ctx, s.ID)
		if err != nil {
			return err
		}
		all = append(all, lifecycle.Calendar(r, j.Clock.Now())...)
	}
	return j.dates(all, ics)
}

func (j *job) dates(all lifecycle.Dates, ics bool) error {
	if ics {
		_, err := fmt.Fprint(j.out, all.ICalendar(j.Clock.Now()))
		return err
	}
	if j.json {
		if all == nil {
			all = lifecycle.Dates{}
		}
		return report.WriteJSON(j.out, all)
	}
	_, err := fmt.Fprint(j.out, all.Table())
	return err
}
