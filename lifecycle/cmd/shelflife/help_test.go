package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
)

// Every command says more than its one line, and is in a group; every value of a flag has
// a name, and no line is wider than a terminal.
func TestHelp(t *testing.T) {
	root := (&tool{}).root()
	for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
		assert.Greater(t, len(c.Long), len(c.Short), c.Name())
		assert.Equal(t, c == root, c.GroupID == "", c.Name())
		assert.False(t, strings.HasSuffix(c.Short, "."), c.Name())
		for line := range strings.SplitSeq(c.Long+"\n"+c.Example, "\n") {
			assert.LessOrEqual(t, utf8.RuneCountInString(line), 95, line)
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			name, _ := pflag.UnquoteUsage(f)
			assert.NotContains(t, []string{"string", "strings", "stringArray", "float", "int"}, name, "%s --%s", c.Name(), f.Name)
		})
	}
}
