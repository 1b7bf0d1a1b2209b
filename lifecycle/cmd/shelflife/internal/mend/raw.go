package mend

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encoded returns the text of a file, and what was corrected of its encoding and its
// line ends; ok is false for a file that is no text.
func encoded(data []byte) (text string, changes []Change, ok bool) {
	note := func(kind string, line int, was string) {
		changes = append(changes, Change{Kind: KindOf(kind), Line: line, Was: was})
	}
	if wide, found := fromUTF16(data); found {
		note("file.utf-16", 1, "")
		data = wide
	}
	if bytes.HasPrefix(data, []byte("\uFEFF")) {
		note("file.bom", 1, "")
		data = data[len("\uFEFF"):]
	}
	if !utf8.Valid(data) {
		return "", nil, false
	}
	text = string(data)
	if n := strings.Count(text, "\r"); n > 0 {
		note("file.line-ends", 1, fmt.Sprintf("%d with a carriage return", n))
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	}
	return text, changes, true
}

// fromUTF16 returns a text in UTF-8 that says with its first two bytes that it is in
// UTF-16.
func fromUTF16(data []byte) ([]byte, bool) {
	var order binary.ByteOrder
	switch {
	case len(data)%2 != 0:
		return nil, false
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	default:
		return nil, false
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	runes := utf16.Decode(units)
	for _, c := range runes {
		if c == utf8.RuneError {
			return nil, false
		}
	}
	return []byte(string(runes)), true
}

var (
	indentation = regexp.MustCompile(`(?m)^[ \t]+`)
	oddSpace    = regexp.MustCompile(`(?m)^([\s\p{Zs}]*(?:-[\s\p{Zs}]+)?[$A-Za-z][A-Za-z_-]*:)([\s\p{Zs}]+)`)
	oddIndent   = regexp.MustCompile(`(?m)^[ \p{Zs}]+`)
	lastMark    = regexp.MustCompile(`\n---[ \t]*\n(?:[ \t]*\n)*\z`)
)

// wholeDocument corrects what keeps a document from being read at all. Nothing that
// can be read is touched.
func wholeDocument(src *source) (changes []Change) {
	correct := func(kind string, pattern *regexp.Regexp, with func(string) string) {
		var made []Change
		var edits []edit
		for _, at := range pattern.FindAllStringIndex(src.text, -1) {
			was := src.text[at[0]:at[1]]
			if now := with(was); now != was {
				made = append(made, Change{Kind: KindOf(kind), Line: src.was(at[0])})
				edits = append(edits, edit{start: at[0], end: at[1], with: now})
			}
		}
		next := src.replaced(edits)
		if len(made) > 0 && (kind == "file.control" || next.parse() != nil) {
			*src, changes = *next, append(changes, made...)
		}
	}
	if src.parse() != nil {
		return nil
	}
	correct("file.control", regexp.MustCompile(terminal.String()+`|[\x00-\x08\x0b-\x1f\x7f]`), func(string) string { return "" })
	if src.parse() != nil || src.json {
		return changes
	}
	mixed := false
	for _, in := range indentation.FindAllString(src.text, -1) {
		mixed = mixed || strings.Trim(in, "\t") != ""
	}
	if !mixed { // else nobody knows how deep a tab is
		correct("file.tabs", indentation, func(in string) string { return strings.Repeat("  ", len(in)) })
	}
	both := regexp.MustCompile(oddSpace.String() + `|` + oddIndent.String())
	if src.parse() == nil {
		correct("file.odd-spaces", both, func(s string) string {
			if strings.Contains(s, "\n") {
				return s
			}
			return oddSpaces(s)
		})
	}
	if src.parse() == nil {
		correct("file.document-end", lastMark, func(string) string { return "\n" })
	}
	return changes
}

// lastLine ends a file with one line feed.
func lastLine(src *source, yaml bool) []Change {
	bare := strings.TrimRight(src.text, " \t\n")
	if bare == "" || src.text == bare+"\n" {
		return nil
	}
	if before := src.parse(); yaml && !src.json && before != nil {
		if after := parse(bare + "\n"); after == nil || !same(before, after) {
			return nil // the blank lines are of a text
		}
	}
	at := src.was(len(bare))
	*src = *src.replaced([]edit{{start: len(bare), end: len(src.text), with: "\n"}})
	return []Change{{Kind: KindOf("file.last-line"), Line: at}}
}
