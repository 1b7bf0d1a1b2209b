package folder

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Place is where something is. Line and Column begin at 1.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String returns the place as compilers write it.
func (p Place) String() string {
	return fmt.Sprintf("%s:%d:%d", document.Printable(p.File), p.Line, p.Column)
}

// Fault is something that makes a document unreadable.
type Fault struct {
	Place
	// Path names the value; empty for the document as a whole.
	Path string `json:"path,omitempty"`
	// Problem says what is wrong.
	Problem string `json:"problem"`
	// Cause is the error underneath, or nil.
	Cause error `json:"-"`
}

// Error returns place, path and problem on one line.
func (f *Fault) Error() string {
	text := f.String() + ": "
	if f.Path != "" {
		text += document.Printable(document.Cut(f.Path, 300)) + ": "
	}
	return text + document.Printable(document.Cut(f.Problem, 1_000))
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Faults are all that make a document unreadable.
type Faults []*Fault

// Error returns the faults, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, each := range f {
		lines[i] = each.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the faults as errors.
func (f Faults) Unwrap() []error {
	all := make([]error, len(f))
	for i, each := range f {
		all[i] = each
	}
	return all
}

// Place returns where the value is that path names or, if there is none, the
// nearest value around it. A text in a file of its own is in that file.
func (f *Folder) Place(path string) Place {
	if at, ok := f.texts[path]; ok {
		return at
	}
	at, ok := document.Locate(f.json, path)
	if !ok {
		return Place{f.File, 1, 1}
	}
	if f.places == nil {
		return Place{f.File, at.Line, at.Column}
	}
	if known, ok := f.places[at.Path]; ok {
		return known
	}
	return Place{f.File, 1, 1}
}

// About reports whether a path is that of a fault, or one inside or around it: what
// is said of such a value besides may be due to the fault alone.
func (f Faults) About(path string) bool {
	for _, each := range f {
		if each.Path == "" || within(each.Path, path) || within(path, each.Path) {
			return true
		}
	}
	return false
}

func within(outer, inner string) bool {
	rest, ok := strings.CutPrefix(inner, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func (f Faults) sorted() Faults {
	slices.SortStableFunc(f, func(a, b *Fault) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return f
}

// faults gives the faults of Decode their places, and leaves out those that follow
// from others.
func (f *Folder) faults(err error, but Faults) Faults {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	var out Faults
	for _, each := range all {
		fault := &Fault{Place: Place{f.File, 1, 1}, Problem: each.Error(), Cause: each}
		var d *document.Error
		if errors.As(each, &d) {
			fault.Path, fault.Problem = d.Path, d.Problem
			if but.About(d.Path) {
				continue
			}
			switch {
			case f.places != nil:
				fault.Place = f.Place(d.Path)
			case d.Line > 0:
				fault.Line, fault.Column = d.Line, d.Column
			}
		}
		out = append(out, fault)
	}
	return out
}
