package storetest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/storetest"
)

// What came of each case is in a file, a case that is left out with its reason.
func TestResults(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "results")
	const left = "readers see a Save whole"
	t.Run("suite", func(t *testing.T) {
		storetest.Run(t, func(*testing.T) lifecycle.Store { return memstore.New() },
			storetest.Named("memory: one/two"), storetest.Without(left, "there is one reader"), storetest.WriteResults(folder))
	})
	data, err := os.ReadFile(filepath.Join(folder, "memory--one-two.json"))
	require.NoError(t, err)
	var r storetest.Results
	require.NoError(t, json.Unmarshal(data, &r))
	assert.Equal(t, "memory: one/two", r.Store)
	assert.Greater(t, len(r.Cases), 50)
	skipped := 0
	for _, c := range r.Cases {
		if c.Result == storetest.Skip {
			skipped++
			assert.Equal(t, storetest.Case{Name: left, Result: storetest.Skip, Reason: "there is one reader"}, c)
		} else {
			assert.Equal(t, storetest.Case{Name: c.Name, Result: storetest.Pass}, c)
		}
	}
	assert.Equal(t, 1, skipped)
}
