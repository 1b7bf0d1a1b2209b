package document_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/listing/document"
)

func TestPaths(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"a":                        document.Member("", "a"),
		"a.b-c_9":                  document.Member("a", "b-c_9"),
		"a.0":                      document.Member("a", "0"),
		`["a.b"]`:                  document.Member("", "a.b"),
		`a[""]`:                    document.Member("a", ""),
		`a["0]"]`:                  document.Member("a", "0]"),
		`rates["ml.m5.large.a.t"]`: document.Member("rates", "ml.m5.large.a.t"),
		`a["\"\\"]`:                document.Member("a", `"\`),
		`a["größe™ "]`:             document.Member("a", "größe™ "),
		`a["\u001b\u202e\u00a0"]`:  document.Member("a", "\x1b\u202e\u00a0"),
		`a["\udb40\udc01"]`:        document.Member("a", "\U000e0001"),
		"[0]":                      document.Entry("", 0),
		"a[10]":                    document.Entry("a", 10),
		"a[1][2].b":                document.Member(document.Entry(document.Entry("a", 1), 2), "b"),
		"":                         document.Join("", ""),
		"p":                        document.Join("p", ""),
		"p.a":                      document.Join("p", "a"),
		"p[0]":                     document.Join("p", "[0]"),
		`p["a.b"]`:                 document.Join("p", `["a.b"]`),
		"q[0]":                     document.Join("", "q[0]"),
	} {
		assert.Equal(t, want, got)
	}
}

const located = `
{
	"title": "été", "kind": null,
	"empty": {}, "none": [],
	"versions": [
		{"number": "1.0"},
		{ "number" : "1.1" , "input": {"a.b": [true, [-1.5]]}}
	], "été": "語", "last": 1,
	"twice": {"a": 1}, "twice": {"b": 2}
}
`

func TestLocate(t *testing.T) {
	t.Parallel()
	type place = document.Place
	for path, want := range map[string]place{
		"":                               {"", 2, 1},
		"title":                          {"title", 3, 11},
		"kind":                           {"kind", 3, 26},
		"empty":                          {"empty", 4, 11},
		"none":                           {"none", 4, 23},
		"versions":                       {"versions", 5, 14},
		"versions[0]":                    {"versions[0]", 6, 3},
		"versions[0].number":             {"versions[0].number", 6, 14},
		"versions[1].number":             {"versions[1].number", 7, 16},
		`versions[1].input["a.b"]`:       {`versions[1].input["a.b"]`, 7, 41},
		`versions[1].input["a.b"][1][0]`: {`versions[1].input["a.b"][1][0]`, 7, 49},
		`["été"]`:                        {`["été"]`, 8, 12},
		"last":                           {"last", 8, 25},
		"twice":                          {"twice", 9, 30},
		"twice.b":                        {"twice.b", 9, 36},
		`["title"]`:                      {"title", 3, 11},
		"missing":                        {"", 2, 1},
		"versions[2]":                    {"versions", 5, 14},
		"versions[0].input.a":            {"versions[0]", 6, 3},
		"versions.number":                {"versions", 5, 14},
		"versions[0][0]":                 {"versions[0]", 6, 3},
		"title.a":                        {"title", 3, 11},
		"kind[0]":                        {"kind", 3, 26},
		"empty.a":                        {"empty", 4, 11},
		"none[0]":                        {"none", 4, 23},
		"twice.a":                        {"twice", 9, 30},
		"versions[99999999999999999999]": {},
		"versions[00]":                   {},
		"versions[-1]":                   {},
		"versions[+1]":                   {},
		"versions[]":                     {},
		"versions[0":                     {},
		"versions[0]number":              {},
		"versions[0]..number":            {},
		"versions.":                      {},
		".versions":                      {},
		"versions|":                      {},
		"été":                            {},
		`versions["`:                     {},
		`versions["\`:                    {},
		`versions["a"`:                   {},
		`versions["\x"]`:                 {},
		`versions["a]`:                   {},
	} {
		got, ok := document.Locate([]byte(located), path)
		assert.Equal(t, want, got, path)
		assert.Equal(t, want.Line > 0, ok, path)
	}
	for _, data := range []string{"", " ", "{", "{} {}", "\ufeff{}", "title", "\"\xff\""} {
		got, ok := document.Locate([]byte(data), "")
		assert.False(t, ok, data)
		assert.Zero(t, got, data)
	}
	got, ok := document.Locate([]byte("\r\n\r\n  7"), "")
	assert.True(t, ok)
	assert.Equal(t, place{"", 3, 3}, got, "lines that end as on Windows")
}

// node is a value of a document as encoding/json sees it.
type node struct {
	offset  int64
	members map[string]*node
	entries []*node
}

// read builds the tree of a document from its tokens.
func read(t testing.TB, data []byte) *node {
	t.Helper()
	stream := json.NewDecoder(bytes.NewReader(data))
	stream.UseNumber()
	var value func() *node
	value = func() *node {
		n := &node{offset: stream.InputOffset()}
		for strings.IndexByte(" \t\r\n,:", data[n.offset]) >= 0 {
			n.offset++
		}
		token, err := stream.Token()
		require.NoError(t, err)
		switch token {
		case json.Delim('{'):
			n.members = map[string]*node{}
			for stream.More() {
				name, err := stream.Token()
				require.NoError(t, err)
				n.members[name.(string)] = value()
			}
		case json.Delim('['):
			for stream.More() {
				n.entries = append(n.entries, value())
			}
		default:
			return n
		}
		_, err = stream.Token()
		require.NoError(t, err)
		return n
	}
	return value()
}

// each visits the node and all below it with their paths.
func (n *node) each(path string, visit func(path string, n *node)) {
	visit(path, n)
	for name, inside := range n.members {
		inside.each(document.Member(path, name), visit)
	}
	for i, inside := range n.entries {
		inside.each(document.Entry(path, i), visit)
	}
}

// testLocate holds Locate against the tokens of encoding/json, for every value
// in a document and for what is missing in each.
func testLocate(t testing.TB, data []byte) {
	t.Helper()
	read(t, data).each("", func(path string, n *node) {
		before := string(data[:n.offset])
		want := document.Place{Path: path, Line: 1 + strings.Count(before, "\n"), Column: 1}
		want.Column += len([]rune(before[strings.LastIndex(before, "\n")+1:]))
		missing := "missing"
		for n.members[missing] != nil {
			missing += "-"
		}
		for _, each := range []string{path, document.Member(path, missing), document.Entry(path, len(n.entries))} {
			got, ok := document.Locate(data, each)
			require.True(t, ok, each)
			require.Equal(t, want, got, each)
		}
	})
}

// anyDocument generates JSON of all shapes, with odd names and odd blanks.
func anyDocument() *rapid.Generator[string] {
	blank := rapid.SampledFrom([]string{"", "", "", " ", "\n", "\r\n\t"})
	name := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "a.b", "0", "", "été", `"`, `\`, "]", "\n", "\u2028"}), rapid.String())
	quoted := func(s string) string {
		data, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		return string(data)
	}
	var value func(t *rapid.T, depth int) string
	value = func(t *rapid.T, depth int) string {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		if depth == 0 {
			kind %= 4
		}
		pad := func(s string) string { return blank.Draw(t, "before") + s + blank.Draw(t, "after") }
		list := func(open, end string, one func() string) string {
			items := make([]string, rapid.IntRange(0, 3).Draw(t, "length"))
			for i := range items {
				items[i] = one()
			}
			return pad(open + strings.Join(items, ",") + pad("") + end)
		}
		switch kind {
		case 0:
			return pad(rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "word"))
		case 1:
			return pad(fmt.Sprint(rapid.Float64Range(-1e9, 1e9).Draw(t, "number")))
		case 2, 3:
			return pad(quoted(name.Draw(t, "text")))
		case 4:
			return list("[", "]", func() string { return value(t, depth-1) })
		}
		return list("{", "}", func() string { return pad(quoted(name.Draw(t, "name"))) + ":" + value(t, depth-1) })
	}
	return rapid.Custom(func(t *rapid.T) string { return value(t, 4) })
}

func TestLocateFindsEveryValue(t *testing.T) {
	t.Parallel()
	testLocate(t, []byte(located))
	testLocate(t, []byte(full))
	rapid.Check(t, func(rt *rapid.T) { testLocate(t, []byte(anyDocument().Draw(rt, "document"))) })
}

func FuzzLocate(f *testing.F) {
	for _, seed := range []string{located, full, `[]`, `{"":{"":0}}`, `[[[1]],{"a.b":"\ud800"}]`, "{", `{"a":1,"a":{"b":[]}}`} {
		f.Add([]byte(seed), `a["b.c"][0]`)
	}
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		got, ok := document.Locate(data, path)
		if !ok {
			assert.Zero(t, got)
			return
		}
		again, ok := document.Locate(data, got.Path)
		assert.True(t, ok)
		assert.Equal(t, got, again)
		testLocate(t, data)
	})
}

// Every fault has the line and column that its path leads to.
func TestDecodeTellsWhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(anyDocument().Draw(t, "document"))
		wrap := rapid.SampledFrom([]string{"%s", `{"parts": %s}`, `{"tags": %s}`, `{"own": %s}`, `{"lid":%s, "size":[]}`, "[\n%s]"}).Draw(t, "around")
		data = []byte(fmt.Sprintf(wrap, data))
		for _, into := range []any{new(box), new([]box), new(map[string]box), new([][]string), new(string)} {
			err := document.Decode(data, into)
			if err == nil {
				continue
			}
			twice := strings.Contains(err.Error(), "given twice")
			for _, fault := range err.(interface{ Unwrap() []error }).Unwrap() {
				var e *document.Error
				require.ErrorAs(t, fault, &e)
				place, ok := document.Locate(data, e.Path)
				require.True(t, ok, "%s: %q", data, e.Path)
				if !twice {
					require.Equal(t, document.Place{Path: e.Path, Line: e.Line, Column: e.Column}, place, "%s", data)
				}
			}
		}
	})
}

func TestSyntaxErrorsTellWhere(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\t\"é\",\n", 20_000)
	for data, want := range map[string]document.Place{
		"":                        {Line: 1, Column: 1},
		"\n \n":                   {Line: 1, Column: 1},
		"\ufeff{}":                {Line: 1, Column: 1},
		"{\n  \"é\": x}":          {Line: 2, Column: 8},
		"{\n  \"a\": 1,\n}":       {Line: 3, Column: 1},
		"{\n  \"a\": ":            {Line: 2, Column: 8},
		"{\n}\n\n x":              {Line: 4, Column: 2},
		"{\n}\n}":                 {Line: 3, Column: 1},
		"0\n:":                    {Line: 2, Column: 1},
		"0,":                      {Line: 1, Column: 2},
		"\n\"a\xff\"":             {Line: 2, Column: 3},
		"[" + long + "\t'a'\n]":   {Line: 20_001, Column: 2},
		"[" + long + "\t\"a\"\n}": {Line: 20_002, Column: 1},
	} {
		var into any
		all := faults(t, document.Decode([]byte(data), &into))
		require.Len(t, all, 1)
		assert.Equal(t, want, document.Place{Line: all[0].Line, Column: all[0].Column}, all[0].Error())
		assert.ErrorContains(t, all[0], fmt.Sprintf("line %d, column %d: ", want.Line, want.Column))
	}
	all := faults(t, document.Decode(make([]byte, document.MaxSize+1), new(any)))
	assert.Zero(t, all[0].Line, "a document that is too large has no place")
}

// The fault that stops the reading is of a value that begins before others.
func TestDecodeTellsWhereItStops(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("\n{\"a\":\n\"x\"")
	for i := range document.MaxValues {
		fmt.Fprintf(&b, ",\"%d\":0", i)
	}
	b.WriteString("}")
	var into map[string]int
	all := faults(t, document.Decode([]byte(b.String()), &into))
	require.Len(t, all, 2)
	assert.Equal(t, []int{3, 1}, []int{all[0].Line, all[0].Column})
	assert.Equal(t, []int{2, 1}, []int{all[1].Line, all[1].Column})
}
