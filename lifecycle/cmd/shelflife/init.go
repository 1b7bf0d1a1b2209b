package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/report"
	"github.com/shelflife-go/shelflife/version"
)

//go:embed template/listing.yaml.tmpl
var listingTemplate string

// beginning is what init fills the template with.
type beginning struct {
	Name, Seller, Kind, Title, Number, Resource, Role, Schema, Usage string
	sample                                                           bool
}

func (t *tool) initCommand() *cobra.Command {
	b := beginning{Kind: string(version.ModelPackage), Number: "1.0"}
	c := &cobra.Command{
		Use:   "init folder",
		Short: "Begin a listing in a folder, from a template",
		Long: "Init writes listing.yaml, overview.md and usage/NUMBER.md into the folder. Fill in what\n" +
			"says TODO; \"shelflife check\" names every place. With --sample all is filled in,\n" +
			"to try things out with --simulate. Files that are there are never overwritten.",
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			files, err := b.files(args[0])
			if err != nil {
				return err
			}
			var written []string
			for _, f := range files {
				if err := writeNew(f.name, f.data); err != nil {
					return err
				}
				written = append(written, f.name)
			}
			if t.json {
				return report.WriteJSON(t.out, map[string]any{"written": written})
			}
			for _, name := range written {
				fmt.Fprintln(t.out, name)
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&b.Kind, "kind", b.Kind, "\"model package\" or \"algorithm\"")
	f.StringVar(&b.Title, "title", "", "the title that buyers see")
	f.StringVar(&b.Name, "name", "", "the name of the listing to you; that of the folder if not given")
	f.StringVar(&b.Seller, "seller", "", "the account that sells it")
	f.StringVar(&b.Resource, "resource", "", "the ARN of the model package or algorithm")
	f.StringVar(&b.Role, "role", "", "the ARN of the role with which the marketplace reads it")
	f.StringVar(&b.Number, "number", b.Number, "the number of the first version")
	f.StringVar(&b.Schema, "schema", "", "the path of a schema for editors: see \"shelflife schema\"")
	f.BoolVar(&b.sample, "sample", false, "fill in everything, with a product that is invented")
	return c
}

type newFile struct {
	name string
	data []byte
}

// files returns what to write, the document last, so that what was cut short is
// begun again.
func (b beginning) files(dir string) ([]newFile, error) {
	if !version.Kind(b.Kind).Valid() {
		return nil, usageError{fmt.Errorf("--kind %q: give \"model package\" or \"algorithm\"", b.Kind)}
	}
	for _, name := range folder.Names {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return nil, usageError{fmt.Errorf("%s is there already: choose another folder", filepath.Join(dir, name))}
		}
	}
	whole, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	usage := "usage/" + b.Number + ".md"
	if !filepath.IsLocal(b.Number) || filepath.Base(b.Number) != b.Number {
		return nil, usageError{fmt.Errorf("--number %q cannot be the name of a file: give one such as 1.0", b.Number)}
	}
	b.Usage = "@" + usage
	if b.Name == "" {
		b.Name = filepath.Base(whole)
	}
	b.defaults()
	document, err := b.document()
	if err != nil {
		return nil, err
	}
	return []newFile{
		{filepath.Join(dir, "overview.md"), []byte(b.text("What it does, how well, and what buyers need for it.", sampleOverview) + "\n")},
		{filepath.Join(dir, filepath.FromSlash(usage)), []byte(b.text("How to deploy it and call it, with an example.", sampleUsage) + "\n")},
		{filepath.Join(dir, folder.Names[0]), document},
	}, nil
}

// defaults fills in what no flag has.
func (b *beginning) defaults() {
	seller, kind := b.Seller, "model-package"
	if b.Kind == string(version.Algorithm) {
		kind = "algorithm"
	}
	if b.sample && seller == "" {
		seller = "111122223333"
	}
	set := func(value *string, todo, sample string) {
		if *value == "" {
			*value = b.text(todo, sample)
		}
	}
	set(&b.Seller, "The account that sells it: twelve digits.", seller)
	set(&b.Title, "What buyers see first.", "Northwind Invoice Field Extractor")
	set(&b.Resource, "The ARN of the "+b.Kind+".", "arn:aws:sagemaker:us-east-2:"+seller+":"+kind+"/"+filepath.Base(b.Name))
	set(&b.Role, "The ARN of the role with which the marketplace reads it.", "arn:aws:iam::"+seller+":role/MarketplaceIngestion")
}

func (b beginning) text(todo, sample string) string {
	if b.sample {
		return sample
	}
	return "TODO: " + todo
}

func (b beginning) document() ([]byte, error) {
	quote := func(s string) (string, error) {
		data, err := json.Marshal(s)
		return string(data), err
	}
	t, err := template.New("listing").Funcs(template.FuncMap{
		"q":    quote,
		"text": func(todo, sample string) (string, error) { return quote(b.text(todo, sample)) },
	}).Parse(listingTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, b); err != nil {
		return nil, err
	}
	return folder.FormatYAML(folder.Names[0], out.Bytes())
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

const (
	sampleOverview = `The model takes one page of an invoice as an image and returns its fields with a confidence for each. It was trained on 2.1 million invoices from 140 countries and needs neither templates nor rules.

On a public benchmark of 3,000 invoices it finds the total to pay in 98.7 % and the invoice date in 99.1 % of the pages. Pages are processed in memory and never leave your account.`
	sampleUsage = `Deploy the model to an endpoint and send one page a call:

aws sagemaker-runtime invoke-endpoint --endpoint-name invoices --content-type image/png --accept application/json --body fileb://page.png out.json

For many pages run a batch transform job over a prefix of PNG or JPEG files with SplitType None.`
)
