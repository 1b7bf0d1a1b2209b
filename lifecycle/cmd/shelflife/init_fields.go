package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/version"
)

//go:embed template/listing.yaml.tmpl
var listingTemplate string

// field is a value that init asks for: by its path in the document, without the
// number of the version.
type field struct {
	path, ask, sample string
	algorithm         bool // of an algorithm alone
	list              bool // takes several
}

// fields are all that somebody has to fill in, in the order of the questions.
var fields = []field{
	{path: "title", ask: "What buyers see first.", sample: "Northwind Invoice Field Extractor"},
	{path: "seller", ask: "The account that sells it: twelve digits.", sample: simulatedSeller},
	{path: "versions.resource", ask: "The ARN of the model package or algorithm.", sample: "arn:aws:sagemaker:us-east-2:SELLER:KIND/NAME"},
	{path: "versions.accessRole", ask: "The ARN of the role with which the marketplace reads it.", sample: "arn:aws:iam::SELLER:role/MarketplaceIngestion"},
	{path: "shortDescription", ask: "One sentence that says what buyers get.",
		sample: "Reads scanned invoices and returns totals, dates, parties and line items as JSON, in nine languages, without templates."},
	{path: "overview", ask: "What it does, how well, and what buyers need for it.",
		sample: `The model takes one page of an invoice as an image and returns its fields with a confidence for each. It was trained on 2.1 million invoices from 140 countries and needs neither templates nor rules.

On a public benchmark of 3,000 invoices it finds the total to pay in 98.7 % and the invoice date in 99.1 % of the pages. Pages are processed in memory and never leave your account.`},
	{path: "highlights", ask: "What is best about it.", sample: "Nine languages and right-to-left scripts, no templates to maintain", list: true},
	{path: "categories", ask: "The name of a marketplace category, such as Computer Vision.", sample: "Computer Vision", list: true},
	{path: "promotion.logo", ask: "https address of a PNG, JPG or GIF of at most 5 MB.", sample: "https://northwind-marketplace.s3.amazonaws.com/invoice-extractor/logo.png"},
	{path: "promotion.keywords", ask: "What buyers search for.", sample: "invoice", list: true},
	{path: "support.details", ask: "How buyers get support.", sample: "Write to support@northwind.example.com. We answer within one working day."},
	{path: "versions.releaseNotes", ask: "What is new in this version.", sample: "First release: totals, dates, parties and payment terms in nine languages."},
	{path: "versions.notebook", ask: "https address of a sample notebook.", sample: "https://github.com/northwind-example/invoice-extractor/blob/main/notebooks/quickstart.ipynb"},
	{path: "versions.repository", ask: "https address of the Git repository with the samples.", sample: "https://github.com/northwind-example/invoice-extractor"},
	{path: "versions.usage", ask: "How to deploy it and call it, with an example.",
		sample: `Deploy the model to an endpoint and send one page a call:

aws sagemaker-runtime invoke-endpoint --endpoint-name invoices --content-type image/png --accept application/json --body fileb://page.png out.json

For many pages run a batch transform job over a prefix of PNG or JPEG files with SplitType None.`},
	{path: "versions.training.data", ask: "What training data looks like.", sample: "Scanned invoices as image/png with their fields as application/json, at least 1,000 pages.", algorithm: true},
	{path: "versions.training.example", ask: "https address of example training data.", sample: "https://github.com/northwind-example/invoice-extractor/blob/main/samples/training.zip", algorithm: true},
	{path: "versions.training.overview", ask: "How the algorithm learns.", sample: "A layout-aware transformer is fine-tuned on the pages and their fields.", algorithm: true},
	{path: "versions.input.description", ask: "What a request looks like, with its MIME types.", sample: "One page of an invoice as image/png or image/jpeg, 150 to 600 dpi, at most 4 MB."},
	{path: "versions.input.realTime.url", ask: "https address of a sample request.", sample: "https://github.com/northwind-example/invoice-extractor/blob/main/samples/page.png"},
	{path: "versions.input.batch.url", ask: "https address of a sample batch input.", sample: "https://github.com/northwind-example/invoice-extractor/blob/main/samples/pages.zip"},
	{path: "versions.output.description", ask: "What an answer looks like, with its MIME types.", sample: "One object as application/json with the fields found, each with value and confidence."},
	{path: "versions.output.realTime.text", ask: "A sample answer.", sample: `{"total": {"value": "1249.50", "confidence": 0.993}}`},
	{path: "versions.output.batch.url", ask: "https address of a sample batch output.", sample: "https://github.com/northwind-example/invoice-extractor/blob/main/samples/page.png.out"},
	{path: "offer.refundPolicy", ask: "When and how you refund.", sample: "Write to us within 30 days of a charge and we refund it, no questions asked."},
}

// set takes "path=value" for a field. A list grows with each.
func (b *beginning) set(setting string) error {
	path, value, found := strings.Cut(setting, "=")
	at := slices.IndexFunc(fields, func(f field) bool { return f.path == path })
	if !found || at < 0 {
		return usageError{fmt.Errorf("--set %q: give path=value, with one of these paths:\n%s", setting, setPaths())}
	}
	if !fields[at].list {
		b.given[path] = nil
	}
	b.given[path] = append(b.given[path], value)
	return nil
}

// setPaths lists the fields, one a line.
func setPaths() string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "  %-30s %s\n", f.path, f.ask)
	}
	return strings.TrimRight(b.String(), "\n")
}

// left returns the fields that have no value yet.
func (b beginning) left() (all []field) {
	for _, f := range fields {
		if len(b.given[f.path]) == 0 && (!f.algorithm || b.kind == string(version.Algorithm)) {
			all = append(all, f)
		}
	}
	return all
}

// fill gives every field that is left a text to replace, or that of the sample.
func (b *beginning) fill() {
	kind := strings.ReplaceAll(b.kind, " ", "-")
	for _, f := range b.left() {
		value := "TODO: " + f.ask
		if b.sample {
			value = strings.NewReplacer("SELLER", b.text("seller"), "KIND", kind, "NAME", b.name).Replace(f.sample)
		}
		b.given[f.path] = []string{value}
	}
}

// text returns the value of a field.
func (b beginning) text(path string) string {
	if len(b.given[path]) == 0 {
		return ""
	}
	return b.given[path][0]
}

func (b beginning) document(usage string) ([]byte, error) {
	quote := func(s string) (string, error) {
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		err := e.Encode(s)
		return strings.TrimSuffix(out.String(), "\n"), err
	}
	t, err := template.New("listing").Funcs(template.FuncMap{
		"q": quote, "text": b.text,
		"value":  func(path string) (string, error) { return quote(b.text(path)) },
		"values": func(path string) []string { return b.given[path] },
	}).Parse(listingTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, map[string]string{"Schema": b.schema, "Name": b.name, "Kind": b.kind, "Number": b.number, "Usage": "@" + usage}); err != nil {
		return nil, err
	}
	return folder.FormatYAML(folder.Names[0], out.Bytes())
}
