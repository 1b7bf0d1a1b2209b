package lifecycle_test

import (
	"maps"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/pricing"
)

// A step that the table does not have, or that no request is under way for, is an
// error and leaves no entry.
func TestAStepThatMayNotHappen(t *testing.T) {
	t.Parallel()
	idle, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	d, err := lifecycle.StepOf(idle, lifecycle.Entry{Event: lifecycle.EventPreviewReady}, lifecycletest.Start)
	require.ErrorIs(t, err, lifecycle.ErrNoTransition)
	require.Empty(t, d.Entries)
	d, err = lifecycle.StepOf(idle, lifecycle.Entry{Event: lifecycle.EventSending}, lifecycletest.Start)
	require.ErrorIs(t, err, lifecycle.ErrJournal)
	require.Empty(t, d.Entries)

	sending, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, true)
	sending.Request.Delta.Rates = pricing.RateCard{{Mode: "by the moon"}: pricing.MustUSD("1")}
	_, err = lifecycle.SendAgain(sending, lifecycletest.Start)
	require.ErrorIs(t, err, pricing.ErrDimension, "it has no name")
}

// Only a command that leads to a request names a change set and is a change of
// what the marketplace has.
func TestCommandsWithoutARequestNameNoChangeSet(t *testing.T) {
	t.Parallel()
	in := lifecycle.Input{At: lifecycletest.Start}
	created, err := lifecycle.Decide(lifecycle.Record{ID: uuid.UUID{1}, Seller: lifecycletest.Seller}, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, in)
	require.NoError(t, err)
	discarded, err := lifecycle.Decide(created.Record, lifecycle.Discard{}, in)
	require.NoError(t, err)
	submitted, err := lifecycle.Decide(created.Record, lifecycle.Submit{}, in)
	require.NoError(t, err)
	require.Empty(t, created.Entries[0].ChangeSetName)
	require.Empty(t, discarded.Entries[0].ChangeSetName)
	require.Nil(t, discarded.Entries[0].Delta)
	require.NotEmpty(t, submitted.Entries[0].ChangeSetName)
	require.NotNil(t, submitted.Entries[0].Delta)
}

// A draft is kept of a Test Product only: what is Live is what is published.
func TestOnlyATestProductKeepsItsDraft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		visibility lifecycle.MarketVisibility
		keep, kept bool
	}{
		{lifecycle.VisibilityLimited, true, true},
		{lifecycle.VisibilityLimited, false, false},
		{lifecycle.VisibilityPublic, true, false},
	} {
		r, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
		s := lifecycletest.Snapshot(r.Draft, c.visibility)
		s.Entities = r.Entities
		for _, v := range s.Content.Listing.Versions {
			if s.Entities.DeliveryOptions[v.Number] == "" {
				s.Entities.DeliveryOptions = maps.Clone(s.Entities.DeliveryOptions)
				s.Entities.DeliveryOptions[v.Number] = "do-" + v.Number
			}
		}
		d, err := lifecycle.Decide(r, lifecycle.Reconcile{Snapshot: s, KeepDraft: c.keep}, lifecycle.Input{At: r.UpdatedAt})
		require.NoError(t, err)
		require.Equal(t, c.kept, d.Entries[0].KeepsDraft, c)
	}
}

// A command leaves room in the record for the steps that follow it.
func TestRoomForWhatFollows(t *testing.T) {
	t.Parallel()
	idle, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	busy, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, true)
	for _, c := range []struct {
		record lifecycle.Record
		event  lifecycle.Event
		want   int
	}{
		{idle, lifecycle.EventEdit, 0},
		{idle, lifecycle.EventSignOff, lifecycle.Headroom},
		{busy, lifecycle.EventCancel, lifecycle.CancelRoom},
	} {
		d, err := lifecycle.Decide(c.record, soundCommands(c.record.Draft)[c.event], lifecycle.Input{At: c.record.UpdatedAt, Facts: facts})
		require.NoError(t, err)
		require.Equal(t, c.want, d.Room(), c.event)
	}
}

// A rate that got into a record though it has no name, as a damaged one may have,
// is an error of the command that sends it.
func TestARequestThatHasNoName(t *testing.T) {
	t.Parallel()
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	nameless := pricing.Dimension{Mode: "by the moon"}
	r.Draft, r.Published.Listing = r.Draft.Clone(), r.Published.Listing.Clone()
	r.Draft.Title = "Edited"
	for _, rates := range []pricing.RateCard{r.Draft.Offer.Rates, r.Published.Listing.Offer.Rates, r.Published.Rates} {
		rates[nameless] = pricing.MustUSD("1")
	}
	_, err := lifecycle.Decide(r, lifecycle.Submit{}, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
	require.ErrorIs(t, err, pricing.ErrDimension)
}
