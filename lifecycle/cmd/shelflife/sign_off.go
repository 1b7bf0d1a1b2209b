package main

import (
	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) signOffCommand() *cobra.Command {
	return t.actCommand(act{
		use: "sign-off [folder or name]", short: "Take a tested listing live", args: cobra.MaximumNArgs(1),
		long:     "Sign-off takes a Test Product on sale: a public one to everyone, after people at AWS have\nreviewed it, and a private one to its buyers. Try the preview before.",
		question: "Take %s live? Visibility and Regions can never change after it.", command: just(lifecycle.SignOff{}),
	})
}
