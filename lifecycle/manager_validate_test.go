package lifecycle_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// validating is a market that validates versions to add.
type validating struct {
	*lifecycletest.Market
	asked     []lifecycle.Change
	latest    lifecycle.Status
	err       error // of Find
	followErr error
}

func (m *validating) Plan(c lifecycle.Change) (lifecycle.PlannedChangeSet, error) {
	change := lifecycle.PlannedChange{Type: "UpdateInformation", Entity: "SageMakerProduct@1.0", Document: []byte(`{}`)}
	return lifecycle.PlannedChangeSet{Changes: []lifecycle.PlannedChange{change}, Validates: c.Kind == lifecycle.EventAddVersion}, nil
}

func (m *validating) Validate(ctx context.Context, c lifecycle.Change) (string, error) {
	if c.Kind != lifecycle.EventAddVersion {
		return m.Market.Validate(ctx, c)
	}
	m.asked = append(m.asked, c)
	return "validation", nil
}

func (m *validating) Find(ctx context.Context, name string) (string, error) {
	if m.err != nil {
		return "", m.err
	}
	if n := len(m.asked); n > 0 && m.asked[n-1].Name == name {
		return "validation", nil
	}
	return m.Market.Find(ctx, name)
}

func (m *validating) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	if id == "validation" {
		return m.latest, m.followErr
	}
	return m.Market.Follow(ctx, id)
}

func TestValidate(t *testing.T) {
	t.Parallel()
	ctx, clock, id := context.Background(), &lifecycletest.Clock{}, uuid.New()
	market := &validating{Market: lifecycletest.NewMarket(clock), latest: lifecycle.Status{Result: lifecycle.Pending}}
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(t, err)
	l := lifecycletest.ModelPackage()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: l}, lifecycle.Submit{}, lifecycle.SignOff{}} {
		_, err := m.Do(ctx, id, c)
		require.NoError(t, err)
		_, err = m.Await(ctx, id)
		require.NoError(t, err)
	}
	before, err := m.Load(ctx, id)
	require.NoError(t, err)
	add := lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)}
	validate := func() error { _, err := m.Validate(ctx, id, add); return err }

	require.NoError(t, validate())
	require.NoError(t, validate(), "it is pending")
	require.Len(t, market.asked, 1)
	assert.Equal(t, id, market.asked[0].Listing)
	of, ours := lifecycle.ListingOf(market.asked[0].Name)
	assert.True(t, ours)
	assert.Equal(t, id, of)
	plan, err := m.Plan(ctx, id, add)
	require.NoError(t, err)
	assert.True(t, plan.Validates)
	assert.NotEqual(t, plan.ChangeSet, market.asked[0].Name, "what is sent later is not taken for the validation")

	market.latest.Result = lifecycle.Failed
	status, err := m.Validation(ctx, "validation")
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Failed, status.Result)
	require.NoError(t, validate(), "it has ended, and is asked anew")
	require.Len(t, market.asked, 2)
	assert.Equal(t, market.asked[0].Name, market.asked[1].Name)
	assert.NotEqual(t, market.asked[0].Token, market.asked[1].Token)

	for _, c := range []lifecycle.Command{lifecycle.UpdateAllowList{Accounts: accounts(1)}, lifecycle.Unpublish{Email: "a@example.com", Reason: "Gone."}} {
		_, err := m.Validate(ctx, id, c)
		require.ErrorIs(t, err, errors.ErrUnsupported, c.Event())
	}
	_, err = m.Validate(ctx, uuid.New(), lifecycle.Create{Listing: l})
	require.ErrorIs(t, err, errors.ErrUnsupported, "it sends nothing")
	_, err = m.Validate(ctx, id, lifecycle.RestrictVersion{Number: "9.9"})
	require.ErrorIs(t, err, lifecycle.RuleVersionKnown)

	market.err = lifecycle.ErrThrottled
	require.ErrorIs(t, validate(), lifecycle.ErrThrottled)
	market.err, market.followErr = nil, lifecycle.ErrUnavailable
	require.ErrorIs(t, validate(), lifecycle.ErrUnavailable)
	assert.Len(t, market.asked, 2)
	market.followErr, market.latest.Result = lifecycle.ErrNotFound, lifecycle.Pending
	require.NoError(t, validate(), "the one before is forgotten")
	assert.Len(t, market.asked, 3)
	after, err := m.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, before, after, "nothing is written down")

	_, err = m.Do(ctx, id, add)
	require.NoError(t, err)
	_, err = m.Validate(ctx, id, lifecycle.Cancel{})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = lifecycletest.NewBench(t).Validate(ctx, id, add)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	b := lifecycletest.NewBench(t)
	_, err = b.Validate(ctx, b.Listing(t, l, lifecycle.Live, false), add)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	var refusal *lifecycle.Refusal
	require.NotErrorAs(t, err, &refusal)
}
