package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing"
)

func (t *tool) verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify",
		Short: "Check all that a store has of the seller against its history",
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
			switch {
			case t.json:
				if err := report.WriteJSON(t.out, out); err != nil {
					return err
				}
			case out.Listings == 0:
				t.none("listings", seller)
			case t.verbose:
				fmt.Fprintf(t.err, "%s, %d broken\n", several(out.Listings, "listing"), len(out.Broken))
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
