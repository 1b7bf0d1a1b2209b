package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// printer tells the story as it happens, in the marketplace's time.
type printer struct {
	out    io.Writer
	market *simulator.Simulator
}

func (p printer) header(dir, endpoint string) {
	fmt.Fprintf(p.out, "Listings are kept in %s/listings.db (SQLite).\nThe marketplace is simulated on %s; its clock says %s.\n", dir, endpoint, stamp(p.market.Now()))
}

func (p printer) start(name string) { fmt.Fprintf(p.out, "\n%s\n", name) }

func (p printer) resume(name string, r lifecycle.Record) {
	doing := "nothing under way"
	if r.Request != nil {
		doing = fmt.Sprintf("the request to %s under way (%s)", r.Request.Kind, r.Request.Phase)
	}
	fmt.Fprintf(p.out, "\n%s: going on from the file: %s, revision %d, %s\n", name, r.State, r.Revision, doing)
}

// observe tells of every command that was accepted and of every request that
// ended; it is called once the entry was saved.
func (p printer) observe(_ context.Context, _ lifecycle.Summary, e lifecycle.Entry) {
	switch {
	case e.Outcome != nil:
		p.line(e.At, string(e.Outcome.Kind)+" "+string(e.Outcome.Result), e.State)
		p.outcome(*e.Outcome)
	case e.Event != lifecycle.EventSending && e.Event != lifecycle.EventSent:
		p.line(e.At, string(e.Event), e.State)
	}
}

// outcome tells what was sent for a request, and how long the marketplace took by
// its own account.
func (p printer) outcome(o lifecycle.Outcome) {
	if o.StartedAt == nil || o.EndedAt == nil {
		return // there was nothing to send
	}
	sent := p.sent(o.ChangeSet)
	fmt.Fprintf(p.out, "  %-16s  sent: %s\n", "", strings.Join(sent, ", "))
	fmt.Fprintf(p.out, "  %-16s  change set %s took the marketplace %s\n", "", o.ChangeSet, spell(o.EndedAt.Sub(*o.StartedAt)))
}

func (p printer) sent(changeSet string) []string {
	var types []string
	for _, set := range p.market.Ledger().ChangeSets {
		if set.ID != changeSet {
			continue
		}
		for _, c := range set.Changes {
			types = append(types, c.Type)
		}
	}
	return types
}

func (p printer) refusal(r lifecycle.Refusal) {
	p.line(p.market.Now(), string(r.Command)+" refused", r.State)
	for _, v := range r.Findings.Violations {
		fmt.Fprintf(p.out, "  %-16s  - %v\n", "", v)
	}
}

func (p printer) line(at time.Time, what string, state lifecycle.State) {
	fmt.Fprintf(p.out, "  %s  %-28s %s\n", stamp(at), what, state)
}

func (p printer) history(journal iter.Seq2[lifecycle.Entry, error]) error {
	fmt.Fprintf(p.out, "\n  Its history:\n")
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for e, err := range journal {
		if err != nil {
			return err
		}
		by := e.By
		if by == "" {
			by = "the marketplace"
			if e.Event == lifecycle.EventSending {
				by = "the manager"
			}
		}
		fmt.Fprintf(w, "  %4d\t%s\t%s\t%s\t%s\n", e.Revision, stamp(e.At), e.Event, e.State, by)
	}
	return w.Flush()
}

func (p printer) footer(dir string) error {
	l := p.market.Ledger()
	_, err := fmt.Fprintf(p.out, "\nThe marketplace took %d change sets, each once. Delete %s to start again.\n", len(l.ChangeSets), dir)
	return err
}

// spell leaves out the minutes and seconds that are none.
func spell(d time.Duration) string {
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
