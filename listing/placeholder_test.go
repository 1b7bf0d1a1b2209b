package listing

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/internal/combine"
)

// placeholders says in another way what placeholderIn finds.
var placeholders = regexp.MustCompile(`\{\{[^{}]*\}\}|\{%[^{}]*%\}|\b(TODO|TBD|FIXME|XXX+|CHANGE_?ME|REPLACE_?ME|PLACEHOLDER)\b|(?i:lorem ipsum)|(?i:for seller to update)|` +
	`(?i:[\[<{]\s*(your|insert|enter|add|title|name|link|description|replace)[ _-][^\[\]<>{}\n]{1,80}[\]>}])|\b(YOUR|INSERT|ENTER)_[A-Z0-9_]+\b|%%[A-Za-z_]+%%|__[A-Z][A-Z0-9_]*__`)

func TestPlaceholdersAgreeWithTheirPattern(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 79)
	for name, c := range map[string]struct {
		most   int
		pieces []string
	}{
		"braces":      {6, []string{"{", "}", "%", "a", "\n", "é"}},
		"slots":       {5, []string{"{", "}", "[", "]", "<", ">", "your", " ", "name", "\n"}},
		"slot words":  {4, []string{"[", "]", "Insert", "ENTER", "add", "title", "name", "link", "description", "replace", "yours", " ", "_", "-", "+", "x]"}},
		"long slots":  {5, []string{"<your ", long, "ü", "x", ">", "\xff"}},
		"white space": {5, []string{"[", "]", "\t", "\n", "\v", "\f", "\r", "\x01", " ", "your x"}},
		"percents":    {6, []string{"%", "A", "z", "_", "9", "-"}},
		"underscores": {7, []string{"_", "A", "Z", "z", "9", "0"}},
		"shouts": {4, []string{"TODO", "TBD", "FIXME", "XX", "X", "CHANGE", "REPLACE", "_", "ME", "PLACEHOLDER", "YOUR_", "INSERT_", "ENTER_",
			"9", "a", "Z", "é", " ", "-", "\xff"}},
		"phrases": {4, []string{"lorem", "Lorem", " ", "ipsum", "IPSU", "M", "for seller", "For Seller", " to update", "F"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				c.most--
			}
			found := 0
			combine.Rows(c.most, c.pieces, func(text string) {
				want := placeholders.FindString(text)
				if want != "" {
					found++
				}
				if got := placeholderIn(text); got != want {
					t.Fatalf("%q: got %q, want %q", text, got, want)
				}
				if plain := want == "" && !strings.ContainsFunc(text, unusual); ordinary(text) != plain {
					t.Fatalf("%q: ordinary is %v", text, !plain)
				}
			})
			assert.NotZero(t, found)
		})
	}
}

func TestOrdinaryCharacters(t *testing.T) {
	t.Parallel()
	for c := range rune(0x100) {
		assert.Equal(t, !unusual(c), ordinary("a"+string(c)+"b"), "%U", c)
	}
}

func unusual(c rune) bool { return c < ' ' && c != '\t' && c != '\n' || c > '~' }

// What begins a placeholder a hundred thousand times is searched once.
func BenchmarkPlaceholdersInHostileText(b *testing.B) {
	for _, begins := range []string{"{", "{{a", "[your ", "<", "%%a", "__A", "_", "X", "YOUR_", "l", "lorem ipsu", "[ "} {
		b.Run(begins, func(b *testing.B) {
			text := strings.Repeat(begins, 1<<16)
			b.SetBytes(int64(len(text)))
			for range b.N {
				placeholderIn(text)
			}
		})
	}
}
