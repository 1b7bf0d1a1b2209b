package mend

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parseJSON returns the one document of a text in JSON, as nodes with their places, or
// nil. The reader of YAML does not know all that JSON may have, such as tabs.
func parseJSON(text string) *yaml.Node {
	r := jsonReader{text: text, line: 1, column: 1, d: json.NewDecoder(strings.NewReader(text))}
	r.d.UseNumber()
	top := r.value()
	if _, err := r.d.Token(); top == nil || !errors.Is(err, io.EOF) {
		return nil
	}
	return &yaml.Node{Kind: yaml.DocumentNode, Line: 1, Column: 1, Content: []*yaml.Node{top}}
}

type jsonReader struct {
	text         string
	d            *json.Decoder
	at           int // what line and column are of
	line, column int
}

// token returns the next token and a node at its place.
func (r *jsonReader) token() (json.Token, *yaml.Node) {
	start := int(r.d.InputOffset())
	start += len(r.text[start:]) - len(strings.TrimLeft(r.text[start:], " \t\r\n,:"))
	token, err := r.d.Token()
	if err != nil {
		return nil, nil
	}
	for r.at < start {
		c, size := utf8.DecodeRuneInString(r.text[r.at:])
		r.at += size
		r.column++
		if c == '\n' {
			r.line, r.column = r.line+1, 1
		}
	}
	return token, &yaml.Node{Line: r.line, Column: r.column}
}

// value returns the next value; nil if there is none.
func (r *jsonReader) value() *yaml.Node {
	token, n := r.token()
	if n == nil {
		return nil
	}
	n.Kind = yaml.ScalarNode
	switch t := token.(type) {
	case string:
		n.Value, n.Tag, n.Style = t, "!!str", yaml.DoubleQuotedStyle
	case json.Number:
		n.Value, n.Tag = t.String(), "!!int"
		if strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!float"
		}
	case bool:
		n.Value, n.Tag = "false", "!!bool"
		if t {
			n.Value = "true"
		}
	case nil:
		n.Value, n.Tag = "null", "!!null"
	case json.Delim:
		n.Kind, n.Tag, n.Style = yaml.SequenceNode, "!!seq", yaml.FlowStyle
		if t == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for r.d.More() {
			each := r.value()
			if each == nil {
				return nil
			}
			n.Content = append(n.Content, each)
		}
		if _, end := r.token(); end == nil {
			return nil
		}
	}
	return n
}
