//go:build go1.25

package wake_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
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
)

// quota allows so many calls in each second, over all sellers, and counts them.
type quota struct {
	mu         sync.Mutex
	allowed    int
	second     int64
	inSecond   int
	calls      int
	throttled  int
	most       int
	began, end time.Time
}

func (q *quota) take() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if q.began.IsZero() {
		q.began = now
	}
	q.end = now
	if s := now.Unix(); s != q.second {
		q.second, q.inSecond = s, 0
	}
	q.inSecond++
	q.calls++
	if q.most = max(q.most, q.inSecond); q.inSecond > q.allowed {
		q.throttled++
		return fmt.Errorf("ListChangeSets: %w", lifecycle.ErrThrottled)
	}
	return nil
}

// used is the part of the quota that was used.
func (q *quota) used() float64 {
	return float64(q.calls) / (q.end.Sub(q.began).Seconds() * float64(q.allowed))
}

// partner is what the sellers of one partner share of the marketplace: its quotas.
type partner struct {
	list, describe, start quota
	lag                   time.Duration // until a call is answered
}

// account is the marketplace as one seller of the partner sees it.
type account struct {
	*lifecycletest.Market
	of   *partner
	mine []string
	slow time.Duration
}

func (a *account) wait(ctx context.Context, q *quota) error {
	if err := (lifecycle.SystemClock{}).Sleep(ctx, a.of.lag+a.slow); err != nil {
		return err
	}
	return q.take()
}

func (a *account) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	if err := a.wait(ctx, &a.of.start); err != nil {
		return "", err
	}
	id, err := a.Market.Send(ctx, c)
	if err == nil {
		a.mine = append(a.mine, id)
	}
	return id, err
}

func (a *account) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	if err := a.wait(ctx, &a.of.describe); err != nil {
		return lifecycle.Status{}, err
	}
	return a.Market.Follow(ctx, id)
}

// Pending has pages of twenty, as ListChangeSets does.
func (a *account) Pending(ctx context.Context, page string) ([]string, string, error) {
	if err := a.wait(ctx, &a.of.list); err != nil {
		return nil, "", err
	}
	var pending []string
	for _, id := range a.mine {
		if s, err := a.Market.Follow(ctx, id); err == nil && s.Result == lifecycle.Pending {
			pending = append(pending, id)
		}
	}
	start := 0
	_, _ = fmt.Sscan(page, &start)
	next := ""
	if start+20 < len(pending) {
		next = fmt.Sprint(start + 20)
	}
	return pending[min(start, len(pending)):min(start+20, len(pending))], next, nil
}

// A hundred sellers, or as many as SHELFLIFE_SELLERS says, ten listings each, submitted within half an hour so that all are
// under way at once, and the quotas of one
// partner: each end is noticed within a minute, with sixty percent of them.
func TestAFleetKeepsItsQuotas(t *testing.T) {
	sellers, each := 100, 10
	if given := os.Getenv("SHELFLIFE_SELLERS"); given != "" {
		var err error
		sellers, err = strconv.Atoi(given)
		require.NoError(t, err, "SHELFLIFE_SELLERS")
	}
	synctest.Test(t, func(t *testing.T) {
		p := &partner{lag: 100 * time.Millisecond}
		p.list.allowed, p.describe.allowed, p.start.allowed = 25, 50, 50
		loop := wake.NewLoop(wake.AtOnce(12), wake.Notice(50*time.Second), wake.Quotas(15, 30))
		var mu sync.Mutex
		late := map[uuid.UUID]time.Duration{}
		var ofSeller []time.Duration
		var managers []*lifecycle.Manager
		for i := range sellers {
			a := &account{Market: lifecycletest.NewMarket(lifecycle.SystemClock{}), of: p}
			a.Takes = 40*time.Minute + rand.N(20*time.Minute)
			if i == 13 {
				a.slow = 5 * time.Second
			}
			s := shop{nil, nil}
			ofSeller = append(ofSeller, 0)
			observe := func(_ context.Context, l lifecycle.Summary, e lifecycle.Entry) {
				if e.Outcome == nil {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				late[l.ID] = time.Since(*e.Outcome.EndedAt)
				ofSeller[i] = max(ofSeller[i], late[l.ID])
			}
			m, err := lifecycle.New(seller(i), memstore.New(), a, lifecycle.WithObserver(loop.Observe), lifecycle.WithObserver(observe))
			require.NoError(t, err)
			s.Manager = m
			for range each {
				go func() {
					time.Sleep(rand.N(30 * time.Minute))
					_, err := s.trySubmit(t.Context())
					assert.NoError(t, err)
				}()
			}
			managers = append(managers, m)
		}
		stop := start(t, loop, managers...)
		time.Sleep(2 * time.Hour)
		require.ErrorIs(t, stop(), context.Canceled)

		var all []time.Duration
		for _, d := range late {
			all = append(all, d)
		}
		slices.Sort(all)
		slices.Sort(ofSeller)
		require.Len(t, all, sellers*each, "requests whose end was noticed")
		at := func(all []time.Duration, percent int) time.Duration { return all[(len(all)-1)*percent/100] }
		t.Logf("%d ends noticed: median %v, 99th percentile %v, last %v; slowest seller %v, median seller %v", len(all),
			at(all, 50).Round(time.Second), at(all, 99).Round(time.Second), at(all, 100).Round(time.Second), at(ofSeller, 100).Round(time.Second), at(ofSeller, 50).Round(time.Second))
		t.Logf("ListChangeSets %.0f%% of the quota, %d in a second at the most; DescribeChangeSet %.0f%%, %d; throttled %d and %d",
			100*p.list.used(), p.list.most, 100*p.describe.used(), p.describe.most, p.list.throttled, p.describe.throttled)
		assert.LessOrEqual(t, at(all, 99), 65*time.Second)
		assert.LessOrEqual(t, at(ofSeller, 100), 2*at(ofSeller, 50))
		assert.LessOrEqual(t, p.list.used(), 0.6)
		assert.LessOrEqual(t, p.describe.used(), 0.6)
		assert.Zero(t, p.list.throttled+p.describe.throttled)
	})
}
