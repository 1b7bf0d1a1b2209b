// Package report writes what checks found in documents: as text, as JSON, as JUnit
// and SARIF files, and as annotations of GitHub Actions.
package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// Finding is one thing that was found, with its place.
type Finding struct {
	folder.Place
	// Rule is the broken rule; its zero value stands for a document that cannot be
	// read.
	Rule rule.Rule `json:"-"`
	// ID is that of the rule, and Unreadable for a document that cannot be read.
	ID string `json:"rule"`
	// Path names the value.
	Path string `json:"path,omitempty"`
	// Problem says what is wrong, and Remedy how to put it right.
	Problem string `json:"problem"`
	Remedy  string `json:"remedy,omitempty"`
}

// Unreadable is the id of what is found in a document that cannot be read.
const Unreadable = "document.readable"

// String returns the finding without its place.
func (f Finding) String() string {
	text := f.Problem
	if f.Path != "" {
		text = f.Path + ": " + text
	}
	if f.Remedy != "" {
		text += "; " + f.Remedy
	}
	return document.Printable(document.Cut(text, 1_500))
}

// Listing is all that was found in one listing.
type Listing struct {
	// Folder is the folder as it was given, File the document.
	Folder string `json:"folder"`
	File   string `json:"file"`
	// Name is the name of the listing; empty if its document cannot be read.
	Name string `json:"name,omitempty"`
	// Faults are why it cannot be read.
	Faults []Finding `json:"faults,omitempty"`
	// Violations are broken rules, Advice those that are advice only.
	Violations []Finding `json:"violations,omitempty"`
	Advice     []Finding `json:"advice,omitempty"`
	// More is how many more there are.
	More int `json:"more,omitempty"`
}

// Of returns what was found in the listing of a folder. Without a folder, nothing has a
// place.
func Of(f *folder.Folder, found rule.Findings) Listing {
	l := Listing{More: found.More}
	if f != nil {
		l.Folder, l.File, l.Name = f.Dir, f.File, f.Name
	}
	for _, v := range found.Violations {
		l.Violations = append(l.Violations, finding(f, v))
	}
	for _, v := range found.Advice {
		l.Advice = append(l.Advice, finding(f, v))
	}
	for _, all := range [][]Finding{l.Violations, l.Advice} {
		slices.SortStableFunc(all, func(a, b Finding) int {
			return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
		})
	}
	return l
}

func finding(f *folder.Folder, v rule.Violation) Finding {
	found := Finding{Rule: v.Rule, ID: v.Rule.ID, Path: v.Path, Problem: v.Problem, Remedy: v.Remedy}
	if f != nil {
		found.Place = f.Place(v.Path)
	}
	return found
}

// OfError returns why the listing in dir cannot be read.
func OfError(dir string, err error) Listing {
	l := Listing{Folder: dir, File: dir}
	var faults folder.Faults
	if !errors.As(err, &faults) {
		problem := err.Error()
		var path *fs.PathError
		if errors.As(err, &path) {
			problem = path.Err.Error()
		}
		l.Faults = []Finding{{Place: folder.Place{File: dir, Line: 1, Column: 1}, ID: Unreadable, Problem: problem}}
		return l
	}
	for _, each := range faults {
		l.File = each.File
		l.Faults = append(l.Faults, Finding{Place: each.Place, ID: Unreadable, Path: each.Path, Problem: each.Problem})
	}
	return l
}

// Report is what was found in many listings.
type Report []Listing

// Count returns how many faults, violations and pieces of advice there are.
func (r Report) Count() (faults, violations, advice int) {
	for _, l := range r {
		faults += len(l.Faults)
		violations += len(l.Violations)
		advice += len(l.Advice)
	}
	return faults, violations, advice
}

// each calls do for every finding, with its level: "error" or "warning".
func (r Report) each(do func(l Listing, level string, f Finding)) {
	for _, l := range r {
		for _, f := range l.Faults {
			do(l, "error", f)
		}
		for _, f := range l.Violations {
			do(l, "error", f)
		}
		for _, f := range l.Advice {
			do(l, "warning", f)
		}
	}
}

// Formats are the writers by the names that users give them.
var Formats = map[string]func(Report, io.Writer) error{
	"text": Report.Text, "json": Report.JSON, "junit": Report.JUnit, "sarif": Report.SARIF, "github": Report.GitHub,
}

// Text writes a line for each finding, as compilers do.
func (r Report) Text(w io.Writer) error {
	var b strings.Builder
	r.each(func(_ Listing, level string, f Finding) {
		if level == "warning" {
			level = "advice"
		}
		place := ""
		if f.File != "" {
			place = f.Place.String() + ": "
		}
		fmt.Fprintf(&b, "%s%s: %s [%s]\n", place, level, f, f.ID)
	})
	for _, l := range r {
		switch {
		case l.More > 0 && l.File != "":
			fmt.Fprintf(&b, "%s: %d more were found\n", document.Printable(l.File), l.More)
		case l.More > 0:
			fmt.Fprintf(&b, "%d more were found\n", l.More)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Summary is a report with how many there are of each kind, as it is written in JSON.
type Summary struct {
	Listings   Report `json:"listings"`
	Faults     int    `json:"faults"`
	Violations int    `json:"violations"`
	Advice     int    `json:"advice"`
}

// Summary returns the report with its numbers.
func (r Report) Summary() Summary {
	s := Summary{Listings: r}
	if r == nil {
		s.Listings = Report{}
	}
	s.Faults, s.Violations, s.Advice = r.Count()
	return s
}

// JSON writes the report as one object.
func (r Report) JSON(w io.Writer) error { return WriteJSON(w, r.Summary()) }

// WriteJSON writes any value as the tool writes JSON: indented, for people and
// programs.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// GitHub writes a workflow command of GitHub Actions for each finding: the lines of
// a pull request show them.
func (r Report) GitHub(w io.Writer) error {
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var b strings.Builder
	r.each(func(_ Listing, level string, f Finding) {
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", level, property.Replace(f.File), f.Line, f.Column, property.Replace(f.ID), value.Replace(f.String()))
	})
	_, err := io.WriteString(w, b.String())
	return err
}
