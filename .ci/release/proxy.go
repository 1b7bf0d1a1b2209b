package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// writeProxy makes a folder that GOPROXY can name as a file URL. It serves one
// version of each module. It returns the paths of the programs in them.
//
// The go command looks for a package in every module whose path is a prefix of
// the package's path, and gives up if a proxy refuses to say whether there is
// such a module. So the folder answers for each prefix itself: one that is no
// module of ours is served as a module without packages.
func writeProxy(ctx context.Context, dir string, repo *repository, version string) (programs []string, err error) {
	written := map[string]bool{}
	for _, m := range repo.modules {
		files, err := sourceFiles(ctx, m.dir)
		if err != nil {
			return nil, err
		}
		if err := writeVersion(dir, module.Version{Path: m.path, Version: version}, m.file, files); err != nil {
			return nil, err
		}
		written[m.path] = true
	}
	for _, m := range repo.modules {
		packages, err := m.packages(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			if p.isMain {
				programs = append(programs, p.path)
			}
			for prefix := p.path; !written[prefix]; prefix = path.Dir(prefix) {
				empty := new(modfile.File)
				if err := empty.AddModuleStmt(prefix); err != nil {
					return nil, err
				}
				if err := writeVersion(dir, module.Version{Path: prefix, Version: version}, empty, nil); err != nil {
					return nil, err
				}
				written[prefix] = true
			}
		}
	}
	return programs, nil
}

// proxyFile returns the name of a file that the proxy in dir has of a version,
// without its extension.
func proxyFile(dir string, v module.Version) (string, error) {
	escaped, err := module.EscapePath(v.Path)
	return filepath.Join(dir, filepath.FromSlash(escaped), "@v", v.Version), err
}

// writeVersion writes what a proxy has of one version of a module.
func writeVersion(dir string, v module.Version, mod *modfile.File, files []zip.File) (err error) {
	base, err := proxyFile(dir, v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil {
		return err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{v.Version, time.Now().UTC()})
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		filepath.Join(filepath.Dir(base), "list"): []byte(v.Version + "\n"), // @latest is chosen from it
		base + ".info": info,
		base + ".mod":  modfile.Format(mod.Syntax),
	} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	w, err := os.Create(base + ".zip")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return zip.Create(w, v, files) // leaves out the folders of nested modules
}

// sourceFiles returns the files of dir that Git has or would add: a file that
// Git ignores is in no release, even if a build here finds it.
func sourceFiles(ctx context.Context, dir string) ([]zip.File, error) {
	list, err := output(ctx, dir, nil, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	var files []zip.File
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		f := file{dir, name}
		if _, err := f.Lstat(); errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		files = append(files, f)
	}
	return files, nil
}

// A file is a zip.File of the working tree.
type file struct{ dir, path string }

func (f file) name() string                 { return filepath.Join(f.dir, filepath.FromSlash(f.path)) }
func (f file) Path() string                 { return f.path }
func (f file) Lstat() (os.FileInfo, error)  { return os.Lstat(f.name()) }
func (f file) Open() (io.ReadCloser, error) { return os.Open(f.name()) }
