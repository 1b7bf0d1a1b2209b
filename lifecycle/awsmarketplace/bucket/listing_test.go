package bucket_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/pricing"
)

// What was put into the bucket is looked at by the rules, and goes out with the
// request.
func TestFilesOfTheBucketAreListed(t *testing.T) {
	t.Parallel()
	files := newS3(t)
	files.public()
	uploads := files.newBucket(nil)
	document := fixture.Content().Listing
	var err error
	document.Promotion.Logo, err = uploads.PutLogo(t.Context(), lifecycletest.Logo())
	require.NoError(t, err)
	address, err := uploads.PutEULA(t.Context(), eula)
	require.NoError(t, err)
	document.Offer.EULA = pricing.EULA{URL: address}

	sim, id := fixture.Simulator(t, simulator.Config{}), uuid.New()
	market := awsmarketplace.NewMarketplace(fixture.ConfigAt(t, nil, fixture.Serve(t, sim)))
	manager, err := lifecycle.New("111122223333", memstore.New(), market,
		lifecycle.WithAssets(awsmarketplace.NewAssets(files.client())), lifecycle.WithClock(fixture.Clock{Simulator: sim}))
	require.NoError(t, err)
	for _, command := range []lifecycle.Command{lifecycle.Create{Listing: document}, lifecycle.Submit{}} {
		d, err := manager.Do(t.Context(), id, command)
		require.NoError(t, err)
		for _, open := range d.Findings.NotChecked {
			assert.NotContains(t, []string{"promotion.logo", "offer.eula.url"}, open.Path, "%v", open)
		}
	}
	_, err = manager.Await(t.Context(), id)
	require.NoError(t, err)
	sent, err := json.Marshal(sim.Ledger().ChangeSets[0].Changes)
	require.NoError(t, err)
	assert.Contains(t, string(sent), `"LogoUrl":"`+document.Promotion.Logo+`"`)
	assert.Contains(t, string(sent), `"Url":"`+address+`"`)
}
