package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestRehearse(t *testing.T) {
	repo := newRepository(t, nil)
	var out strings.Builder
	if err := rehearse(t.Context(), &out, repo); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	const want = `ok  pack v0.1.0
ok  go get example.org/shelf/store/sql@v0.1.0
ok  go get example.org/shelf/examples@v0.1.0
ok  go get example.org/shelf@v0.1.0
ok  go mod tidy and go build ./... alone: example.org/shelf
ok  go mod tidy and go build ./... alone: example.org/shelf/examples
ok  go mod tidy and go build ./... alone: example.org/shelf/store/sql
ok  go install example.org/shelf/cmd/deep/tool@latest
ok  go install example.org/shelf/cmd/deep/tool@v0.1.0
ok  go install example.org/shelf/examples/quickstart@latest
ok  go install example.org/shelf/examples/quickstart@v0.1.0
ok  go get and go build as README says
ok  quickstart, as installed
`
	if got := regexp.MustCompile(` +\d+s `).ReplaceAllString(out.String(), " "); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}

// Each fault works in the workspace and would not work in a release.
func TestRehearseNotices(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		step, want       string
	}{
		{"an embedded file that Git ignores", ".gitignore", "*.json\n",
			"alone: example.org/shelf/examples", "listing.json: no matching files"},
		{"a module that is not required", "examples/go.mod", "module example.org/shelf/examples\n\ngo 1.23\n\nrequire example.org/shelf v0.1.0\n",
			"alone: example.org/shelf/examples", "+ go.mod: require example.org/shelf/store/sql v0.1.0"},
		{"a module that is required for nothing", "store/sql/sql.go", "package sql\n",
			"alone: example.org/shelf/examples", "- go.mod: require example.org/shelf v0.1.0 // indirect"},
		{"a module that README forgets", "README.md", strings.Replace(tree["README.md"], "go get example.org/shelf@latest", "go get example.org/other", 1),
			"as README says", "example.org/other"},
		{"a program in README that does not build", "README.md", strings.Replace(tree["README.md"], "func main", "func other", 1),
			"as README says", "function main is undeclared"},
		{"a quickstart that fails", "examples/quickstart/main.go", "package main\n\nimport _ \"example.org/shelf/store/sql\"\n\nfunc main() { panic(\"no listing\") }\n",
			"quickstart, as installed", "panic: no listing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			repo := newRepository(t, map[string]string{test.file: test.text})
			if _, err := output(t.Context(), repo.dir, nil, "go", "build", "work"); err != nil {
				t.Fatalf("the fault is seen without a rehearsal: %v", err)
			}
			var out strings.Builder
			wantError(t, rehearse(t.Context(), &out, repo), test.want)
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, "FAIL") || !strings.HasSuffix(last, test.step) {
				t.Errorf("the last line is %q, want FAIL … %s", last, test.step)
			}
		})
	}
}

// What is required for the first time comes in at the version of the others.
func TestTidy(t *testing.T) {
	repo := newRepository(t, map[string]string{
		"examples/go.mod": "module example.org/shelf/examples\n\ngo 1.23\n",
		"go.work":         strings.Replace(tree["go.work"], "\texample.org/shelf/store/sql v0.1.0 => ./store/sql\n", "", 1),
	})
	if err := tidy(t.Context(), repo); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "store/sql/go.mod", "examples/go.mod"} {
		if got := read(t, repo, name); got != tree[name] {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, tree[name])
		}
	}
	wantReplaced(t, repo, "v0.1.0")
	if _, err := os.Stat(filepath.Join(repo.dir, "examples", "go.sum")); err == nil {
		t.Error("there is a go.sum")
	}
}

func TestParseReadme(t *testing.T) {
	const text = "Use it:\n\n    go get example.org/a   # the library\n\n```sh\ngo install example.org/b@latest\n```\n" +
		"\nThen go get it.\n\n```go\nx := 1 // a part\n```\n\n```go\n// Command c.\npackage main\n\nfunc main() {}\n```\n"
	program, commands, err := parseReadme(text)
	if want := "// Command c.\npackage main\n\nfunc main() {}\n"; program != want || err != nil {
		t.Errorf("program is %q, %v", program, err)
	}
	if want := [][]string{{"go", "get", "example.org/a"}, {"go", "install", "example.org/b@latest"}}; !reflect.DeepEqual(commands, want) {
		t.Errorf("commands are %q, want %q", commands, want)
	}
	for text, want := range map[string]string{
		"go get x": "no program",
		"```go\npackage main\n```\n```go\npackage main\n```\n": "two programs",
		"```go\npackage main\n```\n":                           "no line with go get",
	} {
		_, _, err := parseReadme(text)
		wantError(t, err, want)
	}
}
