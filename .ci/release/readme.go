package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// readme follows README in a new module: it runs each go get and go install and
// builds the program.
func (r rehearsal) readme(ctx context.Context, name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	program, commands, err := parseReadme(string(text))
	if err != nil {
		return err
	}
	dir, err := r.newModule(ctx)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o644); err != nil {
		return err
	}
	// The last one adds what the program imports of others.
	for _, c := range append(commands, []string{"go", "get", "."}, []string{"go", "build"}) {
		if err := r.do(ctx, dir, c[0], c[1:]...); err != nil {
			return err
		}
	}
	return nil
}

var (
	goBlock   = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")
	goCommand = regexp.MustCompile(`(?m)^ *(go (?:get|install) [^#\n]*)`)
)

// parseReadme returns the program, which is the one Go block that is a whole
// file of package main, and the commands that fetch anything, as words.
func parseReadme(text string) (program string, commands [][]string, err error) {
	for _, block := range goBlock.FindAllStringSubmatch(text, -1) {
		if !regexp.MustCompile(`(?m)^package main$`).MatchString(block[1]) {
			continue
		}
		if program != "" {
			return "", nil, errors.New("README has two programs")
		}
		program = block[1]
	}
	if program == "" {
		return "", nil, errors.New("README has no program")
	}
	for _, c := range goCommand.FindAllStringSubmatch(text, -1) {
		commands = append(commands, strings.Fields(c[1]))
	}
	if len(commands) == 0 {
		return "", nil, errors.New("README does not say how to get the library: it has no line with go get")
	}
	return program, commands, nil
}
