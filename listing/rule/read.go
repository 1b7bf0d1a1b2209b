package rule

import (
	"strings"
	"unicode"
)

// Visible reports whether there is anything to be seen in the text: more than white
// space and invisible characters.
func Visible(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return !Blank(c) && !invisible(c) })
}

// Read returns the text as people read it: without invisible characters, with one
// space for each run of white space, and none at either end. Two names that are read
// the same are taken for each other. Letters that look alike stay different: to tell
// them takes tables that the standard library does not have.
func Read(text string) string {
	if isRead(text) {
		return text
	}
	shown := strings.Map(func(c rune) rune {
		switch {
		case Blank(c):
			return ' '
		case invisible(c):
			return -1
		}
		return c
	}, text)
	return strings.Join(strings.Fields(shown), " ")
}

// isRead reports whether the text is read as it is: it has no invisible characters,
// and no blanks but single spaces between others.
func isRead(text string) bool {
	blank := true
	for _, c := range text {
		switch {
		case c == ' ' && blank, c != ' ' && (Blank(c) || invisible(c)):
			return false
		}
		blank = c == ' '
	}
	return !blank
}

// HasInvisible reports whether the text has characters that cannot be seen: control
// characters, marks of direction, spaces without width and the like.
func HasInvisible(text string) bool { return strings.ContainsFunc(text, invisible) }

// Blank reports whether the character looks like a space.
func Blank(c rune) bool {
	return unicode.IsSpace(c) || c == '\u2800' || unicode.Is(hangulFillers, c)
}

var hangulFillers = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x115F, Hi: 0x1160, Stride: 1}, {Lo: 0x3164, Hi: 0x3164, Stride: 1}, {Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}}}

// invisible reports a character without a look of its own.
func invisible(c rune) bool {
	if c <= unicode.MaxASCII { // most are
		return unicode.IsControl(c) && !Blank(c)
	}
	return !Blank(c) && unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
