package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

//go:embed listing.schema.json
var schemaText []byte

func compiledSchema() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("listing.schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("listing.schema.json")
}

// decoded returns the listing as a schema takes it: maps, lists and texts.
func decoded(l listing.Listing) (any, error) {
	data, err := listing.Format(l)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(data))
}

func checkAgainstSchema(versions int) func(context.Context, row, options) (result, error) {
	return func(_ context.Context, r row, o options) (result, error) {
		schema, err := compiledSchema()
		if err != nil {
			return result{}, err
		}
		l := lifecycletest.WithVersions(lifecycletest.ModelPackage(), versions)
		value, err := decoded(l)
		if err != nil {
			return result{}, err
		}
		if err := sameAnswers(schema, l); err != nil {
			return result{}, err
		}
		return timed(r, o,
			func() error { return listing.Check(l).Err() },
			func() error { return schema.Validate(value) })
	}
}

func faultsAgainstSchema(_ context.Context, r row, o options) (result, error) {
	schema, err := compiledSchema()
	if err != nil {
		return result{}, err
	}
	l := lifecycletest.ModelPackage()
	for _, f := range faults {
		f.make(&l)
	}
	value, err := decoded(l)
	if err != nil {
		return result{}, err
	}
	if err := sameAnswers(schema, l); err != nil {
		return result{}, err
	}
	if n := len(pathsOf(listing.Check(l))); n != len(faults) {
		return result{}, fmt.Errorf("found faults at %d places, want %d", n, len(faults))
	}
	var found rule.Findings
	var output *jsonschema.OutputUnit
	if found = listing.Check(l); len(found.Violations)+len(found.Advice) < len(faults) {
		return result{}, fmt.Errorf("found %v", found)
	}
	return timed(r, o,
		func() error {
			found = listing.Check(l)
			return unless(len(found.Violations)+len(found.Advice) >= len(faults))
		},
		func() error {
			var broken *jsonschema.ValidationError
			if !errors.As(schema.Validate(value), &broken) {
				return errAnswer
			}
			output = broken.BasicOutput()
			return unless(len(output.Errors) >= len(faults))
		})
}

var errAnswer = errors.New("another answer than before")

func unless(right bool) error {
	if right {
		return nil
	}
	return errAnswer
}

// faults are twenty faults at twenty places that both sides can state.
var faults = []struct {
	path string
	make func(*listing.Listing)
}{
	{"title", func(l *listing.Listing) { l.Title = strings.Repeat("t", 73) }},
	{"shortDescription", func(l *listing.Listing) { l.ShortDescription = "" }},
	{"overview", func(l *listing.Listing) { l.Overview = " begins with a blank" }},
	{"highlights[1]", func(l *listing.Listing) { l.Highlights[1] = strings.Repeat("h", 501) }},
	{"categories", func(l *listing.Listing) { l.Categories = []string{"a", "b", "c", "d"} }},
	{"sku", func(l *listing.Listing) { l.SKU = strings.Repeat("s", 101) }},
	{"promotion.logo", func(l *listing.Listing) { l.Promotion.Logo = "http://example.com/logo.png" }},
	{"promotion.keywords[0]", func(l *listing.Listing) { l.Promotion.Keywords[0] = strings.Repeat("k", 51) }},
	{"promotion.links[0].url", func(l *listing.Listing) { l.Promotion.Links[0].URL = "ftp://example.com/" }},
	{"promotion.video", func(l *listing.Listing) { l.Promotion.Video = "https://localhost" }},
	{"versions[0].number", func(l *listing.Listing) { l.Versions[0].Number = strings.Repeat("1", 65) }},
	{"versions[0].resource", func(l *listing.Listing) { l.Versions[0].Resource = "arn:aws:s3:::bucket" }},
	{"versions[0].accessRole", func(l *listing.Listing) { l.Versions[0].AccessRole = "MarketplaceIngestion" }},
	{"versions[0].releaseNotes", func(l *listing.Listing) { l.Versions[0].ReleaseNotes = "" }},
	{"versions[0].repository", func(l *listing.Listing) { l.Versions[0].Repository = "https://" }},
	{"versions[0].usage", func(l *listing.Listing) { l.Versions[0].Usage = "Ask us." }},
	{"versions[0].input.description", func(l *listing.Listing) { l.Versions[0].Input.Description = "A page." }},
	{"versions[0].recommended.batch", func(l *listing.Listing) { l.Versions[0].Recommended.Batch = "m5.large" }},
	{"offer.name", func(l *listing.Listing) { l.Offer.Name = "Offer <new>" }},
	{"offer.trialDays", func(l *listing.Listing) { l.Offer.TrialDays = 40 }},
}

// sameAnswers returns an error unless both sides find fault with the same places:
// of the listing as it is, and with each of the faults.
func sameAnswers(schema *jsonschema.Schema, l listing.Listing) error {
	compare := func(about string, l listing.Listing) error {
		value, err := decoded(l)
		if err != nil {
			return err
		}
		ours, theirs := pathsOf(listing.Check(l)), schemaPaths(schema.Validate(value))
		if !slices.Equal(ours, theirs) {
			return fmt.Errorf("%s: Check finds %q, the schema %q", about, ours, theirs)
		}
		return nil
	}
	if err := compare("as it is", l); err != nil {
		return err
	}
	for _, f := range faults {
		broken := l.Clone()
		f.make(&broken)
		if err := compare(f.path, broken); err != nil {
			return err
		}
	}
	return nil
}

func pathsOf(found rule.Findings) []string {
	var paths []string
	for _, v := range slices.Concat(found.Violations, found.Advice) {
		paths = append(paths, v.Path)
	}
	return distinct(paths)
}

// schemaPaths returns where the innermost errors are, as our paths.
func schemaPaths(err error) []string {
	var broken *jsonschema.ValidationError
	if !errors.As(err, &broken) {
		return nil
	}
	var paths []string
	var visit func(e *jsonschema.ValidationError)
	visit = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			path := ""
			for _, name := range e.InstanceLocation {
				if i, err := strconv.Atoi(name); err == nil {
					path = document.Entry(path, i)
				} else {
					path = document.Member(path, name)
				}
			}
			paths = append(paths, path)
		}
		for _, c := range e.Causes {
			visit(c)
		}
	}
	visit(broken)
	return distinct(paths)
}

func distinct(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

func parseAgainstJSON(_ context.Context, r row, o options) (result, error) {
	data, err := listing.Format(lifecycletest.ModelPackage())
	if err != nil {
		return result{}, err
	}
	strict := func() (l listing.Listing, err error) {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		return l, d.Decode(&l)
	}
	ours, err := listing.Parse(data)
	if err != nil {
		return result{}, err
	}
	theirs, err := strict()
	if err != nil {
		return result{}, err
	}
	if !ours.Equal(theirs) {
		return result{}, errAnswer
	}
	return timed(r, o,
		func() error { _, err := listing.Parse(data); return err },
		func() error { _, err := strict(); return err })
}
