package storetest

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/internal/writes"
)

var contextCases = []testCase{
	{"a cancelled context does nothing", func(t tester, s lifecycle.Store) {
		ctx, cancel := context.WithCancel(background)
		cancel()
		requireObeyed(t, s, ctx, context.Canceled)
	}},
	{"a deadline that has passed does nothing", func(t tester, s lifecycle.Store) {
		ctx, cancel := context.WithDeadline(background, time.Unix(0, 0))
		defer cancel()
		requireObeyed(t, s, ctx, context.DeadlineExceeded)
	}},
}

//nolint:revive // the context is what is tested, not what the test runs under
func requireObeyed(t tester, s lifecycle.Store, ctx context.Context, want error) {
	t.Helper()
	r := create(t, s, writes.NewKey())
	absent := writes.Absent(writes.NewKey())

	require.ErrorIs(t, s.Save(ctx, absent.Next(1, "Under an ended context")), want)
	require.ErrorIs(t, s.Save(ctx, r.Next(1, "Under an ended context")), want)
	_, err := s.Load(ctx, r.Key)
	require.ErrorIs(t, err, want)
	_, err = s.Parts(ctx, r.Key, []string{writes.Digest("1.0")})
	require.ErrorIs(t, err, want)
	_, err = s.Journal(ctx, r.Key, 0, 10)
	require.ErrorIs(t, err, want)
	_, err = s.List(ctx, lifecycle.Query{Seller: r.Key.Seller, Limit: 10})
	require.ErrorIs(t, err, want)
	_, err = s.Feed(ctx, r.Key.Seller, "", 10)
	require.ErrorIs(t, err, want)
	_, err = s.FeedEnd(ctx, r.Key.Seller)
	require.ErrorIs(t, err, want)

	requireAbsent(t, s, absent.Key)
	requireKept(t, s, r)
	edit(t, s, r, 1, "The store works on")
}
