package folder_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Each long text can be in a file of its own, and no other value.
func TestTextsInFiles(t *testing.T) {
	f, err := folder.Read(write(t, "listing.yaml", `
title: "@o.md"
shortDescription: "@o.md"
overview: "@o.md"
support: {offered: true, details: "@o.md"}
versions:
  - number: "@o.md"
    releaseNotes: "@o.md"
    usage: "@o.md"
    input:
      description: "@o.md"
      limitations: "@o.md"
      realTime: {text: "@o.md"}
      batch: {text: "@o.md"}
    output:
      description: "@o.md"
      realTime: {text: "@o.md"}
      batch: {text: "@o.md"}
    training: {data: "@o.md", overview: "@o.md"}
offer: {name: "@o.md", refundPolicy: "@o.md"}
`, "o.md", "text\n"))
	require.NoError(t, err)
	l := f.Listing
	v := l.Versions[0]
	for i, text := range []string{
		l.ShortDescription, l.Overview, l.Support.Details, l.Offer.RefundPolicy, v.ReleaseNotes, v.Usage, v.Input.Description, v.Input.Limitations, v.Input.RealTime.Text,
		v.Input.Batch.Text, v.Output.Description, v.Output.RealTime.Text, v.Output.Batch.Text, v.Training.Data, v.Training.Overview,
	} {
		assert.Equal(t, "text", text, i)
	}
	assert.Equal(t, []string{"@o.md", "@o.md", "@o.md"}, []string{l.Title, v.Number, l.Offer.Name})
}

// A file may have a mebibyte, and a document more.
func TestSizesOfFiles(t *testing.T) {
	const most = 1 << 20
	dir := write(t, "listing.yaml", "overview: '@o.md'\n# "+strings.Repeat("x", most), "o.md", strings.Repeat("x", most), "large.md", strings.Repeat("x", most+1))
	f, err := folder.Read(dir)
	require.NoError(t, err)
	assert.Len(t, f.Listing.Overview, most)
	files, err := folder.OpenFiles(dir)
	require.NoError(t, err)
	defer files.Close() //nolint:errcheck // nothing is lost
	_, err = files.Read("listing.yaml")
	require.NoError(t, err)
	_, err = files.Read("large.md")
	assert.EqualError(t, err, "has more than 1048576 bytes")

	long := strings.Repeat("n", 250) // the name of the new file is too long for the system
	dir = write(t, "listing.yaml", "", long, "old")
	files, err = folder.OpenFiles(dir)
	require.NoError(t, err)
	defer files.Close() //nolint:errcheck // nothing is lost
	assert.ErrorContains(t, files.Replace(long, []byte("new")), long+".")
	data, err := files.Read(long)
	require.NoError(t, err)
	assert.Equal(t, "old", string(data))
}

// What is written says what is wrong with a file, and how to mean an "@".
func TestFaultsOfFiles(t *testing.T) {
	for name, want := range map[string]string{
		"../x": "is not in the folder", "no.md": "cannot be read: no such file", ".": "cannot be read: is not a file", "bom.md": "byte order mark", "bad.md": "is not UTF-8",
	} {
		_, err := folder.Read(write(t, "listing.yaml", "overview: '@"+name+"'", "bom.md", "\uFEFFx", "bad.md", "\xff"))
		assert.ErrorContains(t, err, "listing.yaml:1:11: overview: the file \""+name+"\" ", name)
		assert.ErrorContains(t, err, want, name)
		assert.NotContains(t, err.Error(), "openat", name)
	}
}

// The files that a document is written to: the overview and the usage have one each, and
// so has what has several lines; a name is never one that some system does not take.
func TestNamesOfFiles(t *testing.T) {
	long := strings.Repeat("9", 100)
	l := listing.Listing{
		Information: listing.Information{ShortDescription: "one line", Overview: "one line"},
		Support:     &listing.Support{Details: "two\nlines"},
		Offer:       &pricing.Offer{RefundPolicy: "@home"},
	}
	numbers := []string{"1.0", "1.", "1 ", "../x", "", "a/b", long, long + "9", "1.0a", "1.0A", "-1", "x", "2 b_c-d"}
	for _, number := range numbers {
		l.Versions = append(l.Versions, version.Version{Number: number, Usage: "u", Input: version.Input{RealTime: version.Sample{Text: "a\nb"}}})
	}
	files, err := folder.Document{Listing: l}.Files("c")
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		assert.True(t, filepath.IsLocal(f.Name), f.Name)
	}
	want := []string{"overview.md", "support-details.md"}
	for _, name := range []string{"1.0", "version-1", "version-2", "version-3", "version-4", "version-5", long, "version-7", "1.0a", "1.0A", "version-10", "x", "2 b_c-d"} {
		usage, sample := "usage/"+name+".md", "input-realTime-text/"+name+".md"
		if name == "1.0A" { // some systems take it for 1.0a
			usage, sample = "usage/1.0A-.md", "input-realTime-text/1.0A-.md"
		}
		want = append(want, usage, sample)
	}
	assert.Equal(t, append(want, "listing.yaml"), names)
	document := string(files[len(files)-1].Data)
	assert.Contains(t, document, "shortDescription: one line\n")
	assert.Contains(t, document, "refundPolicy: '@@home'\n")
	readAgain(t, l)
}

// What a file would not keep as it is stays in the document.
func TestTextsThatFilesDoNotKeep(t *testing.T) {
	const most = 1 << 20
	for name, c := range map[string]struct {
		text string
		file bool
	}{
		"empty": {"", false}, "line feed at the end": {"a\n", false}, "carriage return": {"a\r\nb", false}, "mark": {"\uFEFFa", false},
		"too long": {strings.Repeat("x", most), false}, "long": {strings.Repeat("x", most-1), true}, "plain": {"a\n\nb", true}, "at": {"@x\ny", true},
	} {
		l := listing.Listing{Information: listing.Information{Overview: c.text}}
		files, err := folder.Document{Listing: l}.Files("")
		require.NoError(t, err, name)
		assert.Equal(t, c.file, len(files) == 2, name)
		readAgain(t, l)
	}

	// What could not be read again is not written.
	_, err := folder.Document{Listing: listing.Listing{Information: listing.Information{Overview: "\xff"}}}.Files("")
	assert.ErrorContains(t, err, "listing.yaml: cannot be written in YAML without changing what it says")
}

// A file that is no document says so at the line where it is none.
func TestFaultsOfYAML(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "x.yaml:1:1: is empty",
		"a: b\n---\nc: d\n":      "x.yaml:2:1: goes on after its end: a file has one document",
		"a: b\n---\n[":           "x.yaml:1:1: goes on after its end: a file has one document",
		"a: \xff":                "x.yaml:1:1: is not UTF-8: save it in that encoding",
		"a: b\nc: d\n e: f: g\n": `x.yaml:3:2: is not YAML: if a text has ": " in it, put the text in quotes; else indent the line as those beside it`,
		"a: *b":                  "x.yaml:1:1: is not YAML (unknown anchor 'b' referenced): put a text that begins with * in quotes",
		"? [k]\n: v\n":           "x.yaml:1:3: [\"?\"]: is a key that is no text",
		"<<: {a: b}\n":           "x.yaml:1:1: [\"<<\"]: is a merge key: write the members, or take the whole value with *",
	} {
		var into map[string]string
		_, err := folder.DecodeYAML("x.yaml", []byte(text), &into)
		assert.EqualError(t, err, want, text)
	}
	var into struct {
		Name  string `json:"name"`
		Count int    `json:"count"`
		On    bool   `json:"on"`

		Ports map[string]int `json:"ports"`
		Sizes []int          `json:"sizes"`
	}
	place, err := folder.DecodeYAML("x.yaml", []byte("name: 1.10\ncount: 3\non: TRUE\nports: {a: 1}\nsizes: [2]\n"), &into)
	require.NoError(t, err)
	assert.Equal(t, "1.10", into.Name)
	assert.Equal(t, 3, into.Count)
	assert.True(t, into.On)
	assert.Equal(t, map[string]int{"a": 1}, into.Ports)
	assert.Equal(t, []int{2}, into.Sizes)
	assert.Equal(t, "x.yaml:2:8", place("count").String())
	place, err = folder.DecodeYAML("x.yaml", []byte("count: many\nname: a\nname: b\n"), &into)
	assert.ErrorContains(t, err, "x.yaml:1:8: count: ")
	assert.ErrorContains(t, err, "x.yaml:3:1: name: is given twice, first in line 2")
	assert.Equal(t, "x.yaml:2:7", place("name").String())
	for _, text := range []string{"count: 0x10\n", "count: '3'\n", "count: true\n", "count: 1.5\n"} {
		_, err = folder.DecodeYAML("x.yaml", []byte(text), &into)
		assert.ErrorContains(t, err, "x.yaml:1:8: count: ", text)
	}
	_, err = folder.DecodeYAML("x.yaml", []byte("on: maybe\n"), &into)
	assert.ErrorContains(t, err, "x.yaml:1:5: on: ")
	for _, text := range []string{"true", "3", "2026-01-05"} {
		_, err = folder.DecodeYAML("x.yaml", []byte("name: "+text+"\n"), &into)
		require.NoError(t, err)
		assert.Equal(t, text, into.Name)
	}
}
