package main

import (
	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) cancelCommand() *cobra.Command {
	return t.actCommand(act{
		use: "cancel [folder or name]", short: "Cancel the request under way, if that is still possible", args: cobra.MaximumNArgs(1),
		question: "Cancel what is under way for %s?", command: just(lifecycle.Cancel{}),
	})
}
