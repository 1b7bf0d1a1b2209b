package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// The repository of the tests: a root module, a nested one that needs it, and a
// third with programs, as here. It needs nothing from the network.
var tree = map[string]string{
	"go.work": `go 1.23

use (
	.
	./.ci/tool
	./examples
	./store/sql
)

replace (
	example.org/shelf v0.1.0 => .
	example.org/shelf/store/sql v0.1.0 => ./store/sql
)
`,
	".gitignore":                       "*.db\n",
	"README.md":                        "    go get example.org/shelf@latest # the library\n\n```go\npackage main\n\nimport _ \"example.org/shelf\"\n\nfunc main() {}\n```\n",
	"CHANGELOG.md":                     "# Changelog\n\n## Unreleased\n\n## v0.2.0 - 2026-12-01\n\n## v0.2.1-rc.1\n",
	"go.mod":                           "module example.org/shelf\n\ngo 1.23\n",
	"shelf.go":                         "package shelf\n",
	"cmd/deep/tool/main.go":            "package main\n\nfunc main() {}\n",
	".ci/tool/go.mod":                  "module example.org/shelf/.ci/tool\n\ngo 1.23\n",
	".ci/tool/main.go":                 "package main\n\nfunc main() {}\n",
	"store/sql/go.mod":                 "module example.org/shelf/store/sql\n\ngo 1.23\n\n// Why.\nrequire example.org/shelf v0.1.0\n",
	"store/sql/sql.go":                 "package sql\n\nimport _ \"example.org/shelf\"\n",
	"examples/go.mod":                  "module example.org/shelf/examples\n\ngo 1.23\n\nrequire example.org/shelf/store/sql v0.1.0\n\nrequire example.org/shelf v0.1.0 // indirect\n",
	"examples/quickstart/main.go":      "package main\n\nimport (\n\t_ \"embed\"\n\t_ \"example.org/shelf/store/sql\"\n)\n\n//go:embed listing.json\nvar listing []byte\n\nfunc main() {}\n",
	"examples/quickstart/listing.json": "{}\n",
}

// newRepository writes the tree, with some files changed: a file that is empty
// is left out.
func newRepository(t *testing.T, changed map[string]string) *repository {
	t.Helper()
	dir := writeTree(t, changed)
	repo, err := open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

func writeTree(t *testing.T, changed map[string]string) string {
	t.Helper()
	for name, value := range map[string]string{"GOWORK": "", "GOPROXY": "off", "GONOSUMDB": ""} {
		t.Setenv(name, value)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range []map[string]string{tree, changed} {
		for name, text := range files {
			name = filepath.Join(dir, filepath.FromSlash(name))
			if text == "" {
				err = os.Remove(name)
			} else if err = os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
				err = os.WriteFile(name, []byte(text), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	git(t, dir, "init", "-q")
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	args = append([]string{"-c", "user.name=test", "-c", "user.email=test@example.org"}, args...)
	out, err := output(context.Background(), dir, nil, "git", args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func commit(t *testing.T, repo *repository) {
	t.Helper()
	git(t, repo.dir, "add", ".")
	git(t, repo.dir, "commit", "-q", "-m", "all")
}

// wantReplaced fails the test unless go.work replaces the root and store/sql
// at the version.
func wantReplaced(t *testing.T, repo *repository, version string) {
	t.Helper()
	work, err := modfile.ParseWork("go.work", []byte(read(t, repo, "go.work")), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range work.Replace {
		got = append(got, r.Old.String()+" => "+r.New.String())
	}
	want := []string{"example.org/shelf@" + version + " => .", "example.org/shelf/store/sql@" + version + " => ./store/sql"}
	if !slices.Equal(got, want) {
		t.Errorf("go.work replaces %q, want %q", got, want)
	}
}

func read(t *testing.T, repo *repository, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repo.dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// wantError fails the test unless err says all that is wanted, or is nil if
// nothing is.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want %q", err, want)
	}
}

func TestOpen(t *testing.T) {
	repo := newRepository(t, nil)
	var got []string
	for _, m := range repo.modules {
		got = append(got, m.path+" "+m.rel)
	}
	want := []string{"example.org/shelf .", "example.org/shelf/examples examples", "example.org/shelf/store/sql store/sql"}
	if !slices.Equal(got, want) {
		t.Errorf("modules are %q, want %q", got, want)
	}
	if v, err := repo.version(); v != "v0.1.0" || err != nil {
		t.Errorf("version is %s, %v", v, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name, file, text, want string
	}{
		{"replace", "store/sql/go.mod", tree["store/sql/go.mod"] + "\nreplace example.org/shelf => ../..\n", "store/sql/go.mod has a replace"},
		{"exclude", "go.mod", tree["go.mod"] + "\nexclude example.org/other v1.0.0\n", "go.mod has an exclude"},
		{"name", "store/sql/go.mod", "module example.org/shelf/sql\n\ngo 1.23\n", "must be named example.org/shelf/store/sql"},
		{"no workspace", "go.work", "", "there is no go.work"},
		{"no root", "go.work", "go 1.23\n\nuse ./store/sql\n", "the root module is not in"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := open(t.Context(), writeTree(t, map[string]string{test.file: test.text}))
			wantError(t, err, test.want)
		})
	}
}

func TestVersionRefuses(t *testing.T) {
	two := newRepository(t, map[string]string{
		"go.work":          strings.Replace(tree["go.work"], "replace (", "replace (\n\texample.org/shelf v0.2.0 => .", 1),
		"store/sql/go.mod": strings.Replace(tree["store/sql/go.mod"], "v0.1.0", "v0.2.0", 1),
	})
	_, err := two.version()
	wantError(t, err, "requires example.org/shelf@v0.2.0, others require v0.1.0")

	none := newRepository(t, map[string]string{"go.work": "go 1.23\n\nuse .\n"})
	_, err = none.version()
	wantError(t, err, "no module requires another")
}
