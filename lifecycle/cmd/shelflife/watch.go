package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (t *tool) watchCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "watch [folder or name]",
		Short: "Follow the request under way until it has ended",
		Long: "Watch waits until the request under way has ended, and shows meanwhile how long it\n" +
			"usually takes. It exits with 4 if the request failed. It may be interrupted: the\n" +
			"request goes on without it. If none is under way, it says where the listing stands.",
		Args: usage(cobra.MaximumNArgs(1)),
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
