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

const (
	columns = 80 // no line is longer, except where one word is
	indent  = "      "
)

// printer tells each life once, as it happens and in the words of its journal,
// in the marketplace's time.
type printer struct {
	out    io.Writer
	look   look
	market *simulator.Simulator
}

func (p printer) header(dir, endpoint string) {
	p.paragraph("", "Listings are kept in %s/listings.db (SQLite).", dir)
	p.paragraph("", "The marketplace is simulated on %s.", endpoint)
	p.paragraph("", "Its clock says %s.", stamp(p.market.Now()))
}

func (p printer) start(name string) { fmt.Fprintf(p.out, "\n%s\n", p.look.bold(name)) }

func (p printer) resume(name string, r lifecycle.Record) {
	doing := "nothing is under way"
	if r.Request != nil {
		doing = fmt.Sprintf("%s is under way", r.Request.Kind)
	}
	p.start(name)
	p.paragraph("  ", "going on from the file: %s, revision %d, %s", r.State, r.Revision, doing)
}

// observe tells of every entry of the journal, except of how a request is sent.
// It is called once the entry was saved.
func (p printer) observe(_ context.Context, _ lifecycle.Summary, e lifecycle.Entry) {
	if e.Event == lifecycle.EventSending || e.Event == lifecycle.EventSent {
		return
	}
	p.line(e.At, string(e.Event), e.State, p.look.plain)
	if o := e.Outcome; o != nil && o.StartedAt != nil && o.EndedAt != nil { // else there was nothing to send
		p.paragraph(indent, "%s took %s: %s", o.Kind, spell(o.EndedAt.Sub(*o.StartedAt)), strings.Join(p.sent(o.ChangeSet), ", "))
	}
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
	p.line(p.market.Now(), string(r.Command)+" refused", r.State, p.look.warn)
	for _, v := range r.Findings.Violations {
		p.paragraph("    - ", "%v", v)
	}
}

func (p printer) line(at time.Time, what string, state lifecycle.State, paint func(string) string) {
	fmt.Fprintf(p.out, "  %s  %s %s\n", stamp(at), paint(fmt.Sprintf("%-28s", what)), p.look.state(string(state)))
}

// waiting shows, in a terminal, how the marketplace's time goes by. The line is
// gone when something is to be said.
func (p printer) waiting(d time.Duration) {
	if !p.look.terminal {
		return
	}
	fmt.Fprintf(p.out, "\r  %s  the marketplace is at work; the next look is in %s", stamp(p.market.Now()), spell(d.Round(time.Second)))
	time.Sleep(20 * time.Millisecond) // for a person to see it
	fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", columns-1))
}

func (p printer) journal(entries iter.Seq2[lifecycle.Entry, error]) error {
	fmt.Fprintf(p.out, "  journal\n")
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for e, err := range entries {
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

func (p printer) footer(dir string) {
	fmt.Fprintln(p.out)
	p.paragraph("", "The marketplace took %d change sets, each once. Delete %s to start again.", len(p.market.Ledger().ChangeSets), dir)
}

// paragraph breaks a text between words, and sets it in below its first line.
func (p printer) paragraph(first, format string, args ...any) {
	line, rest := first, strings.Repeat(" ", len(first))
	empty := true
	for word := range strings.FieldsSeq(fmt.Sprintf(format, args...)) {
		switch {
		case empty:
			line, empty = line+word, false
		case len([]rune(line))+1+len([]rune(word)) > columns:
			fmt.Fprintln(p.out, line)
			line = rest + word
		default:
			line += " " + word
		}
	}
	fmt.Fprintln(p.out, line)
}

// spell leaves out the minutes and seconds that are none.
func spell(d time.Duration) string {
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
