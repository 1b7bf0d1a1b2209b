package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) restrictCommand() *cobra.Command {
	return t.actCommand(act{
		use: "restrict folder-or-name number", short: "Hide a version of a Live listing from new buyers", args: cobra.ExactArgs(2),
		long:     "Restrict hides a version, by its number such as 1.0, from new buyers, for ever.\nWrite \"status: restricted\" into the version in listing.yaml too, or the next apply finds\nthat it differs.",
		question: "Restrict a version of %s? It can never be offered again.",
		command: func(_ context.Context, _ *job, rest []string) (lifecycle.Command, error) {
			return lifecycle.RestrictVersion{Number: rest[0]}, nil
		},
	})
}
