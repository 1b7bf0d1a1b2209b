package document_test

import (
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/internal/hostile"
	"github.com/shelflife-go/shelflife/listing/document"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", ""}, {"plain, “quoted” & naïve: 日本語 ✂", "plain, “quoted” & naïve: 日本語 ✂"},
		{`back\slash and "quotes"`, `back\slash and "quotes"`},
		{"a\nb\tc", `a\nb\tc`}, {"\x1b[31m", `\x1b[31m`}, {"\u202eabc", `\u202eabc`}, {"a\xffb", `a\xffb`},
		{"\ufffd", "\ufffd"}, {"\u00a0", `\u00a0`}, {"\U000e0041", `\U000e0041`},
	} {
		assert.Equal(t, c.want, document.Printable(c.text))
	}
	hostile.Printed(t, map[string]hostile.Output{
		"Printable": func(s string) string { return document.Printable(document.Cut(s, 100)) },
	})
}

func TestPrintableOnceIsEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		printed := document.Printable(string(rapid.SliceOf(rapid.Byte()).Draw(t, "text")))
		assert.Equal(t, printed, document.Printable(printed))
		assert.True(t, utf8.ValidString(printed))
	})
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		max  int
		want string
	}{
		{"", 0, ""}, {"a", 0, "…"}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"äöü", 3, "äöü"}, {"äöüß", 3, "äöü…"}, {"\xff\xff", 1, "\xff…"},
	} {
		assert.Equal(t, c.want, document.Cut(c.text, c.max))
	}
}

func ExamplePrintable() {
	fmt.Println(document.Printable("one line\n\x1b[31mred"))
	// Output: one line\n\x1b[31mred
}

func ExampleCut() {
	fmt.Println(document.Cut("a long text", 6))
	// Output: a long…
}
