package lifecycle_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

func TestAvailable(t *testing.T) {
	for state, want := range map[lifecycle.State][]lifecycle.Event{
		lifecycle.Draft:       {lifecycle.EventEdit, lifecycle.EventDiscard, lifecycle.EventSubmit, lifecycle.EventReconcileTest, lifecycle.EventReconcileLive},
		lifecycle.Submitted:   {lifecycle.EventCancel},
		lifecycle.TestProduct: {lifecycle.EventEdit, lifecycle.EventSignOff, lifecycle.EventReconcileTest, lifecycle.EventReconcileLive},
		lifecycle.Live: {lifecycle.EventAddVersion, lifecycle.EventUpdateVersion, lifecycle.EventRestrictVersion,
			lifecycle.EventUpdateInformation, lifecycle.EventUpdatePricing, lifecycle.EventUpdateAllowList, lifecycle.EventUnpublish, lifecycle.EventReconcileLive, lifecycle.EventReconcileUnpublished},
		lifecycle.Unpublished: {lifecycle.EventReconcileUnpublished}, // support cannot end yet
	} {
		t.Run(string(state), func(t *testing.T) {
			r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), state, state == lifecycle.Submitted)
			var open []lifecycle.Event
			all := lifecycle.Available(r, lifecycle.Input{At: r.UpdatedAt, Facts: facts})
			require.Len(t, all, 20)
			for _, a := range all {
				if a.Findings.Err() == nil {
					open = append(open, a.Command)
				}
			}
			assert.Equal(t, want, open)
		})
	}
	all := lifecycle.Available(lifecycle.Record{}, lifecycle.Input{At: lifecycletest.Start})
	require.NoError(t, all[0].Findings.Err(), "a listing that does not exist can be created")
}

// What is refused whatever the content is, is said before there is content.
func TestAvailableSaysWhatNoContentChanges(t *testing.T) {
	r, facts := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	of := func(r lifecycle.Record, at time.Time, e lifecycle.Event) rule.Findings {
		for _, a := range lifecycle.Available(r, lifecycle.Input{At: at, Facts: facts}) {
			if a.Command == e {
				return a.Findings
			}
		}
		panic(e)
	}
	rise := lifecycle.AnnouncedRise(r.UpdatedAt)
	r.Rise = &rise
	found := of(r, rise.OpenAt().Add(-1), lifecycle.EventUpdatePricing)
	require.NoError(t, found.Err(), "the rest of the offer may change")
	require.Len(t, found.Advice, 1)
	assert.Equal(t, lifecycle.RuleRiseEvery120Days, found.Advice[0].Rule)
	assert.Contains(t, found.Advice[0].Error(), rise.OpenAt().Format(time.RFC3339))
	assert.Empty(t, of(r, rise.OpenAt(), lifecycle.EventUpdatePricing).Advice)

	require.NoError(t, of(r, r.UpdatedAt, lifecycle.EventRestrictVersion).Err(), "one of two")
	for i := range r.Published.Listing.Versions[1:] {
		r.Published.Listing.Versions[i+1].Status = version.Restricted
	}
	found = of(r, r.UpdatedAt, lifecycle.EventRestrictVersion)
	require.ErrorIs(t, found.Err(), lifecycle.RuleLastUnrestricted)
	assert.Equal(t, "versions[0].status", found.Violations[0].Path)
}

func ExampleAvailable() {
	record := lifecycle.Record{State: lifecycle.Draft, Draft: lifecycletest.ModelPackage(), Seller: lifecycletest.Seller}
	for _, a := range lifecycle.Available(record, lifecycle.Input{At: lifecycletest.Start, Facts: lifecycletest.Facts(record.Draft)}) {
		if a.Findings.Err() == nil {
			fmt.Println(a.Command)
		}
	}
	// Output:
	// edit
	// discard
	// submit
	// reconcile-test
	// reconcile-live
}
