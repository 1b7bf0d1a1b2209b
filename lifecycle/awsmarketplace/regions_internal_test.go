package awsmarketplace

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/listing"
)

// A product is in the Regions that it names; in those to come only if it says so.
func TestRegionsOfAProduct(t *testing.T) {
	t.Parallel()
	for availability, future := range map[string]bool{
		`{"Regions":["us-east-1","us-east-2"],"Restrict":[],"FutureRegionSupport":null}`:   false,
		`{"Regions":["us-east-1","us-east-2"],"Restrict":[],"FutureRegionSupport":"None"}`: false,
		`{"Regions":["us-east-1","us-east-2"],"Restrict":[],"FutureRegionSupport":"All"}`:  true,
	} {
		s, err := snapshotOf([]byte(`{"Description":{"Visibility":"Public"},"RegionAvailability":`+availability+`}`), nil)
		require.NoError(t, err)
		assert.Equal(t, []listing.Region{"us-east-1", "us-east-2"}, s.Regions)
		assert.Equal(t, future, s.FutureRegions, availability)
	}
}
