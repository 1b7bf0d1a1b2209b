package folder

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Schema returns the JSON Schema of a document, for editors: its members from the Go
// types, and what the rules say of each from the rules themselves. It is less strict
// than they are.
func Schema() map[string]any {
	s := schemaOf(reflect.TypeFor[manifest](), "", probe())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "A listing for shelflife"
	members := s["properties"].(map[string]any)
	members["$schema"] = map[string]any{"type": "string", "description": "names this schema to editors"}
	describe(members, "name", "the name of the listing to its seller; that of the folder unless given")
	describe(members, "seller", "the account that sells the listing")
	describe(members, "product", "the marketplace's id of a listing that is there already, which apply adopts")
	describe(members, "testers", "accounts that may preview the listing")
	return s
}

func describe(members map[string]any, name, text string) {
	members[name].(map[string]any)["description"] = text
}

// said is what the rules say of one field.
type said struct {
	statements []string
	missing    bool
	most       int // characters or entries; 0 is not known
}

var limit = regexp.MustCompile(`has \d+ (?:characters|entries), (\d+) are allowed`)

// probe asks the rules about documents that have nothing, too long texts, and too
// long lists: by the path of the field, without the numbers of entries.
func probe() map[string]said {
	out := map[string]said{}
	ask := func(text string, entries int) {
		var m manifest
		fill(reflect.ValueOf(&m).Elem(), text, entries)
		m.Support.Offered, m.Visibility = true, listing.Public
		for _, v := range listing.Check(m.Listing).Violations {
			path := indexes.ReplaceAllString(v.Path, "[]")
			s := out[path]
			if !slices.Contains(s.statements, v.Rule.Statement) {
				s.statements = append(s.statements, v.Rule.Statement)
			}
			s.missing = s.missing || v.Problem == "is missing" || v.Rule.ID == pricing.RuleEULA.ID && text == ""
			if found := limit.FindStringSubmatch(v.Problem); found != nil {
				s.most, _ = strconv.Atoi(found[1])
			}
			out[path] = s
		}
	}
	ask("", 1)
	ask(strings.Repeat("x", 40_000), 1)
	ask("x", 200)
	return out
}

var indexes = regexp.MustCompile(`\[\d+\]`)

// fill gives every text in v the value, and every list so many entries.
func fill(v reflect.Value, text string, entries int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, entries)
	case reflect.Struct:
		for _, f := range v.Fields() {
			if f.CanSet() {
				fill(f, text, entries)
			}
		}
	case reflect.Slice:
		if v.Type().Elem() == reflect.TypeFor[version.Version]() {
			entries = 1
		}
		v.Set(reflect.MakeSlice(v.Type(), entries, entries))
		for i := range entries {
			fill(v.Index(i), text, 1)
		}
	case reflect.String:
		v.SetString(text)
	}
}

// enums are the types with few values.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[version.Kind]():       {string(version.ModelPackage), string(version.Algorithm)},
	reflect.TypeFor[version.Status]():     {string(version.Offered), string(version.Restricted)},
	reflect.TypeFor[listing.Visibility](): {string(listing.Public), string(listing.Private)},
	reflect.TypeFor[pricing.Model]():      {string(pricing.Free), string(pricing.Hourly), string(pricing.Inference)},
}

func schemaOf(t reflect.Type, path string, rules map[string]said) map[string]any {
	s := map[string]any{}
	known := rules[path]
	if len(known.statements) > 0 {
		s["description"] = strings.Join(known.statements, "; ")
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[listing.Regions]():
		s["oneOf"] = []any{map[string]any{"const": "all"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}}}
		s["description"] = "all Regions, or a list of their codes"
	case t == reflect.TypeFor[version.AccountID](), t == reflect.TypeFor[pricing.USD]():
		s["type"] = []string{"string", "number"} // YAML needs no quotes
		if t == reflect.TypeFor[version.AccountID]() {
			s["pattern"] = "^[0-9]{12}$"
		}
	case enums[t] != nil:
		s["enum"] = enums[t]
	case t.Kind() == reflect.Struct:
		members, required := map[string]any{}, []string{}
		for _, f := range fieldsOf(t) {
			at := document.Member(path, f.name)
			members[f.name] = schemaOf(f.typ, at, rules)
			if f.required && rules[at].missing {
				required = append(required, f.name)
			}
		}
		s["type"], s["properties"], s["additionalProperties"] = "object", members, false
		if len(required) > 0 {
			s["required"] = required
		}
	case t.Kind() == reflect.Slice:
		s["type"], s["items"] = "array", schemaOf(t.Elem(), path+"[]", rules)
		if known.most != 0 {
			s["maxItems"] = known.most
		}
	case t.Kind() == reflect.Map:
		s["type"], s["additionalProperties"] = "object", schemaOf(t.Elem(), path+"[]", rules)
	case t.Kind() == reflect.Bool:
		s["type"] = "boolean"
	case t.Kind() == reflect.Int:
		s["type"] = "integer"
	default:
		s["type"] = "string"
		if path == "versions[].number" {
			s["type"] = []string{"string", "number"}
		}
		if known.most != 0 {
			s["maxLength"] = known.most
		}
	}
	return s
}
