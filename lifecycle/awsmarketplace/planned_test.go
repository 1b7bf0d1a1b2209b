package awsmarketplace_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
)

// TestGoldenPlansAreWhatGoesOut plans every command of a life, then carries it out,
// and holds what the marketplace received against what was planned.
func TestGoldenPlansAreWhatGoesOut(t *testing.T) {
	t.Parallel()
	a, id := newAccount(t), uuid.NewSHA1(uuid.Nil, []byte("planned"))
	yes := lifecycle.SellerProfile{Registered: lifecycle.Yes, ProfileComplete: lifecycle.Yes, TaxAndBank: lifecycle.Yes}
	manager, err := lifecycle.New("111122223333", memstore.New(), a.Marketplace,
		lifecycle.WithResources(a.resources), lifecycle.WithSellers(yes), lifecycle.WithClock(fixture.Clock{Simulator: a.sim}))
	require.NoError(t, err)
	document := content().Listing
	document.Regions.Only = []listing.Region{"us-east-1", "us-east-2"}
	cheaper := document.Offer.Clone()
	cheaper.Rates[pricing.Batch("ml.g5.xlarge")] = pricing.MustUSD("1.10")
	cheaper.Rates[pricing.RealTime("ml.g5.xlarge")] = pricing.MustUSD("1.25")
	cheaper.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("0.35")
	edited := document.Versions[0].Clone()
	edited.Usage = "POST one page."
	information := document.Information.Clone()
	information.Title, information.SKU = "Invoice reader", ""

	var texts strings.Builder
	for _, command := range []lifecycle.Command{
		lifecycle.Create{Listing: document},
		lifecycle.Submit{Testers: []listing.AccountID{"444455556666"}},
		lifecycle.SignOff{},
		lifecycle.AddVersion{Version: modelPackage("2.0"), Rates: pricing.RateCard{
			pricing.Batch("ml.g5.xlarge"): pricing.MustUSD("1.10"), pricing.RealTime("ml.g5.xlarge"): pricing.MustUSD("1.25"),
		}},
		lifecycle.UpdateVersion{Version: edited},
		lifecycle.UpdateInformation{Information: information, Promotion: document.Promotion, Support: *document.Support},
		lifecycle.UpdatePricing{Offer: cheaper},
		lifecycle.UpdateAllowList{Accounts: nil},
		lifecycle.RestrictVersion{Number: "1.0"},
		lifecycle.Unpublish{Email: "owner@example.com", Reason: "Replaced."},
	} {
		before := len(a.sim.Ledger().ChangeSets)
		plan, err := manager.Plan(t.Context(), id, command)
		require.NoError(t, err, command.Event())
		again, err := manager.Plan(t.Context(), id, command)
		require.NoError(t, err)
		require.Equal(t, encoded(t, plan), encoded(t, again), "equal plans, equal bytes")
		require.Len(t, a.sim.Ledger().ChangeSets, before, "a plan sends nothing")
		texts.WriteString(plan.String() + "\n")

		_, err = manager.Do(t.Context(), id, command)
		require.NoError(t, err)
		r, err := manager.Await(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, plan.Then, r.State, command.Event())
		if r.Published != nil {
			drift, err := manager.Drift(t.Context(), id)
			require.NoError(t, err)
			require.Len(t, drift.Differences, 1, "nothing happened elsewhere, and nobody did what is to be done by hand")
			assert.Equal(t, "regions", drift.Differences[0].Path)
			for _, own := range drift.Rewritten {
				assert.Contains(t, []string{"promotion.logo", "allowList"}, own.Path)
			}
		}
		sets := a.sim.Ledger().ChangeSets
		if plan.ChangeSet == "" {
			assert.Len(t, sets, before)
			continue
		}
		require.Len(t, sets, before+1)
		sent := sets[before]
		assert.Equal(t, plan.ChangeSet, sent.Name)
		require.Len(t, sent.Changes, len(plan.Changes))
		for i, c := range plan.Changes {
			assert.Equal(t, []string{c.Type, c.Name, c.Entity, c.Identifier},
				[]string{sent.Changes[i].Type, sent.Changes[i].Name, sent.Changes[i].EntityType, sent.Changes[i].Identifier})
			assert.JSONEq(t, string(c.Document), string(sent.Changes[i].Document))
		}
	}
	golden.Equal(t, filepath.Join("testdata", "plans.txt"), texts.String())
}

// A command that would be refused has no plan but all the reasons.
func TestRefusedCommandsHaveNoPlan(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	manager, err := lifecycle.New("111122223333", memstore.New(), a.Marketplace)
	require.NoError(t, err)
	_, err = manager.Plan(t.Context(), uuid.New(), lifecycle.Submit{})
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	_, err = manager.Plan(t.Context(), uuid.New(), nil)
	require.ErrorIs(t, err, lifecycle.RuleCommand)
	id := uuid.New()
	_, err = manager.Do(t.Context(), id, lifecycle.Create{})
	require.NoError(t, err)
	_, err = manager.Plan(t.Context(), id, lifecycle.Submit{})
	require.ErrorIs(t, err, listing.RuleTitle)
	require.ErrorIs(t, err, listing.RuleAtLeastOneVersion)
}

func encoded(t *testing.T, plan lifecycle.Plan) string {
	t.Helper()
	data, err := json.MarshalIndent(plan, "", "  ")
	require.NoError(t, err)
	return plan.String() + string(data)
}
