package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
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
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

func TestNewNamesWhatIsMissing(t *testing.T) {
	b := lifecycletest.NewBench(t)
	for name, build := range map[string]func() (*lifecycle.Manager, error){
		"seller":      func() (*lifecycle.Manager, error) { return lifecycle.New("123", b.Store, b.Market) },
		"store":       func() (*lifecycle.Manager, error) { return lifecycle.New(lifecycletest.Seller, nil, b.Market) },
		"marketplace": func() (*lifecycle.Manager, error) { return lifecycle.New(lifecycletest.Seller, b.Store, nil) },
		"clock": func() (*lifecycle.Manager, error) {
			return lifecycle.New(lifecycletest.Seller, b.Store, b.Market, lifecycle.WithClock(nil))
		},
	} {
		m, err := build()
		require.ErrorIs(t, err, lifecycle.ErrConfig, name)
		require.ErrorContains(t, err, name)
		require.Nil(t, m)
	}
}

// From Draft to the end of support, with a second version on the way.
func TestLifeOfAListing(t *testing.T) {
	for name, l := range map[string]listing.Listing{"public": lifecycletest.ModelPackage(), "private": lifecycletest.Algorithm()} {
		t.Run(name, func(t *testing.T) {
			b := lifecycletest.NewBench(t)
			ctx, id := context.Background(), uuid.New()
			do := func(c lifecycle.Command) lifecycle.Record {
				t.Helper()
				_, err := b.Do(ctx, id, c, lifecycle.By("ci"))
				require.NoError(t, err)
				r, err := b.Await(ctx, id)
				require.NoError(t, err)
				return r
			}
			require.Equal(t, lifecycle.Draft, do(lifecycle.Create{Listing: l}).State)
			require.Equal(t, lifecycle.TestProduct, do(lifecycle.Submit{Testers: []listing.AccountID{"777788889999"}}).State)
			r := do(lifecycle.SignOff{})
			require.Equal(t, lifecycle.Live, r.State)
			assert.NotEmpty(t, r.Entities.Offer, "a change of the product leaves the offer known")
			if name == "private" {
				assert.Equal(t, l.Buyers, r.Published.AllowList, "the testers have lost sight of it")
			}
			do(lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)})
			r = do(lifecycle.RestrictVersion{Number: "1.0"})
			require.Len(t, r.Draft.Offered(), 1)
			require.Contains(t, r.Restricted, "1.0")
			r = do(lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced by a newer model."})
			require.Equal(t, lifecycle.Unpublished, r.State)

			end, _ := r.SupportedUntil()
			b.Clock.Advance(end.Sub(b.Clock.Now()) - time.Nanosecond)
			_, err := b.Do(ctx, id, lifecycle.EndSupport{})
			require.ErrorIs(t, err, lifecycle.RuleNinetyDays)
			b.Clock.Advance(time.Nanosecond)
			r = do(lifecycle.EndSupport{})
			require.Equal(t, end, *r.SupportEndedAt)

			journal := journalOf(t, b, id)
			replayed, err := lifecycle.Replay(journal)
			require.NoError(t, err)
			requireSameRecord(t, r, replayed)
			assert.Len(t, b.Market.Sent(), 5)
		})
	}
}

func TestPrivateSignOffWithNothingToSend(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	l := lifecycletest.Algorithm()
	id := uuid.New()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: l}, lifecycle.Submit{Testers: l.Buyers}} {
		_, err := b.Do(ctx, id, c)
		require.NoError(t, err)
	}
	_, err := b.Await(ctx, id)
	require.NoError(t, err)
	d, err := b.Do(ctx, id, lifecycle.SignOff{})
	require.NoError(t, err)
	r := d.Record
	assert.Equal(t, lifecycle.Live, r.State)
	assert.Nil(t, r.Request)
	assert.Equal(t, lifecycle.Succeeded, r.Last.Result)
	assert.Len(t, b.Market.Sent(), 1)
}

func TestFailedRequestsChangeNothing(t *testing.T) {
	ctx := context.Background()
	problems := []lifecycle.Problem{{Code: "INVALID_INPUT", Message: "a blank before the trademark sign", Change: "UpdateInformation"}}
	failed := lifecycle.Status{Result: lifecycle.Failed, Problems: problems}
	t.Run("first submission", func(t *testing.T) {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
		b.Market.EndNext(failed)
		r, err := b.Await(ctx, id)
		var requestError *lifecycle.RequestError
		require.ErrorAs(t, err, &requestError)
		assert.Equal(t, problems, requestError.Outcome.Problems)
		assert.ErrorContains(t, err, "UpdateInformation: INVALID_INPUT: a blank before the trademark sign")
		assert.Equal(t, lifecycle.Draft, r.State)
		assert.True(t, r.RegionsLocked, "the marketplace has seen the Regions")
	})
	t.Run("sign-off", func(t *testing.T) {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, true)
		b.Market.EndNext(failed)
		r, err := b.Await(ctx, id)
		require.Error(t, err)
		assert.Equal(t, lifecycle.TestProduct, r.State)
		_, err = b.Await(ctx, id)
		require.Error(t, err, "a later look tells the same")
	})
	t.Run("refused at once", func(t *testing.T) {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
		b.Market.FailCalls(lifecycle.ErrNotFound, &lifecycle.Rejection{Problems: problems})
		r, err := b.Await(ctx, id)
		require.Error(t, err)
		assert.Equal(t, lifecycle.Draft, r.State)
		assert.False(t, r.RegionsLocked, "the submission never reached the marketplace")
		assert.Equal(t, problems, r.Last.Problems)
	})
	t.Run("changed elsewhere", func(t *testing.T) {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
		before, err := b.Load(ctx, id)
		require.NoError(t, err)
		elsewhere := before.Entities
		elsewhere.ProductRevision++
		b.Market.Put(elsewhere)
		r, err := b.Await(ctx, id)
		require.ErrorContains(t, err, "changed elsewhere")
		assert.Equal(t, lifecycle.Live, r.State)
		assert.Equal(t, before.Entities, r.Entities, "the newest revision is somebody else's")
	})
}

func TestServiceFaultIsSentAgainAndGivenUpAtLast(t *testing.T) {
	ctx := context.Background()
	fault := lifecycle.Status{Result: lifecycle.Failed, Fault: true, Problems: []lifecycle.Problem{{Code: "SERVER_FAULT", Message: "try again"}}}
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.EndNext(fault, fault)
	r, err := b.Await(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, r.State)
	names := map[string]bool{}
	for _, c := range b.Market.Sent() {
		names[c.Name] = true
	}
	assert.Len(t, names, 3, "each attempt is a change set of its own")

	id = b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.EndNext(fault, fault, fault, fault, fault)
	r, err = b.Await(ctx, id)
	require.ErrorContains(t, err, "SERVER_FAULT")
	assert.Equal(t, lifecycle.Draft, r.State)
	assert.Len(t, b.Market.Sent(), 3+5)
}

func TestCancel(t *testing.T) {
	ctx := context.Background()
	t.Run("not sent yet", func(t *testing.T) {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
		_, err := b.Do(ctx, id, lifecycle.Cancel{})
		require.NoError(t, err)
		_, err = b.Do(ctx, id, lifecycle.Cancel{})
		require.ErrorIs(t, err, lifecycle.RuleCancel, "once is enough")
		r, err := b.Await(ctx, id)
		require.ErrorContains(t, err, "submit cancelled")
		assert.Equal(t, lifecycle.Draft, r.State)
		assert.Empty(t, b.Market.Sent())
		assert.False(t, r.RegionsLocked)
	})
	t.Run("pending", func(t *testing.T) {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
		_, err := b.Advance(ctx, id)
		require.NoError(t, err)
		_, err = b.Do(ctx, id, lifecycle.Cancel{})
		require.NoError(t, err)
		r, err := b.Await(ctx, id)
		require.ErrorContains(t, err, "submit cancelled")
		assert.Equal(t, lifecycle.Draft, r.State)
	})
	t.Run("too late", func(t *testing.T) {
		b := lifecycletest.NewBench(t)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
		_, err := b.Advance(ctx, id)
		require.NoError(t, err)
		_, err = b.Do(ctx, id, lifecycle.Cancel{})
		require.NoError(t, err)
		// The next two calls are Follow and Cancel.
		b.Market.FailCalls(nil, lifecycle.ErrTooLate)
		r, err := b.Await(ctx, id)
		require.NoError(t, err, "the submission has succeeded after all")
		assert.Equal(t, lifecycle.TestProduct, r.State)
	})
	t.Run("removal, until its review starts", func(t *testing.T) {
		b := lifecycletest.NewBench(t)
		b.Market.Takes = 48 * time.Hour
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
		_, err := b.Advance(ctx, id)
		require.NoError(t, err)
		b.Clock.Advance(lifecycle.CancelPeriod - time.Nanosecond)
		found, err := b.Explain(ctx, id, lifecycle.Cancel{})
		require.NoError(t, err)
		require.NoError(t, found.Err())
		b.Clock.Advance(time.Nanosecond)
		_, err = b.Do(ctx, id, lifecycle.Cancel{})
		require.ErrorIs(t, err, lifecycle.RuleCancelWindow)
	})
}

func TestSellersNeverSeeEachOthersListings(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	other, err := lifecycle.New("999900001111", b.Store, b.Market)
	require.NoError(t, err)
	_, err = other.Load(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	_, err = other.Do(ctx, id, lifecycle.Submit{})
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	for _, err := range other.Journal(ctx, id) {
		require.ErrorIs(t, err, lifecycle.ErrNotFound)
	}
	assert.Empty(t, listings(t, other, lifecycle.Query{}))
}

func TestUnknownFactsAreSaid(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t, lifecycle.WithResources(brokenResources{}), lifecycle.WithSellers(lifecycle.SellerProfile{})), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	found, err := b.Explain(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	require.NoError(t, found.Err())
	missing := map[string]bool{}
	for _, gap := range found.NotChecked {
		missing[gap.Rule.ID] = true
	}
	for _, want := range []string{"seller.registered", "seller.profile-complete", "seller.tax-and-bank", "resource.exists",
		"resource.certified", "permission.describe-model-package", "pricing.every-instance-priced", "version.recommended-batch"} {
		assert.True(t, missing[want], want)
	}
}

type brokenResources struct{}

func (brokenResources) Describe(context.Context, version.ARN) (lifecycle.Resource, error) {
	return lifecycle.Resource{}, errors.New("no route to host")
}

func TestAContextThatHasEndedWritesNothing(t *testing.T) {
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := b.Do(ctx, id, lifecycle.Submit{})
	require.ErrorIs(t, err, context.Canceled)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Draft, r.State)
}

// An observer is told of every entry, after it was saved, and a feed has the same
// of all listings, in the order of saving.
func TestObserverAndFeed(t *testing.T) {
	t.Parallel()
	type seen struct {
		listing  uuid.UUID
		revision int64
	}
	var observed []seen
	var latest lifecycle.Summary
	b := lifecycletest.NewBench(t, lifecycle.WithObserver(func(_ context.Context, s lifecycle.Summary, e lifecycle.Entry) {
		observed = append(observed, seen{s.ID, e.Revision})
		latest = s
	}))
	for _, state := range []lifecycle.State{lifecycle.Live, lifecycle.TestProduct, lifecycle.Draft} {
		id := b.Listing(t, lifecycletest.ModelPackage(), state, false)
		assert.Equal(t, id, latest.ID)
		assert.Equal(t, state, latest.State)
	}
	var fed []seen
	var middle lifecycle.Cursor
	for f, err := range b.Feed(context.Background(), "") {
		require.NoError(t, err)
		fed = append(fed, seen{f.Listing, f.Entry.Revision})
		if len(fed) == 7 {
			middle = f.Cursor
		}
	}
	assert.Equal(t, observed, fed)
	var rest []seen
	for f, err := range b.Feed(context.Background(), middle) {
		require.NoError(t, err)
		rest = append(rest, seen{f.Listing, f.Entry.Revision})
	}
	assert.Equal(t, observed[7:], rest)
}

// A plan, and what is available, of a document that is in no store, and of a
// listing that is.
func TestPlanDocumentAndAvailable(t *testing.T) {
	t.Parallel()
	b, ctx := lifecycletest.NewBench(t), context.Background()
	p, err := b.PlanDocument(ctx, lifecycletest.ModelPackage())
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, p.Then)
	assert.NotEmpty(t, p.Differences)
	assert.Equal(t, time.Hour, p.Estimate.Usual)
	_, err = b.PlanDocument(ctx, listing.Listing{})
	require.ErrorIs(t, err, listing.RuleTitle)
	assert.Empty(t, listings(t, b.Manager, lifecycle.Query{}), "nothing is written")

	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	all, err := b.Available(ctx, id)
	require.NoError(t, err)
	assert.Len(t, all, 20)
	_, err = b.Available(ctx, uuid.New())
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
}

// What is available of a record at hand is judged by the manager's rules and known
// facts, and asks nobody.
func TestAvailableOnAsksNobody(t *testing.T) {
	t.Parallel()
	own := rule.Rule{ID: "own.rule", Severity: rule.Must, Statement: "no listing is submitted on Mondays", Remedy: "wait"}
	policy := lifecycle.Policy{Checks: []rule.Check[listing.Listing]{{Rule: own, Find: func(_ listing.Listing, r *rule.Report) { r.Broken("", "it is Monday") }}}}
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	m, err := lifecycle.New(lifecycletest.Seller, b.Store, askedNothing{}, lifecycle.WithClock(b.Clock), lifecycle.WithPolicy(policy),
		lifecycle.WithFacts(lifecycle.Facts{Seller: &lifecycle.SellerProfile{Registered: lifecycle.No}}))
	require.NoError(t, err)
	assert.Equal(t, b.Clock.Now(), m.Now())
	for _, a := range m.AvailableOn(r) {
		if a.Command == lifecycle.EventSubmit {
			require.ErrorIs(t, a.Findings.Err(), own)
			require.ErrorIs(t, a.Findings.Err(), lifecycle.RuleSellerRegistered)
			assert.NotEmpty(t, a.Findings.NotChecked)
		}
	}
}

// askedNothing is a marketplace whose methods panic.
type askedNothing struct{ lifecycle.Marketplace }

// JournalAfter begins where it is told.
func TestJournalAfter(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	for _, after := range []int64{-1, 0, 3, r.Revision - 1, r.Revision, r.Revision + 1} {
		next := max(after, 0)
		for range 2 { // a sequence can be read again
			next = max(after, 0)
			for e, err := range b.JournalAfter(context.Background(), id, after) {
				require.NoError(t, err)
				next++
				require.Equal(t, next, e.Revision)
			}
		}
		assert.Equal(t, max(r.Revision, after), next, after)
	}
}

// What is wrong with the configuration is told when the manager is made.
func TestNewRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	market := lifecycletest.NewMarket(&lifecycletest.Clock{})
	for says, options := range map[string][]lifecycle.Option{
		"option 1 is nil": {lifecycle.WithClock(&lifecycletest.Clock{}), nil},
		"has no rule id or no Find": {lifecycle.WithPolicy(lifecycle.Policy{Checks: []rule.Check[listing.Listing]{
			{Rule: rule.Rule{ID: "house.x"}},
		}})},
	} {
		_, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, options...)
		require.ErrorIs(t, err, lifecycle.ErrConfig)
		require.ErrorContains(t, err, says)
	}
	_, err := lifecycletest.NewBench(t).Await(context.Background(), uuid.New(), nil)
	require.ErrorIs(t, err, lifecycle.ErrConfig)
}

// A check of the caller's that changes its argument changes nothing.
func TestPolicyChecksGetACopy(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t, lifecycle.WithPolicy(lifecycle.Policy{Checks: []rule.Check[listing.Listing]{{
		Rule: rule.Rule{ID: "house.x"},
		Find: func(l listing.Listing, _ *rule.Report) { l.Versions[0].Usage, l.Highlights[0] = "changed", "changed" },
	}}}))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	assert.Equal(t, lifecycletest.ModelPackage().Versions, r.Draft.Versions)
	assert.Equal(t, lifecycletest.ModelPackage().Highlights, b.Market.Sent()[0].After.Listing.Highlights)
}

// What is printed reads as a sentence.
func TestTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("The same words, again and again. ", 10)
	d := lifecycle.Difference{Path: "overview", Before: long + "Nine languages.", After: long + "Twelve languages."}
	assert.Equal(t, "~ overview: …ain and again. Nine languages. → …ain and again. Twelve languages.", d.String())
	assert.Contains(t, d.String(), "Nine")
	assert.Contains(t, d.String(), "Twelve")
	assert.Less(t, len(d.String()), 200)

	b := lifecycletest.NewBench(t)
	_, err := b.Do(context.Background(), uuid.UUID{1}, nil)
	assert.EqualError(t, err, "listing 01000000-0000-0000-0000-000000000000: refused: there is no command; give a value of one of this package's command types (command.known)")
	assert.Equal(t, "info.title", fmt.Sprint(listing.RuleTitle))
	assert.Equal(t, "pending", lifecycle.Pending.String())
	assert.NotContains(t, fmt.Sprint(rule.Findings{}), "{")

	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	plan, err := b.Plan(context.Background(), id, lifecycle.Submit{})
	require.NoError(t, err)
	for _, line := range strings.Split(plan.String(), "\n") {
		assert.LessOrEqual(t, strings.Count(line, "not checked"), 1)
	}
	assert.Equal(t, 1, strings.Count(plan.String(), "not checked"))
}
