package markettest_test

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
	"github.com/shelflife-go/shelflife/lifecycle/markettest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// metrics is a wrapper as a program writes it: it embeds the interface and
// counts what it is interested in.
type metrics struct {
	lifecycle.Marketplace

	mu   sync.Mutex
	sent int
}

func (m *metrics) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	m.mu.Lock()
	m.sent++
	m.mu.Unlock()
	return m.Marketplace.Send(ctx, c)
}

// forgetting is a marketplace that knows no change set any more once it has
// forgotten.
type forgetting struct {
	lifecycle.Marketplace
	forgot bool
}

func (f *forgetting) Find(ctx context.Context, name string) (string, error) {
	if f.forgot {
		return "", lifecycle.ErrNotFound
	}
	return f.Marketplace.Find(ctx, name)
}

func (f *forgetting) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	if f.forgot {
		return lifecycle.Status{}, lifecycle.ErrNotFound
	}
	return f.Marketplace.Follow(ctx, changeSet)
}

// TestAMetricsWrapperWrittenOutsideKeepsEveryAbility: a wrapper that embeds the
// interface passes every case that what it wraps passes, those of all abilities
// included.
func TestAMetricsWrapperWrittenOutsideKeepsEveryAbility(t *testing.T) {
	t.Parallel()
	markettest.Run(t, func(t *testing.T) markettest.Harness {
		h := markettest.Complete(t)
		h.Market = &metrics{Marketplace: h.Market}
		return h
	})
}

// TestAManagerUsesEveryAbilityThroughAWrapper plans, validates, reads, sweeps and
// traces as if there were no wrapper; without an ability it does what is left.
func TestAManagerUsesEveryAbilityThroughAWrapper(t *testing.T) {
	t.Parallel()
	h, ctx := markettest.Complete(t), context.Background()
	memory := &forgetting{Marketplace: h.Market}
	market := &metrics{Marketplace: memory}
	manager := newManager(t, market, h)

	first := uuid.New()
	do(t, manager, first, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{})
	swept, err := manager.Sweep(ctx)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Sweep{InFlight: 1, Wait: swept.Wait}, swept)
	swept, err = manager.Sweep(ctx)
	require.NoError(t, err)
	assert.Equal(t, 1, swept.Pending, "told by the pages of what is pending")

	memory.forgot = true
	h.Pass(60 * 24 * time.Hour)
	h.Pass(90 * 24 * time.Hour)
	p, err := manager.Advance(ctx, first)
	require.NoError(t, err, "what the change set has made is traced")
	assert.Equal(t, lifecycle.TestProduct, p.Record.State)
	memory.forgot = false

	do(t, manager, first, lifecycle.SignOff{})
	_, err = manager.Await(ctx, first)
	require.NoError(t, err)
	plan, err := manager.Plan(ctx, first, addition())
	require.NoError(t, err)
	assert.Len(t, plan.Changes, 1)
	assert.True(t, plan.Validates)
	validation, err := manager.Validate(ctx, first, addition())
	require.NoError(t, err)
	h.Pass(h.Settle)
	status, err := manager.Validation(ctx, validation)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Succeeded, status.Result)
	drift, err := manager.Drift(ctx, first)
	require.NoError(t, err)
	assert.Empty(t, drift.Differences)
	assert.Equal(t, 2, market.sent)
}

// plain embeds lifecycle.Unsupported: it does what publishing needs, and no more.
type plain struct {
	lifecycle.Unsupported
	market lifecycle.Marketplace
}

func (p plain) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	return p.market.Send(ctx, c)
}

func (p plain) Find(ctx context.Context, name string) (string, error) {
	return p.market.Find(ctx, name)
}

func (p plain) Follow(ctx context.Context, changeSet string) (lifecycle.Status, error) {
	return p.market.Follow(ctx, changeSet)
}

func (p plain) Cancel(ctx context.Context, changeSet string) error {
	return p.market.Cancel(ctx, changeSet)
}

func (p plain) Identify(ctx context.Context, known lifecycle.Entities) (lifecycle.Entities, error) {
	return p.market.Identify(ctx, known)
}

func TestAMarketThatEmbedsUnsupportedPublishesAllTheSame(t *testing.T) {
	t.Parallel()
	harness := func(t *testing.T) markettest.Harness {
		h := markettest.Complete(t)
		h.Market = plain{market: h.Market}
		h.Unsupported = []string{"Plan", "Validate", "Read", "Pending", "Trace"}
		return h
	}
	markettest.Run(t, harness)

	h, ctx := harness(t), context.Background()
	memory := &forgetting{Marketplace: h.Market}
	manager := newManager(t, memory, h)
	id := uuid.New()
	do(t, manager, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{})
	_, err := manager.Sweep(ctx)
	require.NoError(t, err)
	swept, err := manager.Sweep(ctx)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Sweep{InFlight: 1, Wait: swept.Wait}, swept, "each listing is asked for by itself")
	_, err = manager.Await(ctx, id)
	require.NoError(t, err)
	do(t, manager, id, lifecycle.SignOff{})
	_, err = manager.Await(ctx, id)
	require.NoError(t, err)

	plan, err := manager.Plan(ctx, id, addition())
	require.NoError(t, err, "a plan without its changes")
	assert.Empty(t, plan.Changes)
	assert.False(t, plan.Validates)
	assert.NotEmpty(t, plan.Differences)
	_, err = manager.Validate(ctx, id, addition())
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = manager.Drift(ctx, id)
	require.ErrorIs(t, err, errors.ErrUnsupported)

	second := uuid.New()
	do(t, manager, second, lifecycle.Create{Listing: lifecycletest.Algorithm()}, lifecycle.Submit{})
	_, err = manager.Advance(ctx, second)
	require.NoError(t, err)
	memory.forgot = true
	h.Pass(60 * 24 * time.Hour)
	_, err = manager.Advance(ctx, second)
	require.ErrorIs(t, err, lifecycle.ErrForgotten, "nobody can tell what became of it")
}

func newManager(t *testing.T, market lifecycle.Marketplace, h markettest.Harness) *lifecycle.Manager {
	t.Helper()
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock{h}),
		lifecycle.WithResources(lifecycletest.Resources{}), lifecycle.WithAssets(lifecycletest.Assets{}))
	require.NoError(t, err)
	return manager
}

func do(t *testing.T, manager *lifecycle.Manager, id uuid.UUID, commands ...lifecycle.Command) {
	t.Helper()
	for _, c := range commands {
		_, err := manager.Do(context.Background(), id, c)
		require.NoError(t, err, c.Event())
	}
}

func addition() lifecycle.Command {
	return lifecycle.AddVersion{Version: lifecycletest.Version("1.1", lifecycletest.ModelPackage().Kind)}
}

// clock is the harness's.
type clock struct{ markettest.Harness }

func (c clock) Now() time.Time { return c.Harness.Now() }

func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.Pass(d)
	return nil
}
