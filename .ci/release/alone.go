package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// standAlone unpacks a module and builds it without its siblings beside it. Its
// go.mod and go.sum must hold all that they should and nothing else.
func (r rehearsal) standAlone(ctx context.Context, m *released, repo *repository) error {
	dir, err := r.folder()
	if err != nil {
		return err
	}
	v := module.Version{Path: m.path, Version: r.version}
	packed, err := proxyFile(r.proxy(), v)
	if err != nil {
		return err
	}
	if err := zip.Unzip(dir, v, packed+".zip"); err != nil {
		return err
	}
	// go mod tidy -diff would miss the hashes of our own modules in go.sum. They
	// are not kept there: they change with every change of the code, and neither
	// the workspace nor anyone who fetches a release looks at them.
	before, err := requirements(dir, repo)
	if err != nil {
		return err
	}
	if err := r.do(ctx, dir, "go", "mod", "tidy"); err != nil {
		return err
	}
	after, err := requirements(dir, repo)
	if err != nil {
		return err
	}
	if !slices.Equal(before, after) {
		return fmt.Errorf("run go run ./.ci/release tidy; it changes\n%s", difference(before, after))
	}
	return r.do(ctx, dir, "go", "build", "-o", os.DevNull, "./...")
}

// requirements returns the lines of go.mod and go.sum in dir, without the hashes
// of our own modules.
func requirements(dir string, repo *repository) ([]string, error) {
	var lines []string
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			path, _, _ := strings.Cut(line, " ")
			if name == "go.mod" || repo.find(path) == nil {
				lines = append(lines, name+": "+line)
			}
		}
	}
	return lines, nil
}

// difference returns the lines that are in one list only.
func difference(before, after []string) string {
	var b strings.Builder
	for _, line := range before {
		if !slices.Contains(after, line) {
			b.WriteString("- " + line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			b.WriteString("+ " + line)
		}
	}
	return b.String()
}
