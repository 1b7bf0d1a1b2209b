package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
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
			"through their lives on AWS Marketplace. A listing is a Draft first, then a Test\n" +
			"Product that only you and your testers see, then Live, and at last Unpublished.\n\n" + exitCodes,
		Example: "  Without an account, against a simulated marketplace:\n\n" +
			"  shelflife init my-model --sample       write a listing of an invented product\n" +
			"  shelflife check my-model               say what is wrong with it; nothing is\n" +
			"  shelflife plan my-model --simulate     say what apply would do\n" +
			"  shelflife apply my-model --simulate    do it: it is a Test Product then\n" +
			"  shelflife sign-off my-model --simulate take it live",
		Version:      release(),
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
	group := func(title string, commands ...*cobra.Command) {
		root.AddGroup(&cobra.Group{ID: title, Title: title + ":"})
		for _, c := range commands {
			c.GroupID = title
		}
		root.AddCommand(commands...)
	}
	group("Write a folder, without a network", t.initCommand(), t.checkCommand(), t.fmtCommand(), t.rulesCommand(), t.schemaCommand())
	group("Make the listing what the folder says", t.readyCommand(), t.planCommand(), t.applyCommand(), t.signOffCommand())
	group("Say how it stands", t.statusCommand(), t.watchCommand(), t.gateCommand(), t.historyCommand(), t.calendarCommand())
	group("Do one thing with a listing", t.submitCommand(), t.cancelCommand(), t.discardCommand(), t.restrictCommand(), t.unpublishCommand(), t.endSupportCommand())
	group("Follow what was changed elsewhere", t.driftCommand(), t.reconcileCommand())
	group("Look after a store", t.exportCommand(), t.importCommand(), t.verifyCommand())
	group("Serve, and more", t.serveCommand(), t.simulateCommand(), completionCommand())
	root.SetHelpCommandGroupID("Serve, and more")
	return root
}

func init() { cobra.EnableCommandSorting = false } // help has them in the order of a life

// release returns the version of the module that the command was built from.
func release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
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
			return usageError{fmt.Errorf("%s given, but the command is \"%s\": see \"%s --help\"", several(len(given), "argument"), strings.TrimSuffix(c.UseLine(), " [flags]"), c.CommandPath())}
		}
		return nil
	}
}
