package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// row is a comparison: what is measured, against what, and the largest ratio that
// is good enough.
type row struct {
	what, against string
	most          float64
	measure       func(context.Context, row, options) (result, error)
}

// result is what a row came to: the medians of both sides, in their unit.
type result struct {
	row
	ours, theirs           float64
	unit                   string
	ourAllocs, theirAllocs float64 // of one call; -1 where nobody counts them
}

func (r result) ratio() float64 { return r.ours / r.theirs }

// side is one of two things to be timed: it does its work once.
type side func() error

// timed measures two sides in turn: a slice of the one, a slice of the other, and so
// on, so that what else the machine does falls on both alike.
func timed(r row, o options, ours, theirs side) (result, error) {
	a, err := newSampler(ours, o.slice)
	if err != nil {
		return result{}, err
	}
	b, err := newSampler(theirs, o.slice)
	if err != nil {
		return result{}, err
	}
	for range o.counts {
		if err := errors.Join(a.sample(), b.sample()); err != nil {
			return result{}, err
		}
	}
	return result{row: r, ours: a.median(), theirs: b.median(), unit: "ns",
		ourAllocs: testing.AllocsPerRun(5, func() { _ = ours() }), theirAllocs: testing.AllocsPerRun(5, func() { _ = theirs() })}, nil
}

type sampler struct {
	side  side
	n     int // calls in a slice
	taken []float64
}

// newSampler finds how many calls fill a slice. That also warms the side up.
func newSampler(s side, slice time.Duration) (*sampler, error) {
	for n := 1; ; n *= 2 {
		took, err := calls(s, n)
		if err != nil || took >= slice {
			return &sampler{side: s, n: n}, err
		}
	}
}

func (s *sampler) sample() error {
	runtime.GC() // what the other side left behind is not this one's
	took, err := calls(s.side, s.n)
	s.taken = append(s.taken, float64(took.Nanoseconds())/float64(s.n))
	return err
}

func (s *sampler) median() float64 { return median(s.taken) }

func calls(s side, n int) (time.Duration, error) {
	start := time.Now()
	for range n {
		if err := s(); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// counted is a result of numbers that are the same in every run.
func counted(r row, ours, theirs float64, unit string) result {
	return result{row: r, ours: ours, theirs: theirs, unit: unit, ourAllocs: -1, theirAllocs: -1}
}

func tableOf(results []result, o options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s/%s, %d CPUs, %s, medians of %d samples\n\n", time.Now().UTC().Format(time.DateOnly),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), o.counts)
	b.WriteString("| what | against | median | theirs | allocations | ratio | at most | |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range results {
		allocs, verdict := "", ""
		if r.ourAllocs >= 0 {
			allocs = fmt.Sprintf("%.0f, %.0f", r.ourAllocs, r.theirAllocs)
		}
		if r.missed() {
			verdict = "missed"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %.2f | %.3g | %s |\n",
			r.what, r.against, amount(r.ours, r.unit), amount(r.theirs, r.unit), allocs, r.ratio(), r.most, verdict)
	}
	return b.String()
}

func (r result) missed() bool { return r.ratio() > r.most }

func amount(n float64, unit string) string {
	if unit != "ns" {
		return fmt.Sprintf("%.4g %s", n, unit)
	}
	for _, u := range []struct {
		name string
		ns   float64
	}{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}} {
		if n >= u.ns {
			return fmt.Sprintf("%.3g %s", n/u.ns, u.name)
		}
	}
	return fmt.Sprintf("%.0f ns", n)
}

const beginMark, endMark = "<!-- the table of the last run -->\n", "<!-- end of the table -->\n"

// writeBetweenMarks replaces what lies between the marks in the file.
func writeBetweenMarks(file, table string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(data, []byte(beginMark))
	_, after, end := bytes.Cut(rest, []byte(endMark))
	if !found || !end {
		return fmt.Errorf("%s: has no marks for a table", file)
	}
	text := string(before) + beginMark + "\n" + table + "\n" + endMark + string(after)
	return os.WriteFile(file, []byte(text), 0o644)
}
