package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
)

// tool is one run of the command.
type tool struct {
	in       io.Reader
	out, err io.Writer
	colours  bool // in what goes to out
	json     bool
	verbose  bool
	approved bool
	by       string
	folder   *folder.Folder // whose places messages name, if any
	names    []string       // ids of listings, each with the name that the user knows it by
	arg      string         // which of several listings it is; empty for one
	open     open.Settings
}

// run carries out one command, until a signal ends it, and returns its exit code.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return runUntil(ctx, args, in, out, errs)
}

func runUntil(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	return (&tool{in: in, out: out, err: errs, colours: colours(out)}).run(ctx, args)
}

func (t *tool) run(ctx context.Context, args []string) int {
	root := t.root()
	root.SetArgs(args)
	root.SetIn(t.in)
	root.SetOut(t.out)
	root.SetErr(t.err)
	_, err := root.ExecuteContextC(ctx)
	return t.report(err)
}

func (t *tool) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "shelflife",
		Short: "Take listings from folders through their lives on AWS Marketplace",
		Long: "Shelflife takes machine learning listings, each a folder with a listing.yaml,\n" +
			"through their lives on AWS Marketplace: check, plan, apply, sign-off, watch.\n\n" + exitCodes,
		SilenceUsage: true, SilenceErrors: true,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.CompletionOptions.DisableDefaultCmd = true
	f := root.PersistentFlags()
	f.BoolVar(&t.json, "json", false, "write JSON to standard output: one value, or one for each of several folders")
	f.BoolVarP(&t.verbose, "verbose", "v", false, "say more, such as what could not be checked")
	root.AddCommand(t.checkCommand(), t.rulesCommand(), t.schemaCommand(), t.fmtCommand(), t.initCommand(), completionCommand(),
		t.planCommand(), t.applyCommand(), t.statusCommand(), t.watchCommand(), t.gateCommand(), t.historyCommand(), t.calendarCommand(), t.driftCommand(),
		t.submitCommand(), t.signOffCommand(), t.restrictCommand(), t.unpublishCommand(), t.endSupportCommand(), t.cancelCommand(), t.discardCommand(), t.reconcileCommand(),
		t.exportCommand(), t.importCommand(), t.verifyCommand(), t.simulateCommand(), t.serveCommand(), t.readyCommand())
	return root
}

// usage makes errors about arguments errors of usage.
func usage(args cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if err := args(c, given); err != nil {
			return usageError{fmt.Errorf("%w: see \"%s --help\"", err, c.CommandPath())}
		}
		return nil
	}
}
