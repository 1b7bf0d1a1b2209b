package folder_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
)

// write makes a folder of files, given as name and text in turn.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "one")
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, files[i])
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(files[i+1]), 0o600))
	}
	return dir
}

// Plain scalars are what they look like; places are those of the file, through
// aliases and text files.
func TestRead(t *testing.T) {
	dir := write(t, "listing.yaml", `
seller: 012345678901
testers: [000011112222]
title: yes
overview: "@texts/o.md"
highlights: &h
  - "@@home"
  - 1.10
categories: *h
support:
  offered: true
  details: |
    two
    lines
versions:
  - number: 1.10
    releaseNotes: ~
  - {number: 2024-01-01, usage: '@texts/o.md', releaseNotes: "@@x"}
offer:
  trialDays: 14
  rates:
    ml.m5.large.m.i.b: 0.40
`, "texts/o.md", "An überview.\r\nMore.\n\n")
	f, err := folder.Read(dir)
	var faults folder.Faults
	require.ErrorAs(t, err, &faults)
	require.Len(t, faults, 1, err)
	assert.Equal(t, filepath.Join(dir, "listing.yaml")+":17:5: versions[0].releaseNotes: is null: leave it out or give a value", err.Error())
	assert.Equal(t, "one", f.Name)
	assert.Equal(t, listing.AccountID("012345678901"), f.Seller)
	assert.Equal(t, []listing.AccountID{"000011112222"}, f.Testers)
	l := f.Listing
	assert.Equal(t, "yes", l.Title)
	assert.Equal(t, "An überview.\nMore.", l.Overview)
	assert.Equal(t, []string{"@@home", "1.10"}, l.Highlights, "a short text is no file")
	assert.Equal(t, l.Highlights, l.Categories)
	assert.Equal(t, "1.10", l.Versions[0].Number)
	assert.Equal(t, "2024-01-01", l.Versions[1].Number)
	assert.Equal(t, "@x", l.Versions[1].ReleaseNotes)
	assert.Equal(t, 14, l.Offer.TrialDays)
	assert.Equal(t, pricing.MustUSD("0.40"), l.Offer.Rates[pricing.Batch("ml.m5.large")])
	for path, want := range map[string]string{
		"overview":                          "texts/o.md:1:1",
		"versions[1].usage":                 "texts/o.md:1:1",
		"versions[1].number":                "listing.yaml:18:14",
		"versions[0].input.batch":           "listing.yaml:16:5",
		"categories[1]":                     "listing.yaml:8:5",
		"categories":                        "listing.yaml:9:1",
		`offer.rates["ml.m5.large.m.i.b"]`:  "listing.yaml:22:24",
		`offer.rates["ml.m5.xlarge.m.i.b"]`: "listing.yaml:21:3",
		"nothing":                           "listing.yaml:2:1",
	} {
		assert.Equal(t, filepath.Join(dir, want), f.Place(path).String(), path)
	}
}

// What a hostile document asks for is refused with a place, in bounded time.
func TestHostile(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+p+",", 10), ",") + "]\n"
	}
	for name, text := range map[string]string{
		"aliases": bomb, "itself": "a: &a [*a]", "deep": strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000),
		"empty": "", "blank": "\n# nothing\n", "two documents": "a: b\n---\nc: d\n", "no UTF-8": "title: \xff",
		"tag": "title: !!binary aGk=", "key": "? [a]\n: b", "list": "- a", "text": "hello", "null": "~",
		"undefined alias": "a: *b", "NUL": "title: \"a\x00\"",
	} {
		_, err := folder.Read(write(t, "listing.yaml", text))
		var faults folder.Faults
		require.ErrorAs(t, err, &faults, name)
		for _, each := range faults {
			assert.Positive(t, each.Line, name)
			assert.Positive(t, each.Column, name)
		}
	}
	for name, file := range map[string]string{
		"absolute": "/etc/passwd", "above": "../x", "nothing": "", "a folder": ".", "an ancestor": "a/../../x", "BOM": "bom.md", "no UTF-8": "bad.md", "large": "large.md",
	} {
		_, err := folder.Read(write(t, "listing.yaml", "overview: '@"+file+"'", "bom.md", "\uFEFFx", "bad.md", "\xff", "large.md", strings.Repeat("x", 1<<20+1)))
		var faults folder.Faults
		require.ErrorAs(t, err, &faults, name)
		assert.Equal(t, "overview", faults[0].Path)
	}
}

// The schema takes what the reader takes, says what the rules say, and knows their
// limits.
func TestSchema(t *testing.T) {
	data, err := json.Marshal(folder.Schema())
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("listing.json", doc))
	schema, err := c.Compile("listing.json")
	require.NoError(t, err)
	valid := func(text string) error {
		var value any
		require.NoError(t, yaml.Unmarshal([]byte(text), &value))
		data, err := json.Marshal(value)
		require.NoError(t, err)
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		return schema.Validate(instance)
	}
	const least = "kind: algorithm\nregions: all\ntitle: x\nshortDescription: x\noverview: x\npromotion: {logo: x}\nsupport: {offered: true}\noffer: {name: x, description: x, model: free, refundPolicy: x, eula: {standard: true}}\n"
	require.NoError(t, valid(least))
	require.NoError(t, valid(least+"seller: 111122223333\n$schema: x\nname: y\nhighlights: [a]\n"))
	for name, text := range map[string]string{
		"no title": strings.Replace(least, "title: x\n", "", 1), "unknown": least + "titel: x", "long": strings.Replace(least, "title: x", "title: "+strings.Repeat("x", 73), 1),
		"many": least + "highlights: [a, b, c, d]", "kind": strings.Replace(least, "algorithm", "model", 1), "days": strings.Replace(least, "name: x", "name: x, trialDays: many", 1),
	} {
		assert.Error(t, valid(text), name)
	}
}

// Editors show what the schema says.
func TestGoldenSchema(t *testing.T) {
	data, err := json.MarshalIndent(folder.Schema(), "", "  ")
	require.NoError(t, err)
	golden.Equal(t, "testdata/schema.json", string(data)+"\n")
}

func FuzzRead(f *testing.F) {
	f.Add("title: x\nversions: [{number: 1.0}]\n")
	f.Add("a: &a [x]\n<<: *a\n? {}\n: 1")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "listing.yaml"), []byte(text), 0o600))
		one, err := folder.Read(dir)
		if err != nil {
			return
		}
		for _, v := range listing.Check(one.Listing).Violations {
			require.Positive(t, one.Place(v.Path).Line)
		}
		formatted, _, err := one.Format()
		if err != nil {
			return
		}
		require.NoError(t, os.WriteFile(one.File, formatted, 0o600))
		other, err := folder.Read(dir)
		require.NoError(t, err)
		require.True(t, one.Listing.Equal(other.Listing), "formatting changes what it says")
	})
}
