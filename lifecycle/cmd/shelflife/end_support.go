package main

import (
	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) endSupportCommand() *cobra.Command {
	return t.actCommand(act{
		use: "end-support [folder or name]", short: "Close a listing whose buyers are owed no support any more", args: cobra.MaximumNArgs(1),
		long:     "End-support closes a listing that was taken off sale, 90 days after its removal at the\nearliest: its resources may be deleted then. Nothing is sent.",
		question: "Close %s?", command: just(lifecycle.EndSupport{}),
	})
}
