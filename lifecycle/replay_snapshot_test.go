package lifecycle_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// reconcile takes a snapshot of the listing's own product, with changes, into the
// record.
func reconcile(t *testing.T, r lifecycle.Record, event lifecycle.Event, change func(*lifecycle.Reconcile)) lifecycle.Record {
	t.Helper()
	c := soundOn(r, r.Draft)[event].(lifecycle.Reconcile)
	c.Snapshot.Content = c.Snapshot.Content.Clone()
	change(&c)
	d, err := lifecycle.Decide(r, c, lifecycle.Input{At: r.UpdatedAt.Add(time.Hour)})
	require.NoError(t, err)
	return d.Record
}

func asItIs(*lifecycle.Reconcile) {}

// The allow-list of a private listing that is Live is that of its buyers, and no
// other is.
func TestReconciledBuyers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listing listing.Listing
		state   lifecycle.State
		event   lifecycle.Event
		want    []listing.AccountID
	}{
		{lifecycletest.Algorithm(), lifecycle.Live, lifecycle.EventReconcileLive, accounts(2)},
		{lifecycletest.Algorithm(), lifecycle.TestProduct, lifecycle.EventReconcileTest, lifecycletest.Algorithm().Buyers},
		{lifecycletest.ModelPackage(), lifecycle.Live, lifecycle.EventReconcileLive, nil},
	} {
		r, _ := withTwoVersions(t, c.listing, c.state, false)
		after := reconcile(t, r, c.event, func(c *lifecycle.Reconcile) { c.Snapshot.Content.AllowList = accounts(2) })
		assert.Equal(t, c.want, after.Draft.Buyers, c.event)
		assert.Equal(t, accounts(2), after.Published.AllowList, c.event)
	}
}

// Prices that have risen elsewhere have risen; those of a listing that was not
// published before, or that stay, have not.
func TestReconciledPrices(t *testing.T) {
	t.Parallel()
	raise := func(c *lifecycle.Reconcile) {
		raised := pricing.RateCard{pricing.Batch(lifecycletest.Instance): pricing.MustUSD("0.41"), pricing.RealTime(lifecycletest.Instance): pricing.MustUSD("0.50")}
		c.Snapshot.Content.Rates, c.Snapshot.Content.Listing.Offer.Rates = raised, raised
		c.Snapshot.ModifiedAt = lifecycletest.Start
	}
	live, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	draft, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	rise := lifecycle.AnnouncedRise(lifecycletest.Start)
	assert.Equal(t, &rise, reconcile(t, live, lifecycle.EventReconcileLive, raise).Rise)
	assert.Nil(t, reconcile(t, live, lifecycle.EventReconcileLive, asItIs).Rise)
	assert.Nil(t, reconcile(t, draft, lifecycle.EventReconcileTest, raise).Rise)
}

// Prices that were announced and are not in effect yet stay, unless the marketplace has
// higher ones or none.
func TestReconciledPricesBeforeTheyRise(t *testing.T) {
	t.Parallel()
	live, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	batch, realTime := pricing.Batch(lifecycletest.Instance), pricing.RealTime(lifecycletest.Instance)
	content := live.Published.Clone()
	content.Rates[batch] = pricing.MustUSD("0.60")
	live.Published = &content
	for _, c := range []struct {
		announced time.Time
		held      pricing.RateCard
		want      string
	}{
		{live.UpdatedAt, pricing.RateCard{batch: pricing.MustUSD("0.40"), realTime: pricing.MustUSD("0.50")}, "0.60"},
		{live.UpdatedAt, pricing.RateCard{batch: pricing.MustUSD("0.70"), realTime: pricing.MustUSD("0.50")}, "0.70"},
		{live.UpdatedAt, pricing.RateCard{realTime: pricing.MustUSD("0.50")}, ""},
		{live.UpdatedAt.AddDate(-1, 0, 0), pricing.RateCard{batch: pricing.MustUSD("0.40"), realTime: pricing.MustUSD("0.50")}, "0.40"},
	} {
		rise := lifecycle.AnnouncedRise(c.announced)
		live.Rise = &rise
		after := reconcile(t, live, lifecycle.EventReconcileLive, func(command *lifecycle.Reconcile) {
			command.Snapshot.Content.Rates, command.Snapshot.Content.Listing.Offer.Rates = c.held, c.held
		})
		for _, rates := range []pricing.RateCard{after.Published.Rates, after.Draft.Offer.Rates} {
			price, stated := rates[batch]
			assert.Equal(t, c.want != "", stated)
			if stated {
				assert.Equal(t, c.want, price.String())
			}
		}
	}
}

// A contract that the marketplace has copied keeps the address that the seller gave.
func TestReconciledContract(t *testing.T) {
	t.Parallel()
	const own, there = "https://example.com/eula.txt", "https://copies.example.org/eula.txt"
	for name, c := range map[string]struct {
		mine   pricing.EULA
		copied bool
		want   string
	}{
		"copied":           {pricing.EULA{URL: own}, true, own},
		"another":          {pricing.EULA{URL: own}, false, there},
		"copied, not ours": {pricing.EULA{Standard: true}, true, there},
	} {
		l := lifecycletest.ModelPackage()
		l.Offer.EULA = c.mine
		r, _ := withTwoVersions(t, l, lifecycle.Live, false)
		after := reconcile(t, r, lifecycle.EventReconcileLive, func(command *lifecycle.Reconcile) {
			command.Snapshot.CopiedEULA = c.copied
			command.Snapshot.Content.Listing.Offer.EULA = pricing.EULA{URL: there}
		})
		assert.Equal(t, c.want, after.Published.Listing.Offer.EULA.URL, name)
	}
	draft, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	after := reconcile(t, draft, lifecycle.EventReconcileTest, func(command *lifecycle.Reconcile) {
		command.Snapshot.CopiedEULA = true
		command.Snapshot.Content.Listing.Offer.EULA = pricing.EULA{URL: there}
	})
	assert.Equal(t, there, after.Published.Listing.Offer.EULA.URL, "nothing was published before")
	assert.NotNil(t, after.KnownSince, "what happened before is not known")
	live, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	assert.Nil(t, reconcile(t, live, lifecycle.EventReconcileLive, asItIs).KnownSince)
}

// Support runs from the first instant at which the listing was seen to be removed.
func TestReconciledRemoval(t *testing.T) {
	t.Parallel()
	live, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	assert.Nil(t, reconcile(t, live, lifecycle.EventReconcileLive, asItIs).UnpublishedAt)
	removed := func(at time.Time) func(*lifecycle.Reconcile) {
		return func(c *lifecycle.Reconcile) { c.Snapshot.ModifiedAt = at }
	}
	first := live.UpdatedAt
	r := reconcile(t, live, lifecycle.EventReconcileUnpublished, removed(first))
	require.Equal(t, &first, r.UnpublishedAt)
	r = reconcile(t, r, lifecycle.EventReconcileUnpublished, removed(first.Add(time.Minute)))
	assert.Equal(t, &first, r.UnpublishedAt)
}

// What the marketplace never gives back is that of the version with the same number
// and the same resource.
func TestReconciledVersionsKeepTheirOwnParts(t *testing.T) {
	t.Parallel()
	r, _ := withTwoVersions(t, lifecycletest.Algorithm(), lifecycle.TestProduct, false)
	mine, other := lifecycletest.Version("2.0", version.Algorithm), lifecycletest.Version("3.0", version.Algorithm)
	r.Draft = r.Draft.Clone()
	r.Draft.Versions = append(r.Draft.Versions, mine, other)
	bare := func(v version.Version) version.Version { // as the marketplace gives it back
		v.Usage, v.Training, v.AccessRole = v.UsageInstructions(), nil, ""
		return v
	}
	moved := bare(other)
	moved.Resource += "-again"
	reworded := bare(r.Published.Listing.Versions[0])
	reworded.Usage = "Send one page."
	after := reconcile(t, r, lifecycle.EventReconcileTest, func(c *lifecycle.Reconcile) {
		c.Snapshot.Content.Listing.Versions = []version.Version{reworded, bare(mine), moved}
		for _, v := range c.Snapshot.Content.Listing.Versions {
			c.Snapshot.Entities.DeliveryOptions[v.Number] = "option-of-" + v.Number
		}
	})
	require.Len(t, after.Draft.Versions, 3)
	assert.Equal(t, mine, after.Draft.Versions[1])
	assert.Equal(t, moved, after.Draft.Versions[2])
	reworded.AccessRole = mine.AccessRole
	assert.Equal(t, reworded, after.Draft.Versions[0])
}

// A listing that is adopted for named buyers is for them alone.
func TestAdoptedBuyers(t *testing.T) {
	t.Parallel()
	s := lifecycletest.Snapshot(lifecycletest.Algorithm(), lifecycle.VisibilityLimited)
	s.Content.AllowList = accounts(2)
	nothing := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}
	d, err := lifecycle.Decide(nothing, lifecycle.Adopt{Snapshot: s, Buyers: accounts(1)}, lifecycle.Input{At: lifecycletest.Start})
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Live, d.Record.State)
	assert.Equal(t, accounts(1), d.Record.Draft.Buyers)
	assert.Equal(t, accounts(1), d.Record.Published.AllowList)
	d, err = lifecycle.Decide(nothing, lifecycle.Adopt{Snapshot: s}, lifecycle.Input{At: lifecycletest.Start})
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, d.Record.State)
	assert.Equal(t, accounts(2), d.Record.Published.AllowList)
}
