// Package document reads the JSON of a listing strictly, so that a document
// is either understood whole or refused with the path of what was not: a
// field nobody knows, a name given twice, a value of the wrong type, data
// after the end.
//
// Everything here is pure and safe for concurrent use.
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

// MaxSize is the most bytes that [Decode] reads: 16 MiB, far above the largest
// listing that the marketplace would take.
const MaxSize = 16 << 20

// A hostile document is many times as large in memory, and in the report on
// it, as it is in bytes: an empty version takes three. So [Decode] has limits
// on what it takes as well.
const (
	// MaxEntries is the most entries of one array.
	MaxEntries = 10_000
	// MaxValues is the most fields and entries of a document altogether.
	MaxValues = 200_000
	// MaxFaults is the most faults that are reported of one document.
	MaxFaults = 1_000
)

// Error says what in a document could not be read.
type Error struct {
	// Path names the place, for example "versions[1].number"; it is empty for
	// the document as a whole.
	Path string
	// Problem says what is wrong there and what was expected.
	Problem string
	// Cause is the error underneath, or nil.
	Cause error
}

// Error is the problem on one line, path first.
func (e *Error) Error() string {
	if e.Path == "" {
		return "document: " + e.Problem
	}
	return "document: " + e.Path + ": " + e.Problem
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Decode reads one JSON value into the value that into points to. Every field
// must be known, exactly spelled and given once; the text must be UTF-8, and
// nothing may follow the value. No more is read than [MaxSize], [MaxEntries]
// and [MaxValues] allow. All faults up to [MaxFaults] come back together,
// joined in the order of the document, each an [*Error] with its path; on an
// error the target is left as it was. Map keys must be strings or read
// themselves from text.
func Decode(data []byte, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return &Error{Problem: fmt.Sprintf("cannot decode into %T: give a pointer", into)}
	}
	if len(data) > MaxSize {
		return &Error{Problem: fmt.Sprintf("has %d bytes, %d are allowed", len(data), MaxSize)}
	}
	if !utf8.Valid(data) {
		// encoding/json would replace such bytes without a word.
		return &Error{Problem: "is not UTF-8: save it in that encoding"}
	}
	var whole json.RawMessage
	stream := json.NewDecoder(bytes.NewReader(data))
	if err := stream.Decode(&whole); err != nil {
		return &Error{Problem: "is not valid JSON: " + err.Error(), Cause: err}
	}
	if _, err := stream.Token(); !errors.Is(err, io.EOF) {
		return &Error{Problem: "goes on after its end: remove the trailing data"}
	}
	fresh := reflect.New(target.Type().Elem())
	var d decoder
	d.value(whole, "", fresh.Elem())
	if err := errors.Join(d.errs...); err != nil {
		return err
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

type decoder struct {
	errs   []error
	values int
}

func (d *decoder) fail(path, format string, args ...any) {
	d.add(&Error{Path: path, Problem: fmt.Sprintf(format, args...)})
}

func (d *decoder) add(e *Error) {
	switch n := len(d.errs); {
	case n < MaxFaults:
		d.errs = append(d.errs, e)
	case n == MaxFaults:
		d.errs = append(d.errs, &Error{Problem: "has more faults than these"})
	}
}

// another counts one more field or entry, and reports whether it may be read.
func (d *decoder) another(path string) bool {
	d.values++
	if d.values == MaxValues+1 {
		d.fail(path, "goes beyond the %d fields and entries that a document may have", MaxValues)
	}
	return d.values <= MaxValues
}

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func (d *decoder) value(raw json.RawMessage, path string, v reflect.Value) {
	null := string(raw) == "null"
	if v.Kind() == reflect.Pointer {
		if null {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		d.value(raw, path, v.Elem())
		return
	}
	pointer := reflect.PointerTo(v.Type())
	leaf := pointer.Implements(unmarshaler) || pointer.Implements(textUnmarshaler)
	switch {
	case !leaf && v.Kind() == reflect.Struct:
		d.object(raw, path, v)
	case !leaf && v.Kind() == reflect.Map:
		d.members(raw, path, v)
	case !leaf && v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		d.array(raw, path, v)
	case null:
		d.fail(path, "is null: leave it out or give a value")
	case !leaf && v.Kind() == reflect.String && raw[0] == '"':
		v.SetString(unquoted(raw))
	default:
		if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
			d.leafError(path, v.Type(), raw, err)
		}
	}
}

func (d *decoder) leafError(path string, want reflect.Type, raw json.RawMessage, err error) {
	var wrong *json.UnmarshalTypeError
	var nested *Error
	switch {
	case errors.As(err, &nested):
		d.add(&Error{Path: join(path, nested.Path), Problem: nested.Problem, Cause: nested.Cause})
	case errors.As(err, &wrong):
		d.fail(path, "is %s, want %s", describe(raw), article(want))
	default:
		d.add(&Error{Path: path, Problem: err.Error(), Cause: err})
	}
}

func (d *decoder) object(raw json.RawMessage, path string, v reflect.Value) {
	fields := fieldsOf(v)
	d.eachMember(raw, path, func(name string, value json.RawMessage) {
		field, known := fields[name]
		if !known {
			d.fail(join(path, name), "is not a known field%s", suggest(name, fields))
			return
		}
		d.value(value, join(path, name), field)
	})
}

func (d *decoder) members(raw json.RawMessage, path string, v reflect.Value) {
	t := v.Type()
	v.Set(reflect.MakeMap(t))
	d.eachMember(raw, path, func(name string, value json.RawMessage) {
		key := reflect.New(t.Key())
		if text, ok := key.Interface().(encoding.TextUnmarshaler); ok {
			if err := text.UnmarshalText([]byte(name)); err != nil {
				d.add(&Error{Path: join(path, name), Problem: err.Error(), Cause: err})
				return
			}
		} else {
			key.Elem().SetString(name)
		}
		element := reflect.New(t.Elem()).Elem()
		d.value(value, join(path, name), element)
		v.SetMapIndex(key.Elem(), element)
	})
}

func (d *decoder) eachMember(raw json.RawMessage, path string, visit func(string, json.RawMessage)) {
	if raw[0] != '{' {
		d.fail(path, "is %s, want an object", describe(raw))
		return
	}
	seen := map[string]bool{}
	for i := next(raw, 1); raw[i] != '}'; {
		if !d.another(path) {
			return
		}
		end := valueEnd(raw, i)
		name := unquoted(raw[i:end])
		start := next(raw, end)
		end = valueEnd(raw, start)
		i = next(raw, end)
		if seen[name] {
			d.fail(join(path, name), "is given twice: keep one")
			continue
		}
		seen[name] = true
		visit(name, raw[start:end])
	}
}

func (d *decoder) array(raw json.RawMessage, path string, v reflect.Value) {
	if raw[0] != '[' {
		d.fail(path, "is %s, want an array", describe(raw))
		return
	}
	items, n := entries(raw)
	if n > MaxEntries {
		d.fail(path, "has %d entries, %d are allowed", n, MaxEntries)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		if !d.another(path) {
			return
		}
		d.value(item, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
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

func join(path, name string) string {
	if path == "" || name == "" || name[0] == '[' {
		return path + name
	}
	return path + "." + name
}

func describe(raw json.RawMessage) string {
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
