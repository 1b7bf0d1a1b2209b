package main

import (
	"context"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// simulatedSeller is whose listings simulated ones are, if nobody says.
const simulatedSeller = "111122223333"

// server is what simulate serves.
type server struct {
	addr, file, seller string
	speed              float64
	byHand             bool
}

func (t *tool) simulateCommand() *cobra.Command {
	s := server{addr: "127.0.0.1:8787", seller: simulatedSeller}
	c := &cobra.Command{
		Use:   "simulate [folder…]",
		Short: "Serve a simulated marketplace, for any program that uses AWS",
		Long: "Simulate serves the Catalog API and what SageMaker says of the resources that the\n" +
			"listings in the folders refer to. Point any AWS SDK or CLI at the address that it\n" +
			"prints, by AWS_ENDPOINT_URL; any credentials do. It asks for none: serve on loopback.\n" +
			"The page /_simulator/ shows what there is, moves the clock, and plays the reviewer.\n" +
			"The clock stands still unless --speed makes it run.\n\n" +
			"The other commands need no server: see --simulate.",
		RunE: func(c *cobra.Command, dirs []string) error { return t.simulate(c.Context(), s, dirs) },
	}
	f := c.Flags()
	f.StringVar(&s.addr, "addr", s.addr, "the `address` to listen on; port 0 picks a free one")
	f.StringVar(&s.file, "file", "", "a `file` that keeps the state; in memory only if not given")
	f.StringVar(&s.seller, "seller", s.seller, "the `account` of the seller")
	f.Float64Var(&s.speed, "speed", 0, "the `number` of simulated seconds for each second")
	f.BoolVar(&s.byHand, "review-by-hand", false, "let changes of visibility wait for you")
	return c
}

// simulate answers until the context ends.
func (t *tool) simulate(ctx context.Context, s server, dirs []string) error {
	cfg := simulator.Config{Seller: s.seller, ReviewByHand: s.byHand}
	if s.file != "" {
		store, err := open.SimulatorFile(s.file)
		if err != nil {
			return err
		}
		defer store.Close() //nolint:errcheck // what was answered is on disk already
		cfg.Store = store
	}
	market, err := simulator.New(cfg)
	if err != nil {
		return usageError{err}
	}
	for _, dir := range dirs {
		all, err := folder.Find(dir)
		if err != nil {
			return usageError{err}
		}
		for _, each := range all {
			f, err := readFolder(each)
			if err != nil {
				return err
			}
			if err := open.Seed(market, f.Listing); err != nil {
				return err
			}
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return usageError{err}
	}
	fmt.Fprintf(t.out, "http://%s\n", listener.Addr())
	return market.Serve(ctx, listener, s.speed)
}
