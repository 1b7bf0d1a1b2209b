package main

import (
	"context"
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
