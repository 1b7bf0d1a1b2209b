package lifecycle_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/mortal"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

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
func (w world) live(p *mortal.Process, id uuid.UUID) error {
	ctx := context.Background()
	m, err := lifecycle.New(lifecycletest.Seller, mortal.Store{Process: p, Store: w.store}, mortal.Market{Process: p, Marketplace: w.market},
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

// record returns the listing's record and journal.
func (w world) record(t *testing.T, id uuid.UUID) (lifecycle.Record, []lifecycle.Entry) {
	t.Helper()
	m, err := lifecycle.New(lifecycletest.Seller, w.store, w.market)
	require.NoError(t, err)
	r, err := m.Load(context.Background(), id)
	require.NoError(t, err)
	return r, journalOf(t, m, id)
}

// A process that dies at any call of any port, before or after the call took
// effect, leaves nothing that the next process does not finish to the same end:
// by Do and Await as by Apply.
func TestDeathAtAnyInstant(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct {
		live func(world, *mortal.Process, uuid.UUID) error
		sent int
	}{
		"do":    {world.live, 5},
		"apply": {world.apply, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := lifecycle.ID(lifecycletest.Seller, "extractor")
			undisturbed, reference := newWorld(), &mortal.Process{}
			require.NoError(t, way.live(undisturbed, reference, id))
			want, _ := undisturbed.record(t, id)
			require.Greater(t, reference.Calls, 40)
			require.Len(t, undisturbed.market.Sent(), way.sent)

			for dieAt := 1; dieAt <= reference.Calls; dieAt++ {
				for _, afterEffect := range []bool{false, true} {
					w := newWorld()
					require.ErrorIs(t, way.live(w, &mortal.Process{DieAt: dieAt, AfterEffect: afterEffect}, id), mortal.ErrKilled)
					require.NoError(t, way.live(w, &mortal.Process{}, id), "killed at call %d (after effect %t)", dieAt, afterEffect)
					got, journal := w.record(t, id)
					requireSameRecord(t, want, got)
					require.Len(t, w.market.Sent(), way.sent, "killed at call %d (after effect %t)", dieAt, afterEffect)
					names := map[string]bool{}
					for _, c := range w.market.Sent() {
						names[c.Name] = true
					}
					require.Len(t, names, way.sent)
					requireReplayed(t, want, journal)
				}
			}
			t.Logf("killed at each of %d calls, before and after its effect", reference.Calls)
		})
	}
}

// apply takes a listing to Live, and through a change of everything, by Apply.
func (w world) apply(p *mortal.Process, id uuid.UUID) error {
	m, err := lifecycle.New(lifecycletest.Seller, mortal.Store{Process: p, Store: w.store}, mortal.Market{Process: p, Marketplace: w.market},
		lifecycle.WithClock(w.clock), lifecycle.WithResources(lifecycletest.Resources{}))
	if err != nil {
		return err
	}
	first := lifecycle.Desired{Name: "extractor", Listing: lifecycletest.ModelPackage(), Until: lifecycle.Live}
	second := first
	second.Listing = first.Listing.Clone()
	second.Listing.Title = "Renamed"
	second.Listing.Versions[0].Status = version.Restricted
	second.Listing.Versions = append(second.Listing.Versions, lifecycletest.Version("1.1", first.Listing.Kind))
	r, err := m.Load(context.Background(), id)
	if err != nil && !errors.Is(err, lifecycle.ErrNotFound) {
		return err
	}
	want := first
	if r.State == lifecycle.Live { // the process after a death is told the latest
		want = second
	}
	for {
		a, err := m.Apply(context.Background(), id, want)
		switch {
		case err != nil:
			return err
		case len(a.Left) > 0:
			w.clock.Advance(a.Wait)
		case want.Listing.Title == first.Listing.Title:
			want = second
		default:
			return nil
		}
	}
}
