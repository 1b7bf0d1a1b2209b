package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

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
	clock    lifecycle.Clock
	name     string // before each line
	terminal bool
	plainly  func(text string) string
	ended    chan struct{} // closed at the end; nil before the bar is first drawn

	mu   sync.Mutex
	last string
	step int64              // the request that it is about
	now  lifecycle.Progress // as last looked at
}

func (j *job) progress() *progress {
	p := &progress{out: j.err, clock: j.Clock, plainly: func(text string) string { return j.plainly(j.named(text)) }}
	if j.json {
		p.out = io.Discard
	}
	p.terminal = isTerminal(p.out) && os.Getenv("TERM") != "dumb"
	return p
}

// show is told of a look, and of its error.
func (p *progress) show(now lifecycle.Progress, err error) {
	r := now.Record.Request
	if r == nil {
		return
	}
	text := fmt.Sprintf("%s: %s", described(now.Record), r.Phase)
	if now.Overdue {
		text += ", overdue"
	}
	if r.Cancelling {
		text += ", being cancelled"
	}
	if err != nil {
		text += ", trying again: " + document.Printable(document.Cut(p.plainly(err.Error()), 200))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		if text != p.last || r.Revision != p.step {
			fmt.Fprintf(p.out, "%s  %s%s, usually ends by %s, at the latest by %s\n", stamp(p.clock.Now()), p.name, text, stamp(now.Estimate.Since.Add(now.Estimate.Usual)), stamp(now.Estimate.Latest))
		}
		p.last, p.step = text, r.Revision
		return
	}
	p.last, p.now = text, now
	p.draw()
	if p.ended == nil {
		p.ended = make(chan struct{})
		go p.tick(p.ended)
	}
}

// described tells the request under way from others of the same command.
func described(r lifecycle.Record) string {
	q := r.Request
	text := string(q.Kind)
	switch q.Kind {
	case lifecycle.EventAddVersion, lifecycle.EventUpdateVersion:
		for _, v := range q.Delta.Versions {
			text += " " + document.Printable(v.Number)
		}
	case lifecycle.EventRestrictVersion:
		for _, number := range q.Delta.Restricted {
			text += " " + document.Printable(number)
		}
	case lifecycle.EventUpdatePricing:
		for d, price := range q.Delta.Rates {
			if before, priced := r.Published.Rates[d]; priced && price.Cmp(before) > 0 {
				return text + " (prices rise)"
			}
		}
	}
	return text
}

// tick draws the bar again each second, so that it is seen to be alive.
func (p *progress) tick(ended <-chan struct{}) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ticker.C:
			p.mu.Lock()
			if p.last != "" {
				p.draw()
			}
			p.mu.Unlock()
		}
	}
}

// draw draws the bar on the line where it was.
func (p *progress) draw() {
	const bar = 20
	now, width := p.clock.Now(), columns(p.out)-1
	e := lifecycle.ProgressOf(p.now.Record, now).Estimate
	done := min(max(int(e.Fraction*bar), 0), bar)
	so := spell(now.Sub(e.Since)) + " so far"
	full := fmt.Sprintf("%s [%s%s] %s", p.last, strings.Repeat("#", done), strings.Repeat(".", bar-done), so)
	short := fmt.Sprintf("[%s%s] %s", strings.Repeat("#", done/2), strings.Repeat(".", bar/2-done/2), so)
	line := document.Cut(short, max(width-1, 1))
	for _, each := range []string{
		full + ", usually " + spell(e.Usual) + ", at the latest by " + stamp(e.Latest), full + ", usually " + spell(e.Usual), full, p.last + " " + short,
	} {
		if utf8.RuneCountInString(each) <= width {
			line = each
			break
		}
	}
	fmt.Fprintf(p.out, "\r\x1b[K%s", line)
}

// columns returns how wide a terminal is.
func columns(out any) int {
	if f, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

// end removes the bar.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended != nil {
		close(p.ended)
		p.ended = nil
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	p.last = ""
}

// await waits until the request of the listing has ended.
func (j *job) await(ctx context.Context) (lifecycle.Record, error) {
	p := j.progress()
	defer p.end()
	return j.Manager.Await(ctx, j.id, lifecycle.OnProgress(func(now lifecycle.Progress, err error) {
		p.show(now, err)
	}))
}

// passing reports an error that may pass by itself.
func passing(err error) bool {
	return errors.Is(err, lifecycle.ErrBusy) || errors.Is(err, lifecycle.ErrThrottled) || errors.Is(err, lifecycle.ErrUnavailable)
}

// several returns how many there are of one thing: "1 listing", "2 listings".
func several(n int, one string) string {
	if n != 1 {
		one += "s"
	}
	return fmt.Sprintf("%d %s", n, one)
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
