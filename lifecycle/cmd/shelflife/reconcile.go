package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) reconcileCommand() *cobra.Command {
	var keepDraft, signedOff bool
	return t.actCommand(act{
		use: "reconcile [folder or name]", short: "Take into the store what was changed elsewhere, such as in the portal", args: cobra.MaximumNArgs(1),
		long:     "Reconcile reads the product from the marketplace and takes what it finds into the store.\n\"shelflife drift\" shows it beforehand. The folder stays as it is.",
		question: "Take what the marketplace has into %s?",
		flags: func(c *cobra.Command) {
			c.Flags().BoolVar(&keepDraft, "keep-draft", false, "keep edits of a draft that were not submitted")
			c.Flags().BoolVar(&signedOff, "signed-off", false, "a private listing was signed off elsewhere")
		},
		command: func(ctx context.Context, j *job, _ []string) (lifecycle.Command, error) {
			r, err := j.Manager.Load(ctx, j.id)
			if err != nil {
				return nil, err
			}
			if r.Entities.Product == "" {
				return nil, j.unsubmitted()
			}
			s, err := j.Manager.Read(ctx, r.Entities.Product)
			return lifecycle.Reconcile{Snapshot: s, KeepDraft: keepDraft, SignedOff: signedOff}, err
		},
	})
}
