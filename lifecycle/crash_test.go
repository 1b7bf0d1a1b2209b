package lifecycle_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
)

var errKilled = errors.New("the process is dead")

// process stands between a manager and its ports and dies at a chosen call:
// either before the call has an effect or after, with the answer lost.
type process struct {
	calls, dieAt int
	afterEffect  bool
	dead         bool
}

func call[T any](p *process, effect func() (T, error)) (T, error) {
	var none T
	p.calls++
	if p.calls == p.dieAt {
		p.dead = true
		if p.afterEffect {
			_, _ = effect()
		}
	}
	if p.dead {
		return none, errKilled
	}
	return effect()
}

type mortalStore struct {
	*process
	lifecycle.Store
}

func (s mortalStore) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Record, error) {
	return call(s.process, func() (lifecycle.Record, error) { return s.Store.Load(ctx, key) })
}

func (s mortalStore) Save(ctx context.Context, next lifecycle.Record, entries []lifecycle.Entry) error {
	_, err := call(s.process, func() (struct{}, error) { return struct{}{}, s.Store.Save(ctx, next, entries) })
	return err
}

type mortalMarket struct {
	*process
	*lifecycletest.Market
}

func (m mortalMarket) Send(ctx context.Context, c lifecycle.Change) (string, error) {
	return call(m.process, func() (string, error) { return m.Market.Send(ctx, c) })
}

func (m mortalMarket) Find(ctx context.Context, name string) (string, error) {
	return call(m.process, func() (string, error) { return m.Market.Find(ctx, name) })
}

func (m mortalMarket) Follow(ctx context.Context, id string) (lifecycle.Status, error) {
	return call(m.process, func() (lifecycle.Status, error) { return m.Market.Follow(ctx, id) })
}

// world is what outlives a process.
type world struct {
	clock  *lifecycletest.Clock
	market *lifecycletest.Market
	store  lifecycle.Store
}

func newWorld() world {
	clock := &lifecycletest.Clock{}
	market := lifecycletest.NewMarket(clock)
	market.Takes = time.Minute // fewer looks, as many kinds of calls
	return world{clock, market, memstore.New()}
}

// live takes a listing through its life, going on from wherever it stands. The
// removal is cancelled once and then made.
func (w world) live(p *process, id uuid.UUID) error {
	ctx := context.Background()
	m, err := lifecycle.New(lifecycletest.Seller, mortalStore{p, w.store}, mortalMarket{p, w.market},
		lifecycle.WithClock(w.clock), lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		return err
	}
	l := lifecycletest.ModelPackage()
	removal := lifecycle.Unpublish{Email: "seller@example.com", Reason: "Replaced."}
	steps := []struct {
		command lifecycle.Command
		done    func(lifecycle.Record) bool
	}{
		{lifecycle.Create{Listing: l}, func(r lifecycle.Record) bool { return r.State != "" }},
		{lifecycle.Submit{Testers: []listing.AccountID{"777788889999"}}, func(r lifecycle.Record) bool { return r.Published != nil }},
		{lifecycle.SignOff{}, func(r lifecycle.Record) bool {
			return r.State == lifecycle.Live || r.State == lifecycle.Unpublished
		}},
		{lifecycle.AddVersion{Version: lifecycletest.Version("1.1", l.Kind)}, func(r lifecycle.Record) bool { return len(r.Draft.Versions) == 2 }},
		{lifecycle.RestrictVersion{Number: "1.0"}, func(r lifecycle.Record) bool { return len(r.Restricted) == 1 }},
		{removal, func(r lifecycle.Record) bool { return r.State == lifecycle.Unpublished }},
	}
	for _, step := range steps {
		r, err := m.Load(ctx, id)
		if err != nil && !errors.Is(err, lifecycle.ErrNotFound) {
			return err
		}
		if r.Request == nil && !step.done(r) {
			if _, err := m.Do(ctx, id, step.command); err != nil {
				return err
			}
		}
		if _, err := m.Await(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// A process that dies at any call of any port, before or after the call took
// effect, leaves nothing that the next process does not finish to the same end.
func TestDeathAtAnyInstant(t *testing.T) {
	id := uuid.MustParse("6f0b7c1e-0000-4000-8000-000000000001")
	undisturbed, reference := newWorld(), &process{}
	require.NoError(t, undisturbed.live(reference, id))
	want, err := undisturbed.store.Load(context.Background(), lifecycle.Key{Seller: lifecycletest.Seller, Listing: id})
	require.NoError(t, err)
	require.Greater(t, reference.calls, 40)
	require.Len(t, undisturbed.market.Sent(), 5)

	for dieAt := 1; dieAt <= reference.calls; dieAt++ {
		for _, afterEffect := range []bool{false, true} {
			w := newWorld()
			require.ErrorIs(t, w.live(&process{dieAt: dieAt, afterEffect: afterEffect}, id), errKilled)
			require.NoError(t, w.live(&process{}, id), "killed at call %d (after effect %t)", dieAt, afterEffect)
			got, err := w.store.Load(context.Background(), want.Key())
			require.NoError(t, err)
			requireSameRecord(t, want, got)
			require.Len(t, w.market.Sent(), 5, "killed at call %d (after effect %t)", dieAt, afterEffect)
			names := map[string]bool{}
			for _, c := range w.market.Sent() {
				names[c.Name] = true
			}
			require.Len(t, names, 5)
			journal, err := w.store.Journal(context.Background(), want.Key(), 0, 1000)
			require.NoError(t, err)
			replayed, err := lifecycle.Replay(journal)
			require.NoError(t, err)
			requireSameRecord(t, want, replayed)
		}
	}
	t.Logf("killed at each of %d calls, before and after its effect", reference.calls)
}
