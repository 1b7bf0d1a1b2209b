package pricing

import (
	"bytes"
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
	{"\x1F\x8B", "a gzip archive"},
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
		start := bytes.ToLower(bytes.TrimLeft(text[:min(len(text), 512)], " \t\r\n"))
		for _, f := range foreignFormats {
			if bytes.HasPrefix(start, bytes.ToLower([]byte(f.first))) {
				r.Broken(path, "is %s", f.name)
				return
			}
		}
		switch {
		case len(bytes.TrimSpace(text)) == 0:
			r.Broken(path, "is empty")
		case !utf8.Valid(text):
			r.Broken(path, "is not valid UTF-8")
		case bytes.IndexByte(text, 0) >= 0:
			r.Broken(path, "has a NUL byte at %d", bytes.IndexByte(text, 0))
		}
	}}})
}
