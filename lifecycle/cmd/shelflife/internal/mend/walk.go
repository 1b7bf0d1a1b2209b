package mend

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// newDoc looks at a document for what can be corrected; nil for one that cannot be
// read.
func newDoc(src *source, has func(string) bool) *doc {
	root := src.parse()
	if root == nil {
		return nil
	}
	d := &doc{src: src, root: root, has: has, files: Files{}}
	top := root.Content[0]
	if top.Kind != yaml.MappingNode || count(root) > mostValues {
		return d
	}
	d.mapping(top, "", nil)
	d.defaults(top)
	d.blankEnds()
	return d
}

// mostValues bounds how large a document is that is corrected value by value: far
// larger than that of any listing.
const mostValues = 20_000

func count(n *yaml.Node) int {
	all := 1
	for _, each := range n.Content {
		all += count(each)
	}
	return all
}

// pattern returns a path without the indices of lists.
func pattern(path string) string { return index.ReplaceAllString(path, "[]") }

var index = regexp.MustCompile(`\[[0-9]+\]`)

// mapping looks at the members of a mapping; names lead to it, without indices.
func (d *doc) mapping(n *yaml.Node, at string, names []string) {
	known, given := folder.Fields(names...), map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			continue
		}
		member := document.Member(at, key.Value)
		if pattern(at) == "offer.rates" {
			d.rateKey(n, key, member)
			d.scalar(value, member, fields["offer.rates.*"])
			continue
		}
		class := fields[pattern(member)]
		if given[key.Value] == nil {
			given[key.Value] = value
		}
		switch first := given[key.Value]; {
		case first != value && same(first, value):
			d.remove(n, i, member, "key.repeated")
			continue
		case first != value: // one of them is wrong; which one, nobody knows
			continue
		case known != nil && !slices.Contains(known, key.Value) && key.Value != "$schema":
			d.respell(n, key, known, member)
			continue
		case value.Kind == yaml.ScalarNode && value.Tag == "!!null":
			d.remove(n, i, member, "member.null")
			continue
		case class.is(status) && fold(strings.TrimSpace(value.Value)) == "offered":
			d.remove(n, i, member, "status.offered")
			continue
		case empty(value, class, member):
			d.remove(n, i, member, "member.empty")
			continue
		}
		d.value(value, member, append(slices.Clone(names), key.Value), class)
	}
}

// empty reports a member that says no more than if it was left out.
func empty(value *yaml.Node, c class, member string) bool {
	_, isField := fields[pattern(member)]
	switch {
	case !isField || c.is(required), member == "testers", value.Anchor != "": // no testers are none, left out they stay
		return false
	case c.is(list):
		return len(value.Content) == 0 && value.Kind == yaml.SequenceNode
	case value.Kind != yaml.ScalarNode || c.is(boolean|whole):
		return false
	case c.is(sample):
		return value.Value == ""
	}
	return !rule.Visible(value.Value)
}

// memberOf returns the first value of a key.
func memberOf(n *yaml.Node, key string) *yaml.Node {
	if n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Kind == yaml.ScalarNode && n.Content[i].Value == key {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// respell spells a key as it is known if only case and dashes differ.
func (d *doc) respell(n, key *yaml.Node, known []string, member string) {
	var found []string
	for _, name := range known {
		if fold(name) == fold(key.Value) {
			found = append(found, name)
		}
	}
	if len(found) == 1 && memberOf(n, found[0]) == nil {
		d.say(key, found[0], "", member, "key.spelling")
	}
}

// rateKey spells the dimension of a price as the marketplace does.
func (d *doc) rateKey(n, key *yaml.Node, member string) {
	name := strings.ToLower(strings.Join(strings.Fields(oddSpaces(key.Value)), ""))
	if _, err := pricing.ParseDimension(name); err == nil && name != key.Value && memberOf(n, name) == nil {
		d.say(key, name, "", member, "rate.key")
	}
}

func (d *doc) value(n *yaml.Node, at string, names []string, c class) {
	switch {
	case n.Kind == yaml.AliasNode: // corrected where it stands
	case n.Kind == yaml.MappingNode:
		d.mapping(n, at, names)
	case n.Kind == yaml.SequenceNode:
		if c.is(list) && d.list(n, at, c) {
			return
		}
		for i, item := range n.Content {
			entry := document.Entry(at, i)
			d.value(item, entry, names, fields[pattern(entry)])
		}
	case n.Kind != yaml.ScalarNode || n.Tag == "!!null":
	case at == "regions" && n.Value != "all" && fold(strings.TrimSpace(n.Value)) == "all":
		d.say(n, "all", "", at, "regions.all")
	case c.is(list) && n.Value != "all":
		d.single(n, at)
	default:
		d.scalar(n, at, c)
	}
}

// single makes a list of its one entry.
func (d *doc) single(n *yaml.Node, at string) {
	start, end, ok := d.src.span(n)
	if !ok || n.Anchor != "" || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || !rule.Visible(n.Value) ||
		strings.ContainsAny(n.Value, ",;\n") || fields[pattern(at)+"[]"] == 0 {
		return // several entries, perhaps
	}
	d.edits = append(d.edits, edit{
		start: start, end: end, with: "[" + quote(n.Value) + "]", kinds: []string{"list.single"}, path: at,
		apply: func() {
			one := &yaml.Node{Kind: yaml.ScalarNode, Value: n.Value}
			*n = yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{one}, LineComment: n.LineComment, HeadComment: n.HeadComment, FootComment: n.FootComment}
		},
	})
}

var (
	digits     = regexp.MustCompile(`^(?:0|[1-9][0-9]{0,8})$`)
	wholeFloat = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})\.0*$`)
	days       = regexp.MustCompile(`^(0|[1-9][0-9]{0,4}) ?(?:d|days?)$`)
)

// scalar corrects a value that is not a list of others.
func (d *doc) scalar(n *yaml.Node, at string, c class) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return
	}
	if c.is(file) && strings.HasPrefix(n.Value, "@") && !strings.HasPrefix(n.Value, "@@") {
		d.reference(n, at)
		return
	}
	value, kinds := mended(c, n.Value)
	tag := ""
	switch {
	case c.is(boolean):
		word := strings.ToLower(value)
		switch word {
		case "true", "yes", "on", "y":
			word = "true"
		case "false", "no", "off", "n":
			word = "false"
		default:
			return
		}
		if value, tag = word, "!!bool"; value != n.Value || n.ShortTag() != tag {
			kinds = append(kinds, "boolean.spelling")
		}
	case c.is(whole):
		tag = "!!int"
		if m := wholeFloat.FindStringSubmatch(value); m != nil {
			value, kinds = m[1], append(kinds, "number.whole")
		}
		if m := days.FindStringSubmatch(strings.ToLower(value)); m != nil {
			value, kinds = m[1], append(kinds, "number.days")
		}
		if !digits.MatchString(value) {
			return
		}
		if len(kinds) == 0 && n.ShortTag() == "!!str" {
			kinds = append(kinds, "number.quotes")
		}
	case c.is(price) && d.src.json && n.ShortTag() != "!!str":
		kinds = append(kinds, "price.quotes")
	}
	if len(kinds) > 0 {
		d.say(n, value, tag, at, kinds...)
	}
}

// reference writes the name of a text file as others do.
func (d *doc) reference(n *yaml.Node, at string) {
	name := strings.TrimSpace(strings.TrimPrefix(n.Value, "@"))
	if slashed := strings.ReplaceAll(name, `\`, "/"); slashed != name && !d.has(name) && d.has(slashed) {
		name = slashed
	}
	if clean := path.Clean(name); clean != "." && !strings.HasPrefix(clean, "..") && !path.IsAbs(clean) && d.has(clean) {
		name = clean
	}
	if d.has(name) {
		if before, named := d.files[name]; !named || fields[pattern(at)].is(sample) && !fields[pattern(before)].is(sample) {
			d.files[name] = at // one that is a sample, too, is touched least
		}
		if "@"+name != n.Value {
			d.say(n, "@"+name, "", at, "file.reference")
		}
	}
}

// defaults writes members that follow from others.
func (d *doc) defaults(top *yaml.Node) {
	if len(top.Content) == 0 {
		return
	}
	if memberOf(top, "regions") == nil && d.spelt(top, "regions") == 0 {
		d.add(top, "regions", "all", "member.regions")
	}
	if memberOf(top, "kind") != nil || d.spelt(top, "kind") > 0 {
		return
	}
	kinds := map[version.Kind]bool{}
	if versions := memberOf(top, "versions"); versions != nil && versions.Kind == yaml.SequenceNode {
		for _, v := range versions.Content {
			if resource := memberOf(v, "resource"); resource != nil {
				parts, err := version.ARN(resource.Value).Parts()
				if err != nil {
					return
				}
				kinds[parts.Kind] = true
			}
		}
	}
	if len(kinds) == 1 {
		for k := range kinds {
			d.add(top, "kind", string(k), "member.kind")
		}
	}
}

// spelt counts the keys that may stand for a name.
func (d *doc) spelt(n *yaml.Node, name string) (count int) {
	for i := 0; i < len(n.Content); i += 2 {
		if fold(n.Content[i].Value) == fold(name) || n.Content[i].Tag == "!!merge" {
			count++
		}
	}
	return count
}

// add writes a member behind the others.
func (d *doc) add(top *yaml.Node, name, value, kind string) {
	at, with := len(d.src.text), name+": "+value+"\n"
	if d.src.json || top.Style&yaml.FlowStyle != 0 {
		if at = d.src.offset(top) + 1; at < 1 {
			return
		}
		with = quote(name) + ": " + quote(value) + ", "
		if rest := d.src.text[at:]; strings.HasPrefix(rest, "\n") {
			white := rest[:len(rest)-len(strings.TrimLeft(rest, " \t\n"))]
			with = white + strings.TrimSuffix(with, " ")
		}
	} else if !strings.HasSuffix(d.src.text, "\n") {
		with = "\n" + with
	}
	first := at != len(d.src.text)
	d.edits = append(d.edits, edit{start: at, end: at, with: with, kinds: []string{kind}, path: name, apply: func() {
		pair := []*yaml.Node{{Kind: yaml.ScalarNode, Value: name}, {Kind: yaml.ScalarNode, Value: value}}
		if first {
			top.Content = append(pair, top.Content...)
		} else {
			top.Content = append(top.Content, pair...)
		}
	}})
}

// blankEnds leaves out blanks at the ends of lines that are not in a text.
func (d *doc) blankEnds() {
	texts := map[int]bool{} // the lines, from 0, that end within a text
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			start, end, ok := d.src.span(n)
			for i := d.src.lineAt(start); i < d.src.lineAt(end); i++ {
				texts[i] = true
			}
			if ok && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
				texts[d.src.lineAt(end)] = true
			}
		}
		for _, each := range n.Content {
			walk(each)
		}
	}
	walk(d.root)
	for i, start := range d.src.starts {
		end := d.src.lineEnd(start)
		line := d.src.text[start:end]
		if bare := strings.TrimRight(line, " \t"); bare != line && !texts[i] {
			d.edits = append(d.edits, edit{start: start + len(bare), end: end, apply: func() {}, kinds: []string{"file.trailing-blanks"}})
		}
	}
}
