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
	d.value(part{start, valueEnd(data, start)}, "", fresh.Elem())
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
}

func (d *decoder) raw(p part) []byte { return d.data[p.start:p.end] }

func (d *decoder) fail(p part, path, format string, args ...any) {
	d.add(&Error{Path: path, Problem: fmt.Sprintf(format, args...), offset: p.start})
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
func (d *decoder) another(p part, path string) bool {
	d.values++
	if d.values == MaxValues+1 {
		d.fail(p, path, "has more than the %d members and entries that a document may have", MaxValues)
	}
	return d.values <= MaxValues
}

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	rawMessage      = reflect.TypeFor[json.RawMessage]()
)

func (d *decoder) value(p part, path string, v reflect.Value) {
	raw := d.raw(p)
	null := string(raw) == "null"
	if v.Kind() == reflect.Pointer {
		if null {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		d.value(p, path, v.Elem())
		return
	}
	pointer := reflect.PointerTo(v.Type())
	leaf := pointer.Implements(unmarshaler) || pointer.Implements(textUnmarshaler)
	switch {
	case !leaf && v.Kind() == reflect.Struct:
		d.object(p, path, v)
	case !leaf && v.Kind() == reflect.Map:
		d.members(p, path, v)
	case !leaf && v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		d.array(p, path, v)
	case null:
		d.fail(p, path, "is null: leave it out or give a value")
	case raw[0] == '"' && v.Type() != rawMessage && halfPair(raw) != "":
		// encoding/json would replace it silently.
		d.fail(p, path, "has %s, which is half a pair and no character: remove it", halfPair(raw))
	case !leaf && v.Kind() == reflect.String && raw[0] == '"':
		v.SetString(unquoted(raw))
	default:
		if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
			d.leafError(p, path, v.Type(), err)
		}
	}
}

func (d *decoder) leafError(p part, path string, want reflect.Type, err error) {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, each := range all {
		d.oneLeafError(p, path, want, each)
	}
}

func (d *decoder) oneLeafError(p part, path string, want reflect.Type, err error) {
	var wrong *json.UnmarshalTypeError
	var inside *Error
	switch {
	case errors.As(err, &inside):
		// Its offset counts from the start of the value.
		d.add(&Error{Path: Join(path, inside.Path), Problem: inside.Problem, Cause: inside.Cause, offset: p.start + max(inside.offset, 0)})
	case errors.As(err, &wrong):
		d.fail(p, path, "is %s, want %s", describe(d.raw(p)), article(want))
	default:
		d.add(&Error{Path: path, Problem: err.Error(), Cause: err, offset: p.start})
	}
}

func (d *decoder) object(p part, path string, v reflect.Value) {
	fields := fieldsOf(v)
	d.eachMember(p, path, func(name string, value part) {
		field, known := fields[name]
		if !known && path == "" && name == "$schema" && d.data[value.start] == '"' {
			return // editors read it
		}
		if !known && len(name) > 200 {
			d.fail(value, path, "has a field with a name of %d bytes, which is not a known one: remove it", len(name))
			return
		}
		if !known {
			d.fail(value, Member(path, name), "is not a known field%s", suggest(name, fields))
			return
		}
		d.value(value, Member(path, name), field)
	})
}

func (d *decoder) members(p part, path string, v reflect.Value) {
	t := v.Type()
	v.Set(reflect.MakeMap(t))
	d.eachMember(p, path, func(name string, value part) {
		key := reflect.New(t.Key())
		if text, ok := key.Interface().(encoding.TextUnmarshaler); ok {
			if err := text.UnmarshalText([]byte(name)); err != nil {
				d.add(&Error{Path: Member(path, name), Problem: err.Error(), Cause: err, offset: value.start})
				return
			}
		} else {
			key.Elem().SetString(name)
		}
		element := reflect.New(t.Elem()).Elem()
		d.value(value, Member(path, name), element)
		v.SetMapIndex(key.Elem(), element)
	})
}

func (d *decoder) eachMember(p part, path string, visit func(name string, value part)) {
	if d.data[p.start] != '{' {
		d.fail(p, path, "is %s, want an object", describe(d.raw(p)))
		return
	}
	seen := map[string]bool{}
	for i := next(d.data, p.start+1); d.data[i] != '}'; {
		if !d.another(p, path) {
			return
		}
		end := valueEnd(d.data, i)
		name := unquoted(d.data[i:end])
		half := halfPair(d.data[i:end])
		start := next(d.data, end)
		value := part{start, valueEnd(d.data, start)}
		i = next(d.data, value.end)
		if half != "" {
			d.fail(value, Member(path, name), "has %s in its name, which is half a pair and no character: remove it", half)
			continue
		}
		if seen[name] {
			d.fail(value, Member(path, name), "is given twice: keep one")
			continue
		}
		seen[name] = true
		visit(name, value)
	}
}

func (d *decoder) array(p part, path string, v reflect.Value) {
	if d.data[p.start] != '[' {
		d.fail(p, path, "is %s, want an array", describe(d.raw(p)))
		return
	}
	items, n := entries(d.data, p.start)
	if n > MaxEntries {
		d.fail(p, path, "has %d entries, %d are allowed", n, MaxEntries)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		if !d.another(p, path) {
			return
		}
		d.value(item, Entry(path, i), v.Index(i))
	}
}

// fieldsOf maps JSON names to the fields of a struct, embedded structs
// included.
func fieldsOf(v reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			for name, inner := range fieldsOf(v.Field(i)) {
				fields[name] = inner
			}
			continue
		}
		if name := jsonName(field); name != "" {
			fields[name] = v.Field(i)
		}
	}
	return fields
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	switch {
	case !field.IsExported() || name == "-":
		return ""
	case name == "":
		return field.Name
	}
	return name
}

func suggest(name string, fields map[string]reflect.Value) string {
	for known := range fields {
		if strings.EqualFold(known, name) {
			return fmt.Sprintf(": spell it %q", known)
		}
	}
	return ": remove it, or correct its name"
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
