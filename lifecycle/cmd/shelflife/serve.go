package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/lifecycle/console"
)

// drain is how long requests may take after a signal.
const drain = 10 * time.Second

// consoleServer is what serve serves.
type consoleServer struct {
	listen string
	anyone bool
	hosts  []string
}

func (t *tool) serveCommand() *cobra.Command {
	s := consoleServer{listen: "127.0.0.1:8080"}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the console: the listings of a seller in a browser, to read",
		Long: "Serve shows the listings of a seller at the address that it prints, and follows what\n" +
			"other commands do. Nothing can be changed from there. It asks nobody who they are:\n" +
			"it listens on loopback unless --anyone is given. A request must name localhost, an IP\n" +
			"address or a --host. For users who sign in, mount package lifecycle/console in a\n" +
			"service of yours. A signal ends it once the requests under way are answered.",
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return t.serve(c.Context(), s) },
	}
	t.storeFlags(c)
	f := c.Flags()
	f.StringVar(&s.listen, "listen", s.listen, "the `address` to listen on; port 0 picks a free one")
	f.BoolVar(&s.anyone, "anyone", false, "listen on an address that others reach, and show everything to all who do")
	f.StringArrayVar(&s.hosts, "host", nil, "a `name` under which browsers reach it, such as console.example.com; may be repeated")
	return c
}

// serve answers until the context ends.
func (t *tool) serve(ctx context.Context, s consoleServer) (err error) {
	host, _, err := net.SplitHostPort(s.listen)
	if err != nil {
		return usageError{fmt.Errorf("--listen %q: give an address such as 127.0.0.1:8080", s.listen)}
	}
	if ip := net.ParseIP(host); host != "localhost" && !ip.IsLoopback() && !s.anyone {
		return usageError{fmt.Errorf("--listen %s can be reached by others, and serve asks nobody who they are: give --anyone if they may see everything", s.listen)}
	}
	t.open.Borrow, t.open.Create = true, t.open.Store == "" // it goes on with a store of later, too
	j := &job{tool: t}
	if err := t.opened(ctx, j); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	for _, err := range j.Manager.Listings(ctx, lifecycle.Query{Limit: 1}) { // a store that cannot be reached is told at once
		if err != nil && !errors.Is(err, lifecycle.ErrUnreadable) {
			return err
		}
	}
	pages, err := console.New(func(*http.Request) (console.Session, error) {
		return console.Session{Manager: j.Manager}, nil
	}, console.WithLogger(slog.New(slog.NewTextHandler(t.err, nil))))
	if err != nil {
		return err
	}
	defer pages.Close()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return usageError{err}
	}
	h := &http.Server{Handler: s.named(pages), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	h.RegisterOnShutdown(pages.Close) // or streams would keep it waiting
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(listener) }()
	address := "http://" + listener.Addr().String() + "/"
	if t.json {
		err = report.WriteJSON(t.out, map[string]string{"url": address})
	} else {
		_, err = fmt.Fprintln(t.out, address)
	}
	if err == nil {
		select {
		case err = <-failed:
		case <-ctx.Done():
		}
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return errors.Join(err, h.Shutdown(end))
}

// named answers only requests for a name of this server: a page of elsewhere whose name
// leads here cannot read it.
func (s consoleServer) named(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.Trim(strings.ToLower(host), "[]")
		if net.ParseIP(host) == nil && host != "localhost" && !slices.ContainsFunc(s.hosts, func(h string) bool { return strings.EqualFold(h, host) }) {
			http.Error(w, "this server has another name: see shelflife serve --host", http.StatusMisdirectedRequest)
			return
		}
		pages.ServeHTTP(w, r)
	})
}
