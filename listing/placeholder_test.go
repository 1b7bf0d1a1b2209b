package listing

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// placeholders says in another way what placeholderIn finds.
var placeholders = regexp.MustCompile(`\{\{[^{}]*\}\}|\{%[^{}]*%\}|\b(TODO|TBD|FIXME|XXX+|CHANGE_?ME|REPLACE_?ME|PLACEHOLDER)\b|(?i:lorem ipsum)|(?i:for seller to update)|` +
	`(?i:[\[<{]\s*(your|insert|enter|add|title|name|link|description|replace)[ _-][^\[\]<>{}\n]{1,80}[\]>}])|\b(YOUR|INSERT|ENTER)_[A-Z0-9_]+\b|%%[A-Za-z_]+%%|__[A-Z][A-Z0-9_]*__`)

func TestPlaceholdersAgreeWithTheirPattern(t *testing.T) {
	t.Parallel()
	pieces := []string{"{", "}", "{{", "}}", "{%", "%}", "%", "%%", "_", "__", "[", "]", "<", ">", " ", "\n", "-", "a", "Z", "9", "é", "\xff",
		"TODO", "TBD", "FIXME", "XXX", "X", "CHANGE", "ME", "REPLACE", "PLACEHOLDER", "lorem", "Ipsum", "FOR SELLER", " to update",
		"your", "Insert", "ENTER", "add", "title", "name", "YOUR", "INSERT", "E", strings.Repeat("b", 79), strings.Repeat("ü", 80)}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
		assert.Equal(t, placeholders.FindString(text), placeholderIn(text), "%q", text)
	})
}

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
