package listing_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/racing"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// A sound listing is checked without an allocation, however many versions it has.
func TestCheckAllocatesNothing(t *testing.T) {
	for name, l := range map[string]listing.Listing{"model package": lifecycletest.ModelPackage(), "algorithm": lifecycletest.Algorithm()} {
		for _, versions := range []int{1, 5, 50} {
			l = lifecycletest.WithVersions(l, versions)
			require.NoError(t, listing.Check(l).Err())
			if racing.On {
				continue // the pools forget things then, to find more races
			}
			got := testing.AllocsPerRun(100, func() { listing.Check(l) })
			if versions > 16 {
				assert.LessOrEqual(t, got, 8.0, "%s: the maps that find what two of many versions have in common", name)
			} else {
				assert.Zero(t, got, "%s, %d versions", name, versions)
			}
		}
	}
}

// Parsing allocates for what it returns: texts, lists and prices.
func TestParseAllocatesForItsTexts(t *testing.T) {
	data, err := listing.Format(lifecycletest.ModelPackage())
	require.NoError(t, err)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		_, err := listing.Parse(data)
		require.NoError(t, err)
	}), 180.0)
}
