package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/policy"
)

// The parts of README and docs/aws.md that come from somewhere else are what they
// come from. UPDATE_GOLDEN=1 writes them again.
func TestREADME(t *testing.T) {
	for _, block := range []struct{ file, fence, want string }{
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

// marked is the comment before a block of code: the file below this folder that it
// comes from, and which region of it.
var marked = regexp.MustCompile(`^<!-- code: ([\w./-]+)(?:#([\w-]+))? -->$`)

// Each block of Go code in README and under docs is from a file here, which is compiled
// and run. UPDATE_GOLDEN=1 writes them again.
func TestCodeInREADMEAndDocs(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	pages = append(pages, "../README.md", "../CONTRIBUTING.md", "../lifecycle/cmd/shelflife/README.md")
	blocks := 0
	for _, page := range pages {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		var out strings.Builder
		before, skip := "", false
		for line := range strings.Lines(string(data)) {
			text := strings.TrimSpace(line)
			switch {
			case skip && text == "```":
				skip = false
			case skip:
				continue
			case text == "```go":
				from := marked.FindStringSubmatch(before)
				require.NotNil(t, from, "%s: a block of Go code without a comment that says where it is compiled", page)
				line += region(t, from[1], from[2])
				skip = true
				blocks++
			}
			out.WriteString(line)
			before = text
		}
		require.False(t, skip, "%s: a block does not end", page)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			require.NoError(t, os.WriteFile(page, []byte(out.String()), 0o644))
			continue
		}
		require.Equal(t, out.String(), string(data), "%s: run make golden", page)
	}
	require.Greater(t, blocks, 10)
}

// The blocks of a guide, put into one file, compile: a reader who copies them has the
// imports and all helpers.
func TestGuidesCompile(t *testing.T) {
	pages, err := filepath.Glob("../docs/guide-*.md")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		code := "package guide\n"
		for _, block := range strings.Split(string(data), "```go\n")[1:] {
			lines, _, _ := strings.Cut(block, "```")
			code += lines
		}
		file := filepath.Join(t.TempDir(), "guide_test.go")
		require.NoError(t, os.WriteFile(file, []byte(code), 0o600))
		out, err := exec.Command("go", "vet", file).CombinedOutput()
		require.NoError(t, err, "%s\n%s", page, out)
	}
}

// region returns the lines of a file between "// snippet: name" and "// end", or all
// of it if there is no name.
func region(t *testing.T, file, name string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	if name == "" {
		return string(data)
	}
	_, rest, found := strings.Cut(string(data), "// snippet: "+name+"\n")
	require.True(t, found, "%s has no region %q", file, name)
	lines, _, found := strings.Cut(rest, "// end\n")
	require.True(t, found, "%s: the region %q does not end", file, name)
	lines = strings.TrimSpace(lines)
	indent := ""
	for line := range strings.Lines(rest) {
		indent = line[:len(line)-len(strings.TrimLeft(line, "\t"))]
		break
	}
	return strings.ReplaceAll(lines, "\n"+indent, "\n") + "\n"
}
