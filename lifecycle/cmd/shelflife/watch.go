package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (t *tool) watchCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "watch [folder or name]",
		Short: "Follow the request under way until it has ended",
		Args:  usage(cobra.MaximumNArgs(1)),
		RunE: t.onListing(func(ctx context.Context, j *job, _ []string) error {
			r, err := j.await(ctx)
			if err != nil {
				return err
			}
			return j.summary(r)
		}),
	}
	t.storeFlags(c)
	return c
}
