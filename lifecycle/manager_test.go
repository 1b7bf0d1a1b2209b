package lifecycle_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
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

			journal, err := b.History(ctx, id)
			require.NoError(t, err)
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
	failed := lifecycle.Status{Phase: lifecycle.PhaseFailed, Problems: problems}
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
		assert.Equal(t, before.Entities.ProductRevision+1, r.Entities.ProductRevision, "the newest revision is known now")
	})
}

func TestServiceFaultIsSentAgainAndGivenUpAtLast(t *testing.T) {
	ctx := context.Background()
	fault := lifecycle.Status{Phase: lifecycle.PhaseFailed, Fault: true, Problems: []lifecycle.Problem{{Code: "SERVER_FAULT", Message: "try again"}}}
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

func TestPassingFaultsAreWaitedOut(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.FailCalls(lifecycle.ErrThrottled, lifecycle.ErrNotFound, lifecycle.ErrBusy, lifecycle.ErrUnavailable)
	b.Market.LoseAnswers(2)
	p, err := b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	require.Positive(t, p.Wait)
	require.NotNil(t, p.Record.Request)
	r, err := b.Await(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.TestProduct, r.State)
	assert.Len(t, b.Market.Sent(), 1)
}

func TestDenialEndsAwait(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	b.Market.FailCalls(lifecycle.ErrNotFound, lifecycle.ErrDenied)
	_, err := b.Await(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrDenied)
	_, err = b.Await(ctx, id)
	require.NoError(t, err, "once the permission is there, it goes on")
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
	_, err = other.History(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	records, err := other.List(ctx, uuid.Nil, 10)
	require.NoError(t, err)
	assert.Empty(t, records)
}

func TestCreateTwice(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err := b.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
	require.ErrorIs(t, err, lifecycle.ErrExists)
}

func TestManyManagersSendOnce(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			_, err := b.Await(ctx, id)
			assert.NoError(t, err)
		}()
	}
	group.Wait()
	assert.Len(t, b.Market.Sent(), 1)
	journal, err := b.History(ctx, id)
	require.NoError(t, err)
	outcomes := 0
	for _, e := range journal {
		if e.Outcome != nil {
			outcomes++
		}
	}
	assert.Equal(t, 1, outcomes)
}

func TestManyCommandsOneWins(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	var group sync.WaitGroup
	won := make(chan struct{}, 8)
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			_, err := b.Do(ctx, id, lifecycle.SignOff{})
			if err == nil {
				won <- struct{}{}
				return
			}
			assert.ErrorIs(t, err, lifecycle.RuleOneRequest)
		}()
	}
	group.Wait()
	assert.Len(t, won, 1)
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

func TestOverdueIsNotFailed(t *testing.T) {
	b, ctx := lifecycletest.NewBench(t), context.Background()
	b.Market.Takes = 12 * time.Hour
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
	p, err := b.Advance(ctx, id)
	require.NoError(t, err)
	assert.False(t, p.Overdue)
	b.Clock.Advance(7 * time.Hour)
	p, err = b.Advance(ctx, id)
	require.NoError(t, err)
	assert.True(t, p.Overdue)
	assert.Equal(t, lifecycle.Submitted, p.Record.State)
}
