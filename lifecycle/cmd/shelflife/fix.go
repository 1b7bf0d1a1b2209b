package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/mend"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
)

// fixed is one thing that was corrected, as it is written in JSON.
type fixed struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Kind string `json:"kind"`
	Rule string `json:"rule,omitempty"`
	Path string `json:"path,omitempty"`
	Was  string `json:"was,omitempty"`
	Did  string `json:"did"`

	text string
}

// fix is what becomes of one file.
type fix struct {
	name          string // in the folder, with slashes
	before, after []byte
	fixed         []fixed
}

// fixesOf returns what is to be corrected in the files of a folder.
func fixesOf(files *folder.Files) ([]fix, error) {
	var all []fix
	add := func(name string, before, after []byte, changes []mend.Change) {
		one := fix{name: name, before: before, after: after}
		for _, c := range changes {
			one.fixed = append(one.fixed, fixed{
				File: filepath.Join(files.Dir, filepath.FromSlash(name)), Line: c.Line, Kind: c.Kind.ID, Rule: c.Kind.Rule,
				Path: c.Path, Was: document.Cut(c.Was, 200), Did: c.Kind.Does, text: c.String(),
			})
		}
		if len(changes) > 0 {
			all = append(all, one)
		}
	}
	data, err := files.Read(files.Document)
	if err != nil {
		return nil, err
	}
	after, changes, texts := mend.Document(data, filepath.Ext(files.Document) == ".json", files.Has)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		before, err := files.Read(name)
		if err != nil {
			continue // check says so
		}
		after, changes := mend.Text(before, texts[name], strings.EqualFold(filepath.Ext(name), ".md"))
		add(name, before, after, changes)
	}
	add(files.Document, data, after, changes) // the last, so that what was cut short is done again
	return all, nil
}

// eachFolder calls do for the files of each listing in the folders and below. What
// cannot be opened is left to check.
func eachFolder(dirs []string, do func(*folder.Files, []fix) error) error {
	for _, dir := range findAll(dirs) {
		files, err := folder.OpenFiles(dir)
		if err != nil {
			continue
		}
		fixes, err := fixesOf(files)
		if err == nil {
			err = do(files, fixes)
		} else {
			err = nil // check says so
		}
		if err = errors.Join(err, files.Close()); err != nil {
			return err
		}
	}
	return nil
}

// fixAll corrects the listings in the folders and below, and returns what it did, and
// what it could not do.
func fixAll(dirs []string) (all []fixed, err error) {
	all = []fixed{}
	var failed error
	err = eachFolder(dirs, func(files *folder.Files, fixes []fix) error {
		for _, f := range fixes {
			if err := files.Replace(f.name, f.after); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			all = append(all, f.fixed...)
		}
		return nil
	})
	return all, errors.Join(err, failed)
}

// showFixes writes what would be corrected.
func (t *tool) showFixes(dirs []string) error {
	all, text := []fixed{}, new(bytes.Buffer)
	err := eachFolder(dirs, func(files *folder.Files, fixes []fix) error {
		for _, f := range fixes {
			all = append(all, f.fixed...)
			name := filepath.Join(files.Dir, filepath.FromSlash(f.name))
			for line := range bytes.SplitSeq(diff.Diff(name, f.before, name+" (corrected)", f.after), []byte("\n")) {
				if len(line) > 0 && !bytes.HasPrefix(line, []byte("diff ")) {
					fmt.Fprintln(text, document.Printable(string(line)))
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if t.json {
		err = report.WriteJSON(t.out, map[string]any{"fixes": all, "diff": text.String()})
	} else {
		_, err = text.WriteTo(t.out)
	}
	if err == nil && len(all) > 0 {
		return exitError{code: codeRules}
	}
	return err
}

// withFixes returns a writer of reports that names first what was corrected: with the
// rest in text and JSON, and apart from it in the formats of others.
func (t *tool) withFixes(all []fixed, format string, write func(report.Report, io.Writer) error) func(report.Report, io.Writer) error {
	if format == "json" {
		return func(r report.Report, w io.Writer) error {
			return report.WriteJSON(w, struct {
				Fixed []fixed `json:"fixed"`
				report.Summary
			}{all, r.Summary()})
		}
	}
	out := t.err
	if format == "text" {
		out = t.out
	}
	slices.SortStableFunc(all, func(a, b fixed) int { return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line) })
	for _, f := range all {
		fmt.Fprintf(out, "%s:%d: fixed: %s [%s]\n", document.Printable(f.File), f.Line, f.text, f.Kind)
	}
	return write
}

// listFixes lists what is corrected.
func (t *tool) listFixes() error {
	if t.json {
		type kind struct {
			ID   string `json:"id"`
			Does string `json:"does"`
			Rule string `json:"rule,omitempty"`
		}
		var all []kind
		for _, k := range mend.Kinds {
			all = append(all, kind(k))
		}
		return report.WriteJSON(t.out, all)
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, k := range mend.Kinds {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.ID, k.Does, cmp.Or(k.Rule, "form"))
	}
	return w.Flush()
}
