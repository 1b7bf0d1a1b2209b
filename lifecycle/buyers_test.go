package lifecycle_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

func TestWhoSubscribes(t *testing.T) {
	const tester, stranger, named = "777788889999", "999900001111", "444455556666"
	at := func(l listing.Listing, state lifecycle.State) lifecycle.Record {
		r, facts := withTwoVersions(t, l, state, state == lifecycle.Submitted)
		if state == lifecycle.TestProduct {
			r.Published.AllowList = []listing.AccountID{tester}
		}
		require.NotEmpty(t, facts.Resources)
		return r
	}
	public, private := lifecycletest.ModelPackage(), lifecycletest.Algorithm()
	for name, c := range map[string]struct {
		record  lifecycle.Record
		account listing.AccountID
		want    *rule.Rule
	}{
		"draft, seller":            {at(public, lifecycle.Draft), lifecycletest.Seller, &lifecycle.RulePreviewAudience},
		"submitted, tester":        {at(public, lifecycle.Submitted), tester, &lifecycle.RulePreviewAudience},
		"test, seller":             {at(public, lifecycle.TestProduct), lifecycletest.Seller, nil},
		"test, tester":             {at(public, lifecycle.TestProduct), tester, nil},
		"test, stranger":           {at(public, lifecycle.TestProduct), stranger, &lifecycle.RulePreviewAudience},
		"private test, its buyer":  {at(private, lifecycle.TestProduct), named, &lifecycle.RulePreviewAudience},
		"live, stranger":           {at(public, lifecycle.Live), stranger, nil},
		"private live, its buyer":  {at(private, lifecycle.Live), named, nil},
		"private live, its seller": {at(private, lifecycle.Live), lifecycletest.Seller, nil},
		"private live, tester":     {at(private, lifecycle.Live), tester, &lifecycle.RuleLiveAudience},
		"unpublished, anybody":     {at(public, lifecycle.Unpublished), stranger, &lifecycle.RuleNoNewBuyers},
	} {
		t.Run(name, func(t *testing.T) {
			found := c.record.CanSubscribe(lifecycle.Buyer{Account: c.account})
			require.NoError(t, c.record.CanSubscribe(lifecycle.Buyer{Account: c.account, Subscribed: true}).Err())
			if c.want == nil {
				require.NoError(t, found.Err())
				require.NotEmpty(t, c.record.Versions(lifecycle.Buyer{Account: c.account}))
				return
			}
			require.ErrorIs(t, found.Err(), *c.want)
			require.Len(t, found.Violations, 1)
			require.Empty(t, c.record.Versions(lifecycle.Buyer{Account: c.account}))
		})
	}
}

func TestWhoSeesWhichVersion(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	l := lifecycletest.ModelPackage()
	id := b.Listing(t, l, lifecycle.Live, false)
	for _, c := range []lifecycle.Command{
		lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)},
		lifecycle.AddVersion{Version: lifecycletest.Version("1.2", l.Kind)},
		lifecycle.RestrictVersion{Number: "1.2"},
	} {
		_, err := b.Do(ctx, id, c)
		require.NoError(t, err)
		_, err = b.Await(ctx, id)
		require.NoError(t, err)
	}
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	newcomer, old := lifecycle.Buyer{Account: "999900001111"}, lifecycle.Buyer{Account: "999900001111", Subscribed: true}
	assert.Equal(t, []string{"1.0", "1.1"}, numbers(r.Versions(newcomer)))
	assert.Equal(t, []string{"1.0", "1.1", "1.2"}, numbers(r.Versions(old)))
	latest, ok := r.ConsoleVersion(newcomer)
	assert.True(t, ok)
	assert.Equal(t, "1.1", latest.Number)
	latest, _ = r.ConsoleVersion(old)
	assert.Equal(t, "1.2", latest.Number)
	_, ok = lifecycle.Record{}.ConsoleVersion(newcomer)
	assert.False(t, ok)

	since := r.Restricted["1.2"]
	require.ErrorIs(t, r.CanWithdraw("1.1", since).Err(), lifecycle.RuleRestrictedStaysUsable, "it is offered")
	require.ErrorIs(t, r.CanWithdraw("1.2", since.Add(lifecycle.SupportPeriod-time.Nanosecond)).Err(), lifecycle.RuleRestrictedStaysUsable)
	require.NoError(t, r.CanWithdraw("1.2", since.Add(lifecycle.SupportPeriod)).Err())
	require.NoError(t, r.CanWithdraw("9.9", since).Err(), "nobody has it")

	gone, _ := withTwoVersions(t, l, lifecycle.Unpublished, false)
	end, _ := gone.SupportedUntil()
	require.ErrorIs(t, gone.CanWithdraw("1.0", end.Add(-time.Nanosecond)).Err(), lifecycle.RuleNinetyDays)
	require.NoError(t, gone.CanWithdraw("1.0", end).Err())
}

func numbers(versions []version.Version) []string {
	var all []string
	for _, v := range versions {
		all = append(all, v.Number)
	}
	return all
}

func TestBuyerOfWhatWasNeverPublishedSeesNothing(t *testing.T) {
	draft, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	assert.Empty(t, draft.Versions(lifecycle.Buyer{Account: "777788889999", Subscribed: true}))
}

func TestVersionThatNeverWasMayBeWithdrawn(t *testing.T) {
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Unpublished, false)
	require.NoError(t, r.CanWithdraw("9.9", r.UpdatedAt).Err())
	lifecycletest.RequireRefused(t, r.CanWithdraw("1.0", r.UpdatedAt).Err(), lifecycle.RuleNinetyDays)
}

func TestWithdrawOfWhatIsBeingPublished(t *testing.T) {
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	require.ErrorIs(t, r.CanWithdraw("1.0", lifecycletest.Start).Err(), lifecycle.RuleRestrictedStaysUsable)
}

// Of a request under way only the versions that it brings must stay.
func TestWithdrawOfWhatNoRequestBrings(t *testing.T) {
	r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
	require.NotNil(t, r.Request)
	require.NoError(t, r.CanWithdraw("9.9", r.UpdatedAt).Err())
}
