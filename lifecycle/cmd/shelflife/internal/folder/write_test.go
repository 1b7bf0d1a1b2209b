package folder_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// The search for the smallest failure may take longer than all else.
func init() { _ = flag.Set("rapid.shrinktime", "3s") }

// White space, line breaks and marks, at whatever place of a text, are read as they
// were written: as a value in the document, and after formatting.
func TestWhiteSpaceIsReadAsItWasWritten(t *testing.T) {
	texts := []string{""}
	for begin := 0; len(texts[begin]) == 0 || utf8.RuneCountInString(texts[begin]) < 3; begin++ {
		for _, c := range []string{"\n", "\t", " ", "a", "\r", "\u0085", "\u2028", "\uFEFF", "#", ":", "-", "'"} {
			texts = append(texts, texts[begin]+c)
		}
	}
	l := listing.Listing{Information: listing.Information{Highlights: texts[:1_000]}, Versions: make([]version.Version, len(texts))}
	for i, text := range texts {
		l.Versions[i] = version.Version{Number: strconv.Itoa(i), Resource: version.ARN(text)}
	}
	readAgain(t, l)
	for _, text := range []string{"\t\n", "\t\na", " \t\n \ta\n", "\t\t\n\n"} { // by hand, as a block
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		want, err := folder.FormatYAML("listing.yaml", []byte("title: "+string(quoted)+"\n"))
		require.NoError(t, err)
		block := "title: |2+\n"
		for line := range strings.Lines(text) {
			block += "  " + line
		}
		if !strings.HasSuffix(text, "\n") {
			block = strings.Replace(block, "+", "-", 1)
		}
		have, err := folder.FormatYAML("listing.yaml", []byte(block))
		require.NoError(t, err, block)
		assert.Equal(t, string(want), string(have))
	}
}

// Whatever a listing says, the files of a folder say the same.
func TestFilesAreReadAsTheyWereWritten(t *testing.T) {
	hostile := []string{
		"", "x", "@", "@x", "@@x", "null", "~", "true", "1.10", "012345678901", "0x10", "2026-01-05", "- a", "a: b", "# c", "&a", "*a", "!x", "<<", "%", "'", "\"", "\\",
		" a ", "a\n", "\na", "a\n\nb", "a\r\nb", "a\tb", "\ta", "\u2028", "\uFEFFa", "\x00", "\x1b[31m", "é", "日本", "|", ">", "a  \nb", "  a\nb", "---", "...", "--- a\n...",
	}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String())
		numbers := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{"1.0", "1.0a", "1.0A", "../x", "CON", "a/b", ".", "a.", ""}), rapid.String()), 0, 4).Draw(r, "numbers")
		l := listing.Listing{
			Kind: version.Algorithm, Visibility: listing.Private,
			Information: listing.Information{Title: text.Draw(r, "title"), ShortDescription: text.Draw(r, "short"), Overview: text.Draw(r, "overview"), Highlights: rapid.SliceOfN(text, 0, 3).Draw(r, "highlights"), SKU: text.Draw(r, "sku")},
			Support:     &listing.Support{Offered: rapid.Bool().Draw(r, "offered"), Details: text.Draw(r, "details")},
			Offer:       &pricing.Offer{Name: text.Draw(r, "name"), TrialDays: rapid.IntRange(0, 2_000_000).Draw(r, "days"), RefundPolicy: text.Draw(r, "refund"), Rates: pricing.RateCard{pricing.Batch("ml.m5.large"): pricing.MustUSD("0.40")}},
		}
		for _, number := range numbers {
			l.Versions = append(l.Versions, version.Version{Number: number, Resource: version.ARN(text.Draw(r, "arn")), Usage: text.Draw(r, "usage"), ReleaseNotes: text.Draw(r, "notes"), Training: &version.Training{Data: text.Draw(r, "data")}})
		}
		readAgain(r, l)
	})
}

// readAgain writes a folder, and requires that it is read as it was written, and is
// formatted.
func readAgain(t require.TestingT, l listing.Listing) {
	files, err := folder.Document{Name: "n", Seller: "012345678901", Product: "prod-1", Listing: l}.Files("a comment")
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "")
	require.NoError(t, err)
	defer os.RemoveAll(dir) //nolint:errcheck // it is of no more use
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		_, err := os.Stat(name)
		require.ErrorIs(t, err, os.ErrNotExist, "two texts in one file")
		require.NoError(t, os.WriteFile(name, f.Data, 0o600))
	}
	read, err := folder.Read(dir)
	require.NoError(t, err)
	assert.Equal(t, listing.AccountID("012345678901"), read.Seller)
	assert.Equal(t, "prod-1", read.Product)
	want, err := listing.Format(l)
	require.NoError(t, err)
	have, err := listing.Format(read.Listing)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(have))
	_, same, err := read.Format()
	require.NoError(t, err)
	assert.True(t, same, "it is formatted")
}
