package lifecycle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

// A snapshot that lacks one thing, or contradicts the record in one, is refused for
// that alone.
func TestReconcileMissesEachThingAlone(t *testing.T) {
	t.Parallel()
	live, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	tested, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	draft, _ := withTwoVersions(t, lifecycletest.ModelPackage(), lifecycle.Draft, false)
	private, _ := withTwoVersions(t, lifecycletest.Algorithm(), lifecycle.Live, false)
	restricted := live
	restricted.Published = &lifecycle.Content{Listing: live.Published.Listing.Clone(), Rates: live.Published.Rates}
	restricted.Published.Listing.Versions[0].Status = version.Restricted
	for name, c := range map[string]struct {
		record lifecycle.Record
		event  lifecycle.Event
		spoil  func(*lifecycle.Reconcile)
		path   string
	}{
		"sound":           {live, lifecycle.EventReconcileLive, func(*lifecycle.Reconcile) {}, ""},
		"sound, private":  {private, lifecycle.EventReconcileLive, func(*lifecycle.Reconcile) {}, ""},
		"no revision":     {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Entities.ProductRevision = 0 }, "snapshot.entities"},
		"never revised":   {draft, lifecycle.EventReconcileTest, func(c *lifecycle.Reconcile) { c.Snapshot.Entities.ProductRevision = 0 }, "snapshot.entities.product"},
		"no product":      {draft, lifecycle.EventReconcileTest, func(c *lifecycle.Reconcile) { c.Snapshot.Entities.Product = "" }, "snapshot.entities.product"},
		"another product": {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Entities.Product = "prod-other" }, "snapshot.entities.product"},
		"older product":   {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Entities.ProductRevision -= 2 }, "snapshot.entities"},
		"older offer":     {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Entities.OfferRevision-- }, "snapshot.entities"},
		"no offer id":     {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Entities.Offer = "" }, "snapshot.released"},
		"not released":    {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Released = false }, "snapshot.released"},
		"no offer":        {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Content.Listing.Offer = nil }, "snapshot.released"},
		"draft":           {tested, lifecycle.EventReconcileTest, func(c *lifecycle.Reconcile) { c.Snapshot.Visibility = lifecycle.VisibilityDraft }, "snapshot.visibility"},
		"public, private": {private, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Visibility = lifecycle.VisibilityPublic }, "snapshot.visibility"},
		"never back":      {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Visibility, c.SignedOff = lifecycle.VisibilityLimited, true }, "snapshot.visibility"},
		"signed off":      {tested, lifecycle.EventReconcileTest, func(c *lifecycle.Reconcile) { c.SignedOff = true }, "snapshot.visibility"},
		"a version gone": {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) {
			c.Snapshot.Content.Listing.Versions = c.Snapshot.Content.Listing.Versions[1:]
		}, "snapshot.content.listing.versions"},
		"another resource": {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Content.Listing.Versions[0].Resource = "arn:x" }, "snapshot.content.listing.versions"},
		"offered again":    {restricted, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { c.Snapshot.Content.Listing.Versions[0].Status = version.Offered }, "snapshot.content.listing.versions"},
		"still restricted": {restricted, lifecycle.EventReconcileLive, func(*lifecycle.Reconcile) {}, ""},
		"tested again":     {live, lifecycle.EventReconcileTest, func(*lifecycle.Reconcile) {}, "snapshot.visibility"},
		"no option":        {live, lifecycle.EventReconcileLive, func(c *lifecycle.Reconcile) { delete(c.Snapshot.Entities.DeliveryOptions, "1.1") }, "snapshot.content.listing.versions[1]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := soundOn(c.record, c.record.Draft)[c.event].(lifecycle.Reconcile)
			command.Snapshot.Content.Listing = command.Snapshot.Content.Listing.Clone()
			c.spoil(&command)
			err := lifecycle.Explain(c.record, command, lifecycle.Input{At: c.record.UpdatedAt}).Violations
			if c.path == "" {
				require.Empty(t, err)
				return
			}
			lifecycletest.RequireRefused(t, err.Err(), lifecycle.RuleReconcile)
			assert.Contains(t, paths(err), c.path)
		})
	}
	assert.Equal(t, listing.Private, private.Draft.Visibility)
}

func TestAdoptSaysWhatItCannotTake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*lifecycle.Adopt)
		want  []string
	}{
		"sound":           {func(*lifecycle.Adopt) {}, nil},
		"a trial of none": {func(c *lifecycle.Adopt) { c.Snapshot.Content.Other.TrialLimits = map[string]int64{"a": 0} }, nil},
		"a trial of units": {func(c *lifecycle.Adopt) {
			c.Snapshot.Content.Other.TrialLimits = map[string]int64{"a": 0, "b": 1, "c": 2}
		}, []string{"offer.trialLimits.b", "offer.trialLimits.c"}},
		"other pricing":   {func(c *lifecycle.Adopt) { c.Snapshot.Content.Other.Pricing = []string{"FixedUpfrontPricingTerm"} }, []string{"offer.pricing"}},
		"a short account": {func(c *lifecycle.Adopt) { c.Buyers = []listing.AccountID{"123"} }, []string{"buyers[0]: \"123\" is not a twelve-digit account id"}},
	} {
		a := lifecycle.Adopt{Snapshot: lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)}
		c.spoil(&a)
		found := lifecycle.Explain(lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}, a, lifecycle.Input{At: lifecycletest.Start})
		var got []string
		for _, v := range slices.Concat(found.Violations, found.Advice) {
			if strings.HasPrefix(v.Path, "buyers") {
				v.Path += ": " + v.Problem
			}
			got = append(got, v.Path)
		}
		assert.Equal(t, c.want, got, name)
	}
}

// A snapshot with a thousand faults is refused with some of them, and how many more
// there are.
func TestAdoptCountsWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	refuse := func(faults int) string {
		a := lifecycle.Adopt{Snapshot: lifecycletest.Snapshot(lifecycletest.ModelPackage(), lifecycle.VisibilityPublic)}
		for i := range faults {
			a.Snapshot.Entities.DeliveryOptions[fmt.Sprintf("9.%03d", i)] = "two\nlines"
		}
		found := lifecycle.Explain(lifecycle.Record{ID: exampleID, Seller: lifecycletest.Seller}, a, lifecycle.Input{At: lifecycletest.Start})
		for _, v := range found.Violations {
			if v.Path == "snapshot" {
				return v.Problem
			}
		}
		return ""
	}
	listed := 1
	for refuse(listed) == "" {
		listed++
	}
	assert.Greater(t, listed, 2)
	assert.Equal(t, "has more faults than are listed here: 1", refuse(listed))
	assert.Equal(t, "has more faults than are listed here: 2", refuse(listed+1))
}
