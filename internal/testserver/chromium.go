package testserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var (
	errNoChromium = errors.New("no Chromium: set SHELFLIFE_CHROMIUM to its program, or install it on PATH (Debian: chromium)")
	errNoPackage  = errors.New("not there: install it with npm in this folder, one above it, or in the folder that SHELFLIFE_TOOLS names")
)

// Chromium returns the program of a browser: that of the environment variable
// SHELFLIFE_CHROMIUM, or chromium, chromium-browser or google-chrome on PATH. Without
// one it skips the test, or fails it when SHELFLIFE_SERVERS is "required".
func Chromium(t testing.TB) string {
	t.Helper()
	return given(t, func() (string, error) {
		if program := os.Getenv("SHELFLIFE_CHROMIUM"); program != "" {
			return program, nil
		}
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
			if program, err := exec.LookPath(name); err == nil {
				return program, nil
			}
		}
		return "", errNoChromium
	})
}

// Package returns a file of a package of npm, such as "axe-core/axe.min.js", where npm
// puts it: in this folder, one above it, or in the folder that SHELFLIFE_TOOLS names.
// Without it, it does as [Chromium].
func Package(t testing.TB, name string) string {
	t.Helper()
	return given(t, func() (string, error) {
		for _, folder := range packageFolders() {
			file := filepath.Join(folder, "node_modules", filepath.FromSlash(name))
			if _, err := os.Stat(file); err == nil {
				return file, nil
			}
		}
		return "", fmt.Errorf("package %s: %w", name, errNoPackage)
	})
}

// packageFolders are where packages of npm may be.
func packageFolders() []string {
	var folders []string
	if tools := os.Getenv("SHELFLIFE_TOOLS"); tools != "" {
		folders = append(folders, tools)
	}
	for dir, err := os.Getwd(); err == nil; dir = filepath.Dir(dir) {
		folders = append(folders, dir)
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return folders
}
