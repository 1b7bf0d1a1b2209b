package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// readable is a market that gives back what a test says it has.
type readable struct {
	*lifecycletest.Market
	holding lifecycle.Snapshot
	err     error
}

func (m *readable) Read(context.Context, string) (lifecycle.Snapshot, error) { return m.holding, m.err }

func reading(t *testing.T) (*readable, *lifecycletest.Clock, *lifecycle.Manager) {
	t.Helper()
	clock := &lifecycletest.Clock{}
	market := &readable{Market: lifecycletest.NewMarket(clock)}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(t, err)
	return market, clock, manager
}

func TestAdoptedListingsStandWhereTheMarketplaceHasThem(t *testing.T) {
	t.Parallel()
	twoVersions := lifecycletest.ModelPackage()
	twoVersions.Versions = append(twoVersions.Versions, lifecycletest.Version("0.9", twoVersions.Kind))
	twoVersions.Versions[1].Status = version.Restricted
	private := lifecycletest.Algorithm()
	for name, c := range map[string]struct {
		listing    listing.Listing
		visibility lifecycle.MarketVisibility
		buyers     []listing.AccountID
		state      lifecycle.State
	}{
		"test product": {twoVersions, lifecycle.VisibilityLimited, nil, lifecycle.TestProduct},
		"live":         {twoVersions, lifecycle.VisibilityPublic, nil, lifecycle.Live},
		"private":      {private, lifecycle.VisibilityLimited, private.Buyers, lifecycle.Live},
		"unpublished":  {twoVersions, lifecycle.VisibilityRestricted, nil, lifecycle.Unpublished},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			market, clock, manager := reading(t)
			market.holding = lifecycletest.Snapshot(c.listing, c.visibility)
			market.holding.Content.AllowList = append(market.holding.Content.AllowList, "999999999999")
			market.holding.Documents = map[string]json.RawMessage{"product": json.RawMessage(`{"Kept":true}`)}
			clock.Advance(30 * 24 * time.Hour)
			ctx, id := context.Background(), uuid.New()
			holding, err := manager.Read(ctx, market.holding.Entities.Product)
			require.NoError(t, err)
			d, err := manager.Do(ctx, id, lifecycle.Adopt{Snapshot: holding, Buyers: c.buyers}, lifecycle.By("ann"))
			require.NoError(t, err)
			r := d.Record
			assert.Equal(t, c.state, r.State)
			assert.False(t, r.Edited())
			assert.True(t, r.RegionsLocked)
			assert.Equal(t, holding.Entities, r.Entities)
			assert.Nil(t, r.Request, "nothing is sent")

			drift, err := manager.Drift(ctx, id)
			require.NoError(t, err)
			assert.Empty(t, drift.Differences)
			history := journalOf(t, manager, id)
			require.Len(t, history, 1)
			assert.JSONEq(t, `{"Kept":true}`, string(history[0].Snapshot.Documents["product"]), "nothing is lost")
			replayed, err := lifecycle.Replay(history)
			require.NoError(t, err)
			requireSameRecord(t, r, replayed)

			if len(c.listing.Versions) > 1 {
				assert.Equal(t, map[string]time.Time{"0.9": lifecycletest.Start}, r.Restricted)
			}
			end, unpublished := r.SupportedUntil()
			assert.Equal(t, c.state == lifecycle.Unpublished, unpublished)
			if unpublished {
				assert.Equal(t, lifecycletest.Start.Add(lifecycle.SupportPeriod), end, "no earlier than the last change")
			}
			_, err = manager.Do(ctx, id, lifecycle.Adopt{Snapshot: holding})
			require.ErrorIs(t, err, lifecycle.ErrExists)
			if c.state == lifecycle.Live {
				information := r.Draft.Information.Clone()
				information.Title = "Renamed"
				_, err = manager.Do(ctx, id, lifecycle.UpdateInformation{Information: information, Promotion: r.Draft.Promotion, Support: *r.Draft.Support})
				require.NoError(t, err, "it goes on like any other")
			}
		})
	}
}

func TestSupportOfAnAdoptedListingNeverEndsEarly(t *testing.T) {
	t.Parallel()
	for name, modified := range map[string]time.Time{"unknown": {}, "in the future": lifecycletest.Start.Add(time.Hour)} {
		h := lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityRestricted)
		h.ModifiedAt = modified
		r := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}
		d, err := lifecycle.Decide(r, lifecycle.Adopt{Snapshot: h}, lifecycle.Input{At: lifecycletest.Start})
		require.NoError(t, err)
		assert.Equal(t, lifecycletest.Start, *d.Record.UnpublishedAt, name)
	}
}

func TestWhatCannotBeAdoptedIsSaidAllAtOnce(t *testing.T) {
	t.Parallel()
	h := lifecycle.Snapshot{Visibility: "Staging"}
	h.Content.Listing.Versions = []version.Version{{Number: "1.0", Status: version.Restricted}}
	r := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}
	found := lifecycle.Explain(r, lifecycle.Adopt{Snapshot: h, Buyers: accounts(1)}, lifecycle.Input{At: lifecycletest.Start})
	var paths []string
	for _, v := range found.Violations {
		paths = append(paths, v.Path)
	}
	assert.Equal(t, []string{
		"buyers[0]", "snapshot.content.listing.versions", "snapshot.content.listing.versions[0]",
		"snapshot.entities.product", "snapshot.released", "snapshot.visibility",
	}, paths)

	public := lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
	public.Content.AllowList = accounts(1)
	found = lifecycle.Explain(r, lifecycle.Adopt{Snapshot: public, Buyers: accounts(1)}, lifecycle.Input{At: lifecycletest.Start})
	require.ErrorIs(t, found.Err(), lifecycle.RuleAdopt)
	require.ErrorContains(t, found.Err(), "everyone can buy")
}

func TestDriftFindsEveryChangeMadeElsewhere(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	l := lifecycletest.ModelPackage()
	l.Regions.Only = []listing.Region{"us-east-2", "us-east-1"}
	id := b.Listing(t, l, lifecycle.Live, false)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	same := func() lifecycle.Snapshot {
		h := lifecycle.Snapshot{Entities: r.Entities, Visibility: lifecycle.VisibilityPublic, Released: true, Regions: []listing.Region{"us-east-1", "us-east-2"}}
		h.Content = lifecycle.Content{Listing: l.Clone(), Rates: l.Offer.Clone().Rates}
		h.Content.Listing.Regions = listing.Regions{}
		h.Content.Listing.Versions[0].AccessRole = ""
		return h
	}
	for want, change := range map[string]func(*lifecycle.Snapshot){
		"":                func(*lifecycle.Snapshot) {},
		"title":           func(h *lifecycle.Snapshot) { h.Content.Listing.Title = "Other" },
		"support.details": func(h *lifecycle.Snapshot) { h.Content.Listing.Support.Details = "Other" },
		"promotion.logo": func(h *lifecycle.Snapshot) {
			h.Content.Listing.Promotion.Logo = "https://evil.example.com/awsmp-logos.png"
		},
		"versions[0].usage":        func(h *lifecycle.Snapshot) { h.Content.Listing.Versions[0].Usage = "Other" },
		"versions[0].status":       func(h *lifecycle.Snapshot) { h.Content.Listing.Versions[0].Status = version.Restricted },
		"offer.refundPolicy":       func(h *lifecycle.Snapshot) { h.Content.Listing.Offer.RefundPolicy = "None." },
		"visibility":               func(h *lifecycle.Snapshot) { h.Visibility = lifecycle.VisibilityLimited },
		"regions":                  func(h *lifecycle.Snapshot) { h.Regions = h.Regions[:1] },
		"entities.productRevision": func(h *lifecycle.Snapshot) { h.Entities.ProductRevision++ },
		"entities.offerRevision":   func(h *lifecycle.Snapshot) { h.Entities.OfferRevision++ },
		"entities.offer":           func(h *lifecycle.Snapshot) { h.Entities.Offer = "offer-other" },
		`offer.rates["ml.m5.large.m.i.b"]`: func(h *lifecycle.Snapshot) {
			h.Content.Rates[pricing.Batch("ml.m5.large")] = pricing.MustUSD("9")
		},
	} {
		h := same()
		change(&h)
		drift, err := lifecycle.Compare(r, h, lifecycletest.Start)
		require.NoError(t, err)
		var paths []string
		for _, d := range drift.Differences {
			paths = append(paths, d.Path)
		}
		assert.Equal(t, want, strings.Join(paths, " "))
		assert.Empty(t, drift.Rewritten)
	}

	h := same()
	h.Content.Listing.Promotion.Logo = "https://awsmp-logos.s3.amazonaws.com/00000000"
	h.Content.AllowList = []listing.AccountID{"999999999999"}
	drift, err := lifecycle.Compare(r, h, lifecycletest.Start)
	require.NoError(t, err)
	assert.Empty(t, drift.Differences)
	assert.Len(t, drift.Rewritten, 2)

	_, err = b.Drift(context.Background(), id)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = b.Drift(context.Background(), uuid.New())
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	_, err = b.Drift(context.Background(), b.Listing(t, l, lifecycle.Draft, false))
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
}

// What came of a change set that the marketplace has forgotten is told by what
// it has.
func TestForgottenChangeSetIsReconciled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		holding func(r lifecycle.Record) lifecycle.Content
		result  lifecycle.Result
		code    string
	}{
		"took effect": {func(r lifecycle.Record) lifecycle.Content { target, _ := r.Target(); return target }, lifecycle.Succeeded, ""},
		"did not":     {func(r lifecycle.Record) lifecycle.Content { return *r.Published }, lifecycle.Failed, "FORGOTTEN"},
		"unclear": {func(r lifecycle.Record) lifecycle.Content {
			other := r.Published.Listing.Clone()
			other.Title = "Neither"
			return lifecycle.Content{Listing: other, Rates: r.Published.Rates}
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			market, clock, manager := reading(t)
			market.holding = lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
			id := uuid.New()
			market.Put(market.holding.Entities)
			d, err := manager.Do(ctx, id, lifecycle.Adopt{Snapshot: market.holding})
			require.NoError(t, err)
			information := d.Record.Draft.Information.Clone()
			information.Title = "Renamed"
			_, err = manager.Do(ctx, id, lifecycle.UpdateInformation{Information: information, Promotion: d.Record.Draft.Promotion, Support: *d.Record.Draft.Support})
			require.NoError(t, err)
			p, err := manager.Advance(ctx, id)
			require.NoError(t, err)
			market.holding.Content = c.holding(p.Record)
			market.holding.Entities.ProductRevision++
			clock.Advance(retention)
			market.FailCalls(lifecycle.ErrNotFound)
			market.err = lifecycle.ErrThrottled
			_, err = manager.Advance(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrThrottled, "nothing is concluded from nothing")
			market.err = nil
			market.FailCalls(lifecycle.ErrNotFound)
			p, err = manager.Advance(ctx, id)
			if c.result == "" {
				require.ErrorIs(t, err, lifecycle.ErrForgotten)
				require.ErrorContains(t, err, "Partner Central")
				require.NotNil(t, p.Record.Request)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.result, p.Record.Last.Result)
			assert.Equal(t, market.holding.Entities.ProductRevision, p.Record.Entities.ProductRevision)
			if c.code != "" {
				assert.Equal(t, c.code, p.Record.Last.Problems[0].Code)
			}
		})
	}
}

// Each thing that a holding must have is missed when it alone is not there.
func TestAdoptMissesEachThingAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*lifecycle.Snapshot)
		path   string
	}{
		"first revision":   {func(h *lifecycle.Snapshot) { h.Entities.ProductRevision = 1 }, ""},
		"no revision":      {func(h *lifecycle.Snapshot) { h.Entities.ProductRevision = 0 }, "snapshot.entities.product"},
		"no product":       {func(h *lifecycle.Snapshot) { h.Entities.Product = "" }, "snapshot.entities.product"},
		"no offer id":      {func(h *lifecycle.Snapshot) { h.Entities.Offer = "" }, "snapshot.released"},
		"no offer":         {func(h *lifecycle.Snapshot) { h.Content.Listing.Offer = nil }, "snapshot.released"},
		"a draft offer":    {func(h *lifecycle.Snapshot) { h.Released = false }, "snapshot.released"},
		"no visibility":    {func(h *lifecycle.Snapshot) { h.Visibility = "" }, "snapshot.visibility"},
		"none offered":     {func(h *lifecycle.Snapshot) { h.Content.Listing.Versions[0].Status = version.Restricted }, "snapshot.content.listing.versions"},
		"option not known": {func(h *lifecycle.Snapshot) { h.Entities.DeliveryOptions = nil }, "snapshot.content.listing.versions[0]"},
		"removed, and none offered": {func(h *lifecycle.Snapshot) {
			h.Visibility, h.Content.Listing.Versions[0].Status = lifecycle.VisibilityRestricted, version.Restricted
		}, ""},
	} {
		h := lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityLimited)
		c.change(&h)
		r := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}
		found := lifecycle.Explain(r, lifecycle.Adopt{Snapshot: h}, lifecycle.Input{At: lifecycletest.Start}).Violations
		if c.path == "" {
			assert.Empty(t, found, name)
			continue
		}
		require.Len(t, found, 1, name)
		assert.Equal(t, lifecycle.RuleAdopt, found[0].Rule, name)
		assert.Equal(t, c.path, found[0].Path, name)
	}
}

// Accounts beside the record's pass for the marketplace's own; all the same, an
// allow-list that was to change is told by what is on it.
func TestForgottenAllowListIsReconciled(t *testing.T) {
	t.Parallel()
	const operations = "999999999999"
	one, two := accounts(1), accounts(2)
	for name, c := range map[string]struct {
		before, after, has []listing.AccountID
		result             lifecycle.Result
	}{
		"added":            {one, two, two, lifecycle.Succeeded},
		"not added":        {one, two, one, lifecycle.Failed},
		"removed":          {two, one, one, lifecycle.Succeeded},
		"not removed":      {two, one, two, lifecycle.Failed},
		"all removed":      {two, nil, nil, lifecycle.Succeeded},
		"none removed":     {two, nil, two, lifecycle.Failed},
		"neither list":     {two, nil, one, ""},
		"replaced":         {two[:1], two[1:], two[1:], lifecycle.Succeeded},
		"not replaced yet": {two[:1], two[1:], two[:1], lifecycle.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, id := context.Background(), uuid.New()
			market, clock, manager := reading(t)
			market.holding = lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
			market.holding.Content.AllowList = c.before
			market.Put(market.holding.Entities)
			_, err := manager.Do(ctx, id, lifecycle.Adopt{Snapshot: market.holding})
			require.NoError(t, err)
			_, err = manager.Do(ctx, id, lifecycle.UpdateAllowList{Accounts: c.after})
			require.NoError(t, err)
			_, err = manager.Advance(ctx, id)
			require.NoError(t, err)
			market.holding.Content.AllowList = append([]listing.AccountID{operations}, c.has...)
			clock.Advance(retention)
			market.FailCalls(lifecycle.ErrNotFound)
			p, err := manager.Advance(ctx, id)
			if c.result == "" {
				require.ErrorIs(t, err, lifecycle.ErrForgotten)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.result, p.Record.Last.Result)
		})
	}
}

// The marketplace shows a copy of its own of every logo: whether a forgotten
// change of nothing else took effect does not show.
func TestForgottenLogoIsForAPersonToSee(t *testing.T) {
	t.Parallel()
	ctx, id := context.Background(), uuid.New()
	market, clock, manager := reading(t)
	market.holding = lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)
	market.holding.Content.Listing.Promotion.Logo = "https://awsmp-logos.s3.amazonaws.com/1"
	market.Put(market.holding.Entities)
	d, err := manager.Do(ctx, id, lifecycle.Adopt{Snapshot: market.holding})
	require.NoError(t, err)
	promotion := d.Record.Draft.Promotion.Clone()
	promotion.Logo = "https://example-assets.s3.amazonaws.com/other.png"
	_, err = manager.Do(ctx, id, lifecycle.UpdateInformation{Information: d.Record.Draft.Information, Promotion: promotion, Support: *d.Record.Draft.Support})
	require.NoError(t, err)
	_, err = manager.Advance(ctx, id)
	require.NoError(t, err)
	clock.Advance(retention)
	market.FailCalls(lifecycle.ErrNotFound)
	p, err := manager.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrForgotten)
	require.NotNil(t, p.Record.Request, "nothing is made up")
}

// A snapshot is taken into the record as a command like any other.
func TestReconcile(t *testing.T) {
	t.Parallel()
	ctx, clock := context.Background(), &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(t, err)
	id, l := uuid.New(), lifecycletest.Algorithm()
	l.Visibility, l.Buyers = listing.Public, nil
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: l}, lifecycle.Submit{}, lifecycle.SignOff{}} {
		_, err := m.Do(ctx, id, c)
		require.NoError(t, err)
		_, err = m.Await(ctx, id)
		require.NoError(t, err)
	}
	r, err := m.Load(ctx, id)
	require.NoError(t, err)

	// Somebody renames the product and adds a version in the portal.
	held := l.Clone()
	held.Title = "Renamed in the portal"
	held.Versions = append(held.Versions, lifecycletest.Version("2.0", l.Kind))
	for i, v := range held.Versions { // as the marketplace gives them back
		held.Versions[i].Usage, held.Versions[i].Training, held.Versions[i].AccessRole = v.UsageInstructions(), nil, ""
	}
	s := lifecycletest.Snapshot(held, lifecycle.VisibilityPublic)
	s.Entities.Product, s.Entities.Offer = r.Entities.Product, r.Entities.Offer
	s.Entities.ProductRevision, s.Entities.OfferRevision = r.Entities.ProductRevision+2, r.Entities.OfferRevision
	drift, err := lifecycle.Compare(r, s, lifecycletest.Start)
	require.NoError(t, err)
	require.NotEmpty(t, drift.Differences)

	d, err := m.Do(ctx, id, lifecycle.Reconcile{Snapshot: s}, lifecycle.By("ann"))
	require.NoError(t, err)
	assert.Equal(t, lifecycle.EventReconcileLive, d.Entries[0].Event)
	r, err = m.Load(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, "Renamed in the portal", r.Draft.Title)
	assert.Equal(t, s.Entities.ProductRevision, r.Entities.ProductRevision)
	assert.Equal(t, l.Versions[0], r.Draft.Versions[0], "what the marketplace never gives back stays")
	drift, err = lifecycle.Compare(r, s, lifecycletest.Start)
	require.NoError(t, err)
	assert.Empty(t, drift.Differences)
	requireReplayed(t, r, journalOf(t, m, id))

	// What is older, or of another state, is not taken.
	s.Entities.ProductRevision--
	_, err = m.Do(ctx, id, lifecycle.Reconcile{Snapshot: s})
	require.ErrorIs(t, err, lifecycle.RuleReconcile)
	s.Entities.ProductRevision += 2
	s.Visibility = lifecycle.VisibilityLimited
	_, err = m.Do(ctx, id, lifecycle.Reconcile{Snapshot: s})
	require.ErrorIs(t, err, lifecycle.RuleReconcile)
	s.Visibility = lifecycle.VisibilityRestricted
	d, err = m.Do(ctx, id, lifecycle.Reconcile{Snapshot: s})
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Unpublished, d.Record.State)
	assert.NotNil(t, d.Record.UnpublishedAt)
}

// The edits of a Test Product stay where the caller says so.
func TestReconcileKeepsADraft(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	edited := lifecycletest.ModelPackage()
	edited.Title = "Edited"
	_, err := b.Do(ctx, id, lifecycle.Edit{Listing: edited})
	require.NoError(t, err)
	for keep, title := range map[bool]string{true: "Edited", false: "Elsewhere"} {
		r, err := b.Load(ctx, id)
		require.NoError(t, err)
		held := lifecycletest.ModelPackage()
		held.Title = "Elsewhere"
		s := lifecycletest.Snapshot(held, lifecycle.VisibilityLimited)
		s.Entities = r.Entities
		d, err := lifecycle.Decide(r, lifecycle.Reconcile{Snapshot: s, KeepDraft: keep}, lifecycle.Input{At: b.Clock.Now()})
		require.NoError(t, err)
		assert.Equal(t, title, d.Record.Draft.Title)
		assert.Equal(t, "Elsewhere", d.Record.Published.Listing.Title)
		assert.Equal(t, lifecycle.TestProduct, d.Record.State)
	}
}
