package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
	"github.com/shelflife-go/shelflife/listing/document"
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
	var root *cobra.Command
	root = &cobra.Command{
		Use:   "shelflife",
		Short: "Take listings from folders through their lives on AWS Marketplace",
		Long: "Shelflife takes machine learning listings, each a folder with a listing.yaml,\n" +
			"through their lives on AWS Marketplace: check, plan, apply, sign-off, watch.\n\n" + exitCodes,
		SilenceUsage: true, SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return usageError{fmt.Errorf("%q is no command%s: see \"shelflife --help\"", args[0], didYouMean(args[0], commandNames(root)))}
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(wrongFlag)
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

func commandNames(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// wrongFlag makes an error about a flag an error of usage, and says where flags are
// described and which one may be meant.
func wrongFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	suggestion := ""
	if errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		suggestion = didYouMean("--"+unknown.GetSpecifiedName(), names)
	}
	return usageError{fmt.Errorf("%w%s: see \"%s --help\"", err, suggestion, c.CommandPath())}
}

// didYouMean names the one of the known names that may be meant.
func didYouMean(name string, known []string) string {
	near := document.Nearest(name, known)
	if near == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", near)
}

// usage makes errors about arguments errors of usage.
func usage(args cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if err := args(c, given); err != nil {
			return usageError{fmt.Errorf("%s given, where it is \"%s\": see \"%s --help\"", several(len(given), "argument"), strings.TrimSuffix(c.UseLine(), " [flags]"), c.CommandPath())}
		}
		return nil
	}
}
