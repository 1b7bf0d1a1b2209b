package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// The commands of README are carried out, one after the other, and write what it says.
// "…" stands for anything, and for any lines where it stands alone.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	var script strings.Builder
	commands := 0
	for _, block := range consoleBlock.FindAllStringSubmatch(string(text), -1) {
		text := strings.ReplaceAll(block[1], " \\\n   ", "") // a command goes on in the next line
		for each := range strings.SplitSeq(strings.TrimPrefix(text, "$ "), "\n$ ") {
			command, output, _ := strings.Cut(each, "\n")
			commands++
			fmt.Fprintf(&script, "exec sh -c %s\n", single(command+" 2>&1"))
			output = strings.TrimSpace(output)
			if output == "" {
				script.WriteString("! stdout .\n")
				continue
			}
			want := ""
			for line := range strings.SplitSeq(output, "\n") {
				if line == "…" {
					want += `(?:.*\n)*`
				} else {
					want += strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + `.*\n`
				}
			}
			fmt.Fprintf(&script, "stdout %s\n", single(`\A`+want+`\z`))
		}
	}
	require.Greater(t, commands, 10)
	file := filepath.Join(t.TempDir(), "readme.txtar")
	require.NoError(t, os.WriteFile(file, []byte(script.String()), 0o600))
	began := time.Now()
	t.Cleanup(func() { // all but the typing of "in less than ten minutes"
		assert.Less(t, time.Since(began), 2*time.Minute)
	})
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: alone, RequireExplicitExec: true})
}

// single quotes a word of a script.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// README and the help name every exit code and every command.
func TestReadmeIsWhole(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	root := (&tool{}).root()
	for _, c := range root.Commands() {
		assert.Contains(t, string(text), "`"+c.Name()+"`", "README lacks a command")
		assert.NotEmpty(t, c.Short)
	}
	for _, code := range []int{codeFine, codeRules, codeUsage, codePending, codeFailed, codeNotLive, codeLater, codePerson, codeInterrupted} {
		assert.Contains(t, string(text), fmt.Sprintf("\n| %d |", code))
		assert.Regexp(t, fmt.Sprintf(`(?m)^  %d +\w`, code), exitCodes)
	}
}
