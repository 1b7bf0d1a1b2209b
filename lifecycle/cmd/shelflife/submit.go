package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) submitCommand() *cobra.Command {
	return t.actCommand(act{
		use: "submit [folder or name]", short: "Ask for the preview of a listing that is stored", args: cobra.MaximumNArgs(1),
		long:     "Submit asks for the preview of the listing as it is stored: \"shelflife apply\" stores the\nfolder, and submits it too.",
		question: "Submit %s?",
		command: func(_ context.Context, j *job, _ []string) (lifecycle.Command, error) {
			if j.folder == nil {
				return lifecycle.Submit{}, nil
			}
			return lifecycle.Submit{Testers: j.folder.Testers}, nil
		},
	})
}
