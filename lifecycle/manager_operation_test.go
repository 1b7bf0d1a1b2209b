package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/racing"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
)

// trace keeps what an observer is told, in order.
type trace struct {
	lines []string // "Apply", "Apply/Do", …, as they begin
	ended []string // as they end
	last  lifecycle.Ended
	saved []lifecycle.Saved
}

type traceKey struct{}

func (tr *trace) observe(ctx context.Context, o lifecycle.Operation) (context.Context, func(lifecycle.Ended)) {
	name := o.Method
	if outer, inside := ctx.Value(traceKey{}).(string); inside {
		name = outer + "/" + name
	}
	tr.lines = append(tr.lines, name)
	return context.WithValue(ctx, traceKey{}, name), func(e lifecycle.Ended) {
		tr.ended, tr.last = append(tr.ended, name), e
		tr.saved = append(tr.saved, e.Saved...)
	}
}

func (tr *trace) reset() { *tr = trace{} }

// watched is a market that keeps under which operation each of its calls was made.
type watched struct {
	*lifecycletest.Market
	calls []string
}

func (w *watched) Find(ctx context.Context, name string) (string, error) {
	w.calls = append(w.calls, fmt.Sprint("Find in ", ctx.Value(traceKey{})))
	return w.Market.Find(ctx, name)
}

func (w *watched) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	w.calls = append(w.calls, fmt.Sprint("Send in ", ctx.Value(traceKey{})))
	return w.Market.Send(ctx, c)
}

// Every method that takes a context is an operation, which begins once and ends once,
// with the error that the method returned.
func TestOperationObserverIsToldOfEveryMethod(t *testing.T) {
	t.Parallel()
	var tr trace
	b := lifecycletest.NewBench(t, lifecycle.WithOperationObserver(nil), lifecycle.WithOperationObserver(tr.observe))
	ctx := context.Background()
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	r, err := b.Load(ctx, id)
	require.NoError(t, err)
	gone := uuid.New()
	calls := map[string]func() error{
		"Do":           func() error { _, err := b.Do(ctx, gone, lifecycle.Submit{}); return err },
		"Explain":      func() error { _, err := b.Explain(ctx, gone, lifecycle.Submit{}); return err },
		"Available":    func() error { _, err := b.Available(ctx, gone); return err },
		"Load":         func() error { _, err := b.Load(ctx, gone); return err },
		"Advance":      func() error { _, err := b.Advance(ctx, gone); return err },
		"Apply":        func() error { _, err := b.Apply(ctx, gone, lifecycle.Desired{Until: "Nowhere"}); return err },
		"Await":        func() error { _, err := b.Await(ctx, gone); return err },
		"Read":         func() error { _, err := b.Read(ctx, "prod-1"); return err },
		"Drift":        func() error { _, err := b.Drift(ctx, gone); return err },
		"Facts":        func() error { b.Facts(ctx, r, lifecycle.Submit{}); return nil },
		"Plan":         func() error { _, err := b.Plan(ctx, gone, lifecycle.Submit{}); return err },
		"PlanOn":       func() error { _, err := b.PlanOn(ctx, r, nil); return err },
		"PlanDocument": func() error { _, err := b.PlanDocument(ctx, listing.Listing{}); return err },
		"Sweep":        func() error { _, err := b.Sweep(ctx, nil); return err },
		"Validate":     func() error { _, err := b.Validate(ctx, gone, lifecycle.Submit{}); return err },
		"Validation":   func() error { _, err := b.Validation(ctx, "cs-none"); return err },
		"Listings":     func() error { return last(b.Listings(ctx, lifecycle.Query{})) },
		"Journal":      func() error { return last(b.Journal(ctx, gone)) },
		"JournalAfter": func() error { return last(b.JournalAfter(ctx, gone, 1)) },
		"Feed":         func() error { return last(b.Feed(ctx, "")) },
		"FeedEnd":      func() error { _, err := b.FeedEnd(ctx); return err },
	}
	var methods []string
	of := reflect.TypeFor[*lifecycle.Manager]()
	for i := range of.NumMethod() {
		m := of.Method(i)
		if m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]() && m.Name != "BeginAndEnd" {
			methods = append(methods, m.Name)
		}
	}
	for _, name := range methods {
		require.Contains(t, calls, name)
		tr.reset()
		err := calls[name]()
		assert.Equal(t, []string{name}, tr.lines, name)
		assert.Equal(t, []string{name}, tr.ended, name)
		assert.Equal(t, err, tr.last.Err, name)
	}
	assert.Len(t, methods, len(calls))
}

// last returns the last error of a sequence.
func last[V any](sequence func(func(V, error) bool)) (err error) {
	for _, e := range sequence {
		if e != nil {
			err = e
		}
	}
	return err
}

// A sequence begins when it is ranged over, and ends when the loop does.
func TestObservedSequenceEndsWithItsLoop(t *testing.T) {
	t.Parallel()
	var tr trace
	b := lifecycletest.NewBench(t, lifecycle.WithOperationObserver(tr.observe))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	tr.reset()
	journal := b.Journal(context.Background(), id)
	assert.Empty(t, tr.lines)
	for range 2 {
		for _, err := range journal {
			require.NoError(t, err)
			assert.NotEqual(t, tr.lines, tr.ended)
			break
		}
		assert.Equal(t, tr.lines, tr.ended)
	}
	assert.Equal(t, []string{"Journal", "Journal"}, tr.ended)
}

// What is done for an operation is done under its context, down to the ports.
func TestObservedCallsNest(t *testing.T) {
	t.Parallel()
	var tr trace
	clock := &lifecycletest.Clock{}
	market := &watched{Market: lifecycletest.NewMarket(clock)}
	m, err := lifecycle.New(lifecycletest.Seller, memstore.New(), market, lifecycle.WithClock(clock), lifecycle.WithOperationObserver(tr.observe))
	require.NoError(t, err)
	ctx := context.Background()
	want := lifecycle.Desired{Name: "nested", Listing: lifecycletest.ModelPackage(), Until: lifecycle.TestProduct}
	id := m.ID(want.Name)
	for range 2 {
		_, err = m.Apply(ctx, id, want)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"Apply", "Apply/Do", "Apply/Advance", "Apply", "Apply/Do", "Apply/Advance"}, tr.lines)
	assert.Equal(t, []string{"Apply/Do", "Apply/Advance", "Apply", "Apply/Do", "Apply/Advance", "Apply"}, tr.ended)
	assert.Equal(t, []string{"Find in Apply/Do", "Find in Apply/Advance", "Send in Apply/Advance"}, market.calls)
	assert.Equal(t, lifecycle.Submitted, tr.last.After)
	assert.Equal(t, lifecycle.Draft, tr.last.Before)
	assert.Empty(t, tr.last.Saved, "the calls within it have saved")
	assert.NotEmpty(t, tr.last.Request)

	tr.reset()
	clock.Advance(2 * time.Hour)
	_, err = m.Sweep(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{"Sweep", "Sweep/Advance"}, tr.lines)
	assert.Equal(t, []string{"Sweep/Advance", "Sweep"}, tr.ended)
}

// Of several observers the first is the outermost.
func TestOperationObserversNest(t *testing.T) {
	t.Parallel()
	var order []string
	told := func(name string) lifecycle.OperationObserver {
		return func(ctx context.Context, _ lifecycle.Operation) (context.Context, func(lifecycle.Ended)) {
			order = append(order, name+" begins")
			return ctx, func(lifecycle.Ended) { order = append(order, name+" ends") }
		}
	}
	silent := func(ctx context.Context, _ lifecycle.Operation) (context.Context, func(lifecycle.Ended)) {
		return ctx, nil
	}
	b := lifecycletest.NewBench(t, lifecycle.WithOperationObserver(told("first")), lifecycle.WithOperationObserver(silent), lifecycle.WithOperationObserver(told("second")))
	_, err := b.Load(context.Background(), uuid.New())
	require.ErrorIs(t, err, lifecycle.ErrNotFound)
	assert.Equal(t, []string{"first begins", "second begins", "second ends", "first ends"}, order)
}

// A refusal comes with its rules, and leaves the listing as it was.
func TestObservedRefusal(t *testing.T) {
	t.Parallel()
	var tr trace
	b := lifecycletest.NewBench(t, lifecycle.WithOperationObserver(tr.observe))
	id := b.Listing(t, listing.Listing{Visibility: listing.Public}, lifecycle.Draft, false)
	tr.reset()
	_, err := b.Do(context.Background(), id, lifecycle.SignOff{})
	require.ErrorIs(t, tr.last.Err, lifecycle.RuleSignOff)
	assert.Equal(t, err, tr.last.Err)
	assert.Equal(t, lifecycle.Draft, tr.last.Before)
	assert.Equal(t, lifecycle.Draft, tr.last.After)
	assert.Empty(t, tr.last.Saved)
}

// What was saved comes with the states, the request and the durations.
func TestObservedEntries(t *testing.T) {
	t.Parallel()
	var tr trace
	b := lifecycletest.NewBench(t, lifecycle.WithOperationObserver(tr.observe))
	ctx := context.Background()
	b.Market.Takes = 90 * time.Minute
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	b.Clock.Advance(24 * time.Hour)
	_, err := b.Do(ctx, id, lifecycle.Submit{})
	require.NoError(t, err)
	b.Clock.Advance(time.Minute)
	r, err := b.Await(ctx, id)
	require.NoError(t, err)
	var told []string
	for _, s := range tr.saved {
		since := "-"
		if !s.Since.IsZero() {
			since = s.At.Sub(s.Since).String()
		}
		told = append(told, fmt.Sprintf("%d %s: %s → %s after %s, %s %s, took %s", s.Revision, s.Event, s.From, s.To, since, s.Kind, s.Result, s.Took))
	}
	looked := r.UpdatedAt.Sub(lifecycletest.Start.Add(24 * time.Hour))
	assert.Equal(t, []string{
		"1 create:  → Draft after -,  pending, took 0s",
		"2 submit: Draft → Submitted after 24h0m0s, submit pending, took 0s",
		"3 sending: Submitted → Submitted after -, submit pending, took 0s",
		"4 sent: Submitted → Submitted after -, submit pending, took 0s",
		"5 preview-ready: Submitted → Test Product after " + looked.String() + ", submit succeeded, took 1h30m0s",
	}, told)
	assert.Greater(t, looked, 91*time.Minute, "the end is seen later than it was")
	assert.Equal(t, lifecycle.Submitted, tr.last.Before)
	assert.Equal(t, lifecycle.TestProduct, tr.last.After)
	assert.Equal(t, r.Last.Name, tr.last.Request)

	// A request that was never sent took the marketplace no time.
	tr.reset()
	for _, c := range []lifecycle.Command{lifecycle.SignOff{}, lifecycle.Cancel{}} {
		_, err = b.Do(ctx, id, c)
		require.NoError(t, err)
	}
	_, err = b.Advance(ctx, id)
	require.NoError(t, err)
	end := tr.saved[len(tr.saved)-1]
	assert.Equal(t, lifecycle.Cancelled, end.Result)
	assert.Equal(t, lifecycle.EventSignOff, end.Kind)
	assert.Zero(t, end.Took)

	// A change set that the marketplace fails is sent again under another name.
	tr.reset()
	b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Fault: true})
	_, err = b.Do(ctx, id, lifecycle.SignOff{})
	require.NoError(t, err)
	_, err = b.Await(ctx, id)
	require.NoError(t, err)
	again := slices.IndexFunc(tr.saved, func(s lifecycle.Saved) bool { return s.Event == lifecycle.EventSendAgain })
	require.Positive(t, again)
	assert.NotEqual(t, tr.saved[0].Request, tr.saved[again].Request)
	assert.Equal(t, tr.saved[len(tr.saved)-1].Request, tr.saved[again].Request)
	assert.Equal(t, lifecycle.EventSignOff, tr.saved[again].Kind)
}

// unread is a store whose journal cannot be read.
type unread struct{ lifecycle.Store }

func (unread) Journal(context.Context, lifecycle.Key, int64, int) ([][]byte, error) {
	return nil, errors.New("unread")
}

// A journal that cannot be read costs the duration, and nothing else.
func TestObservedEntriesWithoutJournal(t *testing.T) {
	t.Parallel()
	var tr trace
	b := lifecycletest.NewBench(t, lifecycle.WithOperationObserver(tr.observe))
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	_, err := b.With(unread{b.Store}).Do(context.Background(), id, lifecycle.Submit{})
	require.NoError(t, err)
	assert.Equal(t, lifecycle.Submitted, tr.last.After)
	assert.Zero(t, tr.last.Saved[0].Since)
}

// Without an observer, an operation costs no memory.
func TestNoOperationObserverCostsNothing(t *testing.T) {
	if racing.On {
		return
	}
	b := lifecycletest.NewBench(t)
	ctx, id := context.Background(), uuid.New()
	var c lifecycle.Command = lifecycle.AddVersion{}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = b.BeginAndEnd(ctx, id, c) }))
}
