package document

import (
	"bytes"
	"unicode/utf8"
)

// Place is where a value begins in the text of a document.
type Place struct {
	// Path names the value.
	Path string
	// Line is the line number; the first line is 1.
	Line int
	// Column is the number of the character in its line; the first one is 1.
	// Characters are Unicode code points, and a tab is one.
	Column int
}

// Locate returns the place of the value that path names in the JSON document
// data. The empty path names the whole document.
//
// If the document has no such value, for example because a required field is
// missing, Locate returns the place of the nearest value around it. Compare
// [Place.Path] with path to tell the two cases apart. If a member is given
// twice, Locate uses the last one, as encoding/json does.
//
// Locate returns false if data is not one JSON value in UTF-8, or if path is not
// well-formed.
func Locate(data []byte, path string) (Place, bool) {
	way, ok := steps(path)
	if !ok || checkSyntax(data) != nil {
		return Place{}, false
	}
	at, found := next(data, 0), ""
	for _, s := range way {
		inside, ok := s.from(data, at)
		if !ok {
			break
		}
		at, found = inside, s.of(found)
	}
	var c cursor
	c.move(data, at)
	return Place{Path: found, Line: c.line + 1, Column: c.column + 1}, true
}

// from returns the offset of the value that the step leads to from the value at
// offset i.
func (s step) from(data []byte, i int) (at int, ok bool) {
	if s.entry {
		return s.entryOf(data, i)
	}
	if data[i] != '{' {
		return 0, false
	}
	for i = next(data, i+1); data[i] != '}'; {
		end := valueEnd(data, i)
		value := next(data, end)
		if unquoted(data[i:end]) == s.name {
			at, ok = value, true
		}
		i = next(data, valueEnd(data, value))
	}
	return at, ok
}

func (s step) entryOf(data []byte, i int) (at int, ok bool) {
	if data[i] != '[' {
		return 0, false
	}
	i = next(data, i+1)
	for n := 0; data[i] != ']'; n++ {
		if n == s.index {
			return i, true
		}
		i = next(data, valueEnd(data, i))
	}
	return 0, false
}

// cursor is an offset with the number of lines before it, and of characters
// before it in its line.
type cursor struct{ offset, line, column int }

// move sets the cursor to an offset in data. It counts from where the cursor
// was, unless that is behind offset.
func (c *cursor) move(data []byte, offset int) {
	if offset < c.offset {
		*c = cursor{}
	}
	passed := data[c.offset:offset]
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		c.line += bytes.Count(passed, []byte{'\n'})
		c.column = 0
		passed = passed[last+1:]
	}
	c.column += utf8.RuneCount(passed)
	c.offset = offset
}
