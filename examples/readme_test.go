package examples_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/policy"
)

// The parts of README and docs/aws.md that come from somewhere else are what they
// come from. UPDATE_GOLDEN=1 writes them again.
func TestREADME(t *testing.T) {
	program, err := os.ReadFile("minimal/main.go")
	require.NoError(t, err)
	for _, block := range []struct{ file, fence, want string }{
		{"../README.md", "```go\n", string(program)},
		{"../README.md", "```mermaid\n", lifecycle.Diagram()},
		{"../docs/aws.md", "```json\n", policy.All + "\n"},
	} {
		data, err := os.ReadFile(block.file)
		require.NoError(t, err)
		before, rest, found := strings.Cut(string(data), block.fence)
		require.True(t, found, "%s has no block %q", block.file, block.fence)
		is, after, found := strings.Cut(rest, "```")
		require.True(t, found, "%s: the block %q does not end", block.file, block.fence)
		if os.Getenv("UPDATE_GOLDEN") == "" {
			require.Equal(t, block.want, is, "run make golden")
			continue
		}
		require.NoError(t, os.WriteFile(block.file, []byte(before+block.fence+block.want+"```"+after), 0o644))
	}
}
