package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// initFrom writes a folder from a product that is on AWS.
func (t *tool) initFrom(ctx context.Context, dir, name, product string, buyers []string) error {
	j := &job{tool: t, name: name}
	return t.onOne(ctx, j, func(ctx context.Context, j *job) error {
		for known, err := range j.Manager.Listings(ctx, lifecycle.Query{Product: product}) {
			if err != nil {
				return err
			}
			if known.Name != name {
				return usageError{fmt.Errorf("the store has %s already, as %s: give --name %s", document.Printable(product), document.Printable(known.Name), document.Printable(known.Name))}
			}
		}
		var all []listing.AccountID
		for _, each := range buyers {
			all = append(all, listing.AccountID(each))
		}
		found, err := j.adoption(ctx, product, all)
		if err != nil {
			return err
		}
		for _, each := range found.decision.Findings.Advice {
			fmt.Fprintln(t.err, document.Printable(each.Error()))
		}
		files, err := folder.Document{
			Name: name, Seller: j.Manager.Seller(), Product: product, Listing: found.decision.Record.Draft,
		}.Files(fmt.Sprintf("What the marketplace has of %s. \"shelflife apply\" takes it into the store.", document.Printable(product)))
		if err != nil {
			return err
		}
		return t.writeAll(dir, files)
	})
}

// adoption is a product on AWS that is taken into the store.
type adoption struct {
	command  lifecycle.Adopt
	decision lifecycle.Decision // what it leads to
}

// adoption reads the product, and returns what adopting it leads to.
func (j *job) adoption(ctx context.Context, product string, buyers []listing.AccountID) (adoption, error) {
	s, err := j.Manager.Read(ctx, product)
	if errors.Is(err, lifecycle.ErrForgotten) { // none of our calls has named it before
		return adoption{}, usageError{fmt.Errorf("%s the seller has no product %q: correct the id of the product, or give credentials of the account that has it", j.productPlace(), document.Cut(product, 300))}
	}
	if err != nil {
		return adoption{}, fmt.Errorf("%s: %w", document.Printable(document.Cut(product, 300)), err)
	}
	a := adoption{command: lifecycle.Adopt{Name: j.name, Snapshot: s, Buyers: buyers}}
	nothing := lifecycle.Record{ID: j.id, Seller: j.Manager.Seller()}
	a.decision, err = lifecycle.Decide(nothing, a.command, lifecycle.Input{At: j.Clock.Now(), By: j.by})
	return a, err
}

// productPlace begins a message about the member "product" with its place, where a
// folder has it.
func (j *job) productPlace() string {
	if j.folder == nil {
		return "--from:"
	}
	return j.folder.Place("product").String() + ": product:"
}

// buyers returns whom a private listing is for sale to.
func (j *job) buyers() []listing.AccountID {
	if j.folder.Listing.Visibility != listing.Private {
		return nil
	}
	return j.folder.Listing.Buyers
}
