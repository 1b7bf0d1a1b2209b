package document

import (
	"bytes"
	"encoding/json"
)

// What is split here was found to be valid JSON before, as a whole. A decoder of
// encoding/json would check every part again at every level, which was most of
// the time that reading a record took.

// next returns the index of the next name, value or closing bracket at or after
// i.
func next(data []byte, i int) int {
	for {
		switch data[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default:
			return i
		}
	}
}

// valueEnd returns the index after the value that starts at i.
func valueEnd(data []byte, i int) int {
	depth := 0
	for {
		switch data[i] {
		case '"':
			i = stringEnd(data, i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		default:
			if depth == 0 {
				return i + wordLength(data[i:])
			}
		}
		i++
	}
}

// stringEnd returns the index after the string that starts at i.
func stringEnd(data []byte, i int) int {
	for i++; data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// wordLength is the length of a number, true, false or null.
func wordLength(data []byte) int {
	if n := bytes.IndexAny(data, " \t\r\n,:]}"); n >= 0 {
		return n
	}
	return len(data)
}

// unquoted is the text of a string.
func unquoted(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // a valid string
	return text
}

// entries returns the values of the array at start, MaxEntries at the most, and
// how many it has.
func entries(data []byte, start int) (all []part, n int) {
	for i := next(data, start+1); data[i] != ']'; n++ {
		end := valueEnd(data, i)
		if n < MaxEntries {
			all = append(all, part{i, end})
		}
		i = next(data, end)
	}
	return all, n
}
