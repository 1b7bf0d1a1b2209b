package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ending is what became of a fault.
type ending string

const (
	killed   ending = "killed"
	survived ending = "SURVIVED"
	harmless ending = "equivalent"
)

// verdict is an ending and the test that noticed the fault.
type verdict struct {
	end ending
	by  string
}

// stages are the packages whose tests may notice a fault in a package, the
// nearest first.
var stages = map[string][]string{
	"version":          {"version", "listing", "lifecycle"},
	"pricing":          {"pricing", "listing", "lifecycle"},
	"pricing/metering": {"pricing/metering", "pricing"},
	"listing":          {"listing", "lifecycle"},
	"listing/rule":     {"listing/rule", "version", "pricing", "listing"},
	"lifecycle":        {"lifecycle"},

	"lifecycle/problem":   {"lifecycle/problem"},
	"lifecycle/telemetry": {"lifecycle/telemetry"},
	"lifecycle/console":   {"lifecycle/console"},

	"lifecycle/cmd/shelflife/internal/report": {"lifecycle/cmd/shelflife/internal/report"},
	"lifecycle/cmd/shelflife/internal/folder": {"lifecycle/cmd/shelflife/internal/folder", "lifecycle/cmd/shelflife/internal/report"},
}

// lab is where faults are tried. It is safe for concurrent use.
type lab struct {
	root, scratch string
	// programs are the test programs that have every fault behind a switch, and
	// tests the tests in them, the fastest first; both by package.
	programs map[string]string
	tests    map[string][]test
	rapid    map[string]bool
}

// newLab builds the tests of the module in the working directory with all the
// faults, makes sure that they pass while none is switched on, and notes which
// test comes by which fault.
func newLab(ctx context.Context, all []fault, workers int) (*lab, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	l := &lab{root: root, scratch: scratch, programs: map[string]string{}, tests: map[string][]test{}, rapid: map[string]bool{}}
	if err := l.prepare(ctx, all, workers); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *lab) prepare(ctx context.Context, all []fault, workers int) error {
	overlay, err := writeOverlay(l.root, l.scratch, all)
	if err != nil {
		return err
	}
	asked := map[string]bool{}
	for _, f := range all {
		for _, pkg := range stages[path.Dir(f.file)] {
			asked[pkg] = true
		}
	}
	for pkg := range asked {
		if l.programs[pkg], err = l.build(ctx, l.scratch, overlay, pkg); err != nil {
			return err
		}
		out, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.TestImports}} {{.XTestImports}}", "./"+pkg).Output()
		if err != nil {
			return fmt.Errorf("go list %s: %w", pkg, err)
		}
		l.rapid[pkg] = strings.Contains(string(out), "pgregory.net/rapid")
	}
	for pkg := range asked {
		if l.tests[pkg], err = l.measure(ctx, pkg, workers); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) close() error { return os.RemoveAll(l.scratch) }

func (l *lab) build(ctx context.Context, dir, overlay, pkg string) (string, error) {
	program := filepath.Join(dir, strings.ReplaceAll(pkg, "/", "-")+".test")
	c := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", program, "./"+pkg)
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the tests of %s: %w\n%s", pkg, err, out)
	}
	return program, nil
}

// try runs the tests that come by the fault until one notices it. For a
// constant, which has no switch, these are all of them.
func (l *lab) try(ctx context.Context, f fault) (v verdict, err error) {
	stages := stages[path.Dir(f.file)]
	if f.wrap != nil {
		for _, pkg := range stages {
			if v, err = l.ask(ctx, pkg, l.programs[pkg], f.id, l.reaching(pkg, f.id)); err != nil || v.end == killed {
				return v, err
			}
		}
		return v, nil
	}
	dir, err := os.MkdirTemp(l.scratch, "")
	if err != nil {
		return verdict{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	overlay, err := writeConstant(l.root, dir, f)
	if err != nil {
		return verdict{}, err
	}
	for _, pkg := range stages {
		program, err := l.build(ctx, dir, overlay, pkg)
		if err != nil {
			return verdict{}, err
		}
		if v, err = l.ask(ctx, pkg, program, 0, l.tests[pkg]); err != nil || v.end == killed {
			return v, err
		}
	}
	return v, nil
}

// ask runs the tests in portions, each a few times as long as the one before,
// so that most faults are noticed soon and few processes are started.
func (l *lab) ask(ctx context.Context, pkg, program string, id int, tests []test) (verdict, error) {
	for portion := 500 * time.Millisecond; len(tests) > 0; portion *= 4 {
		var names []string
		var total time.Duration
		for _, t := range tests {
			if len(names) > 0 && total+t.took > portion {
				break
			}
			names, total = append(names, t.name), total+t.took
		}
		tests = tests[len(names):]
		out, err := l.run(ctx, pkg, program, names, 20*time.Second+20*total, variable+"="+strconv.Itoa(id))
		var failed *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return verdict{}, context.Cause(ctx)
		case errors.As(err, &failed):
			return verdict{end: killed, by: pkg + " " + firstFailure(out)}, nil
		case err != nil:
			return verdict{}, err
		}
	}
	return verdict{end: survived}, nil
}

// run runs the named tests of a program. They end at the first failure, draw
// the same values each time and leave nothing behind.
func (l *lab) run(ctx context.Context, pkg, program string, names []string, limit time.Duration, env ...string) ([]byte, error) {
	flags := []string{"-test.failfast", "-test.timeout=" + limit.String(), "-test.run=^(" + strings.Join(names, "|") + ")$"}
	if l.rapid[pkg] {
		flags = append(flags, "-rapid.nofailfile", "-rapid.seed=1", "-rapid.checks=25", "-rapid.shrinktime=1ms")
	}
	c := exec.CommandContext(ctx, program, flags...)
	c.Dir = filepath.Join(l.root, pkg)
	c.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "UPDATE_GOLDEN=") })
	// One thread each: the faults are tried side by side already.
	c.Env = append(append(c.Env, "GOMAXPROCS=1", "GOGC=400"), env...)
	return c.CombinedOutput()
}

var failure = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)|^panic: .*|^fatal error: .*`)

// firstFailure names the innermost test that failed, or else the panic.
func firstFailure(out []byte) string {
	all := failure.FindAllSubmatch(out, -1)
	for _, m := range slices.Backward(all) {
		if len(m[1]) > 0 {
			return string(m[1])
		}
	}
	if len(all) == 0 {
		return "which names no test"
	}
	return string(all[0][0])
}
