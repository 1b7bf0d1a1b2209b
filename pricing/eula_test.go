package pricing_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/pricing"
)

func TestCheckEULA(t *testing.T) {
	assert.Equal(t, 1_048_576, pricing.MaxEULASize, "as it is published")
	for name, data := range map[string][]byte{
		"text":            []byte("You may use the model."),
		"byte order mark": []byte("\uFEFFYou may use the model."),
		"other script":    []byte("Вы можете"),
		"largest":         bytes.Repeat([]byte("a"), pricing.MaxEULASize),
	} {
		require.NoError(t, pricing.CheckEULA(data).Err(), name)
	}
	for name, data := range map[string][]byte{
		"empty":     nil,
		"blank":     []byte(" \n\t"),
		"too large": bytes.Repeat([]byte("a"), pricing.MaxEULASize+1),
		"NUL":       []byte("a\x00b"),
		"latin 1":   []byte("caf\xe9"),
		"UTF-16":    []byte("\xFF\xFEY\x00o\x00u\x00"),
		"PDF":       []byte("%PDF-1.7 ..."),
		"Word":      []byte("PK\x03\x04..."),
		"old Word":  []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
		"RTF":       []byte(`{\rtf1 You may`),
		"HTML":      []byte("\n <!DOCTYPE HTML><p>You may"),
		"gzip":      []byte("\x1F\x8B\x08"),
		"image":     []byte("\x89PNG\r\n"),
		"XML":       []byte("<?xml version='1.0'?>"),
	} {
		found := pricing.CheckEULA(data)
		require.ErrorIs(t, found.Err(), pricing.RuleEULAPlainText, name)
		require.Len(t, found.Violations, 1, name)
	}
}

func TestWhatIsMistakenForPlainText(t *testing.T) {
	for first, name := range map[string]string{
		"\xD0\xCF\x11\xE0": "is an old Word document", "<html": "is an HTML page", "<!doctype html": "is an HTML page",
		"\x89PNG": "is an image", "\xFF\xD8\xFF": "is an image", "GIF8": "is an image", "\x1F\x8B": "is a gzip archive",
		"PK\x03\x04": "is a Word document or ZIP archive", "\xC5\xD0\xD3\xC6": "is a PostScript document",
	} {
		for _, blank := range []string{"", " ", "\t", "\r", "\n"} {
			found := pricing.CheckEULA([]byte(blank + first + " and more")).Violations
			require.Len(t, found, 1, "%q", first)
			assert.Equal(t, name, found[0].Problem, "%q", first)
		}
	}
	for says, data := range map[string]string{
		"PDF behind 512 blanks":        strings.Repeat(" ", 512) + "%PDF",
		"PDF behind a line":            "mail header\n%PDF-1.7",
		"PDF where it may begin last":  strings.Repeat("a", 1019) + "%PDF-",
		"PostScript":                   "%!PS-Adobe-3.0\n%%Title: EULA",
		"the head of a page":           "<head>",
		"the title of a page":          "<title>EULA</title>",
		"the character set of a page":  "<meta charset=utf-8>",
		"a script":                     "<SCRIPT>alert()</script>",
		"a heading":                    "<h1>EULA</h1>",
		"a paragraph":                  "<p>You may",
		"styles":                       "<style>p {}</style>",
		"fonts":                        "@font-face {}",
		"HTML behind a comment":        "<!-- the EULA --> \n<!-- of Acme --><html>",
		"HTML behind a no-break space": "\u00a0<body>",
		"a piece of HTML":              "<div>You may</div>",
		"SVG":                          "<svg xmlns='http://www.w3.org/2000/svg'/>",
		"a saved mail":                 "MIME-Version: 1.0\n",
		"printer language":             "\x1b%-12345X@PJL",
		"invisible":                    "\u200b \u2060",
	} {
		require.ErrorIs(t, pricing.CheckEULA([]byte(data)).Err(), pricing.RuleEULAPlainText, says)
	}
	for _, text := range []string{"< 18 years: you may not", "<!-- a draft", "1 % off!", "page 1\fpage 2", "The PDF of it is at %PDF",
		"a\tb", "a\r\nb", "a --> <html>", "<!-- of a page", strings.Repeat("a", 1020) + "%PDF-"} {
		require.NoError(t, pricing.CheckEULA([]byte(text)).Err(), text)
	}
	for _, text := range []string{"\xFE\xD8\xFE", "\x1F\xFF"} {
		assert.Equal(t, "is not valid UTF-8", pricing.CheckEULA([]byte(text)).Violations[0].Problem, "%q: bytes have no capitals", text)
	}
	lifecycletest.RequireRefused(t, pricing.CheckEULA([]byte("\x00text")).Err(), pricing.RuleEULAPlainText)
}

func FuzzCheckEULA(f *testing.F) {
	f.Add([]byte("You may use the model."))
	f.Fuzz(func(_ *testing.T, data []byte) { pricing.CheckEULA(data) })
}

func ExampleCheckEULA() {
	fmt.Println(pricing.CheckEULA([]byte("%PDF-1.7")).Err())
	// Output: eula.url: is a PDF; save it as plain text in UTF-8 and upload that (eula.plain-text)
}
