package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// test is one test of a package, the time it takes, and the faults whose places
// it comes by: it can notice no other.
type test struct {
	name    string
	took    time.Duration
	reaches map[int]bool
}

// reaching returns the tests of a package that come by a fault, the fastest
// first.
func (l *lab) reaching(pkg string, id int) []test {
	var found []test
	for _, t := range l.tests[pkg] {
		if t.reaches[id] {
			found = append(found, t)
		}
	}
	return found
}

// measure runs each test of a package alone, with no fault switched on.
func (l *lab) measure(ctx context.Context, pkg string, workers int) ([]test, error) {
	list := exec.CommandContext(ctx, l.programs[pkg], "-test.list=^(Test|Fuzz|Example)")
	list.Dir = filepath.Join(l.root, pkg)
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the tests of %s: %w", pkg, err)
	}
	names := strings.Fields(string(out))
	tests, failed := make([]test, len(names)), make([]error, len(names))
	slots := make(chan struct{}, workers)
	var all sync.WaitGroup
	for i, name := range names {
		slots <- struct{}{}
		all.Add(1)
		go func() {
			defer all.Done()
			tests[i], failed[i] = l.measureOne(ctx, pkg, name)
			<-slots
		}()
	}
	all.Wait()
	slices.SortFunc(tests, func(a, b test) int { return cmp.Or(cmp.Compare(a.took, b.took), cmp.Compare(a.name, b.name)) })
	return tests, errors.Join(failed...)
}

func (l *lab) measureOne(ctx context.Context, pkg, name string) (test, error) {
	file := filepath.Join(l.scratch, strings.ReplaceAll(pkg, "/", "-")+"-"+name+".trace")
	began := time.Now()
	out, err := l.run(ctx, pkg, l.programs[pkg], []string{name}, 5*time.Minute, trace+"="+file)
	if err != nil {
		return test{}, fmt.Errorf("%s %s fails without any fault: %w\n%s", pkg, name, err, out)
	}
	t := test{name: name, took: time.Since(began), reaches: map[int]bool{}}
	lines, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return test{}, err
	}
	for _, line := range strings.Fields(string(lines)) {
		id, err := strconv.Atoi(line)
		if err != nil {
			return test{}, err
		}
		t.reaches[id] = true
	}
	return t, nil
}
