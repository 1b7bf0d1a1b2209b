package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
)

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
		Short: "List the dates ahead of a listing, or of all of the seller",
		Long: "Calendar lists the usual and the latest end of what is under way, the end of support,\n" +
			"rises of prices and ends of trials. Without an argument it has those of all listings.\n" +
			"With --ics it writes a file for calendar programs.",
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
	var table strings.Builder // of each listing under its name
	for s, err := range j.Manager.Listings(ctx, lifecycle.Query{}) {
		if err != nil {
			return err
		}
		r, err := j.Manager.Load(ctx, s.ID)
		if err != nil {
			return err
		}
		dates := lifecycle.Calendar(r, j.Clock.Now())
		all = append(all, dates...)
		if len(dates) > 0 {
			fmt.Fprintf(&table, "%s\n  %s\n", document.Printable(nameOf(s)), strings.ReplaceAll(strings.TrimSpace(dates.Table()), "\n", "\n  "))
		}
	}
	if ics || t.json || len(all) == 0 {
		return j.dates(all, ics)
	}
	_, err = fmt.Fprint(t.out, table.String())
	return err
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
	if len(all) == 0 {
		fmt.Fprintln(j.err, "no dates ahead")
	}
	_, err := fmt.Fprint(j.out, all.Table())
	return err
}
