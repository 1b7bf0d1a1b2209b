package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
)

func (t *tool) unpublishCommand() *cobra.Command {
	var email, reason, replacement string
	return t.actCommand(act{
		use: "unpublish [folder or name]", short: "Take a Live listing off sale", args: cobra.MaximumNArgs(1),
		long:     "Unpublish takes a Live listing off sale, for ever. Buyers keep it, and are supported for\n90 days at least.",
		question: "Take %s off sale? It can never be sold again.",
		flags: func(c *cobra.Command) {
			c.Flags().StringVar(&email, "email", "", "an e-mail `address` at which the marketplace can ask; must be given")
			c.Flags().StringVar(&reason, "reason", "", "the `text` of why it is removed; must be given")
			c.Flags().StringVar(&replacement, "replacement", "", "the `name` of the listing that takes its place")
		},
		command: func(_ context.Context, j *job, _ []string) (lifecycle.Command, error) {
			if email == "" || reason == "" {
				return nil, usageError{errors.New("give --email and --reason: the marketplace may ask for them")}
			}
			c := lifecycle.Unpublish{Email: email, Reason: reason}
			if replacement != "" {
				c.Replacement = j.idOf(replacement)
			}
			return c, nil
		},
	})
}
