package lifecycle_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// following is a request on the bench that the market has taken.
func following(t *testing.T, state lifecycle.State) (*lifecycletest.Bench, uuid.UUID) {
	t.Helper()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), state, true)
	p, err := b.Advance(context.Background(), id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Following, p.Record.Request.Phase)
	return b, id
}

// A change set is known for 60 days after its end: not to be found before that is
// no end of the request, whoever asks and however often.
func TestNotFoundTooEarlyIsAskedAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, state := range []lifecycle.State{lifecycle.Submitted, lifecycle.TestProduct, lifecycle.Live} {
		for _, cancelling := range []bool{false, true} {
			b, id := following(t, state)
			if cancelling {
				_, err := b.Do(ctx, id, lifecycle.Cancel{})
				require.NoError(t, err)
			}
			b.Market.FailCalls(lifecycle.ErrNotFound)
			p, err := b.Advance(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrUnavailable)
			require.NotErrorIs(t, err, lifecycle.ErrForgotten)
			require.NotErrorIs(t, err, lifecycle.ErrNotFound)
			require.NotNil(t, p.Record.Request)
			b.Clock.Advance(retention - time.Minute)
			b.Market.FailCalls(lifecycle.ErrNotFound)
			p, err = b.Advance(ctx, id)
			require.ErrorIs(t, err, lifecycle.ErrUnavailable)
			require.NotNil(t, p.Record.Request)
		}
	}
	b, id := following(t, lifecycle.TestProduct)
	_, err := b.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	b.Market.FailCalls(nil, lifecycle.ErrNotFound) // Follow, Cancel
	_, err = b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable, "Follow has just shown it")
}

// doubtful is a market of which the answers to Follow, Read and Trace can be
// replaced.
type doubtful struct {
	*lifecycletest.Market
	follow func(lifecycle.Status) lifecycle.Status
	read   func() (lifecycle.Snapshot, error)
	trace  func(lifecycle.Change) (lifecycle.Traced, error)
}

func (m *doubtful) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	status, err := m.Market.Follow(ctx, id)
	if err == nil && m.follow != nil {
		status = m.follow(status)
	}
	return status, err
}

func (m *doubtful) Read(ctx context.Context, product string) (lifecycle.Snapshot, error) {
	if m.read == nil {
		return m.Market.Read(ctx, product)
	}
	return m.read()
}

func (m *doubtful) Trace(ctx context.Context, c lifecycle.Change) (lifecycle.Traced, error) {
	if m.trace == nil {
		return m.Market.Trace(ctx, c)
	}
	return m.trace(c)
}

func doubting(t *testing.T, b *lifecycletest.Bench) (*doubtful, *lifecycle.Manager) {
	t.Helper()
	market := &doubtful{Market: b.Market}
	m, err := lifecycle.New(lifecycletest.Seller, b.Store, market, lifecycle.WithClock(b.Clock), lifecycle.WithResources(lifecycletest.Resources{}))
	require.NoError(t, err)
	return market, m
}

// A revision that may be somebody else's is not taken for the request's own, unless
// the content is what was sent.
func TestChangedSinceIsNotTakenOver(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		read func(lifecycle.Record) (lifecycle.Snapshot, error)
		own  bool
		err  error
	}{
		"unsupported": {read: func(lifecycle.Record) (lifecycle.Snapshot, error) { return lifecycle.Snapshot{}, errors.ErrUnsupported }},
		"unreadable":  {read: func(lifecycle.Record) (lifecycle.Snapshot, error) { return lifecycle.Snapshot{}, errors.New("no") }},
		"throttled": {err: lifecycle.ErrThrottled, read: func(lifecycle.Record) (lifecycle.Snapshot, error) {
			return lifecycle.Snapshot{}, lifecycle.ErrThrottled
		}},
		"the same": {own: true, read: func(r lifecycle.Record) (lifecycle.Snapshot, error) { return snapshotAfter(r), nil }},
		"edited": {read: func(r lifecycle.Record) (lifecycle.Snapshot, error) {
			s := snapshotAfter(r)
			s.Content.Listing.ShortDescription = "Edited in the portal"
			return s, nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, id := following(t, lifecycle.Live)
			market, m := doubting(t, b)
			r, err := m.Load(ctx, id)
			require.NoError(t, err)
			newest := r.Entities.ProductRevision + 5
			market.read = func() (lifecycle.Snapshot, error) { return c.read(r) }
			market.follow = func(s lifecycle.Status) lifecycle.Status {
				s.ChangedSince, s.Entities.ProductRevision = true, newest
				return s
			}
			b.Clock.Advance(2 * time.Hour)
			p, err := m.Advance(ctx, id)
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
				require.NotNil(t, p.Record.Request)
				return
			}
			require.NoError(t, err)
			require.Equal(t, lifecycle.Succeeded, p.Record.Last.Result)
			if c.own {
				assert.Equal(t, newest, p.Record.Entities.ProductRevision)
			} else {
				assert.Less(t, p.Record.Entities.ProductRevision, newest, "so that the next change is refused")
			}
		})
	}
}

// snapshotAfter is what the market has once the request of the record has
// succeeded, with newer revisions.
func snapshotAfter(r lifecycle.Record) lifecycle.Snapshot {
	s := lifecycletest.Snapshot(r.Draft, lifecycle.VisibilityRestricted)
	s.Entities = r.Entities
	s.Entities.ProductRevision += 5
	s.Content = r.Published.Clone()
	return s
}

// What a change set touched is above what it was pinned to; else the marketplace
// shows what was there before.
func TestARevisionOfBeforeIsAskedAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b, id := following(t, lifecycle.Live)
	market, m := doubting(t, b)
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	for _, old := range []func(*lifecycle.Entities){
		func(e *lifecycle.Entities) { e.ProductRevision = r.Entities.ProductRevision },
		func(e *lifecycle.Entities) { e.Offer, e.OfferRevision = r.Entities.Offer, r.Entities.OfferRevision },
	} {
		market.follow = func(s lifecycle.Status) lifecycle.Status { old(&s.Entities); return s }
		b.Clock.Advance(2 * time.Hour)
		p, err := m.Advance(ctx, id)
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		require.NotNil(t, p.Record.Request)
	}
	market.follow = nil
	p, err := m.Advance(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, r.Entities.ProductRevision+1, p.Record.Entities.ProductRevision)
}

// Before a first submission makes anything, a product that carries the mark of the
// listing is found, and no second one is made.
func TestAFirstSubmissionIsRecognised(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	made := lifecycle.Entities{Product: "prod-then", ProductRevision: 3, Offer: "offer-then", OfferRevision: 2, DeliveryOptions: map[string]string{"1.0": "option"}}
	for name, c := range map[string]struct {
		edit  func(*lifecycle.Snapshot)
		offer string
		code  string
	}{
		"the same":         {edit: func(*lifecycle.Snapshot) {}, offer: made.Offer},
		"edited since":     {edit: func(s *lifecycle.Snapshot) { s.Content.Listing.Title = "Other" }, offer: made.Offer, code: "PRODUCT_EXISTS"},
		"without an offer": {edit: func(*lifecycle.Snapshot) {}, code: "PRODUCT_EXISTS"},
		"not readable":     {offer: made.Offer, code: "PRODUCT_EXISTS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := lifecycletest.NewBench(t)
			market, m := doubting(t, b)
			id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
			r, err := m.Load(ctx, id)
			require.NoError(t, err)
			market.trace = func(c2 lifecycle.Change) (lifecycle.Traced, error) {
				assert.Equal(t, id, c2.Listing)
				e := made
				e.Offer = c.offer
				return lifecycle.Traced{Entities: e, Token: uuid.New()}, nil
			}
			market.read = func() (lifecycle.Snapshot, error) {
				if c.edit == nil {
					return lifecycle.Snapshot{}, errors.ErrUnsupported
				}
				s := lifecycletest.Snapshot(r.Draft, lifecycle.VisibilityLimited)
				s.Entities = made
				s.Content, _ = r.Target()
				s.Content = s.Content.Clone()
				c.edit(&s)
				return s, nil
			}
			p, err := m.Advance(ctx, id)
			require.NoError(t, err)
			assert.Empty(t, b.Market.Sent(), "no second product")
			require.NotNil(t, p.Record.Last)
			if c.code == "" {
				assert.Equal(t, lifecycle.Succeeded, p.Record.Last.Result)
				assert.Equal(t, made, p.Record.Entities)
				return
			}
			assert.Equal(t, lifecycle.Draft, p.Record.State)
			assert.Equal(t, c.code, p.Record.Last.Problems[0].Code)
			assert.Contains(t, p.Record.Last.Problems[0].Message, made.Product)
			assert.Empty(t, p.Record.Entities.Product)
		})
	}
	t.Run("not listed yet", func(t *testing.T) {
		t.Parallel()
		b := lifecycletest.NewBench(t)
		market, m := doubting(t, b)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
		market.trace = func(c lifecycle.Change) (lifecycle.Traced, error) {
			return lifecycle.Traced{Entities: made, Token: c.Token}, nil
		}
		_, err := m.Advance(ctx, id)
		require.ErrorIs(t, err, lifecycle.ErrUnavailable)
		assert.Empty(t, b.Market.Sent())
	})
	t.Run("tracing fails", func(t *testing.T) {
		t.Parallel()
		b := lifecycletest.NewBench(t)
		market, m := doubting(t, b)
		id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Submitted, true)
		market.trace = func(lifecycle.Change) (lifecycle.Traced, error) {
			return lifecycle.Traced{}, lifecycle.ErrThrottled
		}
		_, err := m.Advance(ctx, id)
		require.ErrorIs(t, err, lifecycle.ErrThrottled)
		assert.Empty(t, b.Market.Sent())
	})
}

// What a first submission that failed by the service's own fault has left is looked
// for before it is sent again.
func TestWhatAFaultLeftIsFoundBeforeSendingAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b, id := following(t, lifecycle.Submitted)
	// the change set that was taken ends by a fault
	market, m := doubting(t, b)
	market.follow = func(s lifecycle.Status) lifecycle.Status {
		if s.Result == lifecycle.Succeeded {
			s = lifecycle.Status{Result: lifecycle.Failed, Fault: true, StartedAt: s.StartedAt, EndedAt: s.EndedAt}
		}
		return s
	}
	r, err := m.Load(ctx, id)
	require.NoError(t, err)
	failed := r.Request.Token
	market.trace = func(lifecycle.Change) (lifecycle.Traced, error) {
		return lifecycle.Traced{Entities: lifecycle.Entities{Product: "prod-left", ProductRevision: 1}, Token: failed}, nil
	}
	b.Clock.Advance(2 * time.Hour)
	p, err := m.Advance(ctx, id)
	require.NoError(t, err)
	assert.Len(t, b.Market.Sent(), 1)
	assert.Equal(t, "PRODUCT_EXISTS", p.Record.Last.Problems[0].Code)
}

// A cancelled request that the marketplace has forgotten ends, whatever fails on
// the way, and says what is not known.
func TestCancelAlwaysReleases(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	failure := errors.New("cannot be had now")
	for name, c := range map[string]struct {
		state lifecycle.State
		trace func(lifecycle.Change) (lifecycle.Traced, error)
	}{
		"reading fails": {state: lifecycle.Live},
		"tracing fails": {lifecycle.Submitted, func(lifecycle.Change) (lifecycle.Traced, error) { return lifecycle.Traced{}, failure }},
		"no offer": {lifecycle.Submitted, func(lifecycle.Change) (lifecycle.Traced, error) {
			return lifecycle.Traced{Entities: lifecycle.Entities{Product: "prod-half"}}, nil
		}},
	} {
		b, id := following(t, c.state)
		market, m := doubting(t, b)
		market.read = func() (lifecycle.Snapshot, error) { return lifecycle.Snapshot{}, failure }
		market.trace = c.trace
		_, err := m.Do(ctx, id, lifecycle.Cancel{})
		require.NoError(t, err, name)
		b.Clock.Advance(retention)
		b.Market.FailCalls(lifecycle.ErrNotFound)
		p, err := m.Advance(ctx, id)
		require.NoError(t, err, name)
		require.Nil(t, p.Record.Request, name)
		assert.Equal(t, "OUTCOME_UNKNOWN", p.Record.Last.Problems[0].Code, name)
		assert.Contains(t, p.Record.Last.Problems[0].Message, "looking for it failed", name)
	}
}

// Who wanted to cancel, and was too late, does not want it sent again.
func TestTheWishToCancelOutlivesTheRefusal(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
	sent := len(b.Market.Sent())
	b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Fault: true})
	_, err := b.Advance(ctx, id)
	require.NoError(t, err)
	_, err = b.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	b.Market.FailCalls(nil, lifecycle.ErrTooLate) // Follow, Cancel
	p, err := b.Advance(ctx, id)
	require.NoError(t, err)
	assert.True(t, p.Record.Request.CancelRefused)
	assert.False(t, p.Record.Request.Cancelling)
	b.Clock.Advance(2 * time.Hour)
	p, err = b.Advance(ctx, id)
	require.NoError(t, err)
	require.Nil(t, p.Record.Request)
	assert.Equal(t, lifecycle.Failed, p.Record.Last.Result)
	assert.Len(t, b.Market.Sent(), sent+1)
	requireReplayed(t, p.Record, journalOf(t, b, id))
}

// The day in which a removal can be cancelled runs from the marketplace's own
// instant, not from when the answer was found.
func TestTheDayOfARemovalRunsFromItsStart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := lifecycletest.NewBench(t)
	b.Market.Takes = 100 * 24 * time.Hour
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	_, err := b.Do(ctx, id, lifecycle.Unpublish{Email: "a@example.com", Reason: "Replaced."})
	require.NoError(t, err)
	b.Market.LoseAnswers(1)
	_, err = b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	b.Clock.Advance(30 * time.Hour)
	_, err = b.Advance(ctx, id)
	require.NoError(t, err)
	_, err = b.Do(ctx, id, lifecycle.Cancel{})
	var refusal *lifecycle.Refusal
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, lifecycle.RuleCancelWindow, refusal.Findings.Violations[0].Rule)
}

// An instant of the marketplace counts as far as it is possible.
func TestImpossibleInstantsDoNotEndSupport(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, off := range []time.Duration{-400 * 24 * time.Hour, 400 * 24 * time.Hour} {
		b, id := following(t, lifecycle.Live)
		market, m := doubting(t, b)
		sent := b.Clock.Now()
		market.follow = func(s lifecycle.Status) lifecycle.Status {
			if s.Result != lifecycle.Pending {
				s.EndedAt = s.EndedAt.Add(off)
			}
			return s
		}
		r, err := m.Await(ctx, id)
		require.NoError(t, err)
		require.NotNil(t, r.UnpublishedAt)
		assert.False(t, r.UnpublishedAt.Before(sent), "%v", off)
		assert.False(t, r.UnpublishedAt.After(b.Clock.Now()), "%v", off)
	}
}

// A lock that the request itself holds is the request, although the list of change
// sets does not show it yet.
func TestHeldByTheRequestItself(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b, id := sending(t)
	_, err := b.Do(ctx, id, lifecycle.Cancel{})
	require.NoError(t, err)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	sent := b.Market.Sent()
	holder, err := b.Market.Find(ctx, sent[len(sent)-1].Name)
	require.NoError(t, err)
	b.Market.FailCalls(lifecycle.ErrNotFound, &lifecycle.BusyError{Entity: r.Entities.Product, ChangeSet: holder, Name: r.Request.Name})
	p, err := b.Advance(ctx, id)
	require.NoError(t, err)
	if p.Record.Request != nil {
		assert.Equal(t, holder, p.Record.Request.ChangeSet)
	} else {
		assert.Equal(t, holder, p.Record.Last.ChangeSet)
	}
}

// A backup that is restored, and the same command again, is another request.
func TestARestoredBackupIsNotToldTheOldOutcome(t *testing.T) {
	t.Parallel()
	ctx, clock, id := context.Background(), &lifecycletest.Clock{}, uuid.New()
	market := lifecycletest.NewMarket(clock)
	names := map[string]bool{}
	for range 2 {
		m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock))
		require.NoError(t, err)
		_, err = m.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()})
		require.NoError(t, err)
		d, err := m.Do(ctx, id, lifecycle.Submit{})
		require.NoError(t, err)
		names[d.Record.Request.Name] = true
		clock.Advance(61 * 24 * time.Hour)
	}
	assert.Len(t, names, 2)
}
