package examples_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/policy"
)

// The parts of README that come from somewhere else are what they come from.
// UPDATE_GOLDEN=1 writes them again.
func TestREADME(t *testing.T) {
	const file = "../README.md"
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	program, err := os.ReadFile("minimal/main.go")
	require.NoError(t, err)
	readme := string(data)
	for _, block := range []struct{ fence, want string }{
		{"```go\n", string(program)},
		{"```mermaid\n", lifecycle.Diagram()},
		{"```json\n", policy.All + "\n"},
	} {
		before, rest, found := strings.Cut(readme, block.fence)
		require.True(t, found, "README has no block %q", block.fence)
		is, after, found := strings.Cut(rest, "```")
		require.True(t, found, "the block %q does not end", block.fence)
		if os.Getenv("UPDATE_GOLDEN") == "" {
			require.Equal(t, block.want, is, "run make golden")
		}
		readme = before + block.fence + block.want + "```" + after
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(file, []byte(readme), 0o644))
	}
}
