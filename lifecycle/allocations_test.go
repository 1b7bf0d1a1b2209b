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

// Deciding about one version allocates about as often in a listing of a thousand as in
// one of two.
func TestDecidingGrowsLittle(t *testing.T) {
	if racing.On {
		return
	}
	allocations := func(n int) float64 {
		r := liveWith(t, n)
		in := lifecycle.Input{At: r.UpdatedAt}
		return testing.AllocsPerRun(20, func() {
			_, err := lifecycle.Decide(r, lifecycle.RestrictVersion{Number: "1.0"}, in)
			require.NoError(t, err)
		})
	}
	small, large := allocations(2), allocations(1_000)
	assert.LessOrEqual(t, large, 3*small)
	t.Logf("%.0f allocations in a listing of 2 versions, %.0f in one of 1,000", small, large)
}
