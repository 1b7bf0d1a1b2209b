package listing

import (
	"strings"
	"unicode/utf8"
)

// placeholderIn returns the first part of the text that a template of marketplace
// listings or of a common tool left to be filled in, or an empty text. What commands
// in a usage text leave to buyers, such as <endpoint-name> and $ENDPOINT, is none.
// It is not a regular expression, because every text of every listing is searched.
func placeholderIn(text string) string {
	for i := range len(text) {
		if n := placeholderAt(text, i); n != 0 {
			return text[i : i+n]
		}
	}
	return ""
}

// placeholderStarts are the characters for which placeholderAt can return anything.
const placeholderStarts = "{[<%_lLfFTXCRPYIE"

// placeholderAt returns the length of the placeholder at i, or 0.
func placeholderAt(text string, i int) int {
	rest := text[i:]
	switch rest[0] {
	case '{':
		return max(braces(rest, "{{", "}}"), braces(rest, "{%", "%}"), slot(rest))
	case '[', '<':
		return slot(rest)
	case '%':
		return between(rest, "%%", func(c byte) bool { return isLetter(c) || c == '_' })
	case '_':
		return underscores(rest)
	case 'l', 'L':
		return phrase(rest, "lorem ipsum")
	case 'f':
		return phrase(rest, "for seller to update")
	case 'F':
		return max(phrase(rest, "for seller to update"), shout(text, i))
	case 'T', 'X', 'C', 'R', 'P', 'Y', 'I', 'E':
		return shout(text, i)
	}
	return 0
}

// braces is {{ name }} or {% tag %}.
func braces(rest, open, end string) int {
	if !strings.HasPrefix(rest, open) {
		return 0
	}
	stop := len(open)
	for stop < len(rest) && rest[stop] != '{' && rest[stop] != '}' {
		stop++
	}
	from := stop - strings.IndexByte(end, '}')
	if from < len(open) || !strings.HasPrefix(rest[from:], end) {
		return 0
	}
	return from + len(end)
}

// slot is <your name here>, [Insert title] and the like.
func slot(rest string) int {
	inside := rest[1:]
	for inside != "" && (inside[0] == ' ' || '\t' <= inside[0] && inside[0] <= '\r' && inside[0] != '\v') {
		inside = inside[1:]
	}
	if inside == "" || !isLetter(inside[0]) {
		return 0
	}
	for _, word := range []string{"your", "insert", "enter", "add", "title", "name", "link", "description", "replace"} {
		n := phrase(inside, word)
		if len(inside) == n || !strings.ContainsRune(" _-", rune(inside[n])) {
			continue
		}
		what := inside[n+1:]
		stop := strings.IndexAny(what, "[]<>{}\n")
		if stop < 1 || !strings.ContainsRune("]>}", rune(what[stop])) || utf8.RuneCountInString(what[:stop]) > 80 {
			return 0
		}
		return len(rest) - len(what) + stop + 1
	}
	return 0
}

// between is %%NAME%%: characters of one kind, at least one, with the mark on both
// sides.
func between(rest, mark string, of func(byte) bool) int {
	if !strings.HasPrefix(rest, mark) {
		return 0
	}
	n := len(mark)
	for n < len(rest) && of(rest[n]) {
		n++
	}
	if n == len(mark) || !strings.HasPrefix(rest[n:], mark) {
		return 0
	}
	return n + len(mark)
}

// underscores is __NAME__.
func underscores(rest string) int {
	name := strings.TrimPrefix(rest, "__") // a single one stays, and is no capital
	if name == "" || name[0] < 'A' || name[0] > 'Z' {
		return 0
	}
	n := 0
	for n < len(name) && isShouted(name[n]) {
		n++
	}
	end := strings.LastIndex(name[1:n], "__")
	if end < 0 {
		return 0
	}
	return len("__") + 1 + end + len("__")
}

// shout is TODO, CHANGE_ME, YOUR_NAME and the like, as a word of its own.
func shout(text string, i int) int {
	if i > 0 && isWord(text[i-1]) {
		return 0
	}
	n := i
	for n < len(text) && isShouted(text[n]) {
		n++
	}
	if n < len(text) && isWord(text[n]) {
		return 0
	}
	word := text[i:n]
	switch word {
	case "TODO", "TBD", "FIXME", "CHANGEME", "CHANGE_ME", "REPLACEME", "REPLACE_ME", "PLACEHOLDER":
		return len(word)
	}
	if len(word) >= 3 && strings.Trim(word, "X") == "" {
		return len(word)
	}
	for _, start := range []string{"YOUR_", "INSERT_", "ENTER_"} {
		if strings.HasPrefix(word, start) && len(word) > len(start) {
			return len(word)
		}
	}
	return 0
}

// phrase returns the length of the phrase if the text begins with it, in capitals
// or not, or 0.
func phrase(text, phrase string) int {
	if len(text) < len(phrase) || !strings.EqualFold(text[:len(phrase)], phrase) {
		return 0
	}
	return len(phrase)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isShouted(c byte) bool { return 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' }

func isWord(c byte) bool { return isLetter(c) || isShouted(c) }
