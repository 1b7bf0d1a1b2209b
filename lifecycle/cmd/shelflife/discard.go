package main

import (
	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) discardCommand() *cobra.Command {
	return t.actCommand(act{
		use: "discard [folder or name]", short: "Give up a draft that was never submitted", args: cobra.MaximumNArgs(1),
		long:     "Discard removes a draft of which the marketplace has nothing from the store. The folder\nstays as it is. Nothing is sent.",
		question: "Discard the draft %s? The folder stays as it is.", command: just(lifecycle.Discard{}),
	})
}
