package lifecycle_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// Progress has figures that a bar can be drawn from.
func TestProgressHasFigures(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err := b.Do(context.Background(), id, lifecycle.Submit{})
	require.NoError(t, err)
	var fractions []float64
	_, err = b.Await(context.Background(), id, lifecycle.OnProgress(func(p lifecycle.Progress, err error) {
		require.NoError(t, err)
		fractions = append(fractions, p.Estimate.Fraction)
		if p.Record.Request == nil {
			assert.Zero(t, p.Estimate)
			return
		}
		assert.Equal(t, time.Hour, p.Estimate.Usual)
		assert.Equal(t, p.Record.Request.RecordedAt, p.Estimate.Since)
		assert.True(t, p.Estimate.Earliest.Before(p.Estimate.Latest))
		assert.NotZero(t, p.Wait)
	}))
	require.NoError(t, err)
	require.Greater(t, len(fractions), 5)
	for i, f := range fractions[:len(fractions)-2] {
		assert.LessOrEqual(t, f, fractions[i+1])
		assert.Less(t, f, 1.0)
	}
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	data, err := json.Marshal(lifecycle.ProgressOf(r, b.Clock.Now()))
	require.NoError(t, err)
	assert.NotContains(t, string(data), "overview", "a progress in JSON has no document")
}
