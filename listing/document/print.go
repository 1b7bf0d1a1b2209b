package document

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Printable returns text as it can be printed on one line: what is no graphic
// character, and every blank but a space, as the escape that Go has for it, such
// as \n, \x1b or \u202e. So a document cannot begin a line of its own, move what
// stands beside it, or speak to a terminal. Printable text is returned as it is,
// so that escaping a second time changes nothing. Everything in this module that
// prints what came from outside prints it so, or as %q does.
func Printable(text string) string {
	at := strings.IndexFunc(text, unprintable)
	if at < 0 {
		return text
	}
	var b strings.Builder
	b.WriteString(text[:at])
	for text = text[at:]; text != ""; {
		c, size := utf8.DecodeRuneInString(text)
		switch {
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case strconv.IsPrint(c):
			b.WriteRune(c)
		default:
			quoted := strconv.QuoteRune(c)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}

// unprintable reports a character that is not printed as it is. A byte that is not
// UTF-8 looks like U+FFFD here.
func unprintable(c rune) bool { return c == utf8.RuneError || !strconv.IsPrint(c) }

// Cut returns text, or its first max characters and "…" if it is longer.
func Cut(text string, max int) string {
	if len(text) <= max {
		return text
	}
	count := 0
	for i := range text {
		if count++; count > max {
			return text[:i] + "…"
		}
	}
	return text
}
