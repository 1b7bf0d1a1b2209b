package lifecycle_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

// files is an Assets that has what it holds and nothing else.
type files map[string][]byte

func (f files) Fetch(_ context.Context, url string, limit int64) ([]byte, error) {
	data, ok := f[url]
	if !ok {
		return nil, lifecycle.ErrNotFound
	}
	return data[:min(int64(len(data)), limit)], nil
}

func TestFilesAreLookedAt(t *testing.T) {
	l := lifecycletest.ModelPackage()
	l.Offer.EULA = pricing.EULA{URL: "https://example-assets.s3.amazonaws.com/eula.txt"}
	explain := func(f files) rule.Findings {
		b := lifecycletest.NewBench(t, lifecycle.WithAssets(f))
		id := b.Listing(t, l, lifecycle.Draft, false)
		found, err := b.Explain(context.Background(), id, lifecycle.Submit{})
		require.NoError(t, err)
		return found
	}
	found := explain(files{l.Promotion.Logo: lifecycletest.Logo(), l.Offer.EULA.URL: []byte("You may use it.")})
	require.NoError(t, found.Err())
	assert.Equal(t, []rule.Rule{lifecycle.RuleMarketplacePermission}, notChecked(found))

	found = explain(files{})
	assert.Equal(t, []string{"offer.eula.url", "promotion.logo"}, paths(found.Violations))

	found = explain(files{l.Promotion.Logo: make([]byte, listing.MaxLogoSize+9), l.Offer.EULA.URL: []byte("%PDF-1.4")})
	require.ErrorIs(t, found.Err(), listing.RuleLogo)
	require.ErrorIs(t, found.Err(), pricing.RuleEULAPlainText)
	assert.Equal(t, []string{"offer.eula.url", "promotion.logo", "promotion.logo"}, paths(found.Violations))

	b := lifecycletest.NewBench(t, lifecycle.WithAssets(nil))
	id := b.Listing(t, l, lifecycle.Draft, false)
	found, err := b.Explain(context.Background(), id, lifecycle.Submit{})
	require.NoError(t, err)
	assert.Equal(t, []rule.Rule{lifecycle.RuleMarketplacePermission, pricing.RuleEULAPlainText, listing.RuleLogo, listing.RuleLogoShape},
		notChecked(found), "without a way to look, nothing is taken for granted")
}

// Only a command that leads to a request brings files to the marketplace.
func TestFilesOfADraftAreNotFetched(t *testing.T) {
	t.Parallel()
	b, ctx, l := lifecycletest.NewBench(t), context.Background(), lifecycletest.ModelPackage()
	r, err := b.Load(ctx, b.Listing(t, l, lifecycle.Draft, false))
	require.NoError(t, err)
	assert.Empty(t, b.Facts(ctx, r, lifecycle.Edit{Listing: l}).Assets)
	assert.Len(t, b.Facts(ctx, r, lifecycle.Submit{}).Assets, 1)
}

func paths(violations rule.Violations) []string {
	var all []string
	for _, v := range violations {
		all = append(all, v.Path)
	}
	return all
}

func notChecked(f rule.Findings) []rule.Rule {
	var all []rule.Rule
	for _, gap := range f.NotChecked {
		all = append(all, gap.Rule)
	}
	return all
}
