package lifecycle

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A record that is handed out is the caller's to change: nothing of it is that of
// the one which is remembered, and nothing of its draft that of what is published.
func TestACopySharesNoMemory(t *testing.T) {
	t.Parallel()
	var r Record
	fill(reflect.ValueOf(&r).Elem())
	r.Published.Listing = r.Draft // as a record has it that was read
	c := r.clone()
	require.Equal(t, r, c)

	owners := map[uintptr]string{}
	memory(reflect.ValueOf(r), "record", func(at uintptr, path string) { owners[at] = path })
	memory(reflect.ValueOf(c), "copy", func(at uintptr, path string) {
		assert.Empty(t, owners[at], "%s is memory of the record", path)
		owners[at] = path
	})
	assert.Greater(t, len(owners), 100)
	assert.Equal(t, Record{}, Record{}.clone())
}

// fill gives the value, and all that it holds, other values than zero ones.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i))
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	default:
		panic(fmt.Sprintf("a record has a %s", v.Type()))
	}
}

// memory calls found with each piece of memory that can be changed through the value.
func memory(v reflect.Value, path string, found func(at uintptr, path string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || v.Type().String() == "*time.Location" {
			return
		}
		found(v.Pointer(), path)
		memory(v.Elem(), path, found)
	case reflect.Struct:
		for i := range v.NumField() {
			memory(v.Field(i), path+"."+v.Type().Field(i).Name, found)
		}
	case reflect.Slice:
		found(v.Pointer(), path)
		for i := range v.Len() {
			memory(v.Index(i), fmt.Sprintf("%s[%d]", path, i), found)
		}
	case reflect.Map:
		found(v.Pointer(), path)
		for each := v.MapRange(); each.Next(); {
			memory(each.Value(), path+"[]", found)
		}
	default:
	}
}
