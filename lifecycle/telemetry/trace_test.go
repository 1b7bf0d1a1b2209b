package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/shelflife-go/shelflife/internal/sentinels"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
	"github.com/shelflife-go/shelflife/lifecycle/wake"
)

// histogram returns the only point of the histogram.
func histogram(t *testing.T, all metricdata.ResourceMetrics, name string) metricdata.HistogramDataPoint[float64] {
	t.Helper()
	for _, scope := range all.ScopeMetrics {
		require.Equal(t, telemetry.Scope, scope.Scope.Name)
		for _, m := range scope.Metrics {
			if m.Name == name {
				points := m.Data.(metricdata.Histogram[float64]).DataPoints
				require.Len(t, points, 1)
				return points[0]
			}
		}
	}
	t.Fatalf("there is no %s", name)
	return metricdata.HistogramDataPoint[float64]{}
}

func TestNewRefusesNil(t *testing.T) {
	t.Parallel()
	for _, o := range []telemetry.Option{nil, telemetry.WithTracerProvider(nil), telemetry.WithMeterProvider(nil)} {
		_, err := telemetry.New(o)
		require.ErrorIs(t, err, lifecycle.ErrConfig)
	}
	_, err := telemetry.New()
	require.NoError(t, err, "the global providers do nothing until they are set")
}

// A refusal that one operation hands to another is counted once, and both spans have
// its rules.
func TestRefusalIsCountedOnce(t *testing.T) {
	t.Parallel()
	b := newBenchWith(t, []lifecycle.Option{lifecycle.WithSellers(lifecycle.SellerProfile{Registered: lifecycle.No})})
	ctx := context.Background()
	want := lifecycle.Desired{Name: "refused", Listing: lifecycletest.ModelPackage(), Until: lifecycle.TestProduct}
	id := b.ID(want.Name)
	_, err := b.Apply(ctx, id, want)
	require.NoError(t, err)
	b.spans.Reset()
	for range 3 {
		_, err = b.Apply(ctx, id, want)
		lifecycletest.RequireRefused(t, err, lifecycle.RuleSellerRegistered)
	}
	got := tree(b.spans.GetSpans())
	assert.Equal(t, 6, strings.Count(got, `rules="[\"seller.registered\"]"`), got)
	assert.Contains(t, figures(t, b.collect(t)), `shelflife.refusals command="submit" rule="seller.registered": 3`)
}

// A rule that is broken at several places is told once.
func TestRuleIsToldOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx, id := context.Background(), uuid.New()
	l := lifecycletest.ModelPackage()
	l.Versions[0].ReleaseNotes = ""
	second := lifecycletest.Version("1.1", l.Kind)
	second.ReleaseNotes = ""
	l.Versions = append(l.Versions, second)
	_, err := b.Do(ctx, id, lifecycle.Create{Listing: l})
	require.NoError(t, err)
	_, err = b.Do(ctx, id, lifecycle.Submit{})
	require.Error(t, err)
	require.Greater(t, strings.Count(err.Error(), "releaseNotes"), 1)
	assert.Contains(t, figures(t, b.collect(t)), `rule="version.release-notes": 1`)
}

// A request that the marketplace never had took no time, and is in no histogram.
func TestRequestThatWasNotSentTookNoTime(t *testing.T) {
	t.Parallel()
	for took, want := range map[time.Duration]bool{0: false, -time.Second: false, time.Nanosecond: true} {
		b := newBench(t)
		_, end := b.told.Observe(context.Background(), lifecycle.Operation{Method: "Do"})
		end(lifecycle.Ended{Saved: []lifecycle.Saved{{Result: lifecycle.Cancelled, Kind: lifecycle.EventSubmit, Took: took}}})
		got := figures(t, b.collect(t))
		assert.Contains(t, got, `shelflife.requests command="submit" outcome="cancelled": 1`)
		assert.Equal(t, want, strings.Contains(got, "shelflife.request.duration"), took)
	}
}

// An operation that is not sampled is counted all the same.
func TestMetricsWithoutSpans(t *testing.T) {
	t.Parallel()
	with, without := newBench(t), newBench(t, telemetry.WithTracerProvider(noop.NewTracerProvider()))
	live(t, with)
	live(t, without)
	assert.Empty(t, without.spans.GetSpans())
	assert.Equal(t, figures(t, with.collect(t)), figures(t, without.collect(t)))
}

// A loop of package wake calls the manager: its sweeps are spans.
func TestLoopIsTraced(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	b := newBenchWith(t, []lifecycle.Option{lifecycle.WithObserver(func(_ context.Context, _ lifecycle.Summary, e lifecycle.Entry) {
		if e.Event == lifecycle.EventPreviewReady {
			stop()
		}
	})})
	id := uuid.New()
	for _, c := range []lifecycle.Command{lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Submit{}} {
		_, err := b.Do(ctx, id, c)
		require.NoError(t, err)
	}
	b.spans.Reset()
	require.ErrorIs(t, wake.NewLoop(wake.LoopClock(b.clock)).Run(ctx, b.Manager), context.Canceled)
	got := "\n" + tree(b.spans.GetSpans())
	assert.Contains(t, got, "\nlifecycle.Sweep")
	assert.Contains(t, got, "\n  lifecycle.Advance")
	assert.Contains(t, got, "\n    * preview-ready")
}

// Any number of operations may be told of at once.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var all sync.WaitGroup
	for i := range 16 {
		all.Add(1)
		go func() {
			defer all.Done()
			ctx, id := context.Background(), b.ID(fmt.Sprint(i))
			_, err := b.Do(ctx, id, lifecycle.Create{Name: fmt.Sprint(i), Listing: lifecycletest.ModelPackage()})
			assert.NoError(t, err)
			_, err = b.Do(ctx, id, lifecycle.SignOff{})
			assert.Error(t, err)
		}()
	}
	all.Wait()
	got := figures(t, b.collect(t))
	assert.Contains(t, got, `shelflife.transitions event="create" state="Draft" state.before="": 16`)
	assert.Contains(t, got, `command="sign-off" rule="signoff.from-test-product": 16`)
}

// Every error of package lifecycle has a type of its own.
func TestErrorTypes(t *testing.T) {
	t.Parallel()
	types := telemetry.ErrorTypes()
	seen := map[string]bool{}
	for name, err := range types {
		assert.Equal(t, name, telemetry.TypeOf(fmt.Errorf("wrapped: %w", err)))
		assert.False(t, seen[name], name)
		seen[name] = true
	}
	assert.Equal(t, "refused", telemetry.TypeOf(&lifecycle.Refusal{}))
	assert.Equal(t, "rejected", telemetry.TypeOf(&lifecycle.Rejection{}))
	assert.Equal(t, "request_failed", telemetry.TypeOf(&lifecycle.RequestError{}))
	assert.Equal(t, "busy", telemetry.TypeOf(&lifecycle.BusyError{}))
	assert.Equal(t, "_OTHER", telemetry.TypeOf(errors.New("else")))
	assert.Empty(t, telemetry.TypeOf(nil))

	own := map[string]string{}
	for name, err := range sentinels.All {
		kind := telemetry.TypeOf(err)
		assert.NotEqual(t, "_OTHER", kind, name)
		assert.Empty(t, own[kind], "the type of %s", name)
		own[kind] = name
	}
}
