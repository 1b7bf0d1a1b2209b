package document

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The functions of this file need valid JSON. A decoder of encoding/json would
// check every part again at every level; that took most of the time.

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
	i++
	quote := i + bytes.IndexByte(data[i:], '"')
	for {
		slash := bytes.IndexByte(data[i:quote], '\\')
		if slash < 0 {
			return quote + 1
		}
		if i += slash + 2; i > quote { // it was escaped
			quote = i + bytes.IndexByte(data[i:], '"')
		}
	}
}

// wordLength returns the length of the number, true, false or null that data
// begins with.
func wordLength(data []byte) int {
	if n := bytes.IndexAny(data, " \t\r\n,:]}"); n >= 0 {
		return n
	}
	return len(data)
}

// unquoted returns the text of a JSON string.
func unquoted(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // a valid string
	return text
}

// halfPair returns the first escape of a quoted text that is half of a surrogate
// pair, such as \\ud800; empty if there is none.
func halfPair(quoted []byte) string {
	for i := 0; i+6 <= len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		i++ // to the character after the backslash
		if quoted[i] != 'u' {
			continue
		}
		escape := quoted[i-1 : i+5]
		i += 4
		c, _ := strconv.ParseUint(string(escape[2:]), 16, 16) // checked before
		if !utf16.IsSurrogate(rune(c)) {
			continue
		}
		if rest := quoted[i+1:]; len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
			low, _ := strconv.ParseUint(string(rest[2:6]), 16, 16)
			if utf16.DecodeRune(rune(c), rune(low)) != utf8.RuneError {
				i += 6
				continue
			}
		}
		return string(escape)
	}
	return ""
}

// entries returns the first MaxEntries entries of the list at start, and how
// many there are.
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
