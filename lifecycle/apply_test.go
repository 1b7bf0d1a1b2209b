package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// apply applies until nothing is left, and returns the record.
func apply(t require.TestingT, b *lifecycletest.Bench, id uuid.UUID, want lifecycle.Desired) lifecycle.Record {
	for range 2_000 {
		a, err := b.Apply(context.Background(), id, want)
		require.NoError(t, err)
		if len(a.Left) == 0 {
			r, err := b.Load(context.Background(), id)
			require.NoError(t, err)
			return r
		}
		b.Clock.Advance(max(a.Wait, time.Hour))
	}
	require.Fail(t, "it never ends")
	return lifecycle.Record{}
}

func events(steps []lifecycle.Step) (all []lifecycle.Event) {
	for _, s := range steps {
		all = append(all, s.Event)
	}
	return all
}

func TestSteps(t *testing.T) {
	t.Parallel()
	l := lifecycletest.ModelPackage()
	with := func(edit func(*listing.Listing)) listing.Listing {
		c := l.Clone()
		edit(&c)
		return c
	}
	for name, c := range map[string]struct {
		state lifecycle.State
		want  listing.Listing
		until lifecycle.State
		steps []lifecycle.Event
	}{
		"nothing yet, as a draft": {"", l, lifecycle.Draft, []lifecycle.Event{lifecycle.EventCreate}},
		"nothing yet, to preview": {"", l, lifecycle.TestProduct, []lifecycle.Event{lifecycle.EventCreate, lifecycle.EventSubmit}},
		"nothing yet, to live":    {"", l, lifecycle.Live, []lifecycle.Event{lifecycle.EventCreate, lifecycle.EventSubmit, lifecycle.EventSignOff}},
		"a draft":                 {lifecycle.Draft, l, lifecycle.Live, []lifecycle.Event{lifecycle.EventSubmit, lifecycle.EventSignOff}},
		"a draft as it is":        {lifecycle.Draft, l, lifecycle.Draft, nil},
		"three versions": {lifecycle.Draft, with(func(l *listing.Listing) {
			l.Versions = append(l.Versions, lifecycletest.Version("2.0", l.Kind), lifecycletest.Version("3.0", l.Kind))
		}), lifecycle.Live, []lifecycle.Event{
			lifecycle.EventSubmit, lifecycle.EventEdit, lifecycle.EventSubmit, lifecycle.EventEdit, lifecycle.EventSubmit, lifecycle.EventSignOff,
		}},
		"a preview":                      {lifecycle.TestProduct, l, lifecycle.TestProduct, nil},
		"another preview":                {lifecycle.TestProduct, with(func(l *listing.Listing) { l.Title = "Other" }), lifecycle.TestProduct, []lifecycle.Event{lifecycle.EventEdit, lifecycle.EventSubmit}},
		"live":                           {lifecycle.Live, l, lifecycle.Live, nil},
		"live, of which nothing changes": {lifecycle.Live, l, lifecycle.Draft, nil},
		"live, of which all changes": {lifecycle.Live, with(func(l *listing.Listing) {
			l.Title, l.Versions[0].Status = "Other", version.Restricted
			second := lifecycletest.Version("2.0", l.Kind)
			l.Versions = append(l.Versions, second)
			l.Offer.Rates[pricing.Batch(lifecycletest.Instance)] = pricing.MustUSD("0.99")
			l.Offer.Rates[pricing.RealTime(lifecycletest.Instance)] = pricing.MustUSD("0.01")
		}), lifecycle.Live, []lifecycle.Event{
			lifecycle.EventUpdateInformation, lifecycle.EventAddVersion, lifecycle.EventUpdatePricing, lifecycle.EventUpdatePricing, lifecycle.EventRestrictVersion,
		}},
		"live, an edited version": {lifecycle.Live, with(func(l *listing.Listing) { l.Versions[0].ReleaseNotes = "Clearer." }), lifecycle.Live,
			[]lifecycle.Event{lifecycle.EventUpdateVersion}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, id := lifecycletest.NewBench(t), uuid.New()
			r := lifecycle.Record{ID: id, Seller: lifecycletest.Seller}
			if c.state != "" {
				id = b.Listing(t, l, c.state, false)
				var err error
				r, err = b.Load(context.Background(), id)
				require.NoError(t, err)
			}
			want := lifecycle.Desired{Listing: c.want, Until: c.until}
			steps, err := lifecycle.Steps(r, want, lifecycle.Input{At: b.Clock.Now(), Facts: lifecycletest.Facts(c.want)})
			require.NoError(t, err)
			assert.Equal(t, c.steps, events(steps))

			after := apply(t, b, id, want)
			if c.until != lifecycle.Draft {
				assert.Equal(t, encoded(t, c.want), encoded(t, after.Draft), "Apply leads there")
			}
			left, err := lifecycle.Steps(after, want, lifecycle.Input{At: b.Clock.Now()})
			require.NoError(t, err)
			assert.Empty(t, left)
			requireReplayed(t, after, journalOf(t, b, id))
		})
	}
}

// A request under way is the first step, and has no command.
func TestStepsWaitForARequest(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	steps, err := lifecycle.Steps(r, lifecycle.Desired{Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}, lifecycle.Input{At: b.Clock.Now()})
	require.NoError(t, err)
	assert.Equal(t, []lifecycle.Event{lifecycle.EventSubmit, lifecycle.EventSignOff}, events(steps))
	assert.Nil(t, steps[0].Command)
	assert.Equal(t, lifecycle.SignOff{}, steps[1].Command)
}

// What can never be reached is told by every rule in the way, at once.
func TestStepsTellEveryRuleInTheWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state lifecycle.State
		until lifecycle.State
		edit  func(*listing.Listing)
		rules []rule.Rule
	}{
		"a version is gone": {lifecycle.Live, lifecycle.Live, func(l *listing.Listing) { l.Versions = l.Versions[1:] }, []rule.Rule{lifecycle.RuleNumberLocked}},
		"every lock": {lifecycle.Live, lifecycle.Live, func(l *listing.Listing) {
			l.Visibility, l.Buyers, l.Regions.Only = listing.Private, accounts(1), []listing.Region{"us-east-1"}
			l.Versions[0].Resource = lifecycletest.Version("9.9", l.Kind).Resource
			l.Kind = version.Algorithm
		}, []rule.Rule{listing.RuleKindMatches, lifecycle.RuleRegionsLocked, lifecycle.RuleResourceLocked, lifecycle.RulePublicStaysPublic}},
		"only a draft is wanted": {lifecycle.Live, lifecycle.Draft, func(l *listing.Listing) { l.Title = "Other" }, []rule.Rule{lifecycle.RuleEdit}},
		"off sale":               {lifecycle.Unpublished, lifecycle.Live, func(l *listing.Listing) { l.Title = "Other" }, []rule.Rule{lifecycle.RuleUpdate}},
		"two faults of the document": {lifecycle.Live, lifecycle.Live, func(l *listing.Listing) {
			l.Title, l.Overview = "", ""
		}, []rule.Rule{listing.RuleOverview, listing.RuleTitle}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), c.state, false)
			want := r.Draft.Clone()
			c.edit(&want)
			steps, err := lifecycle.Steps(r, lifecycle.Desired{Listing: want, Until: c.until}, lifecycle.Input{At: r.UpdatedAt})
			assert.Empty(t, steps)
			lifecycletest.RequireRefused(t, err, c.rules...)
		})
	}
}

// Apply does not ask again for what was refused, until something changes or the
// caller says so.
func TestApplyDoesNotInsist(t *testing.T) {
	t.Parallel()
	b, ctx, id := lifecycletest.NewBench(t), context.Background(), uuid.New()
	want := lifecycle.Desired{Listing: lifecycletest.ModelPackage(), Until: lifecycle.TestProduct}
	b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "BAD_LOGO"}}})
	var failed *lifecycle.RequestError
	for range 100 {
		a, err := b.Apply(ctx, id, want)
		if errors.As(err, &failed) {
			break
		}
		require.NoError(t, err)
		b.Clock.Advance(a.Wait)
	}
	require.NotNil(t, failed)
	for range 3 {
		a, err := b.Apply(ctx, id, want)
		require.ErrorAs(t, err, &failed)
		require.Equal(t, &failed.Outcome, lifecycle.Repeats(a.Record, want))
		require.Nil(t, lifecycle.Repeats(a.Record, lifecycle.Desired{Listing: want.Listing}), "nothing is to be sent")
	}
	require.Len(t, b.Market.Sent(), 1)
	_, err := b.Apply(ctx, id, want, lifecycle.Retry())
	require.NoError(t, err)
	require.Len(t, b.Market.Sent(), 2)
	r := apply(t, b, id, want)
	assert.Equal(t, lifecycle.TestProduct, r.State)

	want.Listing = want.Listing.Clone()
	want.Listing.Title = "Another"
	b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed})
	for range 100 {
		a, err := b.Apply(ctx, id, want)
		if err != nil {
			require.ErrorAs(t, err, &failed)
			break
		}
		b.Clock.Advance(a.Wait)
	}
	want.Listing.Title = "A third" // something has changed
	r = apply(t, b, id, want)
	assert.Equal(t, "A third", r.Published.Listing.Title)
}

// When the marketplace cannot be reached, Apply says when to try again and what is
// left, so that a loop neither spins nor believes that it is done.
func TestApplySaysWhatIsLeftWhenItFails(t *testing.T) {
	t.Parallel()
	b, ctx, id := lifecycletest.NewBench(t), context.Background(), uuid.New()
	want := lifecycle.Desired{Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	for range 3 { // create, submit, follow
		_, err := b.Apply(ctx, id, want, lifecycle.Once("one key"))
		require.NoError(t, err)
	}
	b.Market.FailCalls(lifecycle.ErrThrottled)
	a, err := b.Apply(ctx, id, want)
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	assert.Equal(t, 30*time.Second, a.Wait)
	assert.Equal(t, lifecycle.Submitted, a.Record.State)
	assert.Equal(t, []lifecycle.Event{lifecycle.EventSubmit, lifecycle.EventSignOff}, events(a.Left))
}

// From whatever state to whatever document that the rules allow: Apply ends there,
// with no rule in the way but those that Steps has told.
func TestApplyLeadsToWhateverIsAllowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := lifecycletest.NewBench(t)
		from := lifecycletest.Listings().Draw(rt, "from")
		state := rapid.SampledFrom([]lifecycle.State{lifecycle.Draft, lifecycle.TestProduct, lifecycle.Live}).Draw(rt, "state")
		id := b.Listing(t, from, state, false)
		to := lifecycletest.Listings().Draw(rt, "to")
		to.Kind, to.Visibility, to.Regions = from.Kind, from.Visibility, from.Regions
		if to.Visibility != listing.Private {
			to.Buyers = nil
		} else if len(to.Buyers) == 0 {
			to.Buyers = from.Buyers
		}
		to.Versions = from.Clone().Versions
		for i := range rapid.IntRange(0, 3).Draw(rt, "added") {
			to.Versions = append(to.Versions, lifecycletest.Version(fmt.Sprintf("%d.0", i+2), to.Kind))
		}
		if rapid.Bool().Draw(rt, "edited") {
			to.Versions[0].ReleaseNotes = "Clearer."
		} else if len(to.Versions) > 1 && state == lifecycle.Live && rapid.Bool().Draw(rt, "restricted") {
			to.Versions[0].Status = version.Restricted
		}
		to.Offer.Model = from.Offer.Model
		to.Offer.Rates = from.Offer.Clone().Rates
		to.Offer.TrialDays = from.Offer.TrialDays
		for d := range to.Offer.Rates {
			to.Offer.Rates[d] = rapid.SampledFrom([]pricing.USD{to.Offer.Rates[d], pricing.MustUSD("0.01"), pricing.MustUSD("999")}).Draw(rt, d.String())
		}
		want := lifecycle.Desired{Listing: to, Until: lifecycle.Live}
		after := apply(rt, b, id, want)
		require.Equal(rt, lifecycle.Live, after.State)
		require.Equal(rt, encoded(rt, to), encoded(rt, after.Draft))
		sent := map[string]bool{}
		for _, c := range b.Market.Sent() {
			require.False(rt, sent[c.Name], "a change set twice")
			sent[c.Name] = true
		}
		requireReplayed(rt, after, journalOf(rt, b, id))
	})
}

func ExampleSteps() {
	record := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}
	want := lifecycle.Desired{Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	want.Listing.Versions = slices.Concat(want.Listing.Versions, []version.Version{lifecycletest.Version("2.0", version.ModelPackage)})
	steps, err := lifecycle.Steps(record, want, lifecycle.Input{At: lifecycletest.Start})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range steps {
		fmt.Println(step.Event)
	}
	// Output:
	// create
	// edit
	// submit
	// edit
	// submit
	// sign-off
}

func ExampleRepeats() {
	want := lifecycle.Desired{Listing: lifecycletest.ModelPackage(), Until: lifecycle.TestProduct}
	record := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller, State: lifecycle.Draft, Draft: want.Listing, Revision: 7}
	record.Last = &lifecycle.Outcome{Kind: lifecycle.EventSubmit, Result: lifecycle.Cancelled, Revision: 7}
	fmt.Println(lifecycle.Repeats(record, want).Result)
	want.Listing.Title = "Another" // is edited first
	fmt.Println(lifecycle.Repeats(record, want))
	// Output:
	// cancelled
	// <nil>
}
