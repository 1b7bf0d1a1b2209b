package lifecycle_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// Each difference between a listing and how it should be has its own steps.
func TestStepsOfEachDifference(t *testing.T) {
	t.Parallel()
	const (
		edit, submit, info, price  = lifecycle.EventEdit, lifecycle.EventSubmit, lifecycle.EventUpdateInformation, lifecycle.EventUpdatePricing
		add, change, restrict, who = lifecycle.EventAddVersion, lifecycle.EventUpdateVersion, lifecycle.EventRestrictVersion, lifecycle.EventUpdateAllowList
	)
	some := pricing.Batch(lifecycletest.Instance)
	notes := func(w *lifecycle.Desired, places ...int) {
		for _, i := range places {
			w.Listing.Versions[i].ReleaseNotes = "Clearer."
		}
	}
	for name, c := range map[string]struct {
		listing listing.Listing
		state   lifecycle.State
		before  func(*lifecycle.Record)
		change  func(*lifecycle.Desired)
		want    []lifecycle.Event
	}{
		"nothing":       {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(*lifecycle.Desired) {}, nil},
		"a title":       {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Title = "Renamed" }, []lifecycle.Event{info}},
		"a keyword":     {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Promotion.Keywords = []string{"forms"} }, []lifecycle.Event{info}},
		"other support": {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Support.Details = "Write to us." }, []lifecycle.Event{info}},
		"support at last": {lifecycletest.ModelPackage(), lifecycle.Live, func(r *lifecycle.Record) { r.Draft.Support, r.Published.Listing.Support = nil, nil },
			func(w *lifecycle.Desired) { w.Listing.Support = &listing.Support{} }, []lifecycle.Event{info}},
		"no support":        {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Support = nil }, nil},
		"no offer":          {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Offer = nil }, nil},
		"a price":           {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Offer.Rates[some] = pricing.MustUSD("0.01") }, []lifecycle.Event{price}},
		"buyers":            {lifecycletest.Algorithm(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Buyers = accounts(2) }, []lifecycle.Event{who}},
		"buyers of all":     {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Buyers = accounts(2) }, nil},
		"restricted":        {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { w.Listing.Versions[0].Status = version.Restricted }, []lifecycle.Event{restrict}},
		"two edited":        {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { notes(w, 0, 1) }, []lifecycle.Event{change, change}},
		"edited, then gone": {lifecycletest.ModelPackage(), lifecycle.Live, nil, func(w *lifecycle.Desired) { notes(w, 0); w.Listing.Versions[0].Status = version.Restricted }, []lifecycle.Event{change, restrict}},
		"edited, then gone, beside a restricted one": {lifecycletest.ModelPackage(), lifecycle.Live, restrictFirst, func(w *lifecycle.Desired) {
			notes(w, 1)
			w.Listing.Versions[1].Status = version.Restricted
			w.Listing.Versions = append(w.Listing.Versions, lifecycletest.Version("2.0", w.Listing.Kind))
		}, []lifecycle.Event{change, add, restrict}},
		"a new one beside a restricted one": {lifecycletest.ModelPackage(), lifecycle.Live, restrictFirst, func(w *lifecycle.Desired) {
			w.Listing.Versions = append(w.Listing.Versions, lifecycletest.Version("2.0", w.Listing.Kind))
		}, []lifecycle.Event{add}},
		"test, nothing": {lifecycletest.ModelPackage(), lifecycle.TestProduct, nil, func(w *lifecycle.Desired) { w.Until = lifecycle.TestProduct }, nil},
		"test, one edited": {lifecycletest.ModelPackage(), lifecycle.TestProduct, nil, func(w *lifecycle.Desired) { w.Until = lifecycle.TestProduct; notes(w, 0) },
			[]lifecycle.Event{edit, submit}},
		"test, testers": {lifecycletest.ModelPackage(), lifecycle.TestProduct, nil, func(w *lifecycle.Desired) { w.Until, w.Testers = lifecycle.TestProduct, accounts(1) },
			[]lifecycle.Event{submit}},
		"test, the same testers": {lifecycletest.ModelPackage(), lifecycle.TestProduct, func(r *lifecycle.Record) { r.Published.AllowList = accounts(1) },
			func(w *lifecycle.Desired) { w.Until, w.Testers = lifecycle.TestProduct, accounts(1) }, nil},
		"test, the same testers in another order": {lifecycletest.ModelPackage(), lifecycle.TestProduct, func(r *lifecycle.Record) {
			r.Published.AllowList = []listing.AccountID{"000000000001", "000000000000"}
		}, func(w *lifecycle.Desired) { w.Until, w.Testers = lifecycle.TestProduct, accounts(2) }, nil},
		"test, one price falls and one rises": {lifecycletest.ModelPackage(), lifecycle.TestProduct, nil, func(w *lifecycle.Desired) {
			w.Until = lifecycle.TestProduct
			w.Listing.Offer.Rates[some], w.Listing.Offer.Rates[pricing.RealTime(lifecycletest.Instance)] = pricing.MustUSD("0.01"), pricing.MustUSD("0.99")
		}, []lifecycle.Event{edit, submit, edit, submit}},
		"test again, one edited and one restricted": {lifecycletest.ModelPackage(), lifecycle.Live, func(r *lifecycle.Record) { r.State = lifecycle.TestProduct },
			func(w *lifecycle.Desired) {
				w.Until = lifecycle.TestProduct
				notes(w, 0)
				w.Listing.Versions[1].Status = version.Restricted
			}, []lifecycle.Event{edit, submit}},
		"draft only": {lifecycletest.ModelPackage(), lifecycle.Draft, nil, func(w *lifecycle.Desired) { w.Until, w.Listing.Title = "", "Renamed" }, []lifecycle.Event{edit}},
		"draft, another kind": {lifecycletest.ModelPackage(), lifecycle.Draft, nil, func(w *lifecycle.Desired) { w.Until, w.Listing.Kind = "", version.Algorithm },
			[]lifecycle.Event{edit}},
		"test, another kind": {lifecycletest.ModelPackage(), lifecycle.TestProduct, nil, func(w *lifecycle.Desired) { w.Until, w.Listing.Kind = "", version.Algorithm },
			[]lifecycle.Event{edit}},
		"unpublished, the same": {lifecycletest.ModelPackage(), lifecycle.Unpublished, nil, func(*lifecycle.Desired) {}, nil},
	} {
		r, facts := withTwoVersions(t, c.listing, c.state, false)
		if c.before != nil {
			c.before(&r)
		}
		want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.Live}
		c.change(&want)
		steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
		require.NoError(t, err, name)
		var events []lifecycle.Event
		for _, s := range steps {
			events = append(events, s.Event)
		}
		assert.Equal(t, c.want, events, name)
	}
}

// A Test Product whose versions are edited is submitted once for each.
func TestStepsEditOneVersionAtATime(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r.State = lifecycle.TestProduct
	want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.TestProduct}
	require.Len(t, want.Listing.Versions, 2)
	for i := range want.Listing.Versions {
		want.Listing.Versions[i].ReleaseNotes = "Clearer."
	}
	steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, err)
	require.Len(t, steps, 4)
	for i, wanted := range []lifecycle.Event{lifecycle.EventEdit, lifecycle.EventSubmit, lifecycle.EventEdit, lifecycle.EventSubmit} {
		require.Equal(t, wanted, steps[i].Event)
	}
	first := steps[0].Command.(lifecycle.Edit).Listing
	require.Equal(t, want.Listing.Versions[0], first.Versions[0])
	require.Equal(t, r.Draft.Versions[1], first.Versions[1])
}

func restrictFirst(r *lifecycle.Record) {
	r.Draft, r.Published.Listing = r.Draft.Clone(), r.Published.Listing.Clone()
	r.Draft.Versions[0].Status, r.Published.Listing.Versions[0].Status = version.Restricted, version.Restricted
}

// What no step leads to is refused, by the rule that says so.
func TestStepsThatDoNotExist(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		listing listing.Listing
		state   lifecycle.State
		change  func(*lifecycle.Record, *lifecycle.Desired)
		want    []rule.Rule
	}{
		"an odd visibility": {lifecycletest.ModelPackage(), lifecycle.Live, func(_ *lifecycle.Record, w *lifecycle.Desired) { w.Listing.Visibility = "odd" }, []rule.Rule{listing.RuleVisibility}},
		"a version is gone": {lifecycletest.ModelPackage(), lifecycle.Live, func(_ *lifecycle.Record, w *lifecycle.Desired) { w.Listing.Versions = w.Listing.Versions[1:] }, []rule.Rule{lifecycle.RuleNumberLocked}},
		"a number twice": {lifecycletest.ModelPackage(), lifecycle.Live, func(_ *lifecycle.Record, w *lifecycle.Desired) {
			again := w.Listing.Versions[0].Clone()
			again.ReleaseNotes = "Clearer."
			w.Listing.Versions = append(w.Listing.Versions, again)
		}, []rule.Rule{version.RuleNumber}},
		"a restricted version is gone, another edited and restricted": {lifecycletest.ModelPackage(), lifecycle.Live, func(r *lifecycle.Record, w *lifecycle.Desired) {
			restrictFirst(r)
			w.Listing.Versions[1].ReleaseNotes, w.Listing.Versions[1].Status = "Clearer.", version.Restricted
			w.Listing.Versions = w.Listing.Versions[1:]
		}, []rule.Rule{lifecycle.RuleNumberLocked}},
		"another kind": {lifecycletest.ModelPackage(), lifecycle.Live, func(_ *lifecycle.Record, w *lifecycle.Desired) { w.Listing.Kind = version.Algorithm }, []rule.Rule{listing.RuleKindMatches}},
		"a restricted version is edited": {lifecycletest.ModelPackage(), lifecycle.Live, func(r *lifecycle.Record, w *lifecycle.Desired) {
			r.Draft, r.Published.Listing = r.Draft.Clone(), r.Published.Listing.Clone()
			for _, l := range []listing.Listing{r.Draft, r.Published.Listing, w.Listing} {
				l.Versions[0].Status = version.Restricted
			}
			w.Listing.Versions[0].ReleaseNotes = "Clearer."
		}, []rule.Rule{lifecycle.RuleVersionEditable}},
		"unpublished": {lifecycletest.ModelPackage(), lifecycle.Unpublished, func(_ *lifecycle.Record, w *lifecycle.Desired) { w.Listing.Title = "Renamed" }, []rule.Rule{lifecycle.RuleUpdate}},
		"buyers of a draft that is Live": {lifecycletest.Algorithm(), lifecycle.Live, func(_ *lifecycle.Record, w *lifecycle.Desired) {
			w.Until, w.Listing.Buyers = lifecycle.Draft, accounts(2)
		}, []rule.Rule{lifecycle.RuleEdit}},
		"no offer to submit": {lifecycletest.ModelPackage(), lifecycle.TestProduct, func(_ *lifecycle.Record, w *lifecycle.Desired) { w.Listing.Offer = nil }, []rule.Rule{pricing.RulePresent, lifecycle.RuleRatesStay}},
	} {
		r, facts := withTwoVersions(t, c.listing, c.state, false)
		want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.Live}
		c.change(&r, &want)
		steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
		lifecycletest.RequireRefused(t, err, c.want...)
		var refusal *lifecycle.Refusal
		require.ErrorAs(t, err, &refusal, name)
		require.Empty(t, steps, name)
	}
}

// A new version comes with the rates that its resource needs, or with all that are
// new when that is not known.
func TestStepsPriceNewVersions(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.Live}
	v := lifecycletest.Version("2.0", version.ModelPackage)
	want.Listing.Versions = append(want.Listing.Versions, v)
	needed, other := pricing.Batch("ml.g5.xlarge"), pricing.Batch("ml.c5.large")
	want.Listing.Offer.Rates[needed], want.Listing.Offer.Rates[other] = pricing.MustUSD("3"), pricing.MustUSD("2")
	added := func(r lifecycle.Record, want lifecycle.Desired) (pricing.RateCard, int) {
		steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
		require.NoError(t, err)
		require.NotEmpty(t, steps)
		return steps[0].Command.(lifecycle.AddVersion).Rates, len(steps)
	}
	all := pricing.RateCard{needed: pricing.MustUSD("3"), other: pricing.MustUSD("2")}
	r.InstanceTypes = nil // what the other versions support is not known
	clear(facts.Resources)
	rates, steps := added(r, want)
	require.Equal(t, all, rates)
	require.Equal(t, 1, steps)

	// Another version needs the other rate: each brings its own.
	w := lifecycletest.Version("2.1", version.ModelPackage)
	want.Listing.Versions = append(want.Listing.Versions, w)
	for arn, instance := range map[version.ARN]string{v.Resource: "ml.g5.xlarge", w.Resource: "ml.c5.large"} {
		resource := lifecycletest.Resource(version.ModelPackage)
		resource.Batch = append(resource.Batch, instance)
		facts.Resources[arn] = resource
	}
	rates, steps = added(r, want)
	require.Equal(t, pricing.RateCard{needed: pricing.MustUSD("3")}, rates)
	require.Equal(t, 2, steps)

	want.Listing.Offer = nil
	facts.Resources[v.Resource] = lifecycletest.Resource(version.ModelPackage)
	facts.Resources[w.Resource] = lifecycletest.Resource(version.ModelPackage)
	rates, _ = added(r, want)
	require.Empty(t, rates)
}

// A refusal names the first command that is in the way, and the state that it is in
// the way of.
func TestStepsNameTheCommandThatIsRefused(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.Live}
	want.Listing.Offer = nil
	_, err := lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	var refusal *lifecycle.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, lifecycle.EventSubmit, refusal.Command)
	require.Equal(t, lifecycle.TestProduct, refusal.State)
}

// A record without an offer, as a damaged one may be, needs no step for prices.
func TestStepsOfARecordWithoutOffer(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.Live}
	r.Draft.Offer, r.Published.Listing.Offer, r.Published.Rates = nil, nil, nil
	steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, err)
	require.Empty(t, steps)
	want.Listing.Versions = append(want.Listing.Versions, lifecycletest.Version("2.0", version.ModelPackage))
	steps, err = lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.Empty(t, steps[0].Command.(lifecycle.AddVersion).Rates)
}

// A clock that is behind the record does not move a period that has ended.
func TestStepsAreTakenAfterTheRecord(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	rise := lifecycle.AnnouncedRise(lifecycletest.Start)
	r.Rise, r.UpdatedAt = &rise, rise.OpenAt()
	want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.Live}
	want.Listing.Offer.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD("0.01")
	steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt.Add(-time.Nanosecond), Facts: facts})
	require.NoError(t, err)
	require.Len(t, steps, 1)
}

// A request that cannot end where the listing stands, in a damaged record, is an
// error.
func TestStepsOfARequestThatCannotEnd(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	r.Request = &lifecycle.Request{Kind: lifecycle.EventUnpublish}
	_, err := lifecycle.Steps(r, lifecycle.Desired{Listing: r.Draft}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.ErrorIs(t, err, lifecycle.ErrNoTransition)
}

// A new price is not held back like one that rises.
func TestStepsPriceWhatHadNoPrice(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	more := lifecycletest.Resource(version.ModelPackage)
	more.Batch = append(more.Batch, "ml.g5.xlarge")
	facts.Resources[r.Draft.Versions[1].Resource] = more
	want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.Live}
	want.Listing.Offer.Rates[pricing.Batch("ml.g5.xlarge")] = pricing.MustUSD("1.10")
	steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.Equal(t, lifecycle.UpdatePricing{Offer: *want.Listing.Offer}, steps[0].Command)
}

// Each step is one from what those before have led to, so that it can be planned.
func TestStepsStandOnThoseBefore(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	want := lifecycle.Desired{Listing: r.Draft.Clone(), Until: lifecycle.Live}
	prices := want.Listing.Offer.Rates.Dimensions()
	require.Greater(t, len(prices), 1)
	lower, higher := prices[0], prices[1]
	want.Listing.Offer.Rates[lower], want.Listing.Offer.Rates[higher] = pricing.MustUSD("0.01"), pricing.MustUSD("99")
	in := lifecycle.Input{At: r.UpdatedAt, Facts: facts}
	steps, err := lifecycle.Steps(r, want, in)
	require.NoError(t, err)
	require.Len(t, steps, 2)
	require.Equal(t, r, steps[0].On)
	require.Equal(t, pricing.MustUSD("0.01"), steps[1].On.Published.Rates[lower])
	require.NotEqual(t, pricing.MustUSD("99"), steps[1].On.Published.Rates[higher])
	for _, s := range steps {
		require.NoError(t, lifecycle.Explain(s.On, s.Command, in).Err())
	}
	require.Error(t, lifecycle.Explain(r, steps[1].Command, in).Err(), "it lowers and raises")

	r.Request = &lifecycle.Request{Kind: lifecycle.EventUpdateInformation}
	steps, err = lifecycle.Steps(r, want, in)
	require.NoError(t, err)
	require.Equal(t, r, steps[0].On, "the request under way")
	require.Nil(t, steps[1].On.Request)
}

// A state that no command leads to is refused, and not taken for another.
func TestStepsLeadToThreeStates(t *testing.T) {
	t.Parallel()
	r := lifecycle.Record{ID: uuid.New(), Seller: lifecycletest.Seller}
	for _, until := range []lifecycle.State{lifecycle.Submitted, lifecycle.Unpublished, "live", lifecycle.State(strings.Repeat("\x1b", 1_000_000))} {
		_, err := lifecycle.Steps(r, lifecycle.Desired{Listing: lifecycletest.ModelPackage(), Until: until}, lifecycle.Input{At: lifecycletest.Start})
		require.ErrorIs(t, err, lifecycle.RuleCommand)
		require.ErrorContains(t, err, "until: is ")
		require.Less(t, len(err.Error()), 1_000)
	}
}
