package document

import (
	"bytes"
	"unicode/utf8"
)

// Place is where a value stands in the text of a document.
type Place struct {
	// Path names the value.
	Path string
	// Line counts lines from 1.
	Line int
	// Column counts the characters of the line, which are Unicode code points,
	// from 1. It is where the value begins.
	Column int
}

// Locate returns where the value that path names stands in data. If the
// document has no such value, because a field that is needed is missing, Locate
// returns the place of the nearest value around it: the Path of the place is
// then shorter than path. Of a member that is given twice it takes the last, as
// encoding/json does. The empty path names the whole document.
//
// Locate reports false if data is not one JSON value in UTF-8, or if path is not
// a path.
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
		at = inside
		if s.entry {
			found = Entry(found, s.index)
		} else {
			found = Member(found, s.name)
		}
	}
	var c cursor
	c.move(data, at)
	return Place{Path: found, Line: c.line + 1, Column: c.column + 1}, true
}

// from returns the index of the value that the step leads to from the value at
// i.
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

// cursor counts the lines and characters before an offset, each from 0.
type cursor struct{ offset, line, column int }

// move goes to an offset in data. It counts on from where it was, and from the
// start again when it has to go back.
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
