package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing"
)

func (t *tool) exportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "export file",
		Short: "Write all that a store has of the seller, as JSON Lines",
		Long: "Export writes the journals of the seller, which everything else follows from, into a\n" +
			"file that only you can read, or to standard output for \"-\". Each listing is verified.\n" +
			"To move to another store, end all that works on the listings first.",
		Args: usage(cobra.ExactArgs(1)),
		RunE: t.onStore(func(ctx context.Context, s lifecycle.Store, seller listing.AccountID, args []string) error {
			if args[0] == "-" {
				moved, err := lifecycle.Export(ctx, s, seller, t.out)
				if err == nil && moved.Listings == 0 {
					t.none("listings", seller)
				}
				return err
			}
			moved, err := exportFile(ctx, s, seller, args[0])
			if err != nil {
				return err
			}
			if moved.Listings == 0 {
				t.none("listings", seller)
			}
			return t.moved("exported", moved)
		}),
	}
	t.storeFlags(c)
	return c
}

// exportFile writes the file whole or not at all.
func exportFile(ctx context.Context, s lifecycle.Store, seller listing.AccountID, name string) (lifecycle.Moved, error) {
	next := name + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return lifecycle.Moved{}, err
	}
	w := bufio.NewWriter(f)
	moved, err := lifecycle.Export(ctx, s, seller, w)
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return moved, errors.Join(err, os.Remove(next))
	}
	return moved, os.Rename(next, name)
}

func (t *tool) moved(what string, m lifecycle.Moved) error {
	if t.json {
		return report.WriteJSON(t.out, m)
	}
	if t.verbose {
		fmt.Fprintf(t.err, "%s %s, %d entries of history, %d of them known\n", what, several(m.Listings, "listing"), m.Entries, m.Known)
	}
	return nil
}
