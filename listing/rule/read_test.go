package rule

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/combine"
)

// Every character is blank, invisible or neither, as the tables of Unicode say.
func TestEveryCharacter(t *testing.T) {
	t.Parallel()
	blanks := map[rune]bool{0x2800: true, 0x115F: true, 0x1160: true, 0x3164: true, 0xFFA0: true}
	for c := rune(0); c <= unicode.MaxRune; c++ {
		blank := unicode.In(c, unicode.White_Space, unicode.Zs) || blanks[c]
		unseen := !blank && unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp,
			unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
		if Blank(c) != blank || invisible(c) != unseen {
			t.Fatalf("%U: blank %v, want %v; invisible %v, want %v", c, Blank(c), blank, invisible(c), unseen)
		}
	}
}

// A text is read without what cannot be seen, with one space for a run of blanks.
func TestRead(t *testing.T) {
	t.Parallel()
	runs := regexp.MustCompile(" +")
	combine.Rows(5, []string{"a", "é", " ", "\t", "\u00a0", "\u2800", "\u3164", "\u200b", "\ufeff"}, func(text string) {
		want := strings.NewReplacer("\t", " ", "\u00a0", " ", "\u2800", " ", "\u3164", " ", "\u200b", "", "\ufeff", "").Replace(text)
		want = strings.Trim(runs.ReplaceAllString(want, " "), " ")
		if got := Read(text); got != want {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
		if isRead(text) && text != want {
			t.Fatalf("%q is not read as it is", text)
		}
	})
	assert.True(t, isRead("as it is"))
}

func TestVisible(t *testing.T) {
	t.Parallel()
	combine.Rows(4, []string{"a", "é", " ", "\t", "\u2800", "\u200b", "\x00"}, func(text string) {
		assert.Equal(t, strings.ContainsAny(text, "aé"), Visible(text), "%q", text)
		assert.Equal(t, strings.ContainsAny(text, "\u200b\x00"), HasInvisible(text), "%q", text)
	})
}
