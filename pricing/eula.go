package pricing

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/rule"
)

// MaxEULASize is the largest size of a EULA in bytes: 1 MiB. The limit is that of
// this library; the marketplace does not publish its own.
const MaxEULASize = 1 << 20

// foreignFormats are the first bytes of files that are uploaded by mistake.
var foreignFormats = []struct{ first, name string }{
	{"%PDF", "a PDF"}, {`{\rtf`, "an RTF document"}, {"PK\x03\x04", "a Word document or ZIP archive"},
	{"\xD0\xCF\x11\xE0", "an old Word document"}, {"<!doctype html", "an HTML page"}, {"<html", "an HTML page"},
	{"<?xml", "an XML document"}, {"\x89PNG", "an image"}, {"\xFF\xD8\xFF", "an image"}, {"GIF8", "an image"},
	{"\x1F\x8B", "a gzip archive"}, {"%!", "a PostScript document"}, {"\xC5\xD0\xD3\xC6", "a PostScript document"},
	{"<svg", "an image"}, {"<head", "an HTML page"}, {"<body", "an HTML page"}, {"<title", "an HTML page"}, {"<meta", "an HTML page"},
	{"<script", "an HTML page"}, {"<style", "an HTML page"}, {"<div", "an HTML page"}, {"<p>", "an HTML page"}, {"<h1", "an HTML page"},
	{"MIME-Version:", "a saved mail or web page"}, {"@font-face", "a style sheet"},
}

// beginning returns where the text of a file begins for a program that opens it:
// after white space, and after comments as HTML has them.
func beginning(text []byte) []byte {
	for {
		text = bytes.TrimLeftFunc(text, rule.Blank)
		if !bytes.HasPrefix(text, []byte("<!--")) {
			return text
		}
		_, text, _ = bytes.Cut(text, []byte("-->"))
	}
}

// begins reports whether the data begins with what a format does: text in capitals or
// not, bytes as they are.
func begins(data []byte, first string) bool {
	start := string(data[:min(len(data), len(first))])
	return start == first || utf8.ValidString(first) && strings.EqualFold(start, first)
}

// controls reports a character that no plain text has. A form feed parts pages.
func controls(c rune) bool {
	return unicode.IsControl(c) && !strings.ContainsRune("\t\n\r\f", c)
}

// CheckEULA checks the bytes of a EULA by [RuleEULAPlainText]. The path of all
// findings is "eula.url", which is relative to the offer. CheckEULA does not keep
// data.
func CheckEULA(data []byte) rule.Findings {
	return rule.Run(data, []rule.Check[[]byte]{{Rule: RuleEULAPlainText, Find: func(data []byte, r *rule.Report) {
		const path = "eula.url"
		if len(data) > MaxEULASize {
			r.BrokenRemedy(path, "shorten it", "has %d bytes, %d are allowed", len(data), MaxEULASize)
		}
		// A byte order mark is allowed.
		text := bytes.TrimPrefix(data, []byte("\uFEFF"))
		start := beginning(text)
		if bytes.Contains(text[:min(len(text), 1024)], []byte("%PDF-")) {
			start = []byte("%PDF") // readers look for it that far
		}
		for _, f := range foreignFormats {
			if begins(start, f.first) {
				r.Broken(path, "is %s", f.name)
				return
			}
		}
		switch {
		case !utf8.Valid(text):
			r.Broken(path, "is not valid UTF-8")
		case bytes.ContainsFunc(text, controls):
			i := bytes.IndexFunc(text, controls)
			c, _ := utf8.DecodeRune(text[i:])
			r.Broken(path, "has the control character %U at %d", c, i)
		case !rule.Visible(string(text)):
			r.Broken(path, "has nothing that can be seen")
		}
	}}})
}
