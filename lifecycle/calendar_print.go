package lifecycle

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Table returns the dates as aligned columns for a terminal, one a line: the
// instant, what happens, the version and the rule. Dates that are past are marked.
// It returns an empty string for no dates.
func (d Dates) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, each := range d {
		fmt.Fprintf(w, "%s\t%s\t%v\n", each.when(), document.Printable(document.Cut(each.sentence(), 300)), each.Rule)
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

func (d Date) when() string {
	switch {
	case d.At.IsZero():
		return "unknown"
	case d.Past:
		return d.At.Format(time.RFC3339) + " (past)"
	}
	return d.At.Format(time.RFC3339)
}

// sentence is the text with the version that it is about.
func (d Date) sentence() string {
	if d.Version == "" {
		return d.Text
	}
	return fmt.Sprintf("version %q: %s", d.Version, d.Text)
}

// ICalendar returns the dates as an iCalendar file (RFC 5545) that calendar programs
// import or subscribe to: an event of no length for each date, in UTC. The event of
// one listing, kind and version has the same UID each time, so that a program that
// reads a newer calendar moves it. Dates without a known instant are left out. Made
// is when the calendar was made.
func (d Dates) ICalendar(made time.Time) string {
	var b strings.Builder
	line := func(name, value string) { foldLine(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//shelflife//calendar of a listing//EN")
	for _, each := range d {
		if each.At.IsZero() {
			continue
		}
		line("BEGIN", "VEVENT")
		line("UID", icalText(strings.Join([]string{each.Listing.String(), string(each.Kind), each.Version}, "/")))
		line("DTSTAMP", icalInstant(made))
		line("DTSTART", icalInstant(each.At))
		line("SUMMARY", icalText(each.Title+": "+each.sentence()))
		line("DESCRIPTION", icalText(each.Rule.ID+": "+each.Rule.Statement+" ("+each.Rule.Sources.String()+")"))
		line("CATEGORIES", icalText(string(each.Kind)))
		line("TRANSP", "TRANSPARENT") // it does not make anyone busy
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.String()
}

func icalInstant(at time.Time) string { return at.UTC().Format("20060102T150405Z") }

var icalEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`)

// icalText returns a TEXT value, with the characters escaped that the format gives a
// meaning.
func icalText(s string) string {
	return icalEscapes.Replace(document.Printable(document.Cut(s, 1_000)))
}

// foldLine writes a line of the format, which has at most 75 bytes: what is longer
// goes on in the next line after a space. No character is cut in two.
func foldLine(b *strings.Builder, line string) {
	const most = 75
	for room := most; len(line) > room; room = most - 1 {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	b.WriteString(line + "\r\n")
}
