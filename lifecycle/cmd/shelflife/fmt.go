package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
)

func (t *tool) fmtCommand() *cobra.Command {
	var look bool
	c := &cobra.Command{
		Use:   "fmt [folder…]",
		Short: "Write documents as they are usually written, comments kept",
		Long: "Fmt puts the members of each listing.yaml in the order of the documentation, with two\n" +
			"spaces a level, keeps the comments, and names the files that it changed. Of a\n" +
			"listing.json it changes the white space alone.",
		RunE: func(_ *cobra.Command, dirs []string) error {
			changed := []string{}
			for _, dir := range findAll(dirs) {
				name, err := format(dir, look)
				if err != nil {
					return err
				}
				if name != "" {
					changed = append(changed, name)
				}
			}
			if t.json {
				if err := report.WriteJSON(t.out, map[string]any{"changed": changed}); err != nil {
					return err
				}
			} else {
				for _, name := range changed {
					fmt.Fprintln(t.out, document.Printable(name))
				}
			}
			if look && len(changed) > 0 {
				return exitError{code: codeRules}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&look, "check", false, "change nothing; exit with 1 if a file would change")
	return c
}

// format returns the name of the document if it was, or would be, changed.
func format(dir string, look bool) (string, error) {
	f, err := folder.Read(dir)
	if err != nil {
		return "", err
	}
	data, same, err := f.Format()
	if err != nil || same {
		return "", err
	}
	if look {
		return f.File, nil
	}
	files, err := folder.OpenFiles(dir)
	if err != nil {
		return "", err
	}
	return f.File, errors.Join(files.Replace(files.Document, data), files.Close())
}
