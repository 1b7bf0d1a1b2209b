package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Document is a document that was read: the typed value, and beside it
// everything that was written. The zero value, or one made with a Value only, is
// a document that was never read; it is written like its Value.
type Document[T any] struct {
	// Value is what is known of the document. It may be changed.
	Value T

	source json.RawMessage // compact; nil if it was never read
}

// Decode reads a document of up to [document.MaxSize] bytes, which must be one
// JSON object in UTF-8. Members that T does not have are kept, and those that it
// has may be absent or null. The error is a [*document.Error] that names the
// member which has another type than documented.
func Decode[T any](data []byte) (Document[T], error) {
	var d Document[T]
	if len(data) > document.MaxSize {
		return d, &document.Error{Problem: fmt.Sprintf("has %d bytes, %d are allowed", len(data), document.MaxSize)}
	}
	if !utf8.Valid(data) {
		return d, &document.Error{Problem: "is not UTF-8"}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return d, &document.Error{Problem: "is not valid JSON: " + err.Error(), Cause: err}
	}
	source := compact.Bytes()
	if source[0] != '{' {
		return d, &document.Error{Problem: "is not a JSON object"}
	}
	value, err := typed[T](source)
	if err != nil {
		return d, err
	}
	return Document[T]{Value: value, source: source}, nil
}

// UnmarshalJSON reads what [Decode] reads, with the same errors; on an error d
// is left as it was.
func (d *Document[T]) UnmarshalJSON(data []byte) error {
	read, err := Decode[T](data)
	if err == nil {
		*d = read
	}
	return err
}

// MarshalJSON writes the document. Whatever is as it was read is written as it
// was read: absent, null or unknown. What was changed in Value is written as
// Value has it. The error is a [*document.Error] if both cannot be had, because
// the document gives one member several times.
func (d Document[T]) MarshalJSON() ([]byte, error) {
	now, err := json.Marshal(d.Value)
	if err != nil || d.source == nil {
		return now, err
	}
	unchanged, err := typed[T](d.source)
	if err != nil {
		return nil, err
	}
	base, err := json.Marshal(unchanged)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(base, now) {
		return d.source, nil
	}
	merged, err := json.Marshal(merge(tree(d.source), tree(base), tree(now)))
	if err != nil {
		return nil, err
	}
	again, err := typed[T](merged)
	if err != nil {
		return nil, err
	}
	if written, err := json.Marshal(again); err != nil || !bytes.Equal(written, now) {
		return nil, &document.Error{Problem: "gives a member several times, so a change of it cannot be written", Cause: err}
	}
	return merged, nil
}

func typed[T any](data []byte) (T, error) {
	var value T
	err := json.Unmarshal(data, &value)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped):
		problem := fmt.Sprintf("want %s, got %s", words(mistyped.Type), mistyped.Value)
		return value, &document.Error{Path: mistyped.Field, Problem: problem, Cause: err}
	case err != nil:
		return value, &document.Error{Problem: err.Error(), Cause: err}
	}
	return value, nil
}

// words names a type as JSON does.
func words(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "an object"
	case reflect.Slice:
		return "an array"
	case reflect.Bool:
		return "true or false"
	case reflect.Int64:
		return "an integer"
	}
	return "a " + t.Kind().String()
}
