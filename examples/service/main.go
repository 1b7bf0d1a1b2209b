// Command service is a small HTTP service on this library: several sellers, each behind
// tokens of its own, whose listings are checked, planned, published and followed. Copy
// what you need.
//
//	go run ./examples/service -simulate
//
// README.md beside it says what to ask it. Each file is one idea: service.go puts the
// parts together, operations.go is the API, problem.go what errors become, auth.go who
// asks, database.go where listings are kept and who looks after them, sellers.go the way to
// AWS, and simulate.go what takes its place.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], log)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Error("stopped", "err", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. Then it takes no more requests, lets those under way
// finish, and returns nil. It may be killed as well: nothing is lost or sent twice.
func run(ctx context.Context, args []string, log *slog.Logger) (err error) {
	flags := flag.NewFlagSet("service", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on")
	where := flags.String("database", "service.db", "SQLite `file`, or postgres://… for PostgreSQL and River")
	config := flags.String("config", "", "JSON `file` with the sellers and the digests of their tokens")
	simulate := flags.Bool("simulate", false, "take a simulated AWS, where a second is ten minutes; the token is \"simulated\"")
	if err := flags.Parse(args); err != nil {
		return err
	}
	world, err := realWorld(ctx, *config)
	if *simulate {
		world, err = simulated(ctx, log)
	}
	if err != nil {
		return err
	}
	data, err := open(ctx, *where, world.clock, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.close()) }()
	service, err := newService(world, data, log)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: service.handler(), ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, // of a body: service.go
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	server.RegisterOnShutdown(service.close) // ends the streams, for which Shutdown would wait
	log.Info("listening", "url", fmt.Sprintf("http://%s/openapi.yaml", listener.Addr()))

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return data.work(ctx, slices.Collect(maps.Values(service.managers))...) })
	group.Go(func() error { return server.Serve(listener) })
	group.Go(func() error {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		return server.Shutdown(grace)
	})
	if err := group.Wait(); !errors.Is(err, context.Canceled) && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
