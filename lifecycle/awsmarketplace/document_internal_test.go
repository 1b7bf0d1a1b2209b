package awsmarketplace

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEncodeKeepsNumbersExact(t *testing.T) {
	t.Parallel()
	document, err := encode([]any{json.Number("12345678901234567890"), json.Number("0.10"), map[string]any{"text": "<&>", "none": struct{}{}}, nil, false})
	require.NoError(t, err)
	data, err := document.MarshalSmithyDocument()
	require.NoError(t, err)
	// Not as JSON: that would compare the numbers as floats.
	want := []byte(`[12345678901234567890,0.10,{"none":{},"text":"<&>"},null,false]`)
	assert.True(t, bytes.Equal(want, data), "%s", data)

	_, err = encode(func() {})
	assert.Error(t, err)
}

func TestParseIdentifier(t *testing.T) {
	t.Parallel()
	id, revision, err := parseIdentifier("prod-ad8EXAMPLE651@3")
	require.NoError(t, err)
	assert.Equal(t, "prod-ad8EXAMPLE651", id)
	assert.EqualValues(t, 3, revision)
	for _, bad := range []string{"", "prod-x", "@3", "prod-x@", "prod-x@-1", "prod-x@0", "prod-x@1.5", "prod-x@99999999999999999999", "prod-x@1@2"} {
		_, _, err := parseIdentifier(bad)
		assert.ErrorContains(t, err, "want <id>@<revision>", bad)
	}
}

func FuzzDeliveryOptions(f *testing.F) {
	samples, err := filepath.Glob("testdata/entity/*.json")
	require.NoError(f, err)
	require.NotEmpty(f, samples)
	for _, sample := range samples {
		data, err := os.ReadFile(sample)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`{"Versions": [{"VersionTitle": "1.0", "DeliveryOptions": [{"Id": null}]}, null]}`))
	f.Add([]byte(`{"Versions": {}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ids, err := deliveryOptions(data)
		if err != nil {
			require.Nil(t, ids)
			return
		}
		require.True(t, json.Valid(data))
		for title, id := range ids {
			require.NotEmpty(t, title)
			require.NotEmpty(t, id)
		}
	})
}

func FuzzParseIdentifier(f *testing.F) {
	f.Add("prod-ad8EXAMPLE651@3")
	f.Add("offer-x@")
	f.Fuzz(func(t *testing.T, identifier string) {
		id, revision, err := parseIdentifier(identifier)
		if err != nil {
			return
		}
		require.Positive(t, revision)
		again, sameRevision, err := parseIdentifier(revised(id, revision))
		require.NoError(t, err)
		require.Equal(t, id, again)
		require.Equal(t, revision, sameRevision)
	})
}
