// Command quickstart takes two listings through their lives on this machine: a
// public model package from Draft to the end of its support, and a private
// algorithm that goes live for its named buyers. Records are kept in a SQLite
// file; the requests go through the real AWS SDK to a simulated AWS Marketplace
// on loopback, whose clock runs as fast as it is asked to.
//
//	go run ./examples/quickstart
//	go run ./examples/quickstart -journal    # and the journal of each listing
//
// It can be killed at any instant. The next run goes on from the files that it
// finds, sends nothing twice, and ends the same.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
)

const seller listing.AccountID = "111122223333"

func main() {
	dir := flag.String("dir", ".shelflife", "folder for the SQLite file and the marketplace's memory")
	journal := flag.Bool("journal", false, "print the journal of each listing at its end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *dir, *journal, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string, journal bool, out io.Writer) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	memory, err := boltstore.Open(filepath.Join(dir, "marketplace.db"))
	if err != nil {
		return err
	}
	defer memory.Close() //nolint:errcheck // what was answered is on disk already
	market, err := simulator.New(simulator.Config{Seller: string(seller), Store: memory})
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	go market.Serve(serving, listener, 0) //nolint:errcheck // the calls tell
	endpoint := "http://" + listener.Addr().String()

	store, err := sqlitestore.Open(ctx, filepath.Join(dir, "listings.db"))
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // every save is on disk already

	p := printer{out: out, look: lookOf(out, os.Getenv), market: market}
	manager, err := newManager(store, simulatedClock{market, p.waiting}, endpoint, p.observe)
	if err != nil {
		return err
	}
	p.header(dir, endpoint)
	for _, s := range stories() {
		if err := s.play(ctx, manager, market, p); err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
		if journal {
			if err := p.journal(manager.Journal(ctx, s.id())); err != nil {
				return err
			}
		}
	}
	p.footer(dir)
	return nil
}

// newManager puts the parts together as a service would: a store, the marketplace
// and SageMaker through the AWS SDK, and an observer. With the real marketplace
// the endpoint, the credentials and the clock are left out.
func newManager(store lifecycle.Store, clock simulatedClock, endpoint string, o lifecycle.Observer) (*lifecycle.Manager, error) {
	cfg := aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("simulated", "simulated", ""),
	}
	return lifecycle.New(seller, store,
		awsmarketplace.NewMarketplace(cfg),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)),
		lifecycle.WithSellers(lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}),
		lifecycle.WithClock(clock),
		lifecycle.WithObserver(o),
	)
}

// simulatedClock is the marketplace's clock: waiting moves it.
type simulatedClock struct {
	*simulator.Simulator
	waiting func(time.Duration) // tells of it
}

func (c simulatedClock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.waiting(d)
	return c.Advance(d)
}
