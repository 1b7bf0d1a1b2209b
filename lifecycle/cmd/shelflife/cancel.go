package main

import (
	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) cancelCommand() *cobra.Command {
	return t.actCommand(act{
		use: "cancel [folder or name]", short: "Cancel the request under way, if that is still possible", args: cobra.MaximumNArgs(1),
		long:     "Cancel asks the marketplace to stop what is under way, which it does only early on: it may\nrefuse, and the request goes on. The listing is then as it was before the request.",
		question: "Cancel what is under way for %s?", command: just(lifecycle.Cancel{}),
	})
}
