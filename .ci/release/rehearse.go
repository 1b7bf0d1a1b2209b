package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// rehearse does with the working tree what others will do with the release:
// they fetch it by version, in a folder of their own. The module cache is empty
// at the start, so that nothing can come from anywhere else. Each step prints a
// line; the first that fails is the last.
func rehearse(ctx context.Context, out io.Writer, repo *repository) (err error) {
	var r rehearsal
	if r.version, err = repo.version(); err != nil {
		return err
	}
	if r.dir, err = os.MkdirTemp("", "rehearsal"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.dir)) }()
	if r.env, err = environment(ctx, repo, r.dir); err != nil {
		return err
	}
	var failed error
	step := func(name string, do func() error) {
		if failed != nil {
			return
		}
		start, result := time.Now(), "ok"
		if failed = do(); failed != nil {
			result = "FAIL"
		}
		fmt.Fprintf(out, "%-4s %4.0fs  %s\n", result, time.Since(start).Seconds(), name)
	}

	var programs []string
	step("pack "+r.version, func() error {
		programs, err = writeProxy(ctx, r.proxy(), repo, r.version)
		return err
	})
	for _, m := range slices.Backward(repo.modules) { // the nested ones first
		step("go get "+m.path+"@"+r.version, func() error { return r.get(ctx, m.path) })
	}
	for _, m := range repo.modules {
		step("go mod tidy and go build ./... alone: "+m.path, func() error { return r.standAlone(ctx, m, repo) })
	}
	for _, p := range programs {
		for _, version := range []string{"latest", r.version} {
			step("go install "+p+"@"+version, func() error {
				return r.do(ctx, r.dir, "go", "install", p+"@"+version)
			})
		}
	}
	step("go get and go build as README says", func() error { return r.readme(ctx, filepath.Join(repo.dir, "README.md")) })
	step("quickstart, as installed", func() error {
		dir, err := r.folder()
		if err != nil {
			return err
		}
		return r.do(ctx, dir, filepath.Join(r.dir, "bin", "quickstart"))
	})
	return failed
}

// A rehearsal is one run of rehearse.
type rehearsal struct {
	version string
	dir     string   // holds all that is made
	env     []string // of every command
}

// environment returns what makes the go command fetch our modules from the proxy
// in dir, and everything else as usual.
func environment(ctx context.Context, repo *repository, dir string) ([]string, error) {
	settings, err := output(ctx, repo.dir, nil, "go", "env", "-json", "GOFLAGS", "GOPROXY", "GONOSUMDB")
	if err != nil {
		return nil, err
	}
	var usual struct{ GOFLAGS, GOPROXY, GONOSUMDB string }
	if err := json.Unmarshal([]byte(settings), &usual); err != nil {
		return nil, err
	}
	return []string{
		"GOWORK=off",
		"GOBIN=" + filepath.Join(dir, "bin"),
		"GOMODCACHE=" + filepath.Join(dir, "cache"),
		"GOPROXY=file://" + filepath.ToSlash(filepath.Join(dir, "proxy")) + "," + usual.GOPROXY,
		// The checksum database does not know a release that is not published.
		"GONOSUMDB=" + strings.Trim(usual.GONOSUMDB+","+repo.modules[0].path, ","),
		// The module cache is removed at the end. With -trimpath the build cache,
		// which is the usual one, does not mind where the module cache is.
		"GOFLAGS=" + strings.TrimSpace(usual.GOFLAGS+" -modcacherw -trimpath"),
	}, nil
}

func (r rehearsal) proxy() string { return filepath.Join(r.dir, "proxy") }

// folder returns a new, empty folder.
func (r rehearsal) folder() (string, error) { return os.MkdirTemp(r.dir, "") }

func (r rehearsal) do(ctx context.Context, dir, name string, args ...string) error {
	_, err := output(ctx, dir, r.env, name, args...)
	return err
}

// newModule returns the folder of a new module.
func (r rehearsal) newModule(ctx context.Context) (string, error) {
	dir, err := r.folder()
	if err != nil {
		return "", err
	}
	return dir, r.do(ctx, dir, "go", "mod", "init", "example.com/user")
}

func (r rehearsal) get(ctx context.Context, path string) error {
	dir, err := r.newModule(ctx)
	if err != nil {
		return err
	}
	return r.do(ctx, dir, "go", "get", path+"@"+r.version)
}
