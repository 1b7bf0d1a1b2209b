package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
)

// unsubmitted says that there is nothing on the marketplace to compare with.
func (j *job) unsubmitted() error {
	return exitError{codeNotLive, fmt.Errorf("the marketplace has nothing of %q yet: \"shelflife apply\" submits it", j.name)}
}

func (t *tool) driftCommand() *cobra.Command {
	var detailed bool
	c := &cobra.Command{
		Use:   "drift [folder or name]",
		Short: "Say what was changed elsewhere, such as in the portal",
		Long:  "Drift compares what is stored with what the marketplace has. Nothing changes. With\n--verbose it also lists what the marketplace rewrites by itself.",
		Args:  usage(cobra.MaximumNArgs(1)),
		RunE: t.onListing(func(ctx context.Context, j *job, _ []string) error {
			r, err := j.Manager.Load(ctx, j.id)
			if err != nil {
				return err
			}
			if r.Entities.Product == "" {
				return j.unsubmitted()
			}
			d, err := j.Manager.Drift(ctx, j.id)
			if err != nil {
				return err
			}
			if t.json {
				if err := report.WriteJSON(t.out, d); err != nil {
					return err
				}
			} else {
				for _, each := range d.Differences {
					fmt.Fprintln(t.out, each)
				}
				if t.verbose {
					for _, each := range d.Rewritten {
						fmt.Fprintln(t.out, "rewritten:", each)
					}
				}
			}
			if detailed && len(d.Differences) > 0 {
				return exitError{code: codePending}
			}
			return nil
		}),
	}
	t.storeFlags(c)
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 3 if there is a difference")
	return c
}
