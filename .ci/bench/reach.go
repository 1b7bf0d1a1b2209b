package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// streaming names the variable that makes this program check so many listings and end:
// the peak of memory is that of a process.
const streaming = "BENCH_STREAM"

// streamIfAsked ends the program when it was started to be looked at.
func streamIfAsked() {
	n, err := strconv.Atoi(os.Getenv(streaming))
	if err != nil {
		return
	}
	if err := stream(n); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Print(memory.Sys) // what was taken from the system; none is counted as given back
	os.Exit(0)
}

// memoryOfStream compares the largest memory of two processes.
func memoryOfStream(ctx context.Context, r row, o options) (result, error) {
	var large, small []float64
	for range max(o.counts/4, 1) {
		for _, each := range []struct {
			n    int
			into *[]float64
		}{{100_000, &large}, {1_000, &small}} {
			peak, err := peakOf(ctx, each.n)
			if err != nil {
				return result{}, err
			}
			*each.into = append(*each.into, peak)
		}
	}
	return counted(r, median(large), median(small), "MB"), nil
}

func peakOf(ctx context.Context, n int) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	c := exec.CommandContext(ctx, self)
	c.Env = append(os.Environ(), streaming+"="+strconv.Itoa(n))
	out, err := c.Output()
	if err != nil {
		return 0, err
	}
	bytes, err := strconv.ParseFloat(string(out), 64)
	return bytes / 1e6, err
}

// stream checks n listings, written and read as lines of JSON.
func stream(n int) error {
	data, err := listing.Format(lifecycletest.ModelPackage())
	if err != nil {
		return err
	}
	line := append(bytes.ReplaceAll(data, []byte("\n"), nil), '\n')
	in, out := io.Pipe()
	go func() {
		for range n {
			if _, err := out.Write(line); err != nil {
				return // nobody reads any more
			}
		}
		_ = out.Close() // it returns no error
	}()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, document.MaxSize)
	checked := 0
	for c, err := range listing.CheckAll(func(yield func(listing.Document, error) bool) {
		for lines.Scan() && yield(listing.Document{Data: bytes.Clone(lines.Bytes())}, nil) {
		}
	}) {
		if err := errors.Join(err, c.Findings.Err()); err != nil {
			return err
		}
		checked++
	}
	return errors.Join(lines.Err(), unless(checked == n))
}

// Programs that take a listing from Draft to Submitted, as small as they can be.
const (
	ourProgram = `package main

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing"
)

func main() {
	r := lifecycle.Record{ID: uuid.New(), Seller: "111122223333", State: lifecycle.Draft, Draft: listing.Listing{Information: listing.Information{Title: "Churn"}}}
	d, err := lifecycle.Decide(r, lifecycle.Submit{}, lifecycle.Input{At: time.Now()})
	fmt.Println(d.Record.State, err)
}
`
	theirProgram = `package main

import (
	"context"
	"fmt"

	"github.com/qmuntal/stateless"
)

func main() {
	m := stateless.NewStateMachine("Draft")
	m.Configure("Draft").Permit("submit", "Submitted", func(context.Context, ...any) bool { return len("Churn") > 0 })
	err := m.Fire("submit")
	fmt.Println(m.MustState(), err)
}
`
)

func binarySize(ctx context.Context, r row, _ options) (result, error) {
	dir, err := os.MkdirTemp(".", "program") // inside this module, which has what both need
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // nothing depends on it
	size := func(name, source string) (float64, error) {
		file, program := filepath.Join(dir, name+".go"), filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			return 0, err
		}
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, file).CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%w: %s", err, out)
		}
		info, err := os.Stat(program)
		if err != nil {
			return 0, err
		}
		return float64(info.Size()) / 1e6, nil
	}
	ours, err := size("ours", ourProgram)
	if err != nil {
		return result{}, err
	}
	theirs, err := size("theirs", theirProgram)
	return counted(r, ours, theirs, "MB"), err
}

// modulesOfImporter counts the modules whose packages a program that imports the core
// is built from, its own and ours apart.
func modulesOfImporter(ctx context.Context, r row, _ options) (result, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "github.com/shelflife-go/shelflife/lifecycle").Output()
	if err != nil {
		return result{}, err
	}
	modules := distinct(strings.Fields(string(out)))
	return counted(r, float64(len(modules)-1), 2, "modules"), nil
}
