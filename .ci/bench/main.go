// Command bench measures the library against what people would take instead: a
// JSON schema, a validator of struct tags, a state machine, a bare transaction. Both
// sides get the same documents and must give the same answers before any time is
// taken. It prints one table, a row a comparison.
//
//	go run .                       every row, from the folder of this command
//	go run . -match Check          those whose name has the text
//	go run . -counts 200           with more samples of each side
//	go run . -write ../../docs/performance.md
//
// Other work on the machine slows both sides down, so they are measured in turn, in
// short slices, and the ratio is that of their medians.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.match, "match", "", "measure only rows whose name has this `text`")
	flag.IntVar(&o.counts, "counts", 61, "take so many samples of each side")
	flag.DurationVar(&o.slice, "slice", 50*time.Millisecond, "run each side at least so long for a sample")
	flag.IntVar(&o.many, "many", 1_000_000, "make so many listings, and a hundredth of journal entries, where few are compared with many")
	flag.StringVar(&o.write, "write", "", "put the table into this `file`, between its marks")
	flag.Parse()
	streamIfAsked()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	match  string
	counts int
	slice  time.Duration
	many   int
	write  string
}

func run(ctx context.Context, o options) error {
	results, err := measureAll(ctx, o)
	if err != nil {
		return err
	}
	table := tableOf(results, o)
	fmt.Print(table)
	if o.write != "" {
		return writeBetweenMarks(o.write, table)
	}
	return nil
}

func measureAll(ctx context.Context, o options) ([]result, error) {
	var results []result
	for _, r := range rows {
		if !strings.Contains(r.what, o.match) {
			continue
		}
		measured, err := r.measure(ctx, r, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.what, err)
		}
		results = append(results, measured)
		fmt.Fprintf(os.Stderr, "%.2f  %s\n", measured.ratio(), r.what)
	}
	return results, nil
}

// rows are the comparisons, in the order of the table.
var rows = []row{
	{"Check, 1 version", "jsonschema with the same limits and patterns", 0.2, checkAgainstSchema(1)},
	{"Check, 5 versions", "jsonschema with the same limits and patterns", 0.2, checkAgainstSchema(5)},
	{"Check, 1 version", "validator with the rules that tags can state", 1.0, checkAgainstTags},
	{"Check, 20 faults as data", "jsonschema on the same document", 0.5, faultsAgainstSchema},
	{"Parse", "encoding/json into the same struct, unknown fields refused", 1.1, parseAgainstJSON},
	{"Decide(Submit)", "stateless built for it, with one guard that calls Check", 1.0, submitAgainstStateless},
	{"Explain(SignOff), nothing wrong", "stateless CanFire, ten trivial guards", 10, signOffAgainstStateless},
	{"Decide(RestrictVersion), 1,000 versions", "2 versions", 3, restrictGrowth},
	{"an update carried out on SQLite, 1,000 versions", "2 versions", 3, updateGrowth},
	{"an update with 10,000 journal entries", "with 10", 1.2, journalGrowth},
	{"edit on SQLite", "the bare transaction: read, update, insert", 1.25, editAgainstSQL},
	{"page of 50 summaries", "the bare query of the same columns", 1.3, pageAgainstSQL},
	{"page of 50 in a million listings", "in a thousand", 1.3, pageGrowth},
	{"load by id in a million listings", "in a thousand", 1.3, loadGrowth},
	{"peak memory of CheckAll over 100,000 listings", "1,000", 1.2, memoryOfStream},
	{"binary that decides one move", "the same with stateless", 1.6, binarySize},
	{"modules of an importer of the core", "fsm, uuid and what tests name", 1.0, modulesOfImporter},
	{"calls of a Sweep over 2,000 requests", "one call each", 1.0 / 19, sweepAgainstCalls},
}
