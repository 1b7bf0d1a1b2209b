package document_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/listing/document"
)

// Half a pair of surrogates is no character; encoding/json would replace it.
func TestHalfOfAPair(t *testing.T) {
	t.Parallel()
	type inner struct {
		Text string            `json:"text"`
		Map  map[string]string `json:"map"`
		Raw  json.RawMessage   `json:"raw"`
	}
	for text, path := range map[string]string{
		`{"text":"\ud800"}`:              "text",
		`{"text":"a\uDBFFb"}`:            "text",
		`{"text":"\udc00\ud800"}`:        "text",
		`{"text":"\ud800\ud800\udc00"}`:  "text",
		`{"text":"\\\ud800"}`:            "text",
		`{"map":{"a":"\ud83d"}}`:         "map.a",
		`{"map":{"a":"b","\ud83d":"c"}}`: "map",
	} {
		var into inner
		err := document.Decode([]byte(text), &into)
		var fault *document.Error
		require.ErrorAs(t, err, &fault, text)
		assert.Contains(t, fault.Path, path)
		assert.Equal(t, 1, fault.Line)
		assert.Zero(t, into)
	}
	for _, text := range []string{`{"text":"\ud83d\ude00"}`, `{"text":"\\ud800"}`, `{"text":"\ufffd"}`, `{"raw":"\ud800"}`, `{"text":"ud800"}`} {
		var into inner
		require.NoError(t, document.Decode([]byte(text), &into), text)
	}
}

// The schema that editors read is taken, at the top only and as text only.
func TestSchemaIsTaken(t *testing.T) {
	t.Parallel()
	type whole struct {
		A int `json:"a"`
		B *struct {
			C int `json:"c"`
		} `json:"b"`
	}
	var into whole
	require.NoError(t, document.Decode([]byte(`{"$schema":"./listing.schema.json","a":1}`), &into))
	assert.Equal(t, 1, into.A)
	for _, text := range []string{`{"$schema":7}`, `{"b":{"$schema":"x"}}`, `{"$schema":"x","$schema":"y"}`} {
		require.Error(t, document.Decode([]byte(text), &into), text)
	}
}

// Whatever is wrong with the JSON is told with its place, and a byte order mark by
// its name.
func TestSyntaxErrorsHaveAPlace(t *testing.T) {
	t.Parallel()
	var into any
	for text, want := range map[string]string{
		"{\n  \"a\": 1,\n}":  "document: line 3, column 1: is not valid JSON",
		"{\"a\": tru}":       "document: line 1, column 10: is not valid JSON",
		"{\n\"a\": \"b\"":    "document: line 2, column 9: is not valid JSON",
		"\uFEFF{}":           "document: line 1, column 1: begins with a byte order mark (BOM)",
		"\xFF\xFE{\x00}\x00": "document: line 1, column 1: is UTF-16 by its byte order mark (BOM)",
	} {
		require.ErrorContains(t, document.Decode([]byte(text), &into), want, "%q", text)
	}
}
