package document_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/listing/document"
)

func TestValue(t *testing.T) {
	t.Parallel()
	var decoded any
	require.NoError(t, json.Unmarshal([]byte(`{"a":{"b.c":[1,{"d":null}]},"e":"x"}`), &decoded))
	for path, want := range map[string]any{`a["b.c"][0]`: 1.0, `a["b.c"][1].d`: nil, "e": "x", "": decoded} {
		got, ok := document.Value(decoded, path)
		assert.True(t, ok, path)
		assert.Equal(t, want, got, path)
	}
	for _, path := range []string{"f", "a.b", "e.x", `a["b.c"][2]`, `a["b.c"].d`, "a[0]", "..", "e[0]"} {
		_, ok := document.Value(decoded, path)
		assert.False(t, ok, path)
	}
}
