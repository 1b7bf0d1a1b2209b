// Package hostile has texts as strangers write them, and holds what is printed
// against them.
package hostile

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Classes are the kinds of characters that must never be printed as they are, with
// one of each kind.
var Classes = map[string]string{
	"line feed": "\n", "carriage return": "\r", "tab": "\t", "vertical tab": "\v", "null": "\x00",
	"escape": "\x1b", "bell": "\a", "backspace": "\b", "delete": "\x7f",
	"next line": "\u0085", "control sequence introducer": "\u009b",
	"line separator": "\u2028", "paragraph separator": "\u2029",
	"right to left override": "\u202e", "right to left isolate": "\u2067", "right to left mark": "\u200f",
	"space without width": "\u200b", "joiner": "\u200d", "byte order mark": "\ufeff", "soft hyphen": "\u00ad",
	"no-break space": "\u00a0", "tag": "\U000e0041", "private use": "\ue000", "no character": "\ufffe",
	"not UTF-8": "\xff", "half a pair": "\xed\xa0\x80", "cut character": "\xe2\x82",
}

// Output prints a value that has the text in each place that can hold one.
type Output func(text string) string

// Printed checks that no output has a character of any class because a text had it:
// it has as many as with a harmless text. Of a text of a megabyte an output has no
// more than 64 kB.
func Printed(t *testing.T, outputs map[string]Output) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		print := outputs[name]
		harmless := print("a harmless text")
		require.NotEmpty(t, harmless, name)
		for class, character := range Classes {
			printed := print("a" + character + "b" + character)
			assert.Equal(t, strings.Count(harmless, character), strings.Count(printed, character), "%s prints a raw %s: %q", name, class, printed)
			assert.Equal(t, printed, strings.ToValidUTF8(printed, ""), "%s prints a raw %s", name, class)
		}
		assert.Less(t, len(print(strings.Repeat("long ", 200_000))), 64_000, "%s prints long texts in full", name)
	}
}

// Methods returns the methods with one of the names, such as "rule.Violation.Error",
// of the packages in the folders that the patterns match.
func Methods(t *testing.T, names []string, folders ...string) []string {
	t.Helper()
	var found []string
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, d := range parsed.Decls {
				if f, isFunc := d.(*ast.FuncDecl); isFunc && f.Recv != nil && slices.Contains(names, f.Name.Name) {
					receiver := f.Recv.List[0].Type
					if star, isPointer := receiver.(*ast.StarExpr); isPointer {
						receiver = star.X
					}
					named, isNamed := receiver.(*ast.Ident)
					require.True(t, isNamed, file)
					found = append(found, parsed.Name.Name+"."+named.Name+"."+f.Name.Name)
				}
			}
		}
	}
	require.NotEmpty(t, found)
	return found
}
