package markettest

import (
	"context"
	"errors"
	"fmt"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// calls are the methods, each with arguments that would do if nothing went
// wrong.
func calls(b bench, s subject, pending string, c lifecycle.Change) map[string]func(context.Context) error {
	all := map[string]func(context.Context) error{
		"Send":     func(ctx context.Context) error { _, err := b.Market.Send(ctx, c); return err },
		"Find":     func(ctx context.Context) error { _, err := b.Market.Find(ctx, c.Name); return err },
		"Follow":   func(ctx context.Context) error { _, err := b.Market.Follow(ctx, pending); return err },
		"Cancel":   func(ctx context.Context) error { return b.Market.Cancel(ctx, pending) },
		"Identify": func(ctx context.Context) error { _, err := b.Market.Identify(ctx, s.entities); return err },
	}
	for _, a := range abilities {
		if a.method != "Plan" && b.supports(a.method) { // planning is no call
			all[a.method] = func(ctx context.Context) error { return a.call(ctx, b, s) }
		}
	}
	return all
}

var errEnough = errors.New("the caller has had enough")

var troubleCases = []testCase{
	trouble(Throttled, lifecycle.ErrThrottled),
	trouble(Unavailable, lifecycle.ErrUnavailable),
	trouble(Denied, lifecycle.ErrDenied),
	{"every call/a context that has ended", func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		pending := b.send(s.renamed())
		before, c := b.Taken(), submission(lifecycletest.Algorithm())
		ctx, cancel := context.WithCancelCause(background)
		cancel(errEnough)
		for name, call := range calls(b, s, pending, c) {
			err := call(ctx)
			require.Error(b, err, name)
			assert.True(b, errors.Is(err, errEnough) || errors.Is(err, context.Canceled), "%s: %v", name, err)
		}
		b.took(before)
		b.succeeded(pending)
	}},
}

// trouble is a case in which each call goes wrong once, without effect, and
// then goes right.
func trouble(kind Trouble, want error) testCase {
	return testCase{fmt.Sprintf("every call/%s", kind), func(b bench) {
		s := b.listed(lifecycletest.ModelPackage())
		pending := b.send(s.renamed())
		before, c := b.Taken(), submission(lifecycletest.Algorithm())
		for name, call := range calls(b, s, pending, c) {
			b.Break(kind)
			err := call(background)
			require.ErrorIs(b, err, want, name)
			for _, other := range []error{lifecycle.ErrThrottled, lifecycle.ErrUnavailable, lifecycle.ErrDenied, lifecycle.ErrNotFound, lifecycle.ErrBusy} {
				assert.True(b, errors.Is(want, other) || !errors.Is(err, other), "%s: %v is %v as well", name, err, other)
			}
		}
		b.took(before)
		b.succeeded(pending)
		b.send(c)
		b.took(before, c.Name)
	}}
}
