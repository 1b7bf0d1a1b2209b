package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/pricing"
)

func TestPlanOfEachCommand(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	offer := r.Draft.Offer.Clone()
	for d, price := range offer.Rates {
		if price.Cmp(pricing.MustUSD("0.01")) > 0 {
			offer.Rates[d] = pricing.MustUSD("0.01")
		}
	}
	plan, err := b.Plan(ctx, id, &lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
	assert.Equal(t, []lifecycle.State{lifecycle.Live, lifecycle.Live, lifecycle.Live}, []lifecycle.State{plan.From, plan.To, plan.Then})
	assert.Len(t, plan.Differences, len(offer.Rates), "a difference for each rate")
	assert.Equal(t, 6, plan.OverdueHours)
	assert.Empty(t, plan.Changes, "this market does not tell")
	after, err := b.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, r, after, "nothing is written")

	_, err = b.Do(ctx, id, lifecycle.UpdatePricing{Offer: offer})
	require.NoError(t, err)
	plan, err = b.Plan(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	assert.Empty(t, plan.ChangeSet)
	assert.Contains(t, plan.String(), "nothing is sent")
	_, err = b.Plan(ctx, id, lifecycle.UpdatePricing{Offer: offer})
	require.ErrorIs(t, err, lifecycle.RuleOneRequest)

	ended, cancel := context.WithCancelCause(ctx)
	cause := errors.New("enough")
	cancel(cause)
	_, err = b.Plan(ended, uuid.New(), lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.ErrorIs(t, err, cause)
}

func TestDifferencesReadWell(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]lifecycle.Difference{
		"+ sku: A 1":             {Path: "sku", After: "A\n 1"},
		"- sku: A":               {Path: "sku", Before: "A"},
		"~ sku: A → B":           {Path: "sku", Before: "A", After: "B"},
		"+ sku: " + long60 + "…": {Path: "sku", After: long60 + "1"},
		"+ sku: " + long60:       {Path: "sku", After: long60},
	} {
		assert.Equal(t, want, d.String())
	}
	data, err := json.Marshal(lifecycle.Difference{Path: "sku", After: "A"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"path":"sku","after":"A"}`, string(data))
}

const long60 = "012345678901234567890123456789012345678901234567890123456789"
