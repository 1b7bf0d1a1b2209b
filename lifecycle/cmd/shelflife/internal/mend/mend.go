package mend

import (
	"cmp"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Change is one thing that was corrected.
type Change struct {
	// Kind is what was done.
	Kind Kind
	// Line is the line of the file as it was before, from 1.
	Line int
	// Path names the value; empty if it is about the file.
	Path string
	// Was is the value as it was, if there was one.
	Was string
}

// String returns the change on one line, without its place.
func (c Change) String() string {
	text := c.Kind.Does
	if c.Was != "" {
		text += fmt.Sprintf(" (was %q)", document.Cut(c.Was, 60))
	}
	if c.Path != "" {
		text = c.Path + ": " + text
	}
	return document.Printable(document.Cut(text, 500))
}

// Files are the text files that a document names, by their names with slashes. The
// value is the path of the field, as [Text] takes it.
type Files map[string]string

// Document returns a document, in JSON or else in YAML, with everything corrected that
// is mechanical, what that was, and the text files that it names. The function has
// reports whether the folder has a file of a name. A document that cannot be read is
// corrected as far as it can be.
func Document(data []byte, json bool, has func(name string) bool) ([]byte, []Change, Files) {
	text, changes, ok := encoded(data)
	if !ok {
		return data, nil, nil
	}
	src := newSource(text, json)
	changes = append(changes, wholeDocument(src)...)
	const rounds = 100 // each makes a document smaller, or more as it should be
	var last *doc
	for range rounds {
		made := carryOut(src, func(s *source) *doc { last = newDoc(s, has); return last })
		if len(made) == 0 {
			break
		}
		changes = append(changes, made...)
	}
	changes = append(changes, lastLine(src, true)...)
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(a.Line, b.Line) })
	if len(changes) == 0 {
		return data, nil, filesOf(last)
	}
	return []byte(src.text), changes, filesOf(last)
}

func filesOf(d *doc) Files {
	if d == nil {
		return nil
	}
	return d.files
}

// Text returns the text in a file of its own for the field with the path, with
// everything corrected that is mechanical, and what that was. Two blanks at the end of
// a line stay in Markdown, where they break it.
func Text(data []byte, path string, markdown bool) ([]byte, []Change) {
	text, changes, ok := encoded(data)
	if !ok {
		return data, nil
	}
	class := fields[pattern(path)]
	src := newSource(text, false)
	for _, f := range valueFixes {
		if !class.is(f.of) {
			continue
		}
		one := []valueFix{f}
		fixed, made := apply(one, class, markdown, src.text)
		if len(made) == 0 || f.kind == "text.end-blanks" { // that is the last line's matter
			continue
		}
		changes = append(changes, Change{Kind: KindOf(f.kind), Line: src.was(differ(src.text, fixed)), Path: path})
		src = newSource(fixed, false)
	}
	if !class.is(sample) {
		changes = append(changes, lastLine(src, false)...)
	}
	if len(changes) == 0 {
		return data, nil
	}
	return []byte(src.text), changes
}

// differ returns the offset at which two texts begin to differ.
func differ(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// doc is a document that is being looked at.
type doc struct {
	src   *source
	root  *yaml.Node
	has   func(string) bool
	edits []edit
	files Files
}
