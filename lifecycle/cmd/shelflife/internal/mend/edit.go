package mend

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// edit is one correction: what becomes of the text, and of what the text says.
type edit struct {
	start, end int
	with       string
	apply      func() // to the nodes
	kinds      []string
	path       string
	note       string // what it was, where that helps
}

// say is a replacement of a scalar by another value; tag is that of the new one, or
// empty for whatever it is read as.
func (d *doc) say(n *yaml.Node, value, tag, path string, kinds ...string) {
	start, end, ok := d.src.span(n)
	if !ok {
		return
	}
	d.edits = append(d.edits, edit{
		start: start, end: end, with: d.write(n, start, value, tag), kinds: kinds, path: path, note: n.Value,
		apply: func() { n.Value, n.Tag, n.Style = value, tag, 0 },
	})
}

var plainly = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9 ._/:@+%$&()]*$`)

// write returns how a value is written in the place and the style of a node.
func (d *doc) write(n *yaml.Node, start int, value, tag string) string {
	switch {
	case tag == "!!int", tag == "!!bool":
		return value
	case !d.src.json && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && strings.Contains(strings.TrimRight(value, "\n"), "\n") && value[0] != ' ':
		indent := strings.Repeat(" ", d.src.indentOfBlock(start))
		header, body := "|-", strings.TrimSuffix(value, "\n")
		if body != value {
			header = "|"
		}
		lines := strings.Split(body, "\n")
		for i, line := range lines {
			if line != "" {
				lines[i] = indent + line
			}
		}
		return header + "\n" + strings.Join(lines, "\n")
	case !d.src.json && n.Style == 0 && plainly.MatchString(value) && !strings.Contains(value, ": ") && !strings.ContainsAny(value[len(value)-1:], ": ") && readsAsText(value):
		return value
	}
	return quote(value)
}

// readsAsText reports a value that may stand without quotes: the reader takes numbers
// for what they look like, but not null and the like.
func readsAsText(value string) bool {
	var n yaml.Node
	return yaml.Unmarshal([]byte(value), &n) == nil && len(n.Content) == 1 && n.Content[0].Kind == yaml.ScalarNode &&
		n.Content[0].Value == value && n.Content[0].Tag != "!!null" && n.Content[0].Tag != "!!bool"
}

// quote writes a text in double quotes, as JSON and YAML both read it.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text is always written
	return strings.TrimSuffix(b.String(), "\n")
}

// carryOut makes the edits, and returns those that were made: all of them or, if
// together they say something else than was meant, as many as say it one by one.
func carryOut(src *source, collect func(*source) *doc) []Change {
	d := collect(src)
	if d == nil || len(d.edits) == 0 {
		return nil
	}
	chosen := apartFromEachOther(d.edits)
	if changes, ok := attempt(src, d, chosen); ok {
		return changes
	}
	const work = 64 << 20 // bytes: one by one takes its time
	for i := range min(len(d.edits), work/(len(src.text)+1)) {
		again := collect(src)
		if again == nil || i >= len(again.edits) {
			break
		}
		if changes, ok := attempt(src, again, again.edits[i:i+1]); ok {
			return changes // the others follow
		}
	}
	return nil
}

// apartFromEachOther leaves out edits that touch others before them.
func apartFromEachOther(all []edit) []edit {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b edit) int { return a.start - b.start })
	var out []edit
	for _, e := range sorted {
		if len(out) == 0 || e.start >= out[len(out)-1].end && e.start > out[len(out)-1].start {
			out = append(out, e)
		}
	}
	return out
}

// attempt makes edits, from the last to the first, if the text then says what they
// mean, and has the comments that it had.
func attempt(src *source, d *doc, edits []edit) ([]Change, bool) {
	next := src.replaced(edits)
	before := comments(d.root)
	var changes []Change
	for _, e := range edits {
		for _, k := range e.kinds {
			changes = append(changes, Change{Kind: KindOf(k), Line: src.was(e.start), Path: e.path, Was: e.note})
		}
	}
	for _, e := range slices.Backward(edits) { // so that the indices of those before stay
		e.apply()
	}
	now := next.parse()
	if now == nil || !same(d.root, now) || before != comments(now) {
		return nil, false
	}
	*src = *next
	return changes, true
}

// same reports whether two documents say the same.
func same(want, have *yaml.Node) bool {
	if want.Kind != have.Kind || want.Value != have.Value || want.Anchor != have.Anchor || len(want.Content) != len(have.Content) {
		return false
	}
	if want.Kind == yaml.ScalarNode && want.Tag != "" && want.ShortTag() != have.ShortTag() {
		return false
	}
	for i := range want.Content {
		if !same(want.Content[i], have.Content[i]) {
			return false
		}
	}
	return true
}

func sortedLines(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
