package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// job is a command at work on one listing, or on all of a seller.
type job struct {
	*tool
	*open.Session
	folder *folder.Folder // nil if the listing was named
	name   string         // as users know it
	id     uuid.UUID
	adopt  lifecycle.Command // what takes the folder's product into the store; nil if it is there
}

// storeFlags adds the flags of commands that need a store.
func (t *tool) storeFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&t.open.Store, "store", os.Getenv("SHELFLIFE_STORE"), "the `url` of where listings are kept: sqlite:path, postgres://…, dynamodb:table, or memory: with --simulate; else $SHELFLIFE_STORE, or a SQLite file of yours")
	f.StringVar(&t.open.Seller, "seller", os.Getenv("SHELFLIFE_SELLER"), "the `account` of the seller, twelve digits; else $SHELFLIFE_SELLER, or that of listing.yaml")
	f.Lookup("store").DefValue, f.Lookup("seller").DefValue = "", "" // the help must not print a password
	profile := f.String("profile", os.Getenv("SHELFLIFE_PROFILE"), "the `name` of settings in your shelflife/config.yaml, which are for what neither flags nor environment say; else $SHELFLIFE_PROFILE")
	c.PreRunE = func(*cobra.Command, []string) error { return t.open.Use(*profile) }
	f.BoolVar(&t.open.Simulate, "simulate", false, "use a simulated marketplace in place of AWS: no account, no network, and its clock moves on instead of waiting")
}

// creates lets a command make a SQLite store that is not there.
func (t *tool) creates(c *cobra.Command) { t.beforeRun(c, func() { t.open.Create = true }) }

// previews lets a command say what is to come in a SQLite store that is not there, and
// not make it.
func (t *tool) previews(c *cobra.Command) {
	t.beforeRun(c, func() {
		t.open.Empty = true
		if missing, err := open.Missing(t.open); err == nil && missing && t.open.Store != "" {
			fmt.Fprintf(t.err, "shelflife: there is no store %s yet: \"shelflife apply\" makes it\n", document.Printable(t.open.Store))
		}
	})
}

// beforeRun calls do before a command runs, once its settings are known.
func (t *tool) beforeRun(c *cobra.Command, do func()) {
	before := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if err := before(c, args); err != nil {
			return err
		}
		do()
		return nil
	}
}

// actFlags adds the flags of commands that change something.
func (t *tool) actFlags(c *cobra.Command) {
	t.storeFlags(c)
	t.creates(c)
	c.Flags().StringVar(&t.by, "by", "", "the `name` of who asks, for the history; else yours on this machine")
	c.Flags().BoolVar(&t.approved, "auto-approve", false, "do not ask")
}

// who returns who asks.
func (t *tool) who() lifecycle.DoOption {
	if t.by == "" {
		if u, err := user.Current(); err == nil {
			t.by = u.Username
		}
	}
	return lifecycle.By(t.by)
}

// onListing is a command on a listing that the first argument names, or whose folder
// it is.
func (t *tool) onListing(do func(ctx context.Context, j *job, rest []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		var rest []string
		if len(args) > 1 {
			rest = args[1:]
		}
		x := targetOf(first(args), true)
		if x.err != nil {
			return x.err
		}
		return t.onOne(c.Context(), x.job(t), func(ctx context.Context, j *job) error { return do(ctx, j, rest) })
	}
}

func first(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

// readFolder is folder.Read with errors of usage.
func readFolder(dir string) (*folder.Folder, error) {
	f, err := folder.Read(dir)
	if err != nil {
		return nil, usageError{err}
	}
	return f, nil
}

func (t *tool) onOne(ctx context.Context, j *job, do func(context.Context, *job) error) (err error) {
	if err := t.opened(ctx, j); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	t.folder, t.names = j.folder, nil
	if j.id, err = uuid.Parse(j.name); err != nil || j.folder != nil {
		j.id = j.idOf(j.name)
	}
	return do(ctx, j)
}

// idOf returns the id of the listing of a name, and lets messages say the name.
func (j *job) idOf(name string) uuid.UUID {
	id := j.Manager.ID(name)
	j.names = append(j.names, id.String(), strconv.Quote(name))
	return id
}

// opened opens the session of a job.
func (t *tool) opened(ctx context.Context, j *job) (err error) {
	s := t.open
	var all []listing.Listing
	if j.folder != nil {
		all = []listing.Listing{j.folder.Listing}
		switch own := string(j.folder.Seller); {
		case s.Seller == "":
			s.Seller = own
		case own != "" && own != s.Seller:
			return usageError{fmt.Errorf("%s belongs to the seller %s, not to %s: leave --seller and SHELFLIFE_SELLER out, or correct it", j.folder.Place("seller"), own, s.Seller)}
		}
		if own := j.folder.Seller; s.Seller != "" && s.Seller == string(own) && !own.Valid() {
			return usageError{fmt.Errorf("%s: %w", j.folder.Place("seller"), checkOwn(j.folder).Violations[0])}
		}
		if s.Seller == "" && s.Simulate {
			s.Seller = simulatedSeller
		}
	} else if s.Seller, err = t.sellerOf(ctx, s); err != nil {
		return err
	}
	if t.verbose {
		s.Log = t.err
	}
	j.Session, err = open.Open(ctx, s, all...)
	return err
}

// sellerOf returns whose listings are meant without a folder: the seller of the settings,
// that of the listing in the current folder or, with --simulate, one that has listings.
// It says so where there are several.
func (t *tool) sellerOf(ctx context.Context, s open.Settings) (string, error) {
	if s.Seller != "" {
		return s.Seller, nil
	}
	if f, _ := folder.Read("."); f != nil && f.Seller != "" {
		return string(f.Seller), nil
	}
	if !s.Simulate {
		return "", nil
	}
	sellers, err := open.SimulatedSellers(ctx, s)
	switch {
	case err != nil || len(sellers) == 0:
		return simulatedSeller, err
	case len(sellers) > 1:
		fmt.Fprintf(t.err, "shelflife: taking the seller %s; choose with --seller: there are %s\n", sellers[0], strings.Join(sellers, ", "))
	}
	return sellers[0], nil
}

// none says that a list in text form is empty.
func (t *tool) none(what string, seller listing.AccountID) {
	if !t.json {
		fmt.Fprintf(t.err, "no %s of the seller %s\n", what, seller)
	}
}

// confirm asks before something is done that others will see.
func (t *tool) confirm(ctx context.Context, question string) error {
	if t.approved {
		return nil
	}
	if !isTerminal(t.in) {
		return usageError{errors.New("there is no terminal to ask in: give --auto-approve")}
	}
	fmt.Fprintf(t.err, "%s Only \"yes\" is taken for it: ", question)
	answers := make(chan string, 1)
	go func() { // it may wait for ever, but not longer than the process
		var answer string
		_, _ = fmt.Fscanln(t.in, &answer) // no answer is a no
		answers <- answer
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(t.err)
		return context.Cause(ctx)
	case answer := <-answers:
		if answer != "yes" {
			return exitError{codeUsage, errors.New("not confirmed, nothing was done")}
		}
	}
	return nil
}
