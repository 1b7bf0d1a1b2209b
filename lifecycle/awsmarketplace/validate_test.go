package awsmarketplace_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// liveListing is one that is for sale in the account, and its manager, which
// does not look at resources itself.
func liveListing(t *testing.T, a *account) (*lifecycle.Manager, uuid.UUID) {
	t.Helper()
	id := uuid.NewSHA1(uuid.Nil, []byte("live"))
	manager, err := lifecycle.New("111122223333", memstore.New(), a.Marketplace, lifecycle.WithClock(fixture.Clock{Simulator: a.sim}))
	require.NoError(t, err)
	for _, command := range []lifecycle.Command{lifecycle.Create{Listing: content().Listing}, lifecycle.Submit{}, lifecycle.SignOff{}} {
		_, err := manager.Do(t.Context(), id, command)
		require.NoError(t, err)
		_, err = manager.Await(t.Context(), id)
		require.NoError(t, err)
	}
	return manager, id
}

func TestValidateChangesNothing(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	manager, id := liveListing(t, a)
	before, err := manager.Load(t.Context(), id)
	require.NoError(t, err)
	command := lifecycle.AddVersion{Version: modelPackage("1.1")}
	plan, err := manager.Plan(t.Context(), id, command)
	require.NoError(t, err)
	assert.True(t, plan.Validates)
	assert.Contains(t, plan.String(), "can be validated beforehand")

	sent := len(a.sim.Ledger().ChangeSets)
	require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.LoseAnswer, Operation: "StartChangeSet"}))
	_, err = manager.Validate(t.Context(), id, command)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	started, err := manager.Validate(t.Context(), id, command)
	require.NoError(t, err)
	same, err := manager.Validate(t.Context(), id, command)
	require.NoError(t, err)
	assert.Equal(t, started, same, "while it is pending")
	status, err := manager.Validation(t.Context(), started)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Pending, status.Result)

	_, err = manager.Do(t.Context(), id, lifecycle.UpdateAllowList{Accounts: []listing.AccountID{"777788889999"}})
	require.NoError(t, err)
	var busy *lifecycle.BusyError
	_, err = manager.Advance(t.Context(), id)
	require.ErrorAs(t, err, &busy, "a validation holds the listing")
	assert.Equal(t, started, busy.ChangeSet)
	_, err = manager.Do(t.Context(), id, lifecycle.Cancel{})
	require.NoError(t, err)
	_, err = manager.Advance(t.Context(), id)
	require.NoError(t, err)

	require.NoError(t, a.sim.Advance(time.Hour))
	status, err = manager.Validation(t.Context(), started)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Succeeded, status.Result)

	ledger := a.sim.Ledger().ChangeSets[sent:]
	require.Len(t, ledger, 1)
	for _, set := range ledger {
		assert.Equal(t, "VALIDATE", set.Intent)
		of, ours := lifecycle.ListingOf(set.Name)
		assert.True(t, ours)
		assert.Equal(t, id, of)
	}
	after, err := manager.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, before.Published, after.Published)
	entities, err := a.Identify(t.Context(), before.Entities)
	require.NoError(t, err)
	assert.Equal(t, before.Entities, entities)

	_, err = manager.Do(t.Context(), id, command)
	require.NoError(t, err)
	r, err := manager.Await(t.Context(), id)
	require.NoError(t, err)
	assert.Len(t, r.Published.Listing.Versions, 2)
}

// What was put right outside of the record is looked at anew.
func TestValidateTellsWhyNotUntilItIsPutRight(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	manager, id := liveListing(t, a)
	command := lifecycle.AddVersion{Version: modelPackage("9.9")}
	validate := func() lifecycle.Status {
		t.Helper()
		changeSet, err := manager.Validate(t.Context(), id, command)
		require.NoError(t, err)
		require.NoError(t, a.sim.Advance(time.Hour))
		status, err := manager.Validation(t.Context(), changeSet)
		require.NoError(t, err)
		return status
	}
	for range 2 {
		status := validate()
		assert.Equal(t, lifecycle.Failed, status.Result)
		require.NotEmpty(t, status.Problems)
		assert.Equal(t, "ASSET_NOT_FOUND", status.Problems[0].Code)
		assert.Equal(t, lifecycle.RuleResourceExists.ID, status.Problems[0].Rule)
	}
	require.NoError(t, a.sim.PutModelPackage(simulator.ModelPackage{
		ARN: string(command.Version.Resource), CertifyForMarketplace: true,
		SupportedTransformInstanceTypes: []string{"ml.m5.large"}, SupportedRealtimeInferenceInstanceTypes: []string{"ml.m5.large"},
	}))
	require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.ServerFault}))
	assert.True(t, validate().Fault)
	assert.Equal(t, lifecycle.Succeeded, validate().Result)

	require.NoError(t, a.sim.Advance(62*24*time.Hour))
	assert.Equal(t, lifecycle.Succeeded, validate().Result, "when the one before is forgotten")
	for _, operation := range []string{"ListChangeSets", "DescribeChangeSet", "StartChangeSet"} {
		require.NoError(t, a.sim.Inject(simulator.Fault{Kind: simulator.Throttle, Operation: operation}))
		_, err := manager.Validate(t.Context(), id, command)
		require.ErrorIs(t, err, lifecycle.ErrThrottled, operation)
	}
	_, err := a.Follow(t.Context(), "nobodys0nobodys0nobodys00")
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	_, err = manager.Validation(t.Context(), "nobodys0nobodys0nobodys00")
	require.ErrorIs(t, err, lifecycle.ErrForgotten)
	require.NotErrorIs(t, err, lifecycle.ErrNotFound, "that is a listing that does not exist")
}

func TestWhatCannotBeValidated(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	manager, id := liveListing(t, a)
	sent := len(a.sim.Ledger().ChangeSets)
	for name, c := range map[string]struct {
		command lifecycle.Command
		err     error
	}{
		"information": {lifecycle.UpdateInformation{
			Information: content().Listing.Information, Promotion: listing.Promotion{Logo: content().Listing.Promotion.Logo, Keywords: []string{"other"}}, Support: *content().Listing.Support,
		}, errors.ErrUnsupported},
		"a version with new prices": {lifecycle.AddVersion{Version: modelPackage("2.0"), Rates: pricing.RateCard{
			pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
		}}, errors.ErrUnsupported},
		"what sends nothing":      {lifecycle.EndSupport{}, lifecycle.RuleEndSupport},
		"what the rules refuse":   {lifecycle.AddVersion{Version: modelPackage("1.0")}, version.RuleNumber},
		"what is not a command":   {nil, lifecycle.RuleCommand},
		"a listing that is there": {lifecycle.Create{Listing: content().Listing}, lifecycle.ErrExists},
	} {
		plan, planErr := manager.Plan(t.Context(), id, c.command)
		assert.False(t, plan.Validates, name)
		_, err := manager.Validate(t.Context(), id, c.command)
		require.ErrorIs(t, err, c.err, name)
		if planErr != nil {
			require.ErrorIs(t, planErr, c.err, name)
		}
	}
	assert.Len(t, a.sim.Ledger().ChangeSets, sent)

	_, err := a.Validate(t.Context(), change(lifecycle.EventUpdateInformation, func(c *lifecycle.Content) { c.Listing.Title = "Other" }))
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = a.Validate(t.Context(), lifecycle.Change{})
	var rejection *lifecycle.Rejection
	require.ErrorAs(t, err, &rejection, "what cannot be sent cannot be validated")
}
