package document

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Member returns the path of a member of the object at path: path and name with
// a dot between them, or name in quotes and brackets if it has other characters
// than ASCII letters, digits, "-" and "_". The quotes are those of JSON;
// characters that cannot be printed are escaped.
func Member(path, name string) string {
	switch {
	case !plain(name):
		return path + "[" + quote(name) + "]"
	case path == "":
		return name
	}
	return path + "." + name
}

// Entry returns the path of entry i of the list at path. The first entry has
// number 0.
func Entry(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// Join returns the path that leads from the document to the value that path
// names in the part at prefix. Either may be empty.
func Join(prefix, path string) string {
	if prefix == "" || path == "" || path[0] == '[' {
		return prefix + path
	}
	return prefix + "." + path
}

func plain(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return name != ""
}

// quote returns name as a JSON string in which everything that cannot be
// printed is escaped.
func quote(name string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range name {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case strconv.IsPrint(c):
			b.WriteRune(c)
		case c > 0xFFFF:
			high, low := utf16.EncodeRune(c)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// step leads from a value to one inside it: to the entry with the index if
// entry is true, to the member with the name otherwise.
type step struct {
	name  string
	entry bool
	index int
}

// of returns the path of where the step leads from the path.
func (s step) of(path string) string {
	if s.entry {
		return Entry(path, s.index)
	}
	return Member(path, s.name)
}

// steps returns the steps of a path, and false if it is not well-formed.
func steps(path string) ([]step, bool) {
	var all []step
	for rest := path; rest != ""; {
		if rest[0] == '[' {
			s, after, ok := bracket(rest[1:])
			if !ok {
				return nil, false
			}
			all, rest = append(all, s), after
			continue
		}
		if len(all) > 0 {
			if rest[0] != '.' {
				return nil, false
			}
			rest = rest[1:]
		}
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		if !plain(rest[:end]) {
			return nil, false
		}
		all, rest = append(all, step{name: rest[:end]}), rest[end:]
	}
	return all, true
}

// bracket reads an index or a quoted name, and the bracket after it.
func bracket(s string) (_ step, rest string, ok bool) {
	if strings.HasPrefix(s, `"`) {
		end := 1
		for end < len(s) && s[end] != '"' {
			if s[end] == '\\' {
				end++
			}
			end++
		}
		var name string
		if end >= len(s) || json.Unmarshal([]byte(s[:end+1]), &name) != nil {
			return step{}, "", false
		}
		rest, ok = strings.CutPrefix(s[end+1:], "]")
		return step{name: name}, rest, ok
	}
	digits, rest, ok := strings.Cut(s, "]")
	index, err := strconv.Atoi(digits)
	return step{entry: true, index: index}, rest, ok && err == nil && index >= 0 && strconv.Itoa(index) == digits
}
