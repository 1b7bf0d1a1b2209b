package console

import (
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/version"
)

//go:embed templates
var templates embed.FS

// pages are the templates by name, each with the layout.
var pages = func() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, name := range []string{"catalogue.html", "listing.html", "history.html", "drift.html", "plan.html", "problem.html"} {
		all[name] = template.Must(template.New(name).Funcs(functions).ParseFS(templates, "templates/layout.html", "templates/parts.html", "templates/"+name))
	}
	return all
}()

var functions = template.FuncMap{
	"text": func(v any) string { return printable(fmt.Sprint(v)) }, "lines": lines, "cut": func(max int, v any) string { return printable(document.Cut(fmt.Sprint(v), max)) },
	"stamp": stamp, "iso": func(at time.Time) string { return at.UTC().Format(time.RFC3339) }, "spell": spell, "slug": slug, "words": words, "address": address, "samples": samples,
}

// printable returns what a person may be shown on one line: nothing that cannot be
// seen, or that changes the direction of what stands beside it.
func printable(text string) string { return document.Printable(text) }

// lines is printable for texts of several lines.
func lines(text string) string {
	all := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range all {
		all[i] = printable(strings.ReplaceAll(line, "\t", "    "))
	}
	return strings.Join(all, "\n")
}

// stamp is an instant for people, in UTC.
func stamp(at time.Time) string {
	if at.IsZero() {
		return "not known"
	}
	return at.UTC().Format("2006-01-02 15:04")
}

// spell is a duration for people.
func spell(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	case d < 48*time.Hour:
		if m := int(d % time.Hour / time.Minute); m > 0 {
			return fmt.Sprintf("%d h %d min", int(d/time.Hour), m)
		}
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
}

// slug is a state as a name in style sheets.
func slug(s lifecycle.State) string {
	for _, known := range lifecycle.States() {
		if s == known {
			return strings.ToLower(strings.ReplaceAll(string(s), " ", "-"))
		}
	}
	return "none"
}

// words is an event for people: "Sign off" for "sign-off".
func words(e any) string {
	text := strings.ReplaceAll(printable(fmt.Sprint(e)), "-", " ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// address returns an address that a page may link to: one of the web, or none.
func address(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// samples returns the samples of an input or an output by their names.
func samples(of any) map[string]version.Sample {
	switch of := of.(type) {
	case version.Input:
		return map[string]version.Sample{"Sample input for an endpoint": of.RealTime, "Sample input for batch transform": of.Batch}
	case version.Output:
		return map[string]version.Sample{"Sample output of an endpoint": of.RealTime, "Sample output of batch transform": of.Batch}
	}
	return nil
}
