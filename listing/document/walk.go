package document

import "reflect"

// Texts calls visit for every non-empty string in v, with its path, in the order
// of the fields. It skips maps, unexported fields, and fields with the JSON tag
// "-". Use it for rules about every text of a document.
func Texts(v any, visit func(path, text string)) {
	walk(reflect.ValueOf(v), "", visit)
}

func walk(v reflect.Value, path string, visit func(path, text string)) {
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			visit(path, v.String())
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), path, visit)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(v.Index(i), Entry(path, i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.Anonymous {
				walk(v.Field(i), path, visit)
				continue
			}
			if name := jsonName(field); name != "" {
				walk(v.Field(i), Member(path, name), visit)
			}
		}
	}
}
