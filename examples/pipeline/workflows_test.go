package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// workflow is what the tests look at in a workflow of GitHub.
type workflow struct {
	Permissions map[string]string `yaml:"permissions"`
	Concurrency map[string]any    `yaml:"concurrency"`
	Jobs        map[string]struct {
		Permissions map[string]string `yaml:"permissions"`
		Steps       []struct {
			Uses string            `yaml:"uses"`
			Run  string            `yaml:"run"`
			With map[string]string `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, into), file)
}

// The scripts of the workflows are run as they are, on a folder with a listing, with the
// real command against its simulator.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	bin := tools(t)
	files, err := filepath.Glob("github/workflows/*.yml")
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, file := range files {
		var w workflow
		read(t, file, &w)
		require.NotNil(t, w.Permissions, "%s: nothing is allowed unless a job says so", file)
		require.Empty(t, w.Permissions)
		require.NotEmpty(t, w.Concurrency["group"])
		for name, job := range w.Jobs {
			require.Equal(t, "read", job.Permissions["contents"])
			dir, scripts := folder(t, bin), 0
			for _, step := range job.Steps {
				if step.Uses != "" {
					require.Regexp(t, `@[0-9a-f]{40}$`, step.Uses, "pinned by commit")
				}
				if strings.Contains(step.Uses, "configure-aws-credentials") {
					require.Equal(t, "write", job.Permissions["id-token"])
					require.Contains(t, step.With["role-to-assume"], "_ROLE }}", "no keys")
				}
				if step.Run != "" && !strings.HasPrefix(step.Run, "go install ") {
					run(t, dir, bin, step.Run)
					scripts++
				}
			}
			require.NotZero(t, scripts, name)
		}
	}
	dir := folder(t, bin)
	run(t, dir, bin, `echo 'trialDays: 3' >> listings/invoice-extractor/listing.yaml; shelflife check --format github listings && exit 9; [ $? -eq 2 ]`)
}

func TestGitLab(t *testing.T) {
	t.Parallel()
	var jobs map[string]struct {
		Script []string `yaml:"script"`
		Group  string   `yaml:"resource_group"`
	}
	var pipeline map[string]yaml.Node
	read(t, "gitlab-ci.yml", &pipeline)
	delete(pipeline, "variables")
	delete(pipeline, "default")
	data, err := yaml.Marshal(pipeline)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, &jobs))
	require.NotEmpty(t, jobs["apply"].Group)
	bin := tools(t)
	for _, name := range []string{"check", "plan", "apply"} {
		require.NotEmpty(t, jobs[name].Script, name)
		dir := folder(t, bin)
		for range 2 { // and run again
			run(t, dir, bin, strings.Join(jobs[name].Script, "\n"))
		}
	}
}

// tools returns a folder with the command, which is simulated, and a gh that takes what
// it is given.
func tools(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "real"), "github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	for name, script := range map[string]string{
		"shelflife": `case "$1" in check|init) exec "$(dirname "$0")/real" "$@";; *) exec "$(dirname "$0")/real" "$@" --simulate;; esac`,
		"gh":        `[ "$1 $2" = "pr comment" ] && grep -q "not created" plan.md`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	return bin
}

// folder returns a checkout with one listing.
func folder(t *testing.T, bin string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "listings"), 0o755))
	run(t, dir, bin, "shelflife init listings/invoice-extractor --sample")
	return dir
}

// run runs a script as a runner does: it ends at the first command that fails.
func run(t *testing.T, dir, bin, script string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	c := exec.CommandContext(ctx, "bash", "-eo", "pipefail", "-c", script)
	c.Dir = dir
	c.Env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "SHELFLIFE_STORE=sqlite:" + filepath.Join(dir, "listings.db"),
		"GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary.md"), "GITHUB_ACTOR=ann", "GITLAB_USER_LOGIN=ann", "PULL_REQUEST=1",
	}
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s\n%s", script, out)
}
