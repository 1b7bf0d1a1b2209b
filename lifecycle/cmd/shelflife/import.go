package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

func (t *tool) importCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import file",
		Short: "Read what export has written into a store, of whatever kind",
		Long: "Import reads a file of \"shelflife export\", or standard input for \"-\". What the store\n" +
			"has already is compared and left alone: after an interruption, run it again.\n" +
			"Nothing else may work on the seller's listings meanwhile.",
		Args: usage(cobra.ExactArgs(1)),
		RunE: t.onStore(func(ctx context.Context, s lifecycle.Store, seller listing.AccountID, args []string) error {
			in := t.in
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer f.Close() //nolint:errcheck // it is only read
				in = io.Reader(f)
			}
			moved, err := lifecycle.Import(ctx, s, seller, in, t.move()...)
			if err != nil {
				return err
			}
			return t.moved("imported", moved)
		}),
	}
	t.storeFlags(c)
	t.creates(c)
	return c
}
