package main

import (
	"strings"
	"testing"
)

func TestTagged(t *testing.T) {
	repo := newRepository(t, nil)
	if err := prepare(t.Context(), &strings.Builder{}, repo, "v0.2.0", false); err != nil {
		t.Fatal(err)
	}
	commit(t, repo)
	check := func(version string) error { return tagged(t.Context(), repo, version) }
	wantError(t, check("v0.2.0"), "no tag v0.2.0\nthe current commit has no tag examples/v0.2.0\nthe current commit has no tag store/sql/v0.2.0")
	if err := prepare(t.Context(), &strings.Builder{}, repo, "v0.2.0", true); err != nil {
		t.Fatal(err)
	}
	wantError(t, check("v0.2.0"), "")
	wantError(t, check("v0.1.0"), "require each other at v0.2.0")
	git(t, repo.dir, "tag", "-d", "store/sql/v0.2.0")
	wantError(t, check("v0.2.0"), "no tag store/sql/v0.2.0")
}

func TestNotes(t *testing.T) {
	const changelog = "# Changelog\n\n## Unreleased\n\nLater.\n\n## v0.2.0 - 2026-12-01\n\nTwo.\n\n### More\n\n- a\n\n## v0.2.0-rc.1\n## v0.1.0\n\nOne.\n"
	repo := newRepository(t, map[string]string{"CHANGELOG.md": changelog})
	for version, want := range map[string]string{"v0.2.0": "Two.\n\n### More\n\n- a\n", "v0.2.0-rc.1": "\n", "v0.1.0": "One.\n"} {
		var out strings.Builder
		if err := notes(&out, repo, version); err != nil || out.String() != want {
			t.Errorf("%s: %q, %v", version, out.String(), err)
		}
	}
	wantError(t, notes(&strings.Builder{}, repo, "v0.3.0"), "no heading")
}
