package lifecycle_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/version"
)

// Facts that the caller has are not asked for, and what was known stays in the
// journal with its instant.
func TestGivenFacts(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	given := lifecycle.Facts{MayRequest: lifecycle.Yes}
	b := lifecycletest.NewBench(t, lifecycle.WithFacts(given))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	d, err := b.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	assert.Empty(t, d.Findings.NotChecked)
	require.NotNil(t, d.Entries[0].Known)
	assert.Equal(t, lifecycle.Yes, d.Entries[0].Known.MayRequest)
	assert.Equal(t, lifecycle.Yes, d.Entries[0].Known.Seller.Registered)

	b = lifecycletest.NewBench(t)
	id = b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err = b.Do(ctx, id, lifecycle.Submit{}, lifecycle.GivenFacts(lifecycle.Facts{MayRequest: lifecycle.No}))
	require.ErrorIs(t, err, lifecycle.RuleMarketplacePermission)
}

type broken struct{ lifecycletest.Resources }

func (broken) Describe(context.Context, version.ARN) (lifecycle.Resource, error) {
	return lifecycle.Resource{}, errors.New("ExpiredTokenException: the token has expired")
}

// A rule that was not checked says why its fact could not be had.
func TestGapsSayWhy(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t, lifecycle.WithResources(broken{}))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	found, err := b.Explain(context.Background(), id, lifecycle.Submit{})
	require.NoError(t, err)
	why := map[string]string{}
	for _, gap := range found.NotChecked {
		why[gap.Rule.ID] = gap.Why
	}
	assert.Contains(t, why[lifecycle.RuleResourceExists.ID], "ExpiredTokenException")
	assert.Contains(t, why[lifecycle.RuleEveryInstancePriced.ID], "ExpiredTokenException")
	assert.Contains(t, why[lifecycle.RuleMarketplacePermission.ID], "only starting one shows")
}

type cancelling struct{ cancel context.CancelFunc }

func (c cancelling) Describe(ctx context.Context, _ version.ARN) (lifecycle.Resource, error) {
	c.cancel()
	return lifecycle.Resource{}, ctx.Err()
}

func TestExplainDoesNotPassOffAnEndedContextAsUnknown(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	b := lifecycletest.NewBench(t, lifecycle.WithResources(cancelling{cancel}))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err := b.Explain(ctx, id, lifecycle.Submit{})
	require.ErrorIs(t, err, context.Canceled)
}
