package lifecycle_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// A wrapper that embeds the interface keeps every ability.
type metrics struct {
	lifecycle.Marketplace
	calls map[string]int
}

func (m metrics) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	m.calls["send"]++
	return m.Marketplace.Send(ctx, c)
}

type able struct {
	*lifecycletest.Market
	calls map[string]int
}

func (a able) Plan(lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
	a.calls["plan"]++
	return lifecycle.PlannedChangeSet{Changes: []lifecycle.PlannedChange{{Type: "ReleaseProduct", Entity: "Product@1.0", Document: json.RawMessage("{}")}}, Validates: true}, nil
}

func (a able) Validate(context.Context, lifecycle.Change) (string, error) {
	a.calls["validate"]++
	return "validation", nil
}

func (a able) Read(context.Context, string) (lifecycle.Snapshot, error) {
	a.calls["read"]++
	return lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic), nil
}

func (a able) Pending(context.Context, string) ([]string, string, error) {
	a.calls["pending"]++
	return nil, "", nil
}

func (a able) Trace(context.Context, lifecycle.Change) (lifecycle.Traced, error) {
	a.calls["trace"]++
	return lifecycle.Traced{}, lifecycle.ErrNotFound
}

func TestAWrapperKeepsEveryAbility(t *testing.T) {
	t.Parallel()
	ctx, clock, calls := context.Background(), &lifecycletest.Clock{}, map[string]int{}
	market := lifecycletest.NewMarket(clock)
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), metrics{able{market, calls}, calls}, lifecycle.WithClock(clock))
	require.NoError(t, err)
	id := uuid.New()
	_, err = m.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err)
	plan, err := m.Plan(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	assert.True(t, plan.Validates)
	assert.Len(t, plan.Changes, 1)
	_, err = m.Validate(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	_, err = m.Read(ctx, "prod-abcdefghijklm")
	require.NoError(t, err)
	_, err = m.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	_, err = m.Advance(ctx, id)
	require.NoError(t, err)
	_, err = m.Sweep(ctx)
	require.NoError(t, err)
	clock.Advance(retention)
	market.FailCalls(lifecycle.ErrNotFound)
	_, err = m.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrForgotten)
	require.NotErrorIs(t, err, lifecycle.ErrNotFound, "the listing exists")
	for _, ability := range []string{"send", "plan", "validate", "read", "pending", "trace"} {
		assert.NotZero(t, calls[ability], ability)
	}
}

// A manager that is bound to another store differs in nothing else.
func TestWith(t *testing.T) {
	t.Parallel()
	b, other := lifecycletest.NewBench(t), memstore.New()
	id := uuid.New()
	_, err := b.With(other).Do(context.Background(), id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.NoError(t, err)
	_, err = b.Load(context.Background(), id)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	_, err = b.With(other).Load(context.Background(), id)
	require.NoError(t, err)
}
