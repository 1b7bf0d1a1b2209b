package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
	"github.com/shelflife-go/shelflife/listing"
)

// onStore is a command on all that a store has of a seller; it needs no marketplace.
func (t *tool) onStore(do func(ctx context.Context, s lifecycle.Store, seller listing.AccountID, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) (err error) {
		settings := t.open
		if settings.Seller, err = t.sellerOf(c.Context(), settings); err != nil {
			return err
		}
		store, closeStore, err := open.StoreOf(c.Context(), settings)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, closeStore()) }()
		return do(c.Context(), store, listing.AccountID(settings.Seller), args)
	}
}
