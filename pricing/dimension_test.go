package pricing_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/pricing"
)

// Generators are made anew for each test: rapid's are not safe to share.

func anyInstance() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"ml.m5.large", "ml.p6e-gb200.36xlarge", "ml.g5g.metal", "ml.trn1-n.32xlarge", "ml.m.i.b", "ml.a.t"}),
		rapid.StringMatching(`[a-zA-Z0-9]{1,4}([.-][a-z0-9]{1,6}){0,5}`),
	)
}

func anyDimension() *rapid.Generator[pricing.Dimension] {
	return rapid.Custom(func(t *rapid.T) pricing.Dimension {
		instance := anyInstance().Draw(t, "instance")
		return rapid.SampledFrom([]pricing.Dimension{
			pricing.Batch(instance), pricing.RealTime(instance), pricing.Training(instance), pricing.PerInference,
		}).Draw(t, "dimension")
	})
}

func TestDimensionRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := anyDimension().Draw(t, "dimension")
		got, err := pricing.ParseDimension(want.String())
		require.NoError(t, err)
		assert.Equal(t, want, got)
		text, err := want.MarshalText()
		require.NoError(t, err)
		var read pricing.Dimension
		require.NoError(t, read.UnmarshalText(text))
		assert.Equal(t, want, read)
	})
}

func TestParseDimension(t *testing.T) {
	t.Parallel()
	const hyphenated = "ml.p6e-gb200.36xlarge"
	for key, want := range map[string]pricing.Dimension{
		"ml.m5.large.m.i.b":                    pricing.Batch("ml.m5.large"),
		hyphenated + ".m.i.b":                  pricing.Batch(hyphenated),
		hyphenated + ".m.i.r":                  pricing.RealTime(hyphenated),
		hyphenated + ".a.t":                    pricing.Training(hyphenated),
		"inference.count.m.i.c":                pricing.PerInference,
		"ml.m.i.b.a.t":                         pricing.Training("ml.m.i.b"),
		strings.Repeat("a", 94) + ".m.i.b":     pricing.Batch(strings.Repeat("a", 94)),
		strings.Repeat("a", 95) + ".m.i.b":     {},
		"":                                     {},
		".m.i.b":                               {},
		"ml.m5.large":                          {},
		"ml.m5.large.m.i.c":                    {},
		"ml.m5.large.m.i.B":                    {},
		"ml.m5.large.m.i.b ":                   {},
		" ml.m5.large.m.i.b":                   {},
		"ml..large.m.i.b":                      {},
		"-ml.large.m.i.b":                      {},
		"ml.large-.m.i.b":                      {},
		"ml/large.m.i.b":                       {},
		"ml.lärge.m.i.b":                       {},
		"ml.large\n.m.i.b":                     {},
		"inference.count":                      {},
		"Inference.Count.m.i.c":                {},
		"ml.m5.large" + "\x00" + ".m.i.b":      {},
		strings.Repeat("ml.", 1<<20) + "x.a.t": {},
	} {
		got, err := pricing.ParseDimension(key)
		assert.Equal(t, want, got, "%.40q", key)
		if want != (pricing.Dimension{}) {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, pricing.ErrDimension, "%.40q", key)
		assert.Less(t, len(err.Error()), 300)
		kept := pricing.Batch("ml.m5.large")
		require.ErrorIs(t, kept.UnmarshalText([]byte(key)), pricing.ErrDimension)
		assert.Equal(t, pricing.Batch("ml.m5.large"), kept)
	}
}

func TestMalformedDimensionsAreNotWritten(t *testing.T) {
	t.Parallel()
	for _, d := range []pricing.Dimension{
		{}, {Mode: "spot", Instance: "ml.m5.large"}, {Mode: pricing.ModeInference, Instance: "ml.m5.large"},
		pricing.Batch(""), pricing.RealTime("ml m5"), {Instance: "ml.m5.large.m.i.b"}, pricing.Training(strings.Repeat("a", 97)),
	} {
		_, err := d.MarshalText()
		require.ErrorIs(t, err, pricing.ErrDimension, "%+v", d)
		_, err = json.Marshal(pricing.RateCard{d: {}})
		require.ErrorIs(t, err, pricing.ErrDimension, "%+v", d)
	}
}

func TestRateCardIsOrdered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		card := pricing.RateCard{}
		for _, d := range rapid.SliceOf(anyDimension()).Draw(t, "dimensions") {
			card[d] = pricing.USD{}
		}
		all := card.Dimensions()
		assert.Len(t, all, len(card))
		keys := make([]string, len(all))
		for i, d := range all {
			keys[i] = d.String()
		}
		assert.True(t, slices.IsSorted(keys), "%v", keys)

		data, err := json.Marshal(card)
		require.NoError(t, err)
		at := 0
		for _, key := range keys {
			i := strings.Index(string(data)[at:], `"`+key+`":`)
			require.GreaterOrEqual(t, i, 0)
			at += i
		}
	})
	assert.Empty(t, pricing.RateCard(nil).Dimensions())
}

func TestSortDimensionsGivesEachOnce(t *testing.T) {
	t.Parallel()
	a, b := pricing.Batch("ml.a"), pricing.Batch("ml.b")
	assert.Equal(t, []pricing.Dimension{a, b}, pricing.SortDimensions(slices.Values([]pricing.Dimension{b, a, b, a, b})))
}

func FuzzParseDimension(f *testing.F) {
	for _, seed := range []string{"ml.m5.large.m.i.b", "ml.p6e-gb200.36xlarge.m.i.r", "ml.c5-x.a.t", "inference.count.m.i.c", ".m.i.b", "a.t", "x.m.i.b.a.t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		d, err := pricing.ParseDimension(key)
		if err != nil {
			require.ErrorIs(t, err, pricing.ErrDimension)
			assert.Zero(t, d)
			return
		}
		assert.Equal(t, key, d.String())
		text, err := d.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, key, string(text))
		assert.Equal(t, d.Mode == pricing.ModeInference, d.Instance == "")
	})
}
