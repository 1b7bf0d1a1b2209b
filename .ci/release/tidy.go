package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// tidy runs go mod tidy in every module. The modules require each other at a
// release that may not be published yet, so it works on a copy of go.mod and
// go.sum that replaces them by their folders.
func tidy(ctx context.Context, repo *repository) error {
	version, err := repo.version()
	if err != nil {
		return err
	}
	for _, m := range repo.modules {
		if err := tidyModule(ctx, repo, m); err != nil {
			return err
		}
	}
	// A module of ours that is required for the first time has no version yet.
	if err := repo.setVersion(version); err != nil {
		return err
	}
	return repo.write()
}

// tidyModule writes the go.sum of m and changes its go.mod in memory only.
func tidyModule(ctx context.Context, repo *repository, m *released) error {
	tmp, err := os.MkdirTemp("", "tidy")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // nothing depends on it
	goMod, goSum := filepath.Join(tmp, "go.mod"), filepath.Join(tmp, "go.sum")
	for _, other := range repo.modules {
		if err := m.file.AddReplace(other.path, "", other.dir, ""); err != nil {
			return err
		}
	}
	if err := os.WriteFile(goMod, modfile.Format(m.file.Syntax), 0o644); err != nil {
		return err
	}
	realSum := filepath.Join(m.dir, "go.sum")
	if err := copyFile(goSum, realSum); err != nil {
		return err
	}
	if _, err := output(ctx, m.dir, []string{"GOWORK=off"}, "go", "mod", "tidy", "-modfile", goMod); err != nil {
		return err
	}
	if err := copyFile(realSum, goSum); err != nil {
		return err
	}
	data, err := os.ReadFile(goMod)
	if err != nil {
		return err
	}
	if m.file, err = modfile.Parse(m.file.Syntax.Name, data, nil); err != nil {
		return err
	}
	for _, other := range repo.modules {
		if err := m.file.DropReplace(other.path, ""); err != nil {
			return err
		}
	}
	m.file.Cleanup()
	return nil
}

// copyFile does nothing if there is no such file: a module may have no go.sum.
func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
