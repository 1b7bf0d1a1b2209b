package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// shape checks one decoded JSON value and adds what is wrong with it to the findings.
type shape func(f *findings, path string, v any)

// findings are the violations of one request, each with the path of its field.
type findings struct {
	list []fieldError
	// of the change being looked at; empty at the level of the request
	changeType, entityType, entityID string
}

// fieldError is one item of a ValidationException's field list.
type fieldError struct {
	ChangeType string `json:",omitempty"`
	EntityType string `json:",omitempty"`
	EntityID   string `json:"EntityId,omitempty"`
	Field      string `json:",omitempty"`
	Message    string
	Reason     string
}

// The reasons a field can be refused for.
const (
	unknownOperation = "UnknownOperation"
	cannotParse      = "CannotParse"
	badField         = "FieldValidationFailed"
	otherReason      = "Other"
)

const maxFindings = 100 // more would only make the answer unreadable

func (f *findings) add(reason, path, format string, args ...any) {
	if len(f.list) < maxFindings {
		f.list = append(f.list, fieldError{f.changeType, f.entityType, f.entityID, path, fmt.Sprintf(format, args...), reason})
	}
}

type member struct {
	name     string
	required bool
	shape    shape
}

func need(name string, s shape) member { return member{name, true, s} }
func may(name string, s shape) member  { return member{name, false, s} }

// object takes exactly the named members: an unknown one is a misspelling.
func object(members ...member) shape {
	known := map[string]shape{}
	for _, m := range members {
		known[m.name] = m.shape
	}
	return func(f *findings, path string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			f.add(badField, path, "must be an object")
			return
		}
		for _, m := range members {
			value, present := o[m.name]
			if present {
				m.shape(f, join(path, m.name), value)
			} else if m.required {
				f.add(badField, join(path, m.name), "is required")
			}
		}
		for _, name := range sortedKeys(o) {
			if known[name] == nil {
				f.add(badField, join(path, name), "is not a member here")
			}
		}
	}
}

// notEmpty is an object that must have at least one of the members.
func notEmpty(members ...member) shape {
	inner := object(members...)
	return func(f *findings, path string, v any) {
		inner(f, path, v)
		if o, ok := v.(map[string]any); ok && len(o) == 0 {
			f.add(badField, path, "must have at least one member")
		}
	}
}

// oneMember is an object that must have exactly one of the members.
func oneMember(members ...member) shape {
	inner := object(members...)
	return func(f *findings, path string, v any) {
		inner(f, path, v)
		if o, ok := v.(map[string]any); ok && len(o) != 1 {
			f.add(badField, path, "must have exactly one member, has %d", len(o))
		}
	}
}

// byType picks the shape of an object by its member Type.
func byType(shapes map[string]shape) shape {
	return func(f *findings, path string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			f.add(badField, path, "must be an object")
			return
		}
		name, ok := o["Type"].(string)
		if s := shapes[name]; ok && s != nil {
			s(f, path, v)
			return
		}
		f.add(badField, join(path, "Type"), "is required and must be one of %s", strings.Join(sortedKeys(shapes), ", "))
	}
}

func list(min, max int, item shape) shape {
	return func(f *findings, path string, v any) {
		items, ok := v.([]any)
		if !ok {
			f.add(badField, path, "must be an array")
			return
		}
		if len(items) < min || len(items) > max {
			f.add(badField, path, "must have %d to %d items, has %d", min, max, len(items))
			return
		}
		for i, x := range items {
			item(f, fmt.Sprintf("%s[%d]", path, i), x)
		}
	}
}

// text is a string of min to max Unicode code points that every pattern matches.
func text(min, max int, patterns ...*regexp.Regexp) shape {
	return func(f *findings, path string, v any) {
		s, ok := v.(string)
		if !ok {
			f.add(badField, path, "must be a string")
			return
		}
		if n := utf8.RuneCountInString(s); n < min || n > max {
			f.add(badField, path, "must have %d to %d characters, has %d", min, max, n)
			return
		}
		for _, p := range patterns {
			if !p.MatchString(s) {
				f.add(badField, path, "must match %s", p)
				return
			}
		}
	}
}

func oneOf(words ...string) shape {
	return func(f *findings, path string, v any) {
		s, ok := v.(string)
		for _, w := range words {
			if ok && s == w {
				return
			}
		}
		f.add(badField, path, "must be one of %s", strings.Join(words, ", "))
	}
}

func boolean(f *findings, path string, v any) {
	if _, ok := v.(bool); !ok {
		f.add(badField, path, "must be true or false")
	}
}

func integer(min, max int64) shape {
	return func(f *findings, path string, v any) {
		n, ok := v.(json.Number)
		if ok {
			if i, err := n.Int64(); err == nil && i >= min && i <= max {
				return
			}
		}
		f.add(badField, path, "must be a whole number from %d to %d", min, max)
	}
}

func nullable(s shape) shape {
	return func(f *findings, path string, v any) {
		if v != nil {
			s(f, path, v)
		}
	}
}

func anything(*findings, string, any) {}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// decodeJSON reads exactly one JSON value and keeps numbers as they were written.
func decodeJSON(b []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

// canonical writes a decoded value in the one form that is kept and compared: members sorted, and each there once, while
// encoding/json would merge the repetitions of a member into a struct.
func canonical(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null") // not for what decodeJSON gives
	}
	return b
}
