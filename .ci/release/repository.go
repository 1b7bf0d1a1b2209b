package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A repository is the modules that are released together.
type repository struct {
	dir     string // of go.work and of the root module
	work    *modfile.WorkFile
	modules []*released // by path: the root module first
}

// A released module is one that others can fetch.
type released struct {
	path string
	dir  string // absolute
	rel  string // dir from the root of the repository, with slashes; "." for the root
	file *modfile.File
}

// open reads the modules of the workspace that dir is in.
func open(ctx context.Context, dir string) (*repository, error) {
	workFile, err := output(ctx, dir, nil, "go", "env", "GOWORK")
	if err != nil {
		return nil, err
	}
	workFile = strings.TrimSpace(workFile)
	if workFile == "" || workFile == "off" {
		return nil, errors.New("there is no go.work here: run this in the repository, without GOWORK=off")
	}
	data, err := os.ReadFile(workFile)
	if err != nil {
		return nil, err
	}
	repo := &repository{dir: filepath.Dir(workFile)}
	if repo.work, err = modfile.ParseWork(workFile, data, nil); err != nil {
		return nil, err
	}
	list, err := output(ctx, repo.dir, nil, "go", "list", "-m", "-json")
	if err != nil {
		return nil, err
	}
	for dec := json.NewDecoder(strings.NewReader(list)); dec.More(); {
		var m struct{ Path, Dir, GoMod string }
		if err := dec.Decode(&m); err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(repo.dir, m.Dir)
		if err != nil {
			return nil, err
		}
		rel = filepath.ToSlash(rel)
		if rel != "." && strings.Contains("/"+rel, "/.") {
			continue // a tool
		}
		data, err := os.ReadFile(m.GoMod)
		if err != nil {
			return nil, err
		}
		file, err := modfile.Parse(m.GoMod, data, nil)
		if err != nil {
			return nil, err
		}
		repo.modules = append(repo.modules, &released{path: m.Path, dir: m.Dir, rel: rel, file: file})
	}
	slices.SortFunc(repo.modules, func(a, b *released) int { return cmp.Compare(a.path, b.path) })
	return repo, repo.check()
}

// check returns what would keep others from fetching a module.
func (r *repository) check() error {
	if len(r.modules) == 0 || r.modules[0].rel != "." {
		return fmt.Errorf("the root module is not in %s", r.work.Syntax.Name)
	}
	var errs []error
	for _, m := range r.modules {
		// The go command finds a nested module by its folder's name.
		if want := r.modules[0].path + "/" + m.rel; m.rel != "." && m.path != want {
			errs = append(errs, fmt.Errorf("%s: the module must be named %s", m.file.Syntax.Name, want))
		}
		// "go install path@version" refuses both.
		if len(m.file.Replace) > 0 {
			errs = append(errs, fmt.Errorf("%s has a replace: only go.work may", m.file.Syntax.Name))
		}
		if len(m.file.Exclude) > 0 {
			errs = append(errs, fmt.Errorf("%s has an exclude", m.file.Syntax.Name))
		}
	}
	return errors.Join(errs...)
}

// find returns the module of that path, or nil if it is not one of ours.
func (r *repository) find(path string) *released {
	for _, m := range r.modules {
		if m.path == path {
			return m
		}
	}
	return nil
}

// version returns the one version at which the modules require each other.
func (r *repository) version() (string, error) {
	version := ""
	for _, m := range r.modules {
		for _, req := range m.file.Require {
			if r.find(req.Mod.Path) == nil || req.Mod.Version == version {
				continue
			}
			if version != "" {
				return "", fmt.Errorf("%s requires %s, others require %s: run prepare", m.file.Syntax.Name, req.Mod, version)
			}
			version = req.Mod.Version
		}
	}
	if version == "" {
		return "", errors.New("no module requires another one of ours, which would name the version")
	}
	return version, nil
}

// A pkg is a package of a module.
type pkg struct {
	path   string
	isMain bool
}

// packages returns the packages of a module, those of nested modules excepted.
func (m *released) packages(ctx context.Context) ([]pkg, error) {
	list, err := output(ctx, m.dir, nil, "go", "list", "-find", "-f", "{{.ImportPath}} {{.Name}}", "./...")
	if err != nil {
		return nil, err
	}
	var packages []pkg
	for line := range strings.Lines(list) {
		path, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		packages = append(packages, pkg{path: path, isMain: name == "main"})
	}
	return packages, nil
}
