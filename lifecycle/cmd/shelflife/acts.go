package main

import (
	"context"
	"errors"
	"fmt"

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

func (t *tool) signOffCommand() *cobra.Command {
	return t.actCommand(act{
		use: "sign-off [folder or name]", short: "Take a tested listing live", args: cobra.MaximumNArgs(1),
		question: "Take %s live? Visibility and Regions can never change after it.", command: just(lifecycle.SignOff{}),
	})
}

func (t *tool) restrictCommand() *cobra.Command {
	return t.actCommand(act{
		use: "restrict folder-or-name number", short: "Hide a version of a Live listing from new buyers", args: cobra.ExactArgs(2),
		long:     "Restrict hides a version from new buyers, for ever. Write \"status: restricted\" into the\nversion in listing.yaml too, or the next apply finds that it differs.",
		question: "Restrict a version of %s? It can never be offered again.",
		command: func(_ context.Context, _ *job, rest []string) (lifecycle.Command, error) {
			return lifecycle.RestrictVersion{Number: rest[0]}, nil
		},
	})
}

func (t *tool) unpublishCommand() *cobra.Command {
	var email, reason, replacement string
	return t.actCommand(act{
		use: "unpublish [folder or name]", short: "Take a Live listing off sale", args: cobra.MaximumNArgs(1),
		long:     "Unpublish takes a Live listing off sale, for ever. Buyers keep it, and are supported for\n90 days at least.",
		question: "Take %s off sale? It can never be sold again.",
		flags: func(c *cobra.Command) {
			c.Flags().StringVar(&email, "email", "", "where the marketplace can ask")
			c.Flags().StringVar(&reason, "reason", "", "why it is removed")
			c.Flags().StringVar(&replacement, "replacement", "", "the name of the listing that takes its place")
		},
		command: func(_ context.Context, j *job, _ []string) (lifecycle.Command, error) {
			if email == "" || reason == "" {
				return nil, usageError{errors.New("give --email and --reason: the marketplace may ask for them")}
			}
			c := lifecycle.Unpublish{Email: email, Reason: reason}
			if replacement != "" {
				c.Replacement = j.Manager.ID(replacement)
			}
			return c, nil
		},
	})
}

func (t *tool) cancelCommand() *cobra.Command {
	return t.actCommand(act{
		use: "cancel [folder or name]", short: "Cancel the request under way, if that is still possible", args: cobra.MaximumNArgs(1),
		question: "Cancel what is under way for %s?", command: just(lifecycle.Cancel{}),
	})
}

func (t *tool) discardCommand() *cobra.Command {
	return t.actCommand(act{
		use: "discard [folder or name]", short: "Give up a draft that was never submitted", args: cobra.MaximumNArgs(1),
		question: "Discard the draft %s? The folder stays as it is.", command: just(lifecycle.Discard{}),
	})
}

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
				return nil, fmt.Errorf("%s: the marketplace has nothing of it yet: %w", j.name, lifecycle.ErrNotFound)
			}
			s, err := j.Manager.Read(ctx, r.Entities.Product)
			return lifecycle.Reconcile{Snapshot: s, KeepDraft: keepDraft, SignedOff: signedOff}, err
		},
	})
}

func just(c lifecycle.Command) func(context.Context, *job, []string) (lifecycle.Command, error) {
	return func(context.Context, *job, []string) (lifecycle.Command, error) { return c, nil }
}
