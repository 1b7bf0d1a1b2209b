package catalog_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// schema is as much of JSON Schema as tells the members of a document.
type schema struct {
	Ref        string             `json:"$ref"`
	Defs       map[string]*schema `json:"$defs"`
	Properties map[string]*schema
	Items      *schema
	AnyOf      []*schema
	OneOf      []*schema
	Type       any
}

// Every documented member, however deep, is a member of the Go type and of the
// documented JSON type.
func TestTypesHaveEveryDocumentedMember(t *testing.T) {
	t.Parallel()
	members := 0
	files, err := filepath.Glob(filepath.Join("..", "schematest", "schema", "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 21, "8 changes of products, 11 of offers, 2 entities")
	require.Len(t, kinds, 21)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var root schema
		require.NoError(t, json.Unmarshal(data, &root))
		require.Contains(t, kinds, name)
		members += documented(t, name, &root, &root, reflect.TypeOf(kinds[name].zero))
	}
	assert.Equal(t, 399, members)
}

// documented compares the schema with the type and counts the members.
func documented(t *testing.T, path string, root, s *schema, is reflect.Type) (members int) {
	if s.Ref != "" {
		s = root.Defs[s.Ref[len("#/$defs/"):]]
	}
	for is.Kind() == reflect.Pointer || strings.HasPrefix(is.Name(), "Clearable[") {
		if is.Kind() == reflect.Struct {
			is = is.Field(0).Type
		}
		is = is.Elem()
	}
	for _, each := range append(s.AnyOf, s.OneOf...) {
		members += documented(t, path, root, each, is)
	}
	kinds := map[string]reflect.Kind{"object": reflect.Struct, "array": reflect.Slice, "string": reflect.String, "boolean": reflect.Bool, "integer": reflect.Int64}
	if want, ok := kinds[jsonType(s.Type)]; ok {
		require.Equal(t, want, is.Kind(), path)
	}
	if s.Items != nil {
		members += documented(t, path+"[]", root, s.Items, is.Elem())
	}
	for name, property := range s.Properties {
		field, ok := member(is, name)
		if assert.True(t, ok, "%s.%s is not in %s", path, name, is) {
			members += 1 + documented(t, path+"."+name, root, property, field.Type)
		}
	}
	return members
}

// jsonType is the type of a schema beside null.
func jsonType(s any) string {
	if several, ok := s.([]any); ok {
		s = several[0]
	}
	name, _ := s.(string)
	return name
}

// member finds a field by its exact name in JSON.
func member(of reflect.Type, name string) (reflect.StructField, bool) {
	for i := range of.NumField() {
		field := of.Field(i)
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if tag == name || tag == "" && field.Name == name {
			return field, true
		}
	}
	return reflect.StructField{}, false
}
