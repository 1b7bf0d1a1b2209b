package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Format returns the document of the folder as it is usually written, and whether it
// is so already: members in the order of the documentation, two spaces a level, and
// comments where they were. Of a document in JSON it changes the white space alone.
func (f *Folder) Format() (formatted []byte, same bool, err error) {
	before, err := os.ReadFile(f.File)
	if err != nil {
		return nil, false, err
	}
	if filepath.Ext(f.File) == ".json" {
		var out bytes.Buffer
		if err := json.Indent(&out, bytes.TrimSpace(before), "", "  "); err != nil {
			return nil, false, err
		}
		out.WriteByte('\n')
		return out.Bytes(), bytes.Equal(before, out.Bytes()), nil
	}
	out, err := FormatYAML(f.File, before)
	return out, bytes.Equal(before, out), err
}

// FormatYAML is Format for a document in YAML; errors name the file.
func FormatYAML(file string, before []byte) ([]byte, error) {
	was, _, faults := fromYAML(file, before)
	if len(faults) > 0 {
		return nil, faults
	}
	var doc yaml.Node
	failed := yaml.Unmarshal(before, &doc)
	apart := paragraphs(before, &doc)
	order(&doc, reflect.TypeFor[manifest]())
	quote(&doc)
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	failed = errors.Join(failed, e.Encode(&doc), e.Close())
	// A formatter that changes what is said would be worse than none.
	formatted := setApart(out.Bytes(), apart)
	now, _, _ := fromYAML(file, formatted) // nothing that can be read, if it is faulty

	var one, other manifest
	if err := errors.Join(failed, document.Decode(was, &one), document.Decode(now, &other)); err != nil || !reflect.DeepEqual(one, other) {
		return nil, fmt.Errorf("%s: cannot be formatted without changing what it says: format it by hand", file)
	}
	return formatted, nil
}

// paragraphs returns the members of the whole that follow a blank line, which the
// encoder would lose.
func paragraphs(data []byte, doc *yaml.Node) map[string]bool {
	lines, apart := strings.Split(string(data), "\n"), map[string]bool{}
	for _, key := range members(doc) {
		if at := begins(lines, key); at > 0 && strings.TrimSpace(lines[at-1]) == "" {
			apart[key.Value] = true
		}
	}
	return apart
}

// setApart puts a blank line before the members.
func setApart(data []byte, apart map[string]bool) []byte {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil {
		return data
	}
	lines := strings.Split(string(data), "\n")
	for _, key := range slices.Backward(members(&doc)) {
		if at := begins(lines, key); apart[key.Value] && at > 0 && strings.TrimSpace(lines[at-1]) != "" {
			lines = slices.Insert(lines, at, "")
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// members returns the keys of the whole document.
func members(doc *yaml.Node) (keys []*yaml.Node) {
	for i := 0; i < len(doc.Content[0].Content); i += 2 {
		keys = append(keys, doc.Content[0].Content[i])
	}
	return keys
}

// begins returns the index of the line with which a member begins: the first of the
// comments above its key.
// Blank lines between these are passed over; one right above the key is not.
func begins(lines []string, key *yaml.Node) int {
	at := key.Line - 1
	for i := at; i > 0; i-- {
		above := lines[i-1]
		if strings.HasPrefix(above, "#") {
			at = i - 1
		} else if at == key.Line-1 || strings.TrimSpace(above) != "" {
			break
		}
	}
	return at
}

// order puts the members of mappings in the order of the Go types. Those that are not
// known stay in order behind the others.
func order(n *yaml.Node, t reflect.Type) {
	t = plainType(t)
	switch n.Kind {
	case yaml.DocumentNode:
		order(n.Content[0], t)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if t != nil && t.Kind() == reflect.Slice {
				order(item, t.Elem())
			}
		}
	case yaml.MappingNode:
		type member struct{ key, value *yaml.Node }
		var all []member
		place := map[string]int{}
		for i := 0; i < len(n.Content); i += 2 {
			all = append(all, member{n.Content[i], n.Content[i+1]})
			order(n.Content[i+1], memberType(t, n.Content[i].Value))
		}
		if t == nil || t.Kind() != reflect.Struct || anchored(n) {
			return
		}
		for i, f := range fieldsOf(t) {
			place[f.name] = i + 1
		}
		rank := func(m member) int {
			if m.key.Value == "$schema" {
				return 0
			}
			if at, ok := place[m.key.Value]; ok {
				return at
			}
			return len(place) + 1
		}
		slices.SortStableFunc(all, func(a, b member) int { return rank(a) - rank(b) })
		n.Content = n.Content[:0]
		for _, m := range all {
			n.Content = append(n.Content, m.key, m.value)
		}
	}
}

// anchored reports an anchor or an alias in n: an anchor must stay before its aliases.
func anchored(n *yaml.Node) bool {
	return n.Anchor != "" || n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, anchored)
}
