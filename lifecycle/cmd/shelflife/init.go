package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/open"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/version"
)

// beginning is what init makes a folder of.
type beginning struct {
	name, kind, number, schema string
	sample                     bool
	given                      map[string][]string // values by the path of the field
}

func (t *tool) initCommand() *cobra.Command {
	b := beginning{kind: string(version.ModelPackage), number: "1.0", given: map[string][]string{}}
	var from string
	var buyers, settings []string
	shorts := map[string]*string{"title": new(string), "versions.resource": new(string), "versions.accessRole": new(string)}
	c := &cobra.Command{
		Use:   "init folder",
		Short: "Begin a listing in a folder: from questions, a template, or a product on AWS",
		Long: "Init writes listing.yaml, overview.md and usage/NUMBER.md into the folder. In a terminal\n" +
			"it asks for what no flag gives; an empty answer leaves a TODO, as does a command\n" +
			"without a terminal. \"shelflife check\" names every place that is to be filled in.\n" +
			"With --sample all is filled in, to try things out with --simulate.\n\n" +
			"With --from it writes the folder from a product that is on AWS, so that \"shelflife\n" +
			"plan\" finds nothing to do and \"shelflife apply\" takes it into the store. Access roles\n" +
			"are never given back: fill them in for versions that you edit. If the product is\n" +
			"private and for sale, say to whom with --buyers; the marketplace does not tell.\n\n" +
			"Files that are there are never overwritten. The paths of --set:\n\n" + setPaths(),
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			dir := args[0]
			if err := b.judge(dir); err != nil {
				return err
			}
			for path, value := range shorts {
				if *value != "" {
					b.given[path] = []string{*value}
				}
			}
			if t.open.Seller != "" {
				if err := open.JudgeSeller(t.open.Seller); err != nil {
					return err
				}
				b.given["seller"] = []string{t.open.Seller}
			}
			for _, each := range settings {
				if err := b.set(each); err != nil {
					return err
				}
			}
			if from != "" {
				return t.initFrom(c.Context(), dir, b.name, from, buyers)
			}
			if !b.sample && !t.json && isTerminal(t.in) && isTerminal(t.err) {
				if err := t.question(c.Context(), &b); err != nil {
					return err
				}
			}
			files, err := b.files()
			if err != nil {
				return err
			}
			return t.writeAll(dir, files)
		},
	}
	t.storeFlags(c)
	t.creates(c)
	f := c.Flags()
	f.StringVar(&b.kind, "kind", b.kind, "the `kind`: \"model package\" or \"algorithm\"")
	f.StringVar(&b.name, "name", "", "the `name` of the listing to you; that of the folder if not given")
	f.StringVar(&b.number, "number", b.number, "the `number` of the first version")
	f.StringVar(&b.schema, "schema", "", "the `path` of a schema for editors: see \"shelflife schema\"")
	f.StringVar(shorts["title"], "title", "", "the `title` that buyers see")
	f.StringVar(shorts["versions.resource"], "resource", "", "the `ARN` of the model package or algorithm")
	f.StringVar(shorts["versions.accessRole"], "role", "", "the `ARN` of the role with which the marketplace reads it")
	f.StringArrayVar(&settings, "set", nil, "`path=value` for any other value, such as promotion.logo=https://…; again for another, or for more of a list")
	f.BoolVar(&b.sample, "sample", false, "fill in everything, with a product that is invented")
	f.StringVar(&from, "from", "", "the `id` of a product on AWS to begin with, such as prod-abcdefghijklm")
	f.StringSliceVar(&buyers, "buyers", nil, "with --from: the `accounts` that a private product is for sale to")
	return c
}

// judge returns what is wrong with the command line, and names the listing.
func (b *beginning) judge(dir string) error {
	if !version.Kind(b.kind).Valid() {
		return usageError{fmt.Errorf("--kind %q: give \"model package\" or \"algorithm\"", b.kind)}
	}
	if !filepath.IsLocal(b.number) || filepath.Base(b.number) != b.number {
		return usageError{fmt.Errorf("--number %q cannot be the name of a file: give one such as 1.0", b.number)}
	}
	for _, name := range folder.Names {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return usageError{fmt.Errorf("%s is there already: choose another folder", filepath.Join(dir, name))}
		}
	}
	if b.name == "" {
		whole, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		b.name = filepath.Base(whole)
	}
	return nil
}

// question asks for every field that is left.
func (t *tool) question(ctx context.Context, b *beginning) error {
	in := bufio.NewReader(t.in)
	fmt.Fprintln(t.err, "Leave an answer empty to fill it in later.")
	for _, f := range b.left() {
		fmt.Fprintf(t.err, "%s: %s\n> ", f.path, f.ask)
		answer, err := readLine(ctx, in)
		if errors.Is(err, io.EOF) { // the rest is filled in later
			fmt.Fprintln(t.err)
			return nil
		}
		if err != nil {
			fmt.Fprintln(t.err)
			return err
		}
		if answer != "" {
			b.given[f.path] = []string{answer}
		}
	}
	return nil
}

// files returns what to write.
func (b beginning) files() ([]folder.NewFile, error) {
	b.fill()
	usage := "usage/" + b.number + ".md"
	document, err := b.document(usage)
	if err != nil {
		return nil, err
	}
	return []folder.NewFile{
		{Name: "overview.md", Data: []byte(b.text("overview") + "\n")},
		{Name: usage, Data: []byte(b.text("versions.usage") + "\n")},
		{Name: folder.Names[0], Data: document},
	}, nil
}

// writeAll writes the files into the folder, and names them. The document is the last,
// so that what was cut short is no listing yet.
func (t *tool) writeAll(dir string, files []folder.NewFile) error {
	var written []string
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := writeNew(name, f.Data); err != nil {
			return err
		}
		written = append(written, name)
	}
	if t.json {
		return report.WriteJSON(t.out, map[string]any{"written": written})
	}
	for _, name := range written {
		fmt.Fprintln(t.out, document.Printable(name))
	}
	return nil
}

// writeNew writes a file, but not over another.
func writeNew(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return usageError{fmt.Errorf("%s is there already: choose another folder, or remove it", name)}
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// readLine returns a line without the blanks around it. A signal ends the waiting.
func readLine(ctx context.Context, in *bufio.Reader) (string, error) {
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() { // it may wait for ever, but not longer than the process
		text, err := in.ReadString('\n')
		read <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case l := <-read:
		if l.text != "" {
			l.err = nil
		}
		return strings.TrimSpace(l.text), l.err
	}
}
