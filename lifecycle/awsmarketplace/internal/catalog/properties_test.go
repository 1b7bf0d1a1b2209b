package catalog_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/catalog"
)

// A mode that a document leaves out is left out when it is written: an empty
// instance type is refused, while a document with one mode is AWS's own example.
func TestAbsentModesStayAbsent(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		`{}`, `{"BatchTransform":"ml.m5.large"}`, `{"RealtimeInference":"ml.m5.large"}`, `{"Training":"ml.m5.large"}`,
		`{"BatchTransform":"ml.m5.large","RealtimeInference":"ml.m5.xlarge","Training":"ml.p3.2xlarge"}`,
	} {
		var r catalog.RecommendedInstanceTypes
		require.NoError(t, json.Unmarshal([]byte(document), &r))
		written, err := json.Marshal(r)
		require.NoError(t, err)
		assert.JSONEq(t, document, string(written))
	}
}
