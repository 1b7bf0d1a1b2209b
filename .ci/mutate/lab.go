package main

import (
	"bytes"
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

// stage is a run of the tests of one package: some of them, or all but some.
type stage struct{ pkg, only, but string }

const (
	// quick are the tests that notice most faults, slow those that take more than
	// a second or look at the code itself; some of these are the last resort.
	quick = "^(TestRule|TestFiles.*|TestWho.*|TestPeriods.*|TestSteps.*|TestReplay.*|TestDrift.*|TestPlan.*)$"
	slow  = "^(TestDeathAtAnyInstant|TestWalk|TestInvariants|TestTransition|TestMany.*|TestApplyLeads.*|TestCheckOfAChange.*|" + code + ")$"
	last  = "^(TestTransition|TestWalk|TestApplyLeads.*|TestInvariants)$"
	code  = "TestArrows.*|TestCoreImports.*|TestLayers|TestGoldenRules.*"
)

// stages are the tests that may notice a fault in a package, the nearest and
// fastest first.
var stages = map[string][]stage{
	"version":          {{pkg: "version"}, {pkg: "listing"}, {pkg: "lifecycle", only: quick}},
	"pricing":          {{pkg: "pricing"}, {pkg: "listing"}, {pkg: "lifecycle", only: quick}},
	"pricing/metering": {{pkg: "pricing/metering"}, {pkg: "pricing"}},
	"listing":          {{pkg: "listing"}, {pkg: "lifecycle", but: slow}},
	"listing/rule":     {{pkg: "listing/rule"}, {pkg: "version"}, {pkg: "pricing"}, {pkg: "listing"}},
	"lifecycle":        {{pkg: "lifecycle", only: quick}, {pkg: "lifecycle", but: slow}, {pkg: "lifecycle", only: last}},
}

// lab is where faults are tried. It is safe for concurrent use.
type lab struct {
	root, scratch string
	// tests are the test programs that have every fault behind a switch, by
	// package.
	tests     map[string]string
	usesRapid map[string]bool
}

// newLab builds the tests of the module in the working directory with all the
// faults and makes sure that they pass while none is switched on.
func newLab(ctx context.Context, all []fault) (*lab, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	l := &lab{root: root, scratch: scratch, tests: map[string]string{}, usesRapid: map[string]bool{}}
	if err := l.prepare(ctx, all); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *lab) prepare(ctx context.Context, all []fault) error {
	overlay, err := writeOverlay(l.root, l.scratch, all)
	if err != nil {
		return err
	}
	for pkg := range stages {
		if l.tests[pkg], err = l.build(ctx, l.scratch, overlay, pkg); err != nil {
			return err
		}
		out, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.TestImports}} {{.XTestImports}}", "./"+pkg).Output()
		if err != nil {
			return fmt.Errorf("go list %s: %w", pkg, err)
		}
		l.usesRapid[pkg] = bytes.Contains(out, []byte("pgregory.net/rapid"))
	}
	for pkg := range stages {
		v, err := l.run(ctx, pkg, 0, l.tests)
		if err == nil && v.end != survived {
			err = fmt.Errorf("a test fails without any fault: %s", v.by)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) close() error { return os.RemoveAll(l.scratch) }

func (l *lab) build(ctx context.Context, dir, overlay, pkg string) (string, error) {
	test := filepath.Join(dir, strings.ReplaceAll(pkg, "/", "-")+".test")
	c := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", test, "./"+pkg)
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the tests of %s: %w\n%s", pkg, err, out)
	}
	return test, nil
}

// try runs the stages for one fault until a test notices it.
func (l *lab) try(ctx context.Context, f fault) (v verdict, err error) {
	pkg := path.Dir(f.file)
	if f.wrap != nil {
		return l.run(ctx, pkg, f.id, l.tests)
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
	tests := map[string]string{}
	for _, s := range stages[pkg] {
		if tests[s.pkg] != "" {
			continue
		}
		if tests[s.pkg], err = l.build(ctx, dir, overlay, s.pkg); err != nil {
			return verdict{}, err
		}
	}
	return l.run(ctx, pkg, 0, tests)
}

func (l *lab) run(ctx context.Context, pkg string, id int, tests map[string]string) (verdict, error) {
	for _, s := range stages[pkg] {
		c := exec.CommandContext(ctx, tests[s.pkg], l.flags(s)...)
		c.Dir = filepath.Join(l.root, s.pkg)
		c.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "UPDATE_GOLDEN=") })
		// One thread each: the faults are tried side by side already.
		c.Env = append(c.Env, variable+"="+strconv.Itoa(id), "GOMAXPROCS=1", "GOGC=400")
		out, err := c.CombinedOutput()
		var failed *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return verdict{}, context.Cause(ctx)
		case errors.As(err, &failed):
			return verdict{end: killed, by: s.pkg + " " + firstFailure(out)}, nil
		case err != nil:
			return verdict{}, err
		}
	}
	return verdict{end: survived}, nil
}

// flags makes a test end at the first failure, draw the same values each time
// and leave nothing behind.
func (l *lab) flags(s stage) []string {
	flags := []string{"-test.failfast", "-test.timeout=60s"}
	if s.only != "" {
		flags = append(flags, "-test.run="+s.only)
	}
	if s.but != "" {
		flags = append(flags, "-test.skip="+s.but)
	}
	if l.usesRapid[s.pkg] {
		flags = append(flags, "-rapid.nofailfile", "-rapid.seed=1", "-rapid.checks=25", "-rapid.shrinktime=1ms")
	}
	return flags
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
