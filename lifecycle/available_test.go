package lifecycle_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
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
