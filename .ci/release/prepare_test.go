package main

import (
	"strings"
	"testing"
)

func TestPrepare(t *testing.T) {
	repo := newRepository(t, nil)
	var out strings.Builder
	if err := prepare(t.Context(), &out, repo, "v0.2.0", false); err != nil {
		t.Fatal(err)
	}
	if want := "v0.2.0\nexamples/v0.2.0\nstore/sql/v0.2.0\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
	for _, name := range []string{"go.work", "go.mod", "store/sql/go.mod", "examples/go.mod"} {
		want := strings.ReplaceAll(tree[name], "v0.1.0", "v0.2.0")
		if got := read(t, repo, name); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
	if _, err := open(t.Context(), repo.dir); err != nil {
		t.Errorf("what was written does not load: %v", err)
	}
	if tags := git(t, repo.dir, "tag"); tags != "" {
		t.Errorf("there are tags: %s", tags)
	}
}

// A module that others require for the first time has no replacement yet, and
// one that they require no more needs none.
func TestPrepareKeepsReplacements(t *testing.T) {
	repo := newRepository(t, map[string]string{
		"go.work": strings.Replace(tree["go.work"], "example.org/shelf/store/sql v0.1.0 => ./store/sql", "example.org/shelf/examples v0.1.0 => ./examples", 1),
	})
	if err := repo.setVersion("v0.1.0"); err != nil {
		t.Fatal(err)
	}
	if err := repo.write(); err != nil {
		t.Fatal(err)
	}
	wantReplaced(t, repo, "v0.1.0")
}

func TestPrepareRefuses(t *testing.T) {
	for version, want := range map[string]string{
		"v0.3.0": `no heading "## v0.3.0"`,
		"v0.2":   `write the version in full`,
		"0.2.0":  `write the version in full`,
		"v2.0.0": "should be v0 or v1, not v2",
	} {
		repo := newRepository(t, nil)
		wantError(t, prepare(t.Context(), &strings.Builder{}, repo, version, false), want)
		if got := read(t, repo, "go.work"); got != tree["go.work"] {
			t.Errorf("%s: go.work was changed to\n%s", version, got)
		}
	}
}

func TestPrepareTags(t *testing.T) {
	repo := newRepository(t, nil)
	commit(t, repo)
	tag := func() error { return prepare(t.Context(), &strings.Builder{}, repo, "v0.2.0", true) }
	wantError(t, tag(), "commit first")
	commit(t, repo)
	wantError(t, tag(), "")
	if got, want := git(t, repo.dir, "tag"), "examples/v0.2.0\nstore/sql/v0.2.0\nv0.2.0\n"; got != want {
		t.Errorf("tags are %q, want %q", got, want)
	}
	wantError(t, tag(), "there are tags already")
}

func TestCheckChangelog(t *testing.T) {
	const changelog = "# Changelog\n\n## Unreleased\n\n## v1.2.0 - 2026-12-01\n\n## v1.1.0\n\n### v1.0.0\n"
	for version, has := range map[string]bool{
		"v1.2.0": true, "v1.1.0": true, "v1.0.0": false, "v1.2": false, "v1.2.0-rc.1": false, "v1x2x0": false,
	} {
		if err := checkChangelog(changelog, version); (err == nil) != has {
			t.Errorf("%s: %v", version, err)
		}
	}
}
