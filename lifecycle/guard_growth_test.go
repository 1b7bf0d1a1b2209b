package lifecycle_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/version"
)

// allocations returns how often f allocates memory.
func allocations(f func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs)
}

// The work of judging follows what there is to judge, of whatever there is a lot.
func TestJudgingIsLinear(t *testing.T) {
	accounts := func(n int) []listing.AccountID {
		all := make([]listing.AccountID, n)
		for i := range all {
			all[i] = listing.AccountID(fmt.Sprintf("%012d", i))
		}
		return all
	}
	for name, of := range map[string]func(n int) func(){
		"the rules of violations": func(n int) func() {
			var all rule.Violations
			for i := range n {
				all = append(all, rule.Violation{Rule: rule.Rule{ID: fmt.Sprint("own.", i)}})
			}
			return func() { require.Len(t, all.Rules(), n) }
		},
		"faults that were accepted": func(n int) func() {
			r, facts := adoptedRecord(t, lifecycle.VisibilityLimited, func(s *lifecycle.Snapshot) {
				versions := &s.Content.Listing.Versions
				for i := range n {
					v := lifecycletest.Version(fmt.Sprint("2.", i), version.ModelPackage)
					v.ReleaseNotes = ""
					*versions = append(*versions, v)
				}
			})
			return func() {
				require.Greater(t, len(explained(r, lifecycle.SignOff{}, facts).Advice), n, "they became advice")
			}
		},
		"buyers to adopt": func(n int) func() {
			held := lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityLimited)
			held.Content.AllowList = accounts(n)
			return func() {
				found := explained(lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}, lifecycle.Adopt{Snapshot: held, Buyers: accounts(2 * n)}, lifecycle.Facts{})
				require.Error(t, found.Err())
			}
		},
		"testers": func(n int) func() {
			bench := lifecycletest.NewBench(t)
			r, err := bench.Load(context.Background(), bench.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false))
			require.NoError(t, err)
			return func() {
				require.Error(t, explained(r, lifecycle.UpdateAllowList{Accounts: accounts(n)}, lifecycletest.Facts(r.Draft)).Err())
			}
		},
		"accounts to compare": func(n int) func() {
			r, _ := adoptedRecord(t, lifecycle.VisibilityLimited, func(s *lifecycle.Snapshot) { s.Content.AllowList = accounts(n) })
			held := lifecycletest.Snapshot(r.Draft, lifecycle.VisibilityLimited)
			held.Content.AllowList = accounts(2 * n)
			return func() {
				_, err := lifecycle.Compare(r, held, leapDay)
				require.NoError(t, err)
			}
		},
		"instance types to price": func(n int) func() {
			document := lifecycletest.ModelPackage()
			var types []string
			for i := range n {
				types = append(types, fmt.Sprint("ml.m5.", i))
				document.Offer.Rates[pricing.Batch(fmt.Sprint("ml.c5.", i))] = pricing.MustUSD("1")
			}
			facts := lifecycletest.Facts(document)
			for arn, resource := range facts.Resources {
				resource.Batch, resource.RealTime = types, types
				facts.Resources[arn] = resource
			}
			r := lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller, State: lifecycle.Draft, Draft: document, Revision: 1}
			return func() { require.Error(t, explained(r, lifecycle.Submit{}, facts).Err()) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := 1_000
			if testing.Short() {
				n = 300
			}
			small, large := of(n), of(2*n)
			assert.LessOrEqual(t, allocations(large), 2.3*allocations(small)+100)
		})
	}
}
