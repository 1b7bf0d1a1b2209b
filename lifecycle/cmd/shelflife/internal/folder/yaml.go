package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/shelflife-go/shelflife/listing/document"
)

// maxDepth bounds how deep values lie in each other. A listing has 6 levels.
const maxDepth = 50

// fromYAML returns the document in JSON, and the place of each value by its path.
// What a plain scalar means follows from the field: the account 012345678901, the
// version 1.10 and the price 0.40 are the texts that they look like.
// With faults, it returns no JSON if there is none, or one that breaks off, and null for
// what is at fault.
func fromYAML(file string, data []byte) ([]byte, map[string]Place, Faults) {
	return convert(file, data, reflect.TypeFor[manifest]())
}

// DecodeYAML decodes a file as strictly as the document of a listing, and returns where
// the value at a path is. The error is Faults.
func DecodeYAML(file string, data []byte, into any) (place func(path string) Place, err error) {
	f := &Folder{File: file}
	var faults Faults
	f.json, f.places, faults = convert(file, data, reflect.TypeOf(into).Elem())
	if err := document.Decode(f.json, into); err != nil {
		faults = append(faults, f.faults(err, faults)...)
	}
	if len(faults) > 0 {
		return f.Place, faults.sorted()
	}
	return f.Place, nil
}

// convert is fromYAML for a document of any type.
func convert(file string, data []byte, t reflect.Type) ([]byte, map[string]Place, Faults) {
	root, fault := parseYAML(file, data)
	if fault != nil {
		return nil, nil, Faults{fault}
	}
	c := converter{file: file, places: map[string]Place{}}
	c.value(root, root, t, "", 0)
	return c.out.Bytes(), c.places, c.faults
}

// parseYAML returns the one document of the file.
func parseYAML(file string, data []byte) (*yaml.Node, *Fault) {
	whole := func(line int, problem string, cause error) (*yaml.Node, *Fault) {
		return nil, &Fault{Place: Place{file, line, 1}, Problem: problem, Cause: cause}
	}
	if !utf8.Valid(data) {
		return whole(1, "is not UTF-8: save it in that encoding", nil)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return whole(1, "is empty", err)
	} else if err != nil {
		return nil, misspelt(file, data, err)
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return whole(max(more.Line, 1), "goes on after its end: a file has one document", err)
	}
	return doc.Content[0], nil
}

type converter struct {
	file   string
	out    bytes.Buffer
	places map[string]Place
	faults Faults
	values int
	cut    bool // the rest was left out
}

func (c *converter) place(n *yaml.Node) Place { return Place{c.file, n.Line, n.Column} }

func (c *converter) fault(n *yaml.Node, path, problem string) {
	c.out.WriteString("null")
	c.say(n, path, problem)
}

// say adds a fault for which nothing is written.
func (c *converter) say(n *yaml.Node, path, problem string) {
	if len(c.faults) < document.MaxFaults {
		c.faults = append(c.faults, &Fault{Place: c.place(n), Path: path, Problem: problem})
	}
}

// value writes n as JSON. The value is found at the node at: that of its key, where
// it is more than a scalar, or the key is not known.
func (c *converter) value(n, at *yaml.Node, t reflect.Type, path string, depth int) {
	if c.values++; c.values > document.MaxValues || c.out.Len() > document.MaxSize || depth > maxDepth {
		if !c.cut {
			c.fault(n, "", "is too large: it has too many values, or too many levels")
		}
		c.cut = true
		return
	}
	if n.Kind == yaml.AliasNode {
		c.value(n.Alias, at, t, path, depth+1)
		return
	}
	c.places[path] = c.place(at)
	t = plainType(t)
	switch {
	case !strings.HasPrefix(n.Tag, "!!"), n.Tag == "!!binary":
		c.fault(n, path, fmt.Sprintf("has the tag %s: leave it out", n.Tag))
	case n.Kind == yaml.MappingNode:
		c.mapping(n, t, path, depth)
	case n.Kind == yaml.SequenceNode:
		c.out.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				c.out.WriteByte(',')
			}
			var elem reflect.Type
			if t != nil && t.Kind() == reflect.Slice {
				elem = t.Elem()
			}
			c.value(item, item, elem, document.Entry(path, i), depth+1)
		}
		c.out.WriteByte(']')
	default:
		c.scalar(n, t, path)
	}
}

func (c *converter) mapping(n *yaml.Node, t reflect.Type, path string, depth int) {
	c.out.WriteByte('{')
	seen := map[string]*yaml.Node{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		member := document.Member(path, key.Value)
		switch first := seen[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			c.say(key, document.Member(path, "?"), "is a key that is no text")
			continue
		case key.Tag == "!!merge":
			c.say(key, document.Member(path, "<<"), "is a merge key: write the members, or take the whole value with *")
			continue
		case first != nil:
			c.say(key, member, fmt.Sprintf("is given twice, first in line %d", first.Line))
			continue
		}
		if len(seen) > 0 {
			c.out.WriteByte(',')
		}
		seen[key.Value] = key
		c.text(key.Value)
		c.out.WriteByte(':')
		at := value
		inside := memberType(t, key.Value)
		unknown := t != nil && t.Kind() == reflect.Struct && inside == nil
		if value.Kind != yaml.ScalarNode || value.Tag == "!!null" || unknown {
			at = key
		}
		c.value(value, at, inside, member, depth+1)
	}
	c.out.WriteByte('}')
}

func (c *converter) scalar(n *yaml.Node, t reflect.Type, path string) {
	kind := reflect.Invalid
	if t != nil {
		kind = t.Kind()
	}
	switch {
	case n.Tag == "!!null":
		c.out.WriteString("null")
	case kind == reflect.Bool && n.Tag == "!!bool":
		c.out.WriteString(strings.ToLower(n.Value))
	case kind == reflect.Bool:
		c.fault(n, path, noTruth(n.Value))
	case kind == reflect.Int:
		if _, err := strconv.ParseInt(n.Value, 10, 64); n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 || err != nil || !json.Valid([]byte(n.Value)) {
			c.fault(n, path, noInteger(n))
			return
		}
		c.out.WriteString(n.Value)
	default:
		c.text(n.Value)
	}
}

// noTruth says what is wrong with a value that is to be true or false.
func noTruth(value string) string {
	problem := fmt.Sprintf("is %q, want true or false", document.Cut(value, 40))
	switch strings.ToLower(value) {
	case "yes", "y", "on", "true":
		return problem + ": write true"
	case "no", "n", "off", "false":
		return problem + ": write false"
	}
	return problem
}

// digits are a number that may be too large for an int64.
var digits = regexp.MustCompile(`^-?[1-9][0-9]*$`)

// noInteger says what is wrong with a value that is to be a whole number.
func noInteger(n *yaml.Node) string {
	value := document.Cut(n.Value, 40)
	switch {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return fmt.Sprintf("is the text %q, want a whole number without quotes", value)
	case digits.MatchString(n.Value):
		return "is " + value + ", which is too large"
	case n.Tag == "!!str":
		return fmt.Sprintf("is %q, want a whole number", value)
	}
	return "is " + value + ", want a whole number"
}

func (c *converter) text(s string) {
	data, _ := json.Marshal(s) // a string is always written
	c.out.Write(data)
}
