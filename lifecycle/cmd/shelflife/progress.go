package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
)

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress shows how a request goes on: a bar that is drawn again in a terminal, and
// a line for each change elsewhere.
type progress struct {
	out      io.Writer
	name     string // before each line
	terminal bool
	last     string
}

func (t *tool) progress() *progress {
	if t.json {
		return &progress{out: io.Discard}
	}
	return &progress{out: t.err, terminal: isTerminal(t.err) && os.Getenv("TERM") != "dumb"}
}

// show is told of a look at an instant, and of its error.
func (p *progress) show(at time.Time, now lifecycle.Progress, err error) {
	r := now.Record.Request
	if r == nil {
		return
	}
	text := fmt.Sprintf("%s: %s", r.Kind, r.Phase)
	if now.Overdue {
		text += ", overdue"
	}
	if r.Cancelling {
		text += ", being cancelled"
	}
	if err != nil {
		text += ", trying again: " + document.Printable(document.Cut(err.Error(), 200))
	}
	if p.terminal {
		const width = 20
		done := min(max(int(now.Estimate.Fraction*width), 0), width)
		fmt.Fprintf(p.out, "\r\x1b[K%s [%s%s] %s so far, usually %s", text, strings.Repeat("#", done), strings.Repeat(".", width-done),
			spell(at.Sub(now.Estimate.Since)), spell(now.Estimate.Usual))
		p.last = text
		return
	}
	if text != p.last {
		fmt.Fprintf(p.out, "%s  %s%s, usually ends by %s, at the latest by %s\n", stamp(at), p.name, text, stamp(now.Estimate.Since.Add(now.Estimate.Usual)), stamp(now.Estimate.Latest))
	}
	p.last = text
}

// end leaves the line of a bar.
func (p *progress) end() {
	if p.terminal && p.last != "" {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	p.last = ""
}

// await waits until the request of the listing has ended.
func (j *job) await(ctx context.Context) (lifecycle.Record, error) {
	p := j.progress()
	defer p.end()
	return j.Manager.Await(ctx, j.id, lifecycle.OnProgress(func(now lifecycle.Progress, err error) {
		p.show(j.Clock.Now(), now, err)
	}))
}

// passing reports an error that may pass by itself.
func passing(err error) bool {
	return errors.Is(err, lifecycle.ErrBusy) || errors.Is(err, lifecycle.ErrThrottled) || errors.Is(err, lifecycle.ErrUnavailable)
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04Z") }

func spell(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
}
