package guides_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/telemetry"
)

func watched(store lifecycle.Store, market lifecycle.Marketplace, logger *slog.Logger) (*lifecycle.Manager, error) {
	// snippet: telemetry
	told, err := telemetry.New()
	if err != nil {
		return nil, err
	}
	manager, err := lifecycle.New(seller, store, told.Marketplace(market),
		lifecycle.WithOperationObserver(told.Observe), lifecycle.WithLogger(logger))
	// end
	return manager, err
}

func TestWatched(t *testing.T) {
	bench := lifecycletest.NewBench(t)
	id := bench.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	manager, err := watched(bench.Store, bench.Market, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	record, err := manager.Load(context.Background(), id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.Live, record.State)
}
