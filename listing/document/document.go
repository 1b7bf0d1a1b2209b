// Package document reads JSON strictly, and says where in a document a value
// is.
//
// [Decode] accepts a document as a whole, or refuses it with every fault at
// once: an unknown field, a field given twice, a value of the wrong type, data
// after the end.
//
// A path names a value in a document. Members of objects are separated by dots,
// entries of lists are in brackets, and a name that has other characters than
// ASCII letters, digits, "-" and "_" is in quotes and brackets:
//
//	title
//	versions[0].number
//	offer.rates["ml.m5.large.m.i.b"]
//
// Faults have paths, and so have the findings of package rule. [Locate] returns
// the line and the column of a path.
//
// All functions are safe for concurrent use. They do no I/O.
package document

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of [Decode]. They are far above what the marketplace accepts. They
// bound memory: an empty version has three bytes in a document, and many more
// once it is decoded.
const (
	// MaxSize is the largest size of a document in bytes: 16 MiB.
	MaxSize = 16 << 20
	// MaxEntries is the largest number of entries of one list.
	MaxEntries = 10_000
	// MaxValues is the largest number of members and entries of a document.
	MaxValues = 200_000
	// MaxFaults is the largest number of faults that are reported.
	MaxFaults = 1_000
)

// Error is a fault of a document: what is wrong, and where.
type Error struct {
	// Path names the value, for example "versions[1].number". It is empty for
	// the document as a whole.
	Path string
	// Line and Column are where the value begins, as in [Place]. They are 0 if
	// the place is not known.
	Line, Column int
	// Problem says what is wrong with the value, and what was expected.
	Problem string
	// Cause is the error that led to this one, or nil.
	Cause error
	// offset is where the value begins in bytes, or -1 if the place is not
	// known.
	offset int
}

// Error returns place, path and problem on one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("document: ")
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d: ", e.Line, e.Column)
	}
	if e.Path != "" {
		b.WriteString(Cut(e.Path, 300) + ": ")
	}
	b.WriteString(Cut(e.Problem, 1_000))
	return Printable(b.String())
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Decode reads the JSON document data into the value that into points to. It is
// like [json.Unmarshal], but strict: every field must be known, spelled exactly
// and given once; the text must be UTF-8; nothing may follow the value. The
// member "$schema" of the whole, which names a schema to editors, is passed over. A
// document must stay within [MaxSize], [MaxEntries] and [MaxValues]. Keys of Go
// maps must be strings or implement [encoding.TextUnmarshaler].
//
// The error joins one [*Error] for each fault, in the order of the document.
// There are at most [MaxFaults], and one more that says so. If Decode returns an
// error, the value that into points to is unchanged.
func Decode(data []byte, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return &Error{Problem: fmt.Sprintf("cannot decode into %T: give a pointer", into)}
	}
	if len(data) > MaxSize {
		return &Error{Problem: fmt.Sprintf("has %d bytes, %d are allowed", len(data), MaxSize)}
	}
	if err := checkSyntax(data); err != nil {
		return placed(data, err)
	}
	fresh := reflect.New(target.Type().Elem())
	d := decoder{data: data}
	start := next(data, 0)
	d.value(part{start, valueEnd(data, start)}, fresh.Elem())
	if len(d.errs) > 0 {
		return placed(data, d.errs...)
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

// checkSyntax returns an error unless data is one JSON value in UTF-8.
func checkSyntax(data []byte) *Error {
	switch {
	case bytes.HasPrefix(data, []byte("\uFEFF")):
		return &Error{Problem: "begins with a byte order mark (BOM): save it without one"}
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return &Error{Problem: "is UTF-16 by its byte order mark (BOM): save it as UTF-8, without one"}
	case !utf8.Valid(data):
		// encoding/json would replace such bytes silently.
		return &Error{Problem: "is not UTF-8: save it in that encoding", offset: invalidUTF8(data)}
	case json.Valid(data):
		return nil
	}
	var whole json.RawMessage
	stream := json.NewDecoder(bytes.NewReader(data))
	err := stream.Decode(&whole)
	at := len(data)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		at = min(max(int(syntax.Offset)-1, 0), len(data)) // Offset counts the character that is wrong
	}
	switch {
	case err == nil:
		rest := bytes.TrimLeft(data[stream.InputOffset():], " \t\r\n")
		return &Error{Problem: "goes on after its end: remove the trailing data", offset: len(data) - len(rest)}
	case errors.Is(err, io.EOF):
		return &Error{Problem: "is empty", Cause: err}
	}
	return &Error{Problem: "is not valid JSON: " + err.Error(), Cause: err, offset: at}
}

func invalidUTF8(data []byte) int {
	i := 0
	for {
		c, size := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// placed sets line and column of the errors and joins them.
func placed(data []byte, all ...*Error) error {
	var c cursor
	joined := make([]error, len(all))
	for i, e := range all {
		if e.offset >= 0 {
			c.move(data, e.offset)
			e.Line, e.Column = c.line+1, c.column+1
		}
		joined[i] = e
	}
	return errors.Join(joined...)
}

// part is where a value is in the document: the offsets of its first byte and
// of the byte after its last one.
type part struct{ start, end int }

type decoder struct {
	data   []byte
	errs   []*Error
	values int
	// steps lead from the whole to the value that is read: they become a path when
	// something is wrong with it.
	steps []step
}

func (d *decoder) path() string {
	path := ""
	for _, s := range d.steps {
		path = s.of(path)
	}
	return path
}

func (d *decoder) enter(s step) { d.steps = append(d.steps, s) }

func (d *decoder) leave() { d.steps = d.steps[:len(d.steps)-1] }

func (d *decoder) raw(p part) []byte { return d.data[p.start:p.end] }

func (d *decoder) fail(p part, format string, args ...any) {
	d.add(&Error{Path: d.path(), Problem: fmt.Sprintf(format, args...), offset: p.start})
}

func (d *decoder) add(e *Error) {
	switch n := len(d.errs); {
	case n < MaxFaults:
		d.errs = append(d.errs, e)
	case n == MaxFaults:
		d.errs = append(d.errs, &Error{Problem: fmt.Sprintf("has more than these %d faults", MaxFaults), offset: -1})
	}
}

// another counts one more member or entry of the value p. It reports whether
// the document still has no more than MaxValues.
func (d *decoder) another(p part) bool {
	d.values++
	if d.values == MaxValues+1 {
		d.fail(p, "has more than the %d members and entries that a document may have", MaxValues)
	}
	return d.values <= MaxValues
}

func (d *decoder) value(p part, v reflect.Value) {
	raw := d.raw(p)
	null := string(raw) == "null"
	if v.Kind() == reflect.Pointer {
		if null {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		d.value(p, v.Elem())
		return
	}
	switch s := shapeOf(v.Type()); {
	case s.fields != nil:
		d.object(p, v, s.fields)
	case s.leaf && null:
		d.fail(p, "is null: leave it out or give a value")
	case s.leaf && raw[0] == '"' && v.Type() != rawMessage && halfPair(raw) != "":
		// encoding/json would replace it silently.
		d.fail(p, "has %s, which is half a pair and no character: remove it", halfPair(raw))
	case s.text && raw[0] == '"':
		v.SetString(unquoted(raw))
	case s.leaf:
		if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
			d.leafError(p, v.Type(), err)
		}
	case v.Kind() == reflect.Map:
		d.members(p, v)
	default:
		d.array(p, v)
	}
}

func (d *decoder) leafError(p part, want reflect.Type, err error) {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, each := range all {
		d.oneLeafError(p, want, each)
	}
}

func (d *decoder) oneLeafError(p part, want reflect.Type, err error) {
	var wrong *json.UnmarshalTypeError
	var inside *Error
	switch {
	case errors.As(err, &inside):
		// Its offset counts from the start of the value.
		d.add(&Error{Path: Join(d.path(), inside.Path), Problem: inside.Problem, Cause: inside.Cause, offset: p.start + max(inside.offset, 0)})
	case errors.As(err, &wrong):
		d.fail(p, "is %s, want %s", describe(d.raw(p)), article(want))
	default:
		d.add(&Error{Path: d.path(), Problem: err.Error(), Cause: err, offset: p.start})
	}
}

func (d *decoder) object(p part, v reflect.Value, fields map[string][]int) {
	d.eachMember(p, func(name string, value part) {
		index, known := fields[name]
		switch {
		case known:
			d.value(value, v.FieldByIndex(index))
		case len(d.steps) == 1 && name == "$schema" && d.data[value.start] == '"':
			// editors read it
		case len(name) > 200:
			d.leave()
			d.fail(p, "has a field with a name of %d bytes, %q, which is not a known one: remove it", len(name), Cut(name, 40))
			d.enter(step{})
		default:
			d.fail(value, "is not a known field%s", suggest(name, fields))
		}
	})
}

func (d *decoder) members(p part, v reflect.Value) {
	t := v.Type()
	v.Set(reflect.MakeMap(t))
	d.eachMember(p, func(name string, value part) {
		key := reflect.New(t.Key())
		if text, ok := key.Interface().(encoding.TextUnmarshaler); ok {
			if err := text.UnmarshalText([]byte(name)); err != nil {
				d.add(&Error{Path: d.path(), Problem: err.Error(), Cause: err, offset: value.start})
				return
			}
		} else {
			key.Elem().SetString(name)
		}
		element := reflect.New(t.Elem()).Elem()
		d.value(value, element)
		v.SetMapIndex(key.Elem(), element)
	})
}

// eachMember calls visit for every member of the object, when its name has been added
// to the path.
func (d *decoder) eachMember(p part, visit func(name string, value part)) {
	if d.data[p.start] != '{' {
		d.fail(p, "is %s, want an object", describe(d.raw(p)))
		return
	}
	var seen names
	for i := next(d.data, p.start+1); d.data[i] != '}'; {
		if !d.another(p) {
			return
		}
		end := valueEnd(d.data, i)
		name := unquoted(d.data[i:end])
		half := halfPair(d.data[i:end])
		start := next(d.data, end)
		value := part{start, valueEnd(d.data, start)}
		i = next(d.data, value.end)
		d.enter(step{name: name})
		switch {
		case half != "":
			d.fail(value, "has %s in its name, which is half a pair and no character: remove it", half)
		case !seen.add(name):
			d.fail(value, "is given twice: keep one")
		default:
			visit(name, value)
		}
		d.leave()
	}
}

// names are the members of an object that were seen. Objects with many are rare.
type names struct {
	few  [16]string
	n    int
	many map[string]bool
}

// add reports whether the name is new.
func (s *names) add(name string) bool {
	if s.many[name] || slices.Contains(s.few[:s.n], name) {
		return false
	}
	switch {
	case s.n < len(s.few):
		s.few[s.n] = name
		s.n++
	case s.many == nil:
		s.many = map[string]bool{name: true}
	default:
		s.many[name] = true
	}
	return true
}

func (d *decoder) array(p part, v reflect.Value) {
	if d.data[p.start] != '[' {
		d.fail(p, "is %s, want an array", describe(d.raw(p)))
		return
	}
	items, n := entries(d.data, p.start)
	if n > MaxEntries {
		d.fail(p, "has %d entries, %d are allowed", n, MaxEntries)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		if !d.another(p) {
			return
		}
		d.enter(step{entry: true, index: i})
		d.value(item, v.Index(i))
		d.leave()
	}
}

func describe(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "the number " + string(raw[:min(len(raw), 40)])
}

func article(want reflect.Type) string {
	if reflect.PointerTo(want).Implements(textUnmarshaler) {
		return "a string"
	}
	switch want.Kind() {
	case reflect.String, reflect.Slice: // bytes; other slices are read item by item
		return "a string"
	case reflect.Bool:
		return "a boolean"
	case reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}
