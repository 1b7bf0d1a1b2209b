// Command mutate asks whether the tests of the rules would notice a wrong rule.
// It makes one small fault after the other in the code that judges listings (a
// limit off by one, a condition dropped, a guard left out, a rule taken for its
// neighbour), runs the tests of the package that come by its place and, if they
// notice nothing, those of the packages above it. It does the same to what tells
// people and programs of listings: console, reports, problems, telemetry, and the
// reading of folders.
//
//	go run ./.ci/mutate                    all of them, from the root of the module
//	go run ./.ci/mutate -match version/    those whose name matches the pattern
//	go run ./.ci/mutate -list              names only
//	go run ./.ci/mutate -v                 with the test that noticed each
//
// The tree is never written to: all faults are compiled at once, each behind a
// switch, by way of an overlay; constants alone take a build each. Property tests
// draw the same values in every run.
//
// The status is 1 when a fault is noticed by no test and is not among the
// equivalents (see equivalent.go), or when one that is among them was noticed
// after all or is in the code no more; it is 2 when faults cannot be tried.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.match, "match", "", "take only faults whose name matches this `pattern`")
	flag.BoolVar(&o.list, "list", false, "print the names of the faults and run nothing")
	flag.BoolVar(&o.verbose, "v", false, "print what became of every fault")
	flag.IntVar(&o.workers, "workers", 2, "try so many faults at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	switch {
	case errors.Is(err, errSurvived):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
}

type options struct {
	match         string
	list, verbose bool
	workers       int
}

var errSurvived = errors.New("a fault was not noticed")

func run(ctx context.Context, o options) (err error) {
	began := time.Now()
	all, err := findFaults()
	if err != nil {
		return err
	}
	match, err := regexp.Compile(o.match)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(f fault) bool { return !match.MatchString(f.name()) })
	if o.list {
		for _, f := range all {
			fmt.Println(f.name())
		}
		return nil
	}
	l, err := newLab(ctx, all, max(o.workers, 1))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	verdicts, err := tryAll(ctx, l, all, o)
	if err != nil {
		return err
	}
	return report(all, verdicts, o.match == "", time.Since(began))
}

// tryAll tries the faults, some at a time, and prints what survives at once.
func tryAll(ctx context.Context, l *lab, all []fault, o options) ([]verdict, error) {
	verdicts := make([]verdict, len(all))
	next := make(chan int)
	var mu sync.Mutex // guards failed and the order of what is printed
	var failed error
	var workers sync.WaitGroup
	for range max(o.workers, 1) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range next {
				v, err := l.try(ctx, all[i])
				if _, known := equivalents[all[i].name()]; known && v.end == survived {
					v.end = harmless
				}
				mu.Lock()
				verdicts[i], failed = v, cmp.Or(failed, err)
				if err == nil && (o.verbose || v.end == survived) {
					fmt.Printf("%-10s  %s  %s\n", v.end, all[i].name(), v.by)
				}
				mu.Unlock()
			}
		}()
	}
	for i := range all {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return verdicts, cmp.Or(failed, ctx.Err())
}

// report prints the sum and tells whether it is good. Equivalents are held
// against the code when all of it was looked at.
func report(all []fault, verdicts []verdict, complete bool, took time.Duration) error {
	count, names := map[ending]int{}, map[string]bool{}
	stale := 0
	for i, f := range all {
		names[f.name()] = true
		count[verdicts[i].end]++
		if _, known := equivalents[f.name()]; known && verdicts[i].end == killed {
			stale++
			fmt.Printf("among the equivalents, and yet noticed by %s: %s\n", verdicts[i].by, f.name())
		}
	}
	for name := range equivalents {
		if complete && !names[name] {
			stale++
			fmt.Printf("among the equivalents, but not in the code: %s\n", name)
		}
	}
	fmt.Printf("%d faults: %d killed, %d survived, %d equivalent; %s\n", len(all),
		count[killed], count[survived], count[harmless], took.Round(time.Second))
	if stale > 0 || count[survived] > 0 {
		return errSurvived
	}
	return nil
}
