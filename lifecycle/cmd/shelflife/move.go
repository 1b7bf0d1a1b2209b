package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing"
)

// onStore is a command on all that a store has of a seller; it needs no marketplace.
func (t *tool) onStore(do func(ctx context.Context, s lifecycle.Store, seller listing.AccountID, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) (err error) {
		settings := t.open
		if settings.Seller == "" && settings.Simulate {
			settings.Seller = simulatedSeller
		}
		store, closeStore, err := open.StoreOf(c.Context(), settings)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, closeStore()) }()
		return do(c.Context(), store, listing.AccountID(settings.Seller), args)
	}
}

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
				_, err := lifecycle.Export(ctx, s, seller, t.out)
				return err
			}
			moved, err := exportFile(ctx, s, seller, args[0])
			if err != nil {
				return err
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

func (t *tool) importCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import file",
		Short: "Bring what export has written into a store, of whatever kind",
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
			moved, err := lifecycle.Import(ctx, s, seller, in)
			if err != nil {
				return err
			}
			return t.moved("imported", moved)
		}),
	}
	t.storeFlags(c)
	return c
}

func (t *tool) moved(what string, m lifecycle.Moved) error {
	if t.json {
		return report.WriteJSON(t.out, m)
	}
	if t.verbose {
		fmt.Fprintf(t.err, "%s %d listings with %d entries, %d of them known\n", what, m.Listings, m.Entries, m.Known)
	}
	return nil
}

func (t *tool) verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify",
		Short: "Walk through a store and name every listing that does not add up",
		Long:  "Verify replays every journal of the seller, compares it with what is stored, and names\nevery listing with something wrong. It writes nothing, and exits with 1 if it names one.",
		Args:  usage(cobra.NoArgs),
		RunE: t.onStore(func(ctx context.Context, s lifecycle.Store, seller listing.AccountID, _ []string) error {
			out := struct {
				Listings int               `json:"listings"`
				Broken   map[string]string `json:"broken"`
			}{Broken: map[string]string{}}
			for id, err := range lifecycle.Verify(ctx, s, seller) {
				switch {
				case err == nil:
					out.Listings++
				case !errors.Is(err, lifecycle.ErrJournal) && !errors.Is(err, lifecycle.ErrUnreadable):
					return err
				default:
					out.Listings++
					out.Broken[id.String()] = message(err)
					if !t.json {
						fmt.Fprintf(t.out, "%s: %s\n", id, message(err))
					}
				}
			}
			if t.json {
				if err := report.WriteJSON(t.out, out); err != nil {
					return err
				}
			} else if t.verbose {
				fmt.Fprintf(t.err, "%d listings, %d broken\n", out.Listings, len(out.Broken))
			}
			if len(out.Broken) > 0 {
				return exitError{code: codeRules}
			}
			return nil
		}),
	}
	t.storeFlags(c)
	return c
}
