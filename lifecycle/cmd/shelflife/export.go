package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
			"file that only you can read, or to standard output for \"-\". It follows a link, and\n" +
			"writes to a pipe or a device as it is. Each listing is verified.\n" +
			"To move to another store, end all that works on the listings first.",
		Args: usage(cobra.ExactArgs(1)),
		RunE: t.onStore(func(ctx context.Context, s lifecycle.Store, seller listing.AccountID, args []string) error {
			if args[0] == "-" || isStdout(args[0]) {
				moved, err := lifecycle.Export(ctx, s, seller, t.out, t.move()...)
				if err == nil && moved.Listings == 0 {
					t.none("listings", seller)
				}
				return err
			}
			moved, err := t.exportFile(ctx, s, seller, args[0])
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

// exportFile writes the file that name leads to whole or not at all. What is no file,
// such as a pipe or a device, is written to as it is.
func (t *tool) exportFile(ctx context.Context, s lifecycle.Store, seller listing.AccountID, name string) (lifecycle.Moved, error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return lifecycle.Moved{}, err
		}
		moved, err := lifecycle.Export(ctx, s, seller, f, t.move()...)
		return moved, errors.Join(err, f.Close())
	case err == nil:
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return lifecycle.Moved{}, err
		}
	default:
		if _, linked := os.Lstat(name); linked == nil { // a link that leads nowhere
			return lifecycle.Moved{}, err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.new") // for its owner alone
	if err != nil {
		return lifecycle.Moved{}, err
	}
	moved, err := lifecycle.Export(ctx, s, seller, f, t.move()...)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return moved, errors.Join(err, os.Remove(f.Name()))
	}
	return moved, os.Rename(f.Name(), name)
}

// move returns the options of moving listings to another store.
func (t *tool) move() []lifecycle.MoveOption {
	if t.open.Simulate {
		return []lifecycle.MoveOption{lifecycle.Simulated()}
	}
	return nil
}

// isStdout reports whether a name, such as /dev/stdout, is that of standard output.
func isStdout(name string) bool {
	out, err := os.Stdout.Stat()
	if err != nil {
		return false
	}
	info, err := os.Stat(name)
	return err == nil && os.SameFile(info, out)
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
