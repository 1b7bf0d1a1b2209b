package document_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/listing/document"
)

type part struct {
	Name  string `json:"name"`
	Count int    `json:"count,omitempty"`
}

type embedded struct {
	Color string `json:"color"`
}

type level string

var errLevel = errors.New("no such level")

func (l *level) UnmarshalText(text []byte) error {
	if string(text) != "high" && string(text) != "low" {
		return fmt.Errorf("%w: %q", errLevel, text)
	}
	*l = level(text)
	return nil
}

// own reads itself, strictly, as a part.
type own struct{ part part }

func (o *own) UnmarshalJSON(data []byte) error { return document.Decode(data, &o.part) }

type box struct {
	embedded
	Title   string            `json:"title"`
	Open    bool              `json:"open"`
	Weight  float64           `json:"weight"`
	Number  int8              `json:"number"`
	Lid     *part             `json:"lid"`
	Parts   []part            `json:"parts"`
	Tags    map[string]string `json:"tags"`
	Stock   map[level]int     `json:"stock"`
	Level   level             `json:"level"`
	Made    time.Time         `json:"made"`
	Key     uuid.UUID         `json:"key"`
	Raw     []byte            `json:"raw"`
	Size    [2]int            `json:"size"`
	Own     own               `json:"own"`
	Plain   string
	Hidden  string `json:"-"`
	private string
}

const full = `{
	"color": "red", "title": "A", "open": true, "weight": 1.5, "number": -3,
	"lid": {"name": "lid", "count": 1}, "parts": [{"name": "a"}, {"name": "b", "count": 2}],
	"tags": {"a": "b", "": "empty"}, "stock": {"low": 1, "high": 2}, "level": "high",
	"made": "2026-01-05T09:00:00Z", "key": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "raw": "aGk=", "size": [1, 2],
	"own": {"name": "o"}, "Plain": "p"
}`

func TestDecode(t *testing.T) {
	t.Parallel()
	var got box
	require.NoError(t, document.Decode([]byte(full), &got))
	assert.Equal(t, box{
		embedded: embedded{Color: "red"}, Title: "A", Open: true, Weight: 1.5, Number: -3,
		Lid: &part{Name: "lid", Count: 1}, Parts: []part{{Name: "a"}, {Name: "b", Count: 2}},
		Tags: map[string]string{"a": "b", "": "empty"}, Stock: map[level]int{"low": 1, "high": 2}, Level: "high",
		Made: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Key: uuid.NameSpaceDNS, Raw: []byte("hi"), Size: [2]int{1, 2},
		Own: own{part{Name: "o"}}, Plain: "p",
	}, got)
	assert.Empty(t, got.private)

	// What the document leaves out is zero, whatever the target held.
	require.NoError(t, document.Decode([]byte(" {\"lid\" : null } \n"), &got))
	assert.Equal(t, box{}, got)
}

// faults takes a joined error apart.
func faults(t testing.TB, err error) []*document.Error {
	t.Helper()
	require.Error(t, err)
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	var out []*document.Error
	for _, each := range list {
		var one *document.Error
		require.ErrorAs(t, each, &one)
		assert.NotEmpty(t, one.Problem)
		out = append(out, one)
	}
	return out
}

// problems are the faults in a joined error, each with its path.
func problems(t testing.TB, err error) (all []string) {
	t.Helper()
	for _, each := range faults(t, err) {
		all = append(all, strings.TrimPrefix((&document.Error{Path: each.Path, Problem: each.Problem}).Error(), "document: "))
	}
	return all
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	const known = ": remove it, or correct its name"
	near := func(name string) string { return `: did you mean "` + name + `"?` }
	for name, tc := range map[string]struct {
		data string
		want []string
	}{
		"nothing":                  {``, []string{"is empty"}},
		"blanks":                   {" \n", []string{"is empty"}},
		"half a document":          {`{"title": "A"`, []string{"is not valid JSON: unexpected EOF"}},
		"no JSON":                  {`title: A`, []string{"is not valid JSON: invalid character 'i' in literal true (expecting 'r')"}},
		"a byte order mark":        {"\ufeff{}", []string{"begins with a byte order mark (BOM): save it without one"}},
		"text that is not UTF-8":   {"{\"title\": \"\xff\"}", []string{"is not UTF-8: save it in that encoding"}},
		"a second document":        {`{} {}`, []string{"goes on after its end: remove the trailing data"}},
		"a bracket too many":       {`{}}`, []string{"goes on after its end: remove the trailing data"}},
		"words after the end":      {`{} end`, []string{"goes on after its end: remove the trailing data"}},
		"an array":                 {`[]`, []string{"is an array, want an object"}},
		"a string":                 {`"box"`, []string{"is a string, want an object"}},
		"a number":                 {`12`, []string{"is the number 12, want an object"}},
		"true":                     {`true`, []string{"is a boolean, want an object"}},
		"null":                     {`null`, []string{"is null, want an object"}},
		"unknown field":            {`{"titel": "A"}`, []string{"titel: is not a known field" + near("title")}},
		"unknown field, nested":    {`{"parts": [{}, {"nam": 1}]}`, []string{"parts[1].nam: is not a known field" + near("name")}},
		"unknown field, in lid":    {`{"lid": {"size": 1}}`, []string{"lid.size: is not a known field" + known}},
		"field in another case":    {`{"Title": "A", "plain": "p"}`, []string{`Title: is not a known field: spell it "title"`, `plain: is not a known field: spell it "Plain"`}},
		"field outside JSON":       {`{"Hidden": "A", "-": "B", "private": "C"}`, []string{"Hidden: is not a known field" + known, "-: is not a known field" + known, "private: is not a known field" + known}},
		"field with no name":       {`{"": 1}`, []string{`[""]: is not a known field` + known}},
		"name given twice":         {`{"title": "A", "title": "B"}`, []string{"title: is given twice: keep one"}},
		"name escaped, twice":      {`{"title": "A", "t\u0069tle": "A"}`, []string{"title: is given twice: keep one"}},
		"name given twice, nested": {`{"parts": [{"name": "A", "name": "A"}]}`, []string{"parts[0].name: is given twice: keep one"}},
		"key given twice":          {`{"tags": {"a": "b", "a": "b"}}`, []string{"tags.a: is given twice: keep one"}},
		"number for a string":      {`{"title": 12.50}`, []string{"title: is the number 12.50, want a string"}},
		"array for a string":       {`{"title": ["A"]}`, []string{"title: is an array, want a string"}},
		"string for a boolean":     {`{"open": "yes"}`, []string{"open: is a string, want a boolean"}},
		"string for a number":      {`{"number": "1"}`, []string{"number: is a string, want a whole number"}},
		"fraction for an integer":  {`{"number": 1.5}`, []string{"number: is the number 1.5, want a whole number"}},
		"number too large":         {`{"number": 128}`, []string{"number: is the number 128, want a whole number"}},
		"string for a float":       {`{"weight": "1"}`, []string{"weight: is a string, want a number"}},
		"number for text":          {`{"level": 1}`, []string{"level: is the number 1, want a string"}},
		"number for a UUID":        {`{"key": 1}`, []string{"key: is the number 1, want a string"}},
		"object for bytes":         {`{"raw": {}}`, []string{"raw: is an object, want a string"}},
		"object for an array":      {`{"size": {}}`, []string{"size: is an object, want an array"}},
		"object for a list":        {`{"parts": {}}`, []string{"parts: is an object, want an array"}},
		"null for a list":          {`{"parts": null}`, []string{"parts: is null, want an array"}},
		"null for a map":           {`{"tags": null}`, []string{"tags: is null, want an object"}},
		"null for a string":        {`{"title": null}`, []string{"title: is null: leave it out or give a value"}},
		"null in a list":           {`{"parts": [null]}`, []string{"parts[0]: is null, want an object"}},
		"null for text":            {`{"level": null, "made": null}`, []string{"level: is null: leave it out or give a value", "made: is null: leave it out or give a value"}},
		"list for a map":           {`{"tags": []}`, []string{"tags: is an array, want an object"}},
		"wrong value in a map":     {`{"tags": {"a": 1}}`, []string{"tags.a: is the number 1, want a string"}},
		"wrong value, odd key":     {`{"tags": {"a.b": 1, "c\"\u001b": 2}}`, []string{`tags["a.b"]: is the number 1, want a string`, `tags["c\"\u001b"]: is the number 2, want a string`}},
		"wrong key in a map":       {`{"stock": {"medium": 1}}`, []string{`stock.medium: no such level: "medium"`}},
		"wrong text":               {`{"level": "medium"}`, []string{`level: no such level: "medium"`}},
		"fault of its own":         {`{"own": {"nam": 1}}`, []string{"own.nam: is not a known field" + near("name")}},
		"two faults of its own":    {`{"own": {"nam": 1, "name": 2}}`, []string{"own.nam: is not a known field" + near("name"), "own.name: is the number 2, want a string"}},
		"whole of its own":         {`{"own": 3}`, []string{"own: is the number 3, want an object"}},
		"several at once": {`{"titel": "A", "parts": [{"name": 1}, {"count": "x", "count": 2}], "open": 0, "tags": [], "level": "m"}`, []string{
			"titel: is not a known field" + near("title"),
			"parts[0].name: is the number 1, want a string",
			"parts[1].count: is a string, want a whole number",
			"parts[1].count: is given twice: keep one",
			"open: is the number 0, want a boolean",
			"tags: is an array, want an object",
			`level: no such level: "m"`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := box{Title: "kept", Lid: &part{Name: "kept"}, Tags: map[string]string{"kept": "yes"}}
			target := before
			assert.Equal(t, tc.want, problems(t, document.Decode([]byte(tc.data), &target)))
			assert.Equal(t, before, target, "the target of a failed Decode has changed")
		})
	}
}

func TestDecodeKeepsTheCause(t *testing.T) {
	t.Parallel()
	var b box
	for _, data := range []string{`{"level": "medium"}`, `{"stock": {"medium": 1}}`, `{"title": 1, "level": "medium"}`} {
		require.ErrorIs(t, document.Decode([]byte(data), &b), errLevel)
	}
	var syntax *json.SyntaxError
	require.ErrorAs(t, document.Decode([]byte(`{]`), &b), &syntax)
	require.NoError(t, (&document.Error{Problem: "is odd"}).Unwrap())
	assert.EqualError(t, &document.Error{Problem: "is odd"}, "document: is odd")
	assert.EqualError(t, &document.Error{Path: "a[0]", Problem: "is odd"}, "document: a[0]: is odd")
	assert.EqualError(t, &document.Error{Path: "a[0]", Line: 3, Column: 9, Problem: "is odd"}, "document: line 3, column 9: a[0]: is odd")
}

func TestDecodeIntoWhatCannotBeSet(t *testing.T) {
	t.Parallel()
	for _, into := range []any{nil, box{}, (*box)(nil), "text"} {
		require.ErrorContains(t, document.Decode([]byte(`{}`), into), "give a pointer")
	}
}

func TestDecodeBoundsWhatItReads(t *testing.T) {
	t.Parallel()
	inQuotes := func(size int) []byte { return []byte(`"` + strings.Repeat("a", size-2) + `"`) }
	var text string
	require.NoError(t, document.Decode(inQuotes(document.MaxSize), &text))
	assert.Len(t, text, document.MaxSize-2)
	text = "kept"
	err := document.Decode(inQuotes(document.MaxSize+1), &text)
	assert.Equal(t, []string{"has 16777217 bytes, 16777216 are allowed"}, problems(t, err))
	assert.Equal(t, "kept", text)
}

func TestDecodeBoundsWhatItReports(t *testing.T) {
	t.Parallel()
	wrong := func(n int) []byte { return []byte("[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]") }
	var texts []string
	assert.Len(t, faults(t, document.Decode(wrong(document.MaxFaults), &texts)), document.MaxFaults)
	all := problems(t, document.Decode(wrong(5*document.MaxFaults), &texts))
	require.Len(t, all, document.MaxFaults+1)
	assert.Equal(t, "[999]: is the number 1, want a string", all[document.MaxFaults-1])
	assert.Equal(t, "has more than these 1000 faults", all[document.MaxFaults])
}

func TestDecodeBoundsWhatItTakes(t *testing.T) {
	t.Parallel()
	list := func(item string, n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	fields := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"%d":0`, i)
		}
		return "{" + b.String()[1:] + "}"
	}
	// Twenty lists of 9,999 entries are 200,000 values with the lists.
	lists := list(list(`""`, 9_999), 19)
	for name, tc := range map[string]struct {
		data string
		into any
		want []string
	}{
		"most entries":         {list(`{}`, document.MaxEntries), new([]part), nil},
		"an entry too many":    {list(`{}`, document.MaxEntries+1), new([]part), []string{"has 10001 entries, 10000 are allowed"}},
		"most of all":          {"[" + list(`""`, 9_999) + "," + lists[1:], new([][]string), nil},
		"one of all too many":  {"[" + list(`""`, 10_000) + "," + lists[1:], new([][]string), []string{"[19]: has more than the 200000 members and entries that a document may have"}},
		"most fields":          {fields(document.MaxValues), new(map[string]int), nil},
		"a field too many":     {fields(document.MaxValues + 1), new(map[string]int), []string{"has more than the 200000 members and entries that a document may have"}},
		"far too many entries": {"[" + list(`{}`, 1<<17) + "]", new([][]part), []string{"[0]: has 131072 entries, 10000 are allowed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := document.Decode([]byte(tc.data), tc.into)
			if tc.want == nil {
				require.NoError(t, err)
				return
			}
			assert.Equal(t, tc.want, problems(t, err))
			assert.Zero(t, reflect.ValueOf(tc.into).Elem().Len())
		})
	}
}

func TestDecodeDeepNesting(t *testing.T) {
	t.Parallel()
	type tree struct {
		Next *tree `json:"next"`
	}
	nested := func(depth int) []byte {
		return []byte(strings.Repeat(`{"next":`, depth) + "null" + strings.Repeat("}", depth))
	}
	var root tree
	require.NoError(t, document.Decode(nested(50), &root))
	depth := 0
	for at := &root; at != nil; at = at.Next {
		depth++
	}
	assert.Equal(t, 50, depth)
	require.ErrorContains(t, document.Decode(nested(100_000), &root), "exceeded max depth")
	var b box
	require.ErrorContains(t, document.Decode([]byte(strings.Repeat("[", 1<<20)), &b), "not valid JSON")
}

func TestTexts(t *testing.T) {
	t.Parallel()
	b := box{
		embedded: embedded{Color: "red"}, Title: "A", Lid: &part{Name: "lid"}, Parts: []part{{Name: "a"}, {}, {Name: "b"}},
		Tags: map[string]string{"key": "value"}, Level: "high", Made: time.Now(), Raw: []byte("hi"),
		Plain: "p", Hidden: "h", private: "q",
	}
	texts := func(v any) (all []string) {
		document.Texts(v, func(path, text string) { all = append(all, path+"="+text) })
		return all
	}
	want := []string{"color=red", "title=A", "lid.name=lid", "parts[0].name=a", "parts[2].name=b", "level=high", "Plain=p"}
	assert.Equal(t, want, texts(b))
	assert.Equal(t, want, texts(&b))
	assert.Equal(t, []string{"=alone"}, texts("alone"))
	assert.Equal(t, []string{"[0]=a", "[2]=b"}, texts([]any{"a", 1, "b", nil}))
	assert.Equal(t, []string{"[0]=a"}, texts([1]string{"a"}))
	assert.Empty(t, texts(nil))
	assert.Empty(t, texts((*box)(nil)))
	assert.Empty(t, texts(box{}))
}

// Whatever Decode takes, encoding/json takes too, with the same result; what
// it refuses is refused with a document.Error and leaves the target alone.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		full, `{}`, `null`, `[]`, `{"title":"\ud800"}`, `{"parts":[{"name":"a","name":"b"}]}`, `{"Title":"a"}`, `{"lid":null}`,
		`{"tags":{"a":"b"},"stock":{"low":300}}`, `{"raw":"!"}`, `{"size":[1]}`, `{"size":[1,2,3]}`, `{"number":1e1}`, "{\"title\":\"\xff\"}", `{} x`,
		`{"` + strings.Repeat("a", 201) + `":1}`, `{"lid":{"` + strings.Repeat("a", 201) + `":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := box{Title: "kept"}
		if err := document.Decode(data, &got); err != nil {
			for _, fault := range faults(t, err) {
				if place, ok := document.Locate(data, fault.Path); ok && fault.Line > 0 && !strings.Contains(err.Error(), "given twice") {
					assert.Equal(t, document.Place{Path: fault.Path, Line: fault.Line, Column: fault.Column}, place)
				}
			}
			assert.Equal(t, box{Title: "kept"}, got)
			return
		}
		var want box
		dec := json.NewDecoder(strings.NewReader(string(data)))
		dec.DisallowUnknownFields()
		require.NoError(t, dec.Decode(&want))
		assert.Equal(t, want, got)
	})
}
