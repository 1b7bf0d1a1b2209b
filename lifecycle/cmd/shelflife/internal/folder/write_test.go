package folder_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

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
		files, err := folder.Document{Name: "n", Seller: "012345678901", Product: "prod-1", Listing: l}.Files("a comment")
		require.NoError(r, err)
		dir := t.TempDir()
		for _, f := range files {
			name := filepath.Join(dir, filepath.FromSlash(f.Name))
			require.NoError(r, os.MkdirAll(filepath.Dir(name), 0o700))
			_, err := os.Stat(name)
			require.ErrorIs(r, err, os.ErrNotExist, "two texts in one file")
			require.NoError(r, os.WriteFile(name, f.Data, 0o600))
		}
		read, err := folder.Read(dir)
		require.NoError(r, err)
		assert.Equal(r, listing.AccountID("012345678901"), read.Seller)
		assert.Equal(r, "prod-1", read.Product)
		want, err := listing.Format(l)
		require.NoError(r, err)
		have, err := listing.Format(read.Listing)
		require.NoError(r, err)
		assert.Equal(r, string(want), string(have))
		_, same, err := read.Format()
		require.NoError(r, err)
		assert.True(r, same, "it is formatted")
	})
}
