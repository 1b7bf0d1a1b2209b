// Package open opens what commands work on: a store by its URL, the marketplace or a
// simulator of it, and the manager of both.
package open

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// SettingsError is settings that make no sense together.
type SettingsError struct{ error }

// Unwrap returns the cause.
func (e *SettingsError) Unwrap() error { return e.error }

func wrong(format string, args ...any) error { return &SettingsError{fmt.Errorf(format, args...)} }

// Settings say what to open.
type Settings struct {
	// Store is the URL of the store: "sqlite:path", "postgres://…", "dynamodb:table"
	// or "memory:". Empty is a SQLite file in the user's state folder.
	Store string
	// Seller is the account whose listings they are.
	Seller string
	// Simulate takes a simulator for the marketplace, in this process.
	Simulate bool
	// Create makes a SQLite store that is not there. Without it, the one in the state
	// folder is taken for empty, and another one is an error unless Empty is set.
	Create bool
	// Empty takes a SQLite store that is not there for empty, without making it.
	Empty bool
	// Borrow holds the simulator's file only while it is asked.
	Borrow bool
	// AWS is how AWS is reached, where the environment does not say.
	AWS AWS
	// Profile is what the caller knows of the seller; nil is nothing. Without it, a
	// simulated seller has done everything.
	Profile *lifecycle.SellerProfile
	// Assets fetches the files that listings name; nil fetches them from where they
	// are, but not with Simulate.
	Assets lifecycle.Assets
	// Log, if not nil, is told of what is written down and of looks that failed.
	Log io.Writer
}

// Session is what was opened. Close it.
type Session struct {
	Manager *lifecycle.Manager
	Store   lifecycle.Store
	Clock   lifecycle.Clock
	// AWS is how AWS is reached; nil with Simulate.
	AWS *aws.Config

	market *simulator.Simulator // nil without Simulate
	close  []func() error
}

// Open opens store and marketplace for a command on the listings; what they refer to
// is put into the simulator.
func Open(ctx context.Context, s Settings, listings ...listing.Listing) (*Session, error) {
	if err := s.judge(); err != nil {
		return nil, err
	}
	out := &Session{Clock: lifecycle.SystemClock{}}
	if err := out.open(ctx, s, listing.AccountID(s.Seller), listings); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return out, nil
}

// judge returns what is wrong with the settings.
func (s Settings) judge() error {
	if s.Seller == "" {
		return wrong("whose listings? Give --seller, set SHELFLIFE_SELLER, or write \"seller\" into listing.yaml")
	}
	if err := JudgeSeller(s.Seller); err != nil {
		return err
	}
	return apart(s)
}

// JudgeSeller returns what is wrong with a seller that flags or environment name.
func JudgeSeller(seller string) error {
	if a := listing.AccountID(seller); !a.Valid() {
		return wrong("the seller %q is not a twelve-digit account id: %s", document.Cut(seller, 40), a.Remedy())
	}
	return nil
}

func (o *Session) open(ctx context.Context, s Settings, seller listing.AccountID, listings []listing.Listing) error {
	var options []lifecycle.Option
	var market *awsmarketplace.Marketplace
	if s.Simulate {
		cfg, err := o.simulate(ctx, s, seller, listings)
		if err != nil {
			return err
		}
		market = awsmarketplace.NewMarketplace(cfg)
		options = append(options, lifecycle.WithResources(awsmarketplace.NewResources(cfg)))
		if s.Profile == nil {
			s.Profile = &lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}
		}
	} else {
		cfg, err := s.AWS.load(ctx)
		if err != nil {
			return err
		}
		market, o.AWS = awsmarketplace.NewMarketplace(cfg), &cfg
		options = append(options, lifecycle.WithResources(awsmarketplace.NewResources(cfg)))
		if s.Assets == nil {
			s.Assets = awsmarketplace.NewAssets(nil)
		}
	}
	if s.Assets != nil {
		options = append(options, lifecycle.WithAssets(s.Assets))
	}
	if s.Profile != nil {
		options = append(options, lifecycle.WithSellers(*s.Profile))
	}
	store, closeStore, err := openStore(ctx, s)
	if err != nil {
		return err
	}
	o.Store, o.close = store, append(o.close, closeStore)
	options = append(options, lifecycle.WithClock(o.Clock))
	if s.Log != nil {
		options = append(options, lifecycle.WithLogger(slog.New(slog.NewTextHandler(s.Log, nil))))
	}
	o.Manager, err = lifecycle.New(seller, store, market, options...)
	return err
}

// Close closes everything, the last first.
func (o *Session) Close() error {
	var all error
	for i := len(o.close) - 1; i >= 0; i-- {
		all = errors.Join(all, o.close[i]())
	}
	o.close = nil
	return all
}

// scheme splits the URL of a store.
func scheme(url string) (name, rest string) {
	name, rest, found := strings.Cut(url, ":")
	if !found {
		return "", url
	}
	return name, rest
}
