package mend

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// source is the text of a document with the line that each of its lines was in before
// anything was corrected.
type source struct {
	text  string
	lines []int
	json  bool

	starts []int // of the lines; made anew after an edit
}

func newSource(text string, json bool) *source {
	s := &source{text: text, json: json}
	for i := range strings.Count(text, "\n") + 1 {
		s.lines = append(s.lines, i+1)
	}
	s.index()
	return s
}

func (s *source) index() {
	s.starts = append(s.starts[:0], 0)
	for i := range len(s.text) {
		if s.text[i] == '\n' {
			s.starts = append(s.starts, i+1)
		}
	}
}

// lineAt returns the index of the line that an offset is in.
func (s *source) lineAt(offset int) int {
	low, high := 0, len(s.starts)
	for low+1 < high {
		if mid := (low + high) / 2; s.starts[mid] <= offset {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// lineStart and lineEnd return where the line of an offset begins and ends, without
// its line feed.
func (s *source) lineStart(offset int) int { return s.starts[s.lineAt(offset)] }

func (s *source) lineEnd(offset int) int {
	if end := strings.IndexByte(s.text[offset:], '\n'); end >= 0 {
		return offset + end
	}
	return len(s.text)
}

// was returns the line in which the text at an offset was at first.
func (s *source) was(offset int) int { return s.lines[s.lineAt(min(offset, len(s.text)))] }

// replaced returns the source with the texts of edits, which are in order and touch no
// others, in place of what is there.
func (s *source) replaced(edits []edit) *source {
	next := &source{json: s.json, lines: []int{s.lines[0]}}
	var b strings.Builder
	at, line := 0, 0
	keep := func(to int) {
		kept := s.text[at:to]
		b.WriteString(kept)
		for range strings.Count(kept, "\n") {
			line++
			next.lines = append(next.lines, s.lines[line])
		}
		at = to
	}
	for _, e := range edits {
		keep(e.start)
		last := s.lineAt(e.end)
		b.WriteString(e.with)
		for range strings.Count(e.with, "\n") {
			line = min(line+1, last)
			next.lines = append(next.lines, s.lines[line])
		}
		if e.with == "" && e.start == s.starts[line] { // whole lines are gone
			next.lines[len(next.lines)-1] = s.lines[last]
		}
		at, line = e.end, last
	}
	keep(len(s.text))
	next.text = b.String()
	next.index()
	return next
}

// parse returns the one document of the text, or nil.
func (s *source) parse() *yaml.Node {
	if s.json {
		return parseJSON(s.text)
	}
	return parse(s.text)
}

// parse returns the one document of a text in YAML, or nil.
func parse(text string) *yaml.Node {
	if !utf8.ValidString(text) {
		return nil
	}
	d := yaml.NewDecoder(strings.NewReader(text))
	var doc, more yaml.Node
	if d.Decode(&doc) != nil || len(doc.Content) != 1 || !errors.Is(d.Decode(&more), io.EOF) {
		return nil
	}
	return &doc
}

// offset returns where a node begins, behind its anchor and its tag.
func (s *source) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(s.starts) {
		return -1
	}
	at := s.starts[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	for at < len(s.text) && (n.Anchor != "" && s.text[at] == '&' || n.Style&yaml.TaggedStyle != 0 && s.text[at] == '!') {
		end := strings.IndexAny(s.text[at:], " \n")
		if end < 0 {
			return -1
		}
		at += end
		at += len(s.text[at:]) - len(strings.TrimLeft(s.text[at:], " \n"))
	}
	return min(at, len(s.text))
}

// span returns where a node begins and ends, if that is sure.
func (s *source) span(n *yaml.Node) (start, end int, ok bool) {
	if start = s.offset(n); start < 0 {
		return 0, 0, false
	}
	switch rest := s.text[start:]; {
	case n.Kind == yaml.AliasNode:
		end = start + 1 + len(n.Value)
	case n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle != 0:
		end = s.closing(start)
	case n.Kind != yaml.ScalarNode:
		if len(n.Content) == 0 {
			return 0, 0, false
		}
		_, end, ok = s.span(n.Content[len(n.Content)-1])
		return start, end, ok
	case n.Style&yaml.DoubleQuotedStyle != 0, n.Style&yaml.SingleQuotedStyle != 0:
		end = s.quoted(start)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		end = s.block(start)
	case n.Value != "" && strings.HasPrefix(rest, n.Value):
		end = start + len(n.Value)
	default:
		return 0, 0, false
	}
	return start, end, end > start && end <= len(s.text)
}

// quoted returns the end of the quoted text at an offset, or -1.
func (s *source) quoted(start int) int {
	if start >= len(s.text) || s.text[start] != '"' && s.text[start] != '\'' {
		return -1
	}
	quote := s.text[start]
	for i := start + 1; i < len(s.text); i++ {
		switch {
		case s.text[i] == '\\' && quote == '"':
			i++
		case s.text[i] != quote:
		case quote == '\'' && strings.HasPrefix(s.text[i+1:], "'"):
			i++
		default:
			return i + 1
		}
	}
	return -1
}

// closing returns the end of the list or the mapping in brackets at an offset, or -1.
func (s *source) closing(start int) int {
	if start >= len(s.text) || s.text[start] != '[' && s.text[start] != '{' {
		return -1
	}
	depth := 0
	for i := start; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '[', c == '{':
			depth++
		case c == ']', c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case (c == '"' || c == '\'') && strings.IndexByte(" \t\n[{,:", s.text[i-1]) >= 0:
			end := s.quoted(i)
			if end < 0 {
				return -1
			}
			i = end - 1
		case c == '#' && (s.text[i-1] == ' ' || s.text[i-1] == '\n'):
			i = s.lineEnd(i) - 1
		}
	}
	return -1
}

// block returns the end of the block of lines whose mark, | or >, is at an offset; -1
// if it has marks of more than where it ends.
func (s *source) block(start int) int {
	header := s.text[start:s.lineEnd(start)]
	if mark := strings.TrimSpace(header); mark != "|" && mark != "|-" && mark != ">" && mark != ">-" {
		return -1
	}
	indent, end := -1, -1
	for at := s.lineEnd(start) + 1; at <= len(s.text); at = s.lineEnd(at) + 1 {
		line := s.text[at:s.lineEnd(at)]
		if strings.TrimSpace(line) == "" {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if indent < 0 {
			indent = depth
		}
		if depth < indent || indent == 0 {
			break
		}
		end = s.lineEnd(at)
	}
	return end
}

// indentOfBlock returns how deep the lines of a block are.
func (s *source) indentOfBlock(start int) int {
	for at := s.lineEnd(start) + 1; at <= len(s.text); at = s.lineEnd(at) + 1 {
		if line := s.text[at:s.lineEnd(at)]; strings.TrimSpace(line) != "" {
			return len(line) - len(strings.TrimLeft(line, " "))
		}
	}
	return 0
}

// comments returns the lines of all comments of a document, in their order.
func comments(n *yaml.Node) string {
	var all bytes.Buffer
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for _, c := range []string{n.HeadComment, n.LineComment} {
			all.WriteString(c + "\n")
		}
		for _, each := range n.Content {
			walk(each)
		}
		all.WriteString(n.FootComment + "\n")
	}
	walk(n)
	return sortedLines(all.String())
}
