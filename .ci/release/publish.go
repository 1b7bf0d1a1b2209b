package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tagged reports an error unless the working tree is the release of the version: its
// modules require each other at it, and every module has its tag on the current
// commit.
func tagged(ctx context.Context, repo *repository, version string) error {
	required, err := repo.version()
	if err != nil {
		return err
	}
	if required != version {
		return fmt.Errorf("the modules require each other at %s, not %s: run prepare", required, version)
	}
	here, err := output(ctx, repo.dir, nil, "git", "tag", "--points-at", "HEAD")
	if err != nil {
		return err
	}
	var errs []error
	for _, tag := range repo.tags(version) {
		if !slices.Contains(strings.Fields(here), tag) {
			errs = append(errs, fmt.Errorf("the current commit has no tag %s", tag))
		}
	}
	return errors.Join(errs...)
}

// notes prints what CHANGELOG.md says of the version.
func notes(out io.Writer, repo *repository, version string) error {
	data, err := os.ReadFile(filepath.Join(repo.dir, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	changelog := string(data)
	if err := checkChangelog(changelog, version); err != nil {
		return err
	}
	_, section, _ := strings.Cut("\n"+changelog, "\n## "+version)
	_, section, _ = strings.Cut(section, "\n") // the date
	section, _, _ = strings.Cut("\n"+section, "\n## ")
	_, err = fmt.Fprintln(out, strings.TrimSpace(section))
	return err
}
