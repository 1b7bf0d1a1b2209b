package telemetry_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
	"github.com/shelflife-go/shelflife/version"
)

// live leads a listing through a whole life: created, submitted in vain and with success,
// live, with a version more and one less, off sale, and closed after ninety days. On the
// way a request fails, two commands are refused, and a call is throttled.
func live(t *testing.T, b *bench) uuid.UUID {
	t.Helper()
	ctx := context.Background()
	id := b.ID("invoice-extractor")
	do := func(c lifecycle.Command) {
		t.Helper()
		_, err := b.Do(ctx, id, c, lifecycle.By("the test"))
		require.NoError(t, err)
	}
	finish := func(c lifecycle.Command) {
		t.Helper()
		do(c)
		_, err := b.Advance(ctx, id)
		require.NoError(t, err)
		b.clock.Advance(2 * time.Hour)
		found, err := b.Sweep(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, found.Ended)
	}
	do(lifecycle.Create{Name: "invoice-extractor", Listing: lifecycletest.ModelPackage()})
	b.clock.Advance(24 * time.Hour)
	b.market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Problems: []lifecycle.Problem{{Code: "INTERNAL", Message: "try again"}}})
	finish(lifecycle.Submit{})
	finish(lifecycle.Submit{})

	want := lifecycle.Desired{Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	_, err := b.Apply(ctx, id, want)
	require.NoError(t, err)
	b.clock.Advance(30 * time.Minute)
	b.market.FailCalls(lifecycle.ErrThrottled)
	_, err = b.Advance(ctx, id)
	require.ErrorIs(t, err, lifecycle.ErrThrottled)
	b.clock.Advance(2 * time.Hour)
	_, err = b.Apply(ctx, id, want)
	require.NoError(t, err)

	b.clock.Advance(10 * 24 * time.Hour)
	finish(lifecycle.AddVersion{Version: lifecycletest.Version("2.0", version.ModelPackage)})
	finish(lifecycle.RestrictVersion{Number: "1.0"})
	drift, err := b.Drift(ctx, id)
	require.ErrorIs(t, err, errors.ErrUnsupported, drift)
	_, err = b.Do(ctx, id, lifecycle.Unpublish{Reason: "Replaced."})
	lifecycletest.RequireRefused(t, err, lifecycle.RuleUnpublishContact)
	finish(lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."})

	_, err = b.Do(ctx, id, lifecycle.EndSupport{})
	lifecycletest.RequireRefused(t, err, lifecycle.RuleNinetyDays)
	b.clock.Advance(lifecycle.SupportPeriod)
	do(lifecycle.EndSupport{})
	return id
}

// The whole trace of a life, with what each span is within, and all metrics.
func TestGoldenLife(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	live(t, b)
	golden.Equal(t, "testdata/life.trace", tree(b.spans.GetSpans()))
	golden.Equal(t, "testdata/life.metrics", figures(t, b.collect(t)))
}

// With PerSeller the metrics tell of whom they are, but for those of the marketplace.
func TestPerSeller(t *testing.T) {
	t.Parallel()
	with, without := newBench(t, telemetry.PerSeller()), newBench(t)
	live(t, with)
	live(t, without)
	for line := range strings.Lines(figures(t, with.collect(t))) {
		assert.Equal(t, !strings.Contains(line, "marketplace.duration"), strings.Contains(line, ` seller="111122223333"`), line)
	}
	assert.NotContains(t, figures(t, without.collect(t)), "seller")
}
