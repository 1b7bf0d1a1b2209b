// Command shelflife-simulator serves a simulated AWS Marketplace Catalog API, with the SageMaker calls a listing needs, on a
// local address. Point an AWS SDK or CLI at the endpoint it prints; any credentials do. See package simulator for what is
// simulated and for the controls under /_simulator/.
//
//	shelflife-simulator -file marketplace.db -seed seed.json -speed 3600 -log
//
// The page at /_simulator/ shows what there is, moves the clock and plays the reviewer.
//
// An access key of 12 digits is the account of the seller that calls; every other key stands for that of -seller. The clock
// stands still unless -speed makes it run, in simulated seconds per real second. With -quotas, calls beyond the
// documented rates are refused; give -speed as well, since the rates are those of the simulated clock. With
// -review-by-hand, changes of visibility wait for a decision of yours. With -events, every event of EventBridge is posted to
// an address of yours, such as that of a local function.
//
// The command has no credentials to ask for: listen on anything but loopback only where everybody may do everything.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/lifecycle/simulator/cmd/boltstore"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "shelflife-simulator:", err)
		os.Exit(1)
	}
}

// run serves until the context ends, then lets the calls under way finish.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("shelflife-simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8787", "`address` to listen on; port 0 picks a free one")
	file := flags.String("file", "", "bbolt `file` that keeps the state; kept in memory only when empty")
	seed := flags.String("seed", "", "JSON `file` with modelPackages, algorithms and entities to begin with")
	seller := flags.String("seller", "", "12-digit `account` of keys that name none (default 111122223333)")
	programs := flags.Bool("program-offers", false, "let AWS add offers of its own beside each that is released")
	categories := flags.String("categories", "", "`names` of categories beside those that every simulator knows, with commas between them")
	logs := flags.Bool("log", false, "log each call to stderr, without what it said")
	speed := flags.Float64("speed", 0, "simulated seconds per real second; at 0 only the control interface moves the clock")
	quotas := flags.Bool("quotas", false, "refuse calls beyond the documented rates per simulated second; the clock must move for them to be accepted again")
	byHand := flags.Bool("review-by-hand", false, "let changes of visibility wait for POST /_simulator/reviews, 37 days at the most")
	events := flags.String("events", "", "`address` to which every event is posted as JSON, once, whatever it answers")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	cfg := simulator.Config{Seller: *seller, Quotas: *quotas, ReviewByHand: *byHand, ProgramOffers: *programs}
	if *categories != "" {
		cfg.Categories = strings.Split(*categories, ",")
	}
	if *logs {
		cfg.OnCall = logger(stderr)
	}
	if *file != "" {
		store, err := boltstore.Open(*file)
		if err != nil {
			return err
		}
		defer store.Close() //nolint:errcheck // what was answered is on disk already
		cfg.Store = store
	}
	sim, err := simulator.New(cfg)
	if err != nil {
		return err
	}
	if *seed != "" {
		if err := plant(sim, *seed); err != nil {
			return err
		}
	}
	if *events != "" {
		post, err := poster(ctx, *events, stderr)
		if err != nil {
			return err
		}
		defer sim.Subscribe(post)()
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "http://%s\n", listener.Addr())
	fmt.Fprintf(stderr, "shelflife-simulator: the page is http://%s/_simulator/\n", listener.Addr())
	return sim.Serve(ctx, listener, *speed)
}
