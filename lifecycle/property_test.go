package lifecycle_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// TestInvariants plays random histories, bad edits, failures, cancellations
// and long waits among them, and holds every record against what must always
// be true.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := lifecycletest.ModelPackage()
		if rapid.Bool().Draw(rt, "private") {
			l = lifecycletest.Algorithm()
		}
		b := lifecycletest.NewBench(t)
		ctx, id := context.Background(), uuid.New()
		_, err := b.Do(ctx, id, lifecycle.Create{Listing: l})
		require.NoError(rt, err)
		seen := &witness{visibility: l.Visibility}
		for range rapid.IntRange(5, 40).Draw(rt, "actions") {
			act(rt, b, id, l)
			r, err := b.Load(ctx, id)
			require.NoError(rt, err)
			seen.check(rt, b, r)
		}
		journal := journalOf(rt, b, id)
		r, err := b.Load(ctx, id)
		require.NoError(rt, err)
		requireReplayed(rt, r, journal)
		checkJournal(rt, journal)
	})
}

func act(rt *rapid.T, b *lifecycletest.Bench, id uuid.UUID, l listing.Listing) {
	ctx := context.Background()
	switch rapid.SampledFrom([]string{"command", "command", "bad edit", "advance", "await", "wait", "fail", "fault"}).Draw(rt, "action") {
	case "command":
		events := []lifecycle.Event{
			lifecycle.EventEdit, lifecycle.EventSubmit, lifecycle.EventSignOff, lifecycle.EventAddVersion, lifecycle.EventUpdateVersion,
			lifecycle.EventRestrictVersion, lifecycle.EventUpdateInformation, lifecycle.EventUpdatePricing, lifecycle.EventUpdateAllowList,
			lifecycle.EventUnpublish, lifecycle.EventCancel, lifecycle.EventEndSupport,
		}
		_, _ = b.Do(ctx, id, soundCommands(l)[rapid.SampledFrom(events).Draw(rt, "command")])
	case "bad edit":
		r, err := b.Load(ctx, id)
		require.NoError(rt, err)
		edited := r.Draft.Clone()
		switch rapid.IntRange(0, 3).Draw(rt, "fault") {
		case 0:
			edited.Visibility = rapid.SampledFrom([]listing.Visibility{listing.Public, listing.Private}).Draw(rt, "visibility")
		case 1:
			edited.Regions.Only = []listing.Region{"eu-west-1"}
		case 2:
			edited.Versions[0].Number += "x"
		case 3:
			edited.Versions[0].Resource = lifecycletest.Version("7.7", l.Kind).Resource
		}
		_, _ = b.Do(ctx, id, lifecycle.Edit{Listing: edited})
	case "advance":
		p, err := b.Advance(ctx, id)
		requirePassing(rt, b, p.Record, err)
	case "await":
		r, err := b.Await(ctx, id)
		var failed *lifecycle.RequestError
		if !errors.As(err, &failed) {
			requirePassing(rt, b, r, err)
		}
	case "wait":
		b.Clock.Advance(rapid.SampledFrom([]time.Duration{time.Minute, time.Hour, 25 * time.Hour, 89 * 24 * time.Hour, 90 * 24 * time.Hour}).Draw(rt, "wait"))
	case "fail":
		b.Market.EndNext(lifecycle.Status{Result: lifecycle.Failed, Fault: rapid.Bool().Draw(rt, "service fault")})
	case "fault":
		if rapid.Bool().Draw(rt, "lost") {
			b.Market.LoseAnswers(1)
			return
		}
		b.Market.FailCalls(rapid.SampledFrom([]error{lifecycle.ErrBusy, lifecycle.ErrThrottled, lifecycle.ErrUnavailable}).Draw(rt, "error"))
	}
}

// requirePassing allows for what passes by itself, and for what only a person
// can tell after too long a time.
func requirePassing(rt *rapid.T, b *lifecycletest.Bench, r lifecycle.Record, err error) {
	passing := errors.Is(err, lifecycle.ErrBusy) || errors.Is(err, lifecycle.ErrThrottled) || errors.Is(err, lifecycle.ErrUnavailable)
	late := r.Request != nil && r.Request.SendingAt != nil && b.Clock.Now().Sub(*r.Request.SendingAt) >= retention
	if !passing && (!late || !errors.Is(err, lifecycle.ErrForgotten)) {
		require.NoError(rt, err)
	}
}

// witness remembers what must not change.
type witness struct {
	visibility listing.Visibility
	regions    *listing.Regions
	resources  map[string]version.ARN
	state      lifecycle.State
}

func (w *witness) check(rt *rapid.T, b *lifecycletest.Bench, r lifecycle.Record) {
	require.Equal(rt, w.visibility, r.Draft.Visibility.OrDefault(), "the visibility changed")
	if w.regions == nil && r.RegionsLocked {
		regions := r.Draft.Regions
		w.regions = &regions
	}
	if w.regions != nil {
		require.True(rt, w.regions.Equal(r.Draft.Regions), "the Regions changed")
	}
	if w.resources == nil {
		w.resources = map[string]version.ARN{}
	}
	for number, resource := range w.resources {
		v, found := r.Published.Listing.Version(number)
		require.True(rt, found, "version %s is gone", number)
		require.Equal(rt, resource, v.Resource)
	}
	if r.Published != nil {
		for _, v := range r.Published.Listing.Versions {
			w.resources[v.Number] = v.Resource
		}
	}
	if r.State == lifecycle.Live {
		require.NotEmpty(rt, r.Published.Listing.Offered(), "a Live listing has nothing to choose")
		if r.Draft.Visibility == listing.Private {
			for _, account := range r.Published.AllowList {
				require.Contains(rt, r.Published.Listing.Buyers, account, "visible to someone who was not named")
			}
		}
		if w.state != lifecycle.Live {
			require.False(rt, r.Edited(), "live with edits that nobody previewed")
		}
	}
	if end, unpublished := r.SupportedUntil(); unpublished && b.Clock.Now().Before(end) {
		require.Nil(rt, r.SupportEndedAt, "support ended early")
	}
	w.state = r.State
}

// checkJournal: one request at a time, each with one outcome, and Live from
// Test Product or the marketplace only.
func checkJournal(rt require.TestingT, journal []lifecycle.Entry) {
	underWay := false
	state := lifecycle.State("")
	for i, e := range journal {
		require.EqualValues(rt, i+1, e.Revision)
		switch {
		case e.Event == lifecycle.EventSendAgain:
			require.True(rt, underWay)
		case e.ChangeSetName != "":
			require.False(rt, underWay, "two requests at once")
			underWay = true
		case e.Outcome != nil:
			require.True(rt, underWay, "an outcome of nothing")
			underWay = false
		}
		if e.State == lifecycle.Live && state != lifecycle.Live && e.Event != lifecycle.EventAdoptLive && e.Event != lifecycle.EventReconcileLive {
			require.Equal(rt, lifecycle.TestProduct, state)
		}
		require.True(rt, slices.Contains(lifecycle.States(), e.State) || e.Event == lifecycle.EventDiscard)
		state = e.State
	}
}
