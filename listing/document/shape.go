package document

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// shape says how values of a type are decoded. A struct has fields; a leaf is decoded
// as a whole by encoding/json, or here if it is a text; what is neither is a map or a
// list.
type shape struct {
	fields     map[string][]int
	leaf, text bool
}

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	rawMessage      = reflect.TypeFor[json.RawMessage]()
)

// shapes are kept, because to find them out takes longer than to decode a value. A
// program has few types.
var shapes sync.Map // of *shape by reflect.Type

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := new(shape)
	pointer := reflect.PointerTo(t)
	switch own := pointer.Implements(unmarshaler) || pointer.Implements(textUnmarshaler); {
	case !own && t.Kind() == reflect.Struct:
		s.fields = map[string][]int{}
		addFields(s.fields, t, nil)
	case !own && t.Kind() == reflect.Map:
	case !own && t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
	default:
		s.leaf, s.text = true, !own && t.Kind() == reflect.String
	}
	shapes.Store(t, s)
	return s
}

// addFields adds where the fields of a struct are, by their JSON names; those of
// embedded structs, too.
func addFields(fields map[string][]int, t reflect.Type, index []int) {
	for i := range t.NumField() {
		field, at := t.Field(i), slices.Concat(index, []int{i})
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			addFields(fields, field.Type, at)
		} else if name := jsonName(field); name != "" {
			fields[name] = at
		}
	}
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
