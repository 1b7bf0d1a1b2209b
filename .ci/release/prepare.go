package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// prepare makes the modules require each other at the version and prints the
// tags that release them. If tag is set, it creates them.
func prepare(ctx context.Context, out io.Writer, repo *repository, version string, tag bool) error {
	if module.CanonicalVersion(version) != version {
		return fmt.Errorf("%s: write the version in full, such as v0.1.0", version)
	}
	for _, m := range repo.modules {
		if err := module.Check(m.path, version); err != nil {
			return err
		}
	}
	changelog, err := os.ReadFile(filepath.Join(repo.dir, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	if err := checkChangelog(string(changelog), version); err != nil {
		return err
	}
	if err := repo.setVersion(version); err != nil {
		return err
	}
	if err := repo.write(); err != nil {
		return err
	}
	tags := repo.tags(version)
	if tag {
		if err := createTags(ctx, repo.dir, tags); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(out, strings.Join(tags, "\n"))
	return err
}

// checkChangelog reports an error unless the version has a heading of its own,
// alone or followed by a date.
func checkChangelog(changelog, version string) error {
	heading := regexp.MustCompile(`(?m)^## ` + regexp.QuoteMeta(version) + `( .*)?$`)
	if !heading.MatchString(changelog) {
		return fmt.Errorf(`CHANGELOG.md has no heading "## %s": move what is under "## Unreleased" below it`, version)
	}
	return nil
}

// setVersion changes the go.mod files, and the replacements in go.work that
// stand in for the release until it is published.
func (r *repository) setVersion(version string) error {
	required := map[string]bool{}
	for _, m := range r.modules {
		for _, req := range m.file.Require {
			if r.find(req.Mod.Path) == nil {
				continue
			}
			required[req.Mod.Path] = true
			if err := m.file.AddRequire(req.Mod.Path, version); err != nil { // changes the line that is there
				return err
			}
		}
	}
	old := append([]*modfile.Replace(nil), r.work.Replace...)
	for _, m := range r.modules {
		if required[m.path] {
			if err := r.work.AddReplace(m.path, version, localPath(m.rel), ""); err != nil {
				return err
			}
		}
	}
	for _, rep := range old {
		m := r.find(rep.Old.Path)
		if m != nil && (rep.Old.Version != version || !required[m.path]) {
			if err := r.work.DropReplace(rep.Old.Path, rep.Old.Version); err != nil {
				return err
			}
		}
	}
	r.work.Cleanup()
	return nil
}

// localPath is rel as go.work writes it.
func localPath(rel string) string {
	if rel == "." {
		return "."
	}
	return "./" + rel
}

// write writes the go.mod files and go.work.
func (r *repository) write() error {
	files := []*modfile.FileSyntax{r.work.Syntax}
	for _, m := range r.modules {
		files = append(files, m.file.Syntax)
	}
	for _, f := range files {
		if err := os.WriteFile(f.Name, modfile.Format(f), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// tags returns the tags that release the modules: a nested module's begins with
// its folder.
func (r *repository) tags(version string) []string {
	var tags []string
	for _, m := range r.modules {
		if m.rel == "." {
			tags = append(tags, version)
		} else {
			tags = append(tags, m.rel+"/"+version)
		}
	}
	return tags
}

// createTags tags the current commit, which must hold all there is.
func createTags(ctx context.Context, dir string, tags []string) error {
	changed, err := output(ctx, dir, nil, "git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if changed != "" {
		return fmt.Errorf("commit first: a tag would not hold\n%s", changed)
	}
	existing, err := output(ctx, dir, nil, "git", append([]string{"tag", "--list"}, tags...)...)
	if err != nil {
		return err
	}
	if existing != "" {
		return fmt.Errorf("there are tags already:\n%s", existing)
	}
	for _, t := range tags {
		if _, err := output(ctx, dir, nil, "git", "tag", t); err != nil {
			return err
		}
	}
	return nil
}
