package lifecycle_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/racing"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// Judging a command that nothing stands in the way of allocates next to nothing.
func TestJudgingAllocatesLittle(t *testing.T) {
	if racing.On {
		return // the pools forget things then, to find more races
	}
	bench := lifecycletest.NewBench(t)
	r, err := bench.Load(context.Background(), bench.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false))
	require.NoError(t, err)
	in := lifecycle.Input{At: r.UpdatedAt, Facts: lifecycletest.Facts(r.Draft)}
	require.NoError(t, lifecycle.Explain(r, lifecycle.SignOff{}, in).Err())
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { lifecycle.Explain(r, lifecycle.SignOff{}, in) }), 10.0)
}
