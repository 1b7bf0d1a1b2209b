//go:build go1.25

package wake_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// shop is a seller with a marketplace of its own.
type shop struct {
	*lifecycle.Manager
	market *counted
}

// counted counts what is asked of the marketplace, and how much of it at once.
type counted struct {
	*lifecycletest.Market
	takes time.Duration // how long an answer takes

	mu    sync.Mutex
	calls int
	busy  int
	most  int
	fails error
}

func (m *counted) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	m.mu.Lock()
	m.calls++
	m.busy++
	m.most = max(m.most, m.busy)
	fails := m.fails
	m.mu.Unlock()
	defer func() { m.mu.Lock(); m.busy--; m.mu.Unlock() }()
	if err := (lifecycle.SystemClock{}).Sleep(ctx, m.takes); err != nil {
		return lifecycle.Status{}, err
	}
	if fails != nil {
		return lifecycle.Status{}, fails
	}
	return m.Market.Follow(ctx, id)
}

// asked returns how often the marketplace was asked, and how often at once at the most.
func (m *counted) asked() (calls, most int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls, m.most
}

func newShop(t *testing.T, store lifecycle.Store, seller listing.AccountID, options ...lifecycle.Option) shop {
	t.Helper()
	market := &counted{Market: lifecycletest.NewMarket(lifecycle.SystemClock{}), takes: time.Millisecond}
	m, err := lifecycle.New(seller, store, market, options...)
	require.NoError(t, err)
	return shop{m, market}
}

// submit creates a listing and submits it. Without resources and assets, all that is
// known of them is not checked.
func (s shop) submit(t *testing.T) uuid.UUID {
	t.Helper()
	id, err := s.trySubmit(t.Context())
	require.NoError(t, err)
	return id
}

func (s shop) trySubmit(ctx context.Context) (uuid.UUID, error) {
	id, l := uuid.New(), lifecycletest.ModelPackage()
	own := strings.NewReplacer(string(lifecycletest.Seller), string(s.Seller()))
	l.Versions[0].Resource = version.ARN(own.Replace(string(l.Versions[0].Resource)))
	l.Versions[0].AccessRole = version.Role(own.Replace(string(l.Versions[0].AccessRole)))
	if _, err := s.Do(ctx, id, lifecycle.Create{Listing: l}); err != nil {
		return id, err
	}
	_, err := s.Do(ctx, id, lifecycle.Submit{})
	return id, err
}

func (s shop) state(t *testing.T, id uuid.UUID) lifecycle.State {
	t.Helper()
	r, err := s.Load(context.Background(), id)
	require.NoError(t, err)
	return r.State
}

// start runs the loop until the returned function is called, which returns what Run did.
func start(t *testing.T, l *wake.Loop, managers ...*lifecycle.Manager) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx, managers...) }()
	synctest.Wait()
	return func() error {
		cancel()
		return <-ended
	}
}

func seller(i int) listing.AccountID { return listing.AccountID(fmt.Sprintf("%012d", i+1)) }

func TestAListingWakesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := wake.NewLoop()
		s := newShop(t, memstore.New(), lifecycletest.Seller, lifecycle.WithObserver(loop.Observe))
		stop := start(t, loop, s.Manager)
		time.Sleep(3 * time.Minute) // there is nothing to do
		id := s.submit(t)
		time.Sleep(time.Second)
		r, err := s.Load(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, lifecycle.Following, r.Request.Phase, "what was asked for is sent at once")
		time.Sleep(80 * time.Minute)
		assert.Equal(t, lifecycle.TestProduct, s.state(t, id))
		calls, _ := s.market.asked()
		assert.Less(t, calls, 25, "looks at one request")
		require.ErrorIs(t, stop(), context.Canceled)
	})
}

// What another process wrote down, and left, is found.
func TestWhatNobodyToldOfIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		loop := wake.NewLoop(wake.Rest(5 * time.Minute))
		here, there := newShop(t, store, lifecycletest.Seller), newShop(t, store, lifecycletest.Seller)
		stop := start(t, loop, here.Manager)
		time.Sleep(time.Minute)
		id := there.submit(t)
		time.Sleep(5 * time.Minute)
		r, err := here.Load(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, lifecycle.Following, r.Request.Phase)
		require.ErrorIs(t, stop(), context.Canceled)
	})
}

func TestNoticeBoundsWhenAnEndIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan time.Time, 1)
		loop := wake.NewLoop(wake.Notice(time.Minute))
		s := newShop(t, memstore.New(), lifecycletest.Seller, lifecycle.WithObserver(loop.Observe),
			lifecycle.WithObserver(func(_ context.Context, _ lifecycle.Summary, e lifecycle.Entry) {
				if e.Outcome != nil {
					ended <- time.Now()
				}
			}))
		began := time.Now()
		s.submit(t)
		stop := start(t, loop, s.Manager)
		time.Sleep(2 * time.Hour)
		late := (<-ended).Sub(began) - s.market.Takes
		assert.Positive(t, late)
		assert.LessOrEqual(t, late, time.Minute+time.Second)
		require.ErrorIs(t, stop(), context.Canceled)
	})
}

// A seller whose every call fails, or takes forever, holds up nobody else.
func TestOneSellerHoldsUpNobodyElse(t *testing.T) {
	for name, spoil := range map[string]func(m *counted){
		"refused":   func(m *counted) { m.fails = errors.New("expired credentials") },
		"throttled": func(m *counted) { m.fails = lifecycle.ErrThrottled },
		"slow":      func(m *counted) { m.takes = time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := memstore.New()
				loop := wake.NewLoop(wake.AtOnce(2), wake.Notice(time.Minute))
				var shops []shop
				var ids []uuid.UUID
				var managers []*lifecycle.Manager
				for i := range 20 {
					s := newShop(t, store, seller(i), lifecycle.WithObserver(loop.Observe))
					shops, managers = append(shops, s), append(managers, s.Manager)
					ids = append(ids, s.submit(t))
				}
				spoil(shops[7].market)
				stop := start(t, loop, managers...)
				time.Sleep(62 * time.Minute)
				for i, s := range shops {
					if i != 7 {
						assert.Equal(t, lifecycle.TestProduct, s.state(t, ids[i]), "seller %d", i)
					}
				}
				calls, _ := shops[7].market.asked()
				assert.Less(t, calls, 20, "calls for the one that fails")
				shops[7].market.mu.Lock()
				shops[7].market.fails, shops[7].market.takes = nil, time.Millisecond
				shops[7].market.mu.Unlock()
				time.Sleep(3 * time.Hour)
				assert.Equal(t, lifecycle.TestProduct, shops[7].state(t, ids[7]), "once it is mended")
				require.ErrorIs(t, stop(), context.Canceled)
			})
		})
	}
}

// The pace of all sellers together is kept, and no seller is swept twice at once.
func TestSweepsKeepTheirPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		loop := wake.NewLoop(wake.AtOnce(3), wake.Quotas(1, 1), wake.Notice(30*time.Second))
		var shops []shop
		var managers []*lifecycle.Manager
		for i := range 40 {
			s := newShop(t, store, seller(i), lifecycle.WithObserver(loop.Observe))
			s.market.takes = 2 * time.Second
			s.submit(t)
			shops, managers = append(shops, s), append(managers, s.Manager)
		}
		stop := start(t, loop, managers...)
		time.Sleep(30 * time.Minute)
		require.ErrorIs(t, stop(), context.Canceled)
		calls, few, many := 0, 1<<30, 0
		for _, s := range shops {
			asked, most := s.market.asked()
			assert.LessOrEqual(t, most, 1)
			calls, few, many = calls+asked, min(few, asked), max(many, asked)
		}
		assert.LessOrEqual(t, calls, 30*60+1)
		// Sweeps are spread at random, so that some sellers are asked several times as often as
		// others in so short a time; none is left behind.
		assert.LessOrEqual(t, many, 6*few, "the one that was asked most, and least")
	})
}

func TestRunEndsWhenNothingIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := wake.NewLoop()
		s := newShop(t, memstore.New(), lifecycletest.Seller, lifecycle.WithObserver(loop.Observe))
		id := s.submit(t)
		s.market.takes = 10 * time.Second
		stop := start(t, loop, s.Manager)
		time.Sleep(35 * time.Second) // in the midst of a call
		require.ErrorIs(t, loop.Run(t.Context(), s.Manager), wake.ErrRunning)
		require.ErrorIs(t, stop(), context.Canceled)
		assert.Zero(t, s.market.busy, "calls under way when Run has returned")
		assert.Equal(t, lifecycle.Submitted, s.state(t, id))

		s.market.takes = 0
		stop = start(t, loop, s.Manager) // again: it goes on where it was
		time.Sleep(2 * time.Hour)
		assert.Equal(t, lifecycle.TestProduct, s.state(t, id))
		require.ErrorIs(t, stop(), context.Canceled)
	})
}

func TestRunRefusesManagersThatMakeNoSense(t *testing.T) {
	s := newShop(t, memstore.New(), lifecycletest.Seller)
	for name, managers := range map[string][]*lifecycle.Manager{
		"none": nil, "nil": {s.Manager, nil}, "two of one seller": {s.Manager, s.Manager},
	} {
		require.ErrorIs(t, wake.NewLoop().Run(t.Context(), managers...), lifecycle.ErrConfig, name)
	}
}
