package main

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

func (t *tool) checkCommand() *cobra.Command {
	format, strict := "text", false
	var fix, diff bool
	c := &cobra.Command{
		Use:   "check [folder…]",
		Short: "Check listings offline, and say every rule that they break",
		Long: "Check reads the listings in the folders, or below them, and writes every rule that\n" +
			"they break with file, line and column. It needs no network. Without a folder it is\n" +
			"the current one. Nothing is written when all is well.\n\n" +
			"With --fix it corrects first what is mechanical, names what it did, and checks what\n" +
			"is left: how things are spelt, never what they mean. \"shelflife rules --fixes\" lists\n" +
			"what that is. Comments and the order of members stay. With --diff it writes what\n" +
			"--fix would change, and changes nothing.\n\n" +
			"It exits with 0 if no rule is broken, 1 if one is, and 2 if a document cannot be read.",
		RunE: func(_ *cobra.Command, dirs []string) error {
			if t.json {
				format = "json"
			}
			write, ok := report.Formats[format]
			if !ok {
				return usageError{fmt.Errorf("--format %q: give one of %s", format, strings.Join(slices.Sorted(maps.Keys(report.Formats)), ", "))}
			}
			if diff {
				return t.showFixes(dirs)
			}
			var fixed []fixed
			var failed error
			if fix {
				fixed, failed = fixAll(dirs)
			}
			all := t.check(dirs, strict)
			if fix {
				write = t.withFixes(fixed, format, write)
			}
			if err := write(all, t.out); err != nil {
				return err
			}
			if failed != nil {
				return exitError{codeUsage, failed}
			}
			faults, violations, _ := all.Count()
			switch {
			case faults > 0:
				return exitError{code: codeUsage}
			case violations > 0:
				return exitError{code: codeRules}
			}
			if t.verbose {
				fmt.Fprintf(t.err, "%s, no rule broken\n", several(len(all), "listing"))
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", format, "the `format` of what is found: text, json, junit, sarif or github")
	c.Flags().BoolVar(&fix, "fix", false, "correct first how values are spelt, never what they mean")
	c.Flags().BoolVar(&diff, "diff", false, "write what --fix would change, and change nothing; exit with 1 if it would")
	c.Flags().BoolVar(&strict, "strict", false, "fail for advice, too")
	return c
}

// check checks all listings in the folders and below.
func (t *tool) check(dirs []string, strict bool) report.Report {
	type source struct {
		dir    string
		folder *folder.Folder
	}
	var read []source // and not yet checked, in order
	documents := iter.Seq2[listing.Document, error](func(yield func(listing.Document, error) bool) {
		for _, dir := range findAll(dirs) {
			f, err := folder.Read(dir)
			read = append(read, source{dir, f})
			var data []byte
			if err == nil {
				data, err = listing.Format(f.Listing)
			}
			if !yield(listing.Document{Name: dir, Data: data}, err) {
				return
			}
		}
	})
	var out report.Report
	var names []named
	for checked, err := range listing.CheckAll(documents) {
		from := read[0]
		read = read[1:]
		names = append(names, t.nameOf(from.folder))
		if err != nil {
			out = append(out, unreadable(from.dir, from.folder, err))
			continue
		}
		checked.Findings = rule.Join(checkOwn(from.folder), checked.Findings)
		if strict {
			checked.Findings = checked.Findings.Refuse()
		}
		out = append(out, report.Of(from.folder, checked.Findings))
	}
	for i, same := range sameNames(names) {
		out[i].Violations = slices.Insert(out[i].Violations, 0, same)
	}
	return out
}

// unreadable reports why a document cannot be read, and the rules that the rest of it
// breaks.
func unreadable(dir string, f *folder.Folder, err error) report.Listing {
	l := report.OfError(dir, err)
	var faults folder.Faults
	if f == nil || !errors.As(err, &faults) {
		return l
	}
	var rest rule.Findings
	for _, v := range slices.Concat(checkOwn(f).Violations, listing.Check(f.Listing).Violations) {
		due := faults.About(v.Path) || v.Path == "support.details" && faults.About("support.offered") // to a fault alone
		if v.Path != "" && !due {
			rest.Violations = append(rest.Violations, v)
		}
	}
	l.Violations = report.Of(f, rest).Violations
	return l
}
