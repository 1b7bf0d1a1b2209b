package pricing_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/pricing"
)

func TestRequired(t *testing.T) {
	t.Parallel()
	batch, realTime, training := []string{"ml.b", "ml.a"}, []string{"ml.a"}, []string{"ml.t"}
	hours := []pricing.Dimension{pricing.Batch("ml.a"), pricing.RealTime("ml.a"), pricing.Batch("ml.b"), pricing.Training("ml.t")}
	for model, want := range map[pricing.Model][]pricing.Dimension{
		pricing.Hourly:    hours,
		pricing.Free:      hours,
		pricing.Inference: {pricing.PerInference, pricing.Batch("ml.a"), pricing.Batch("ml.b"), pricing.Training("ml.t")},
	} {
		assert.Equal(t, want, model.Required(batch, realTime, training), model)
	}
	assert.Empty(t, pricing.Hourly.Required(nil, nil, nil))
	assert.Equal(t, []pricing.Dimension{pricing.Batch("ml.a")}, pricing.Hourly.Required([]string{"ml.a", "ml.a"}, nil, nil))
	assert.Equal(t, []string{"ml.b", "ml.a"}, batch, "Required sorted its argument")
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	original, untouched := hourly(), hourly()
	clone := original.Clone()
	assert.Equal(t, original, clone)
	clone.Rates[pricing.PerInference] = pricing.MustUSD("1")
	delete(clone.Rates, pricing.Batch(instance))
	assert.Equal(t, untouched, original)
	assert.Nil(t, pricing.Offer{}.Clone().Rates)
}
