package folder

import (
	"reflect"
	"strings"
)

// field is a member of a Go struct in JSON.
type field struct {
	name     string
	typ      reflect.Type
	required bool
}

// fieldsOf returns the members of a struct, in their order, those of embedded
// structs among them.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" { // embedded structs have no name
			continue
		}
		out = append(out, field{name, f.Type, !strings.Contains(options, "omit")})
	}
	return out
}

// plainType returns what a pointer points to, and any other type as it is.
func plainType(t reflect.Type) reflect.Type {
	if t != nil && t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// memberType returns the type of a member, or nil if it is not known.
func memberType(t reflect.Type, name string) reflect.Type {
	switch {
	case t == nil:
	case t.Kind() == reflect.Map:
		return t.Elem()
	case t.Kind() == reflect.Struct:
		for _, f := range fieldsOf(t) {
			if f.name == name {
				return f.typ
			}
		}
	}
	return nil
}

// Fields returns the names of the members that the document has at a path of member
// names, in their order; nil where they can have any names, or there are none.
func Fields(path ...string) []string {
	t := reflect.TypeFor[manifest]()
	for _, name := range path {
		if t = plainType(memberType(plainType(t), name)); t != nil && t.Kind() == reflect.Slice {
			t = plainType(t.Elem())
		}
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for _, f := range fieldsOf(t) {
		names = append(names, f.name)
	}
	return names
}
