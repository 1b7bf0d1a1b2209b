package mend

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// list corrects a list as a whole, and reports whether it did: its entries are looked
// at again then.
func (d *doc) list(n *yaml.Node, at string, c class) bool {
	if at == "regions" && len(n.Content) == 1 && fold(n.Content[0].Value) == "all" && n.Anchor == "" {
		if start, end, ok := d.src.span(n); ok && n.Style&yaml.FlowStyle != 0 {
			with := "all"
			if d.src.json {
				with = quote(with)
			}
			d.edits = append(d.edits, edit{start: start, end: end, with: with, kinds: []string{"regions.all"}, path: at, apply: func() {
				*n = yaml.Node{Kind: yaml.ScalarNode, Value: "all", LineComment: n.LineComment, HeadComment: n.HeadComment, FootComment: n.FootComment}
			}})
		}
		return true
	}
	if _, ofTexts := fields[pattern(document.Entry(at, 0))]; !ofTexts {
		return false
	}
	var texts []string
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || item.Anchor != "" {
			return false
		}
		texts = append(texts, item.Value)
	}
	removed := 0
	seen := map[string]bool{}
	for i, item := range n.Content {
		kind, read := "", rule.Read(item.Value)
		switch {
		case item.Tag == "!!null", !rule.Visible(item.Value):
			kind = "list.empty-entry"
		case c.is(unique) && seen[read]:
			kind = "list.repeated"
		case at == "promotion.keywords" && d.searched(item.Value):
			kind = "keywords.searched"
		}
		seen[read] = true
		if kind != "" && removed < len(n.Content)-1 && d.removeEntry(n, i, document.Entry(at, i), kind) {
			removed++
		}
	}
	if removed > 0 {
		return true
	}
	if c.is(set) && !slices.IsSorted(texts) {
		return d.sort(n, at)
	}
	return false
}

// searched reports a keyword that is the title or a category.
func (d *doc) searched(keyword string) bool {
	top := d.root.Content[0]
	same := func(n *yaml.Node) bool {
		return n != nil && n.Kind == yaml.ScalarNode && n.Value != "" && strings.EqualFold(rule.Read(n.Value), rule.Read(keyword))
	}
	if same(memberOf(top, "title")) {
		return true
	}
	categories := memberOf(top, "categories")
	return categories != nil && categories.Kind == yaml.SequenceNode && slices.ContainsFunc(categories.Content, same)
}

// sort puts the entries of a list in order, unless one has a comment, which would then
// be about another.
func (d *doc) sort(n *yaml.Node, at string) bool {
	type entry struct {
		value      *yaml.Node
		start, end int
	}
	var all []entry
	for _, item := range n.Content {
		start, end, ok := d.src.span(item)
		_, kinds := mended(fields[pattern(document.Entry(at, 0))], item.Value)
		if !ok || item.HeadComment+item.LineComment+item.FootComment != "" || strings.Contains(d.src.text[start:end], "\n") || len(kinds) > 0 {
			return false
		}
		all = append(all, entry{item, start, end})
	}
	if _, _, ok := d.src.span(n); !ok {
		return false
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b entry) int { return strings.Compare(a.value.Value, b.value.Value) })
	var with strings.Builder
	for i, e := range sorted {
		if i > 0 {
			with.WriteString(d.src.text[all[i-1].end:all[i].start])
		}
		with.WriteString(d.src.text[e.start:e.end])
	}
	d.edits = append(d.edits, edit{start: all[0].start, end: all[len(all)-1].end, with: with.String(), kinds: []string{"list.sorted"}, path: at, apply: func() {
		for i, e := range sorted {
			n.Content[i] = e.value
		}
	}})
	return true
}

// remove leaves out the member whose key is at i, unless it is the only one.
func (d *doc) remove(n *yaml.Node, i int, at, kind string) {
	if len(n.Content) < 4 || anchored(n.Content[i+1]) {
		return
	}
	key, value := n.Content[i], n.Content[i+1]
	start, end, ok := d.src.span(key)
	if !ok {
		return
	}
	if value.Tag == "!!null" && value.Value == "" {
		if !strings.HasPrefix(d.src.text[end:], ":") {
			return
		}
		end++
	} else if _, end, ok = d.src.span(value); !ok {
		return
	}
	d.cut(n, i, 2, start, end, at, kind)
}

// removeEntry leaves out entry i of a list.
func (d *doc) removeEntry(n *yaml.Node, i int, at, kind string) bool {
	item := n.Content[i]
	start, end, ok := d.src.span(item)
	if !ok {
		return false
	}
	d.cut(n, i, 1, start, end, at, kind)
	return true
}

// cut leaves out the text from start to end, of which of n's nodes count begin at i,
// with the line or the comma around it.
func (d *doc) cut(n *yaml.Node, i, count, start, end int, at, kind string) {
	text := d.src.text
	note := strings.TrimSpace(text[start:end])
	with := ""
	switch {
	case n.Style&yaml.FlowStyle != 0 || d.src.json:
		if i+count < len(n.Content) {
			next := d.src.offset(n.Content[i+count])
			first := strings.TrimSpace(text[d.src.lineStart(start):start]) == ""
			if comma := strings.IndexByte(text[end:max(next, end)], ','); !first && comma >= 0 && strings.Contains(text[end:next], "\n") {
				next = end + comma + 1 // the next stays on its line
				start -= len(text[:start]) - len(strings.TrimRight(text[:start], " "))
			}
			end = next
		} else {
			_, before, ok := d.src.span(n.Content[i-1])
			if !ok {
				return
			}
			start = before
		}
	default:
		line := d.src.lineStart(start)
		before := text[line:start]
		if lead := strings.TrimLeft(before, " "); lead != "" && (count == 2 || strings.TrimSpace(lead) != "-") {
			if i+count >= len(n.Content) || strings.TrimSpace(lead) != "-" {
				return
			}
			end = d.src.offset(n.Content[i+count]) // it stands behind the dash of an entry
			break
		}
		indent := before[:len(before)-len(strings.TrimLeft(before, " "))]
		after := d.src.lineEnd(end)
		switch rest := strings.TrimSpace(text[end:after]); {
		case rest == "":
			start, end = line, min(after+1, len(text))
		case strings.HasPrefix(rest, "#"):
			start, end, with = line, after, indent+rest
		default:
			return
		}
	}
	if start < 0 || end < start {
		return
	}
	d.edits = append(d.edits, edit{start: start, end: end, with: with, kinds: []string{kind}, path: at, note: note,
		apply: func() { n.Content = slices.Delete(slices.Clone(n.Content), i, i+count) }})
}

// anchored reports whether other values may be aliases of a part.
func anchored(n *yaml.Node) bool {
	return n.Anchor != "" || slices.ContainsFunc(n.Content, anchored)
}
